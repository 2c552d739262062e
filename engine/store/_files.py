"""TOML and CSV as people edit them, read into typed values."""

import csv
import io
import math
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.store._error import StoreFolderError

T = TypeVar("T")


def read_toml(file: Path, kind: type[T]) -> T:
    """The whole file as a ``kind``. Raises ``StoreFolderError``."""
    try:
        return msgspec.convert(tomllib.loads(_read_text(file), parse_float=_finite), kind)
    except tomllib.TOMLDecodeError as error:
        raise StoreFolderError(file, key="syntax", problem=str(error), remedy="Mend the TOML there") from None
    except msgspec.ValidationError as error:
        problem, _, key = str(error).partition(" - at ")
        raise StoreFolderError(file, key=key.strip("`") or "$", problem=problem, remedy="Mend that key") from None


def read_csv(file: Path, kind: type[T]) -> list[T]:
    """The rows of a file whose header names the fields of ``kind``; those with a default may be left out.

    Raises ``StoreFolderError``.
    """
    fields = msgspec.structs.fields(kind)  # type: ignore[arg-type]
    columns = tuple(field.name for field in fields)
    required = {field.name for field in fields if field.required}
    lines = csv.reader(io.StringIO(_read_text(file), newline=""), strict=True)
    try:
        header = next(lines, [])
        if len(set(header)) < len(header) or not required <= set(header) <= set(columns):
            problem = f"columns are {', '.join(header) or 'missing'}"
            raise StoreFolderError(file, key="header", problem=problem, remedy=f"They must be {', '.join(columns)}")
        return [_row(header, cells, kind) for cells in lines if cells]
    except (csv.Error, msgspec.ValidationError) as error:
        remedy = f"Mend that row; columns are {', '.join(columns)}"
        raise StoreFolderError(file, key=f"line {lines.line_num}", problem=str(error), remedy=remedy) from None


def _row(header: list[str], cells: list[str], kind: type[T]) -> T:
    if len(cells) != len(header):
        raise msgspec.ValidationError(f"{len(cells)} values for {len(header)} columns")
    return msgspec.convert(dict(zip(header, cells, strict=True)), kind, strict=False)


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # spreadsheets put a mark at the start
    except FileNotFoundError:
        raise StoreFolderError(file, key="file", problem="missing", remedy="Copy it from the demo store") from None
    except UnicodeDecodeError as error:
        raise StoreFolderError(file, key="text", problem=str(error), remedy="Save it as UTF-8") from None
    except OSError as error:
        raise StoreFolderError(file, key="file", problem=str(error), remedy="Make it readable") from None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise tomllib.TOMLDecodeError(f"{text} measures nothing")
    return value
