"""What the store holds to be true about carts and money: append-only, hash-chained, in SQLite."""

from engine.runtime.ledger._dossier import Dossier, DossierEntry, against_ledger, dossier_of, doubts, read_dossier
from engine.runtime.ledger._entry import KEPT
from engine.runtime.ledger._export import Sheet, export_csv, receipt_story
from engine.runtime.ledger._facts import read_facts
from engine.runtime.ledger._ledger import Ledger, LedgerError, Numbered
from engine.runtime.ledger._verify import VerifyReport, verify

__all__ = [
    "KEPT",
    "Dossier",
    "DossierEntry",
    "Ledger",
    "LedgerError",
    "Numbered",
    "Sheet",
    "VerifyReport",
    "against_ledger",
    "dossier_of",
    "doubts",
    "export_csv",
    "read_dossier",
    "read_facts",
    "receipt_story",
    "verify",
]
