"""What the store holds to be true about carts and money: append-only, hash-chained, in SQLite."""

from engine.runtime.ledger._entry import KEPT
from engine.runtime.ledger._export import Sheet, export_csv, receipt_story
from engine.runtime.ledger._facts import read_facts
from engine.runtime.ledger._ledger import Ledger, LedgerError, Numbered
from engine.runtime.ledger._verify import VerifyReport, verify

__all__ = [
    "KEPT",
    "Ledger",
    "LedgerError",
    "Numbered",
    "Sheet",
    "VerifyReport",
    "export_csv",
    "read_facts",
    "receipt_story",
    "verify",
]
