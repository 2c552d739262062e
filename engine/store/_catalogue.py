"""The catalogue's file with one product's mass changed, and all else as it was typed."""

import csv
import io
from pathlib import Path

from engine.domain import SkuId
from engine.store._error import StoreFolderError


def with_unit_mass(file: Path, sku_id: SkuId, mass_g: float) -> bytes:
    """What ``products.csv`` is to hold so that a unit weighs ``mass_g``. Raises ``StoreFolderError``."""
    lines = list(io.StringIO(file.read_bytes().decode(), newline=""))
    rows = csv.reader(lines, strict=True)
    try:
        header = [name.removeprefix("\ufeff") for name in next(rows, [])]
        sku_column, mass_column = header.index("sku_id"), header.index("unit_mass_g")
        first = rows.line_num
        for row in rows:
            if row and row[sku_column] == sku_id:
                row[mass_column] = f"{mass_g:g}"
                lines[first : rows.line_num] = [_row(row, like=lines[rows.line_num - 1])]
                return "".join(lines).encode()
            first = rows.line_num
    except (csv.Error, ValueError, IndexError) as error:
        remedy = "Mend that line; `tillfree check` says what is expected"
        raise StoreFolderError(file, key=f"line {rows.line_num}", problem=str(error), remedy=remedy) from None
    raise StoreFolderError(file, key=sku_id, problem="there is no such product", remedy="Name one that is sold")


def _row(cells: list[str], *, like: str) -> str:
    """A row that ends as the line before it did."""
    ending = like[len(like.rstrip("\r\n")) :]
    text = io.StringIO()
    csv.writer(text, lineterminator=ending).writerow(cells)
    return text.getvalue()
