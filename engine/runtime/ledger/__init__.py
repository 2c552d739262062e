"""What the store holds to be true about carts and money: append-only, hash-chained, in SQLite."""

from engine.runtime.ledger._export import Sheet, export_csv, receipt_story
from engine.runtime.ledger._ledger import Ledger, LedgerError, Numbered
from engine.runtime.ledger._verify import VerifyReport, verify

__all__ = ["Ledger", "LedgerError", "Numbered", "Sheet", "VerifyReport", "export_csv", "receipt_story", "verify"]
