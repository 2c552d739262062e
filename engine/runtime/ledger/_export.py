"""A ledger as CSV, for spreadsheets and bookkeeping."""

import csv
from enum import StrEnum
from pathlib import Path
from typing import IO

from engine.runtime.ledger._reading import reading

_AT = "strftime('%Y-%m-%dT%H:%M:%fZ', wall_ns / 1e9, 'unixepoch')"


class Sheet(StrEnum):
    """Which rows: every ``entries`` as it was written, or one for each line and adjustment of the ``receipts``."""

    RECEIPTS = "receipts"
    ENTRIES = "entries"


_ROWS = {
    Sheet.ENTRIES: f"SELECT entry, {_AT} AS at, kind, visit_id, body FROM entries ORDER BY entry",
    Sheet.RECEIPTS: f"""
        SELECT at, kind, receipt_id, visit_id, sku_id, quantity, amount_minor, currency FROM (
            SELECT entry, {_AT} AS at, 'charge' AS kind, json_extract(body, '$.receipt_id') AS receipt_id, visit_id,
                   json_extract(line.value, '$.sku_id') AS sku_id, json_extract(line.value, '$.quantity') AS quantity,
                   json_extract(line.value, '$.total_minor') AS amount_minor,
                   json_extract(body, '$.currency') AS currency
            FROM entries, json_each(body, '$.lines') AS line WHERE kind = 'ReceiptIssued'
            UNION ALL
            SELECT entry, {_AT}, 'adjustment', json_extract(body, '$.receipt_id'), visit_id,
                   json_extract(body, '$.sku_id'), json_extract(body, '$.quantity'),
                   json_extract(body, '$.delta_minor'),
                   (SELECT json_extract(issued.body, '$.currency') FROM entries AS issued
                    WHERE issued.kind = 'ReceiptIssued' AND issued.visit_id = entries.visit_id)
            FROM entries WHERE kind = 'ReceiptAdjusted'
        ) ORDER BY entry
    """,
}
_COLUMNS = {
    Sheet.ENTRIES: ("entry", "at", "kind", "visit_id", "body"),
    Sheet.RECEIPTS: ("at", "kind", "receipt_id", "visit_id", "sku_id", "quantity", "amount_minor", "currency"),
}


def export_csv(path: Path, sheet: Sheet, out: IO[str]) -> int:
    """Write the rows of the ledger at ``path`` to ``out``, a header first; how many. Raises ``LedgerError``."""
    from sqlite_utils import Database  # here: the core's process has the ledger too, and no use for this

    writer = csv.DictWriter(out, _COLUMNS[sheet], lineterminator="\n")
    writer.writeheader()
    count = 0
    with reading(path) as db:
        for row in Database(db, execute_plugins=False).query(_ROWS[sheet]):
            writer.writerow(row)
            count += 1
    return count
