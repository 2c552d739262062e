"""A ledger as CSV, for spreadsheets and bookkeeping."""

import csv
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, get_args

import msgspec

from engine.domain import ReceiptFact, ReceiptId, ReceiptRow, receipt_rows, write_receipt_rows
from engine.runtime.ledger._reading import reading

_ENTRIES = """
    SELECT entry, strftime('%Y-%m-%dT%H:%M:%fZ', wall_ns / 1e9, 'unixepoch') AS at, kind, visit_id, body
    FROM entries ORDER BY entry
"""
_receipt_facts: msgspec.json.Decoder[ReceiptFact] = msgspec.json.Decoder(ReceiptFact)
_RECEIPT_KINDS = tuple(kind.__name__ for kind in get_args(ReceiptFact))


class Sheet(StrEnum):
    """Which rows: every ``entries`` as it was written, or one for each line, tax and change of the ``receipts``."""

    RECEIPTS = "receipts"
    ENTRIES = "entries"


_ENTRY_COLUMNS = ("entry", "at", "kind", "visit_id", "body")


def export_csv(path: Path, sheet: Sheet, out: IO[str]) -> int:
    """Write the rows of the ledger at ``path`` to ``out``, a header first; how many. Raises ``LedgerError``."""
    with reading(path) as db:
        return _write_entries(db, out) if sheet is Sheet.ENTRIES else write_receipt_rows(_receipt_rows(db), out)


def _write_entries(db: sqlite3.Connection, out: IO[str]) -> int:
    writer = csv.DictWriter(out, _ENTRY_COLUMNS, lineterminator="\n")
    writer.writeheader()
    count = 0
    for row in _entries(db):
        writer.writerow(row)
        count += 1
    return count


def _entries(db: sqlite3.Connection) -> Iterator[dict[str, object]]:
    from sqlite_utils import Database  # here: the core's process has the ledger too, and no use for this

    yield from Database(db, execute_plugins=False).query(_ENTRIES)


def receipt_story(path: Path, receipt_id: ReceiptId) -> list[ReceiptRow]:
    """The rows of one receipt, what was said of it later last; none if it is unknown. Raises ``LedgerError``."""
    with reading(path) as db:
        return [row for row in _receipt_rows(db) if row.receipt_id == receipt_id]


def _receipt_rows(db: sqlite3.Connection) -> Iterator[ReceiptRow]:
    places = ", ".join("?" * len(_RECEIPT_KINDS))
    found = db.execute(f"SELECT wall_ns, body FROM entries WHERE kind IN ({places}) ORDER BY entry", _RECEIPT_KINDS)
    yield from receipt_rows((wall_ns, _receipt_facts.decode(body)) for wall_ns, body in found)
