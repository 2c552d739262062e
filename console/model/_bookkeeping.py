"""Receipts for bookkeeping: the rows that the ledger's own export has of them."""

import io
from collections.abc import Iterable

from console.model._clock import EngineClock
from console.model._visits import Receipt
from engine.domain import receipt_rows, write_receipt_rows


def receipts_csv(receipts: Iterable[Receipt], clock: EngineClock) -> str:
    """These receipts and all that was said of them since, as ``tillfree ledger export`` writes them, oldest first."""
    said = [fact for receipt in receipts for fact in (receipt.issued, *receipt.later)]
    said.sort(key=lambda fact: fact.t_ns)  # what comes at one instant keeps its order: a change after its receipt
    written = io.StringIO()
    write_receipt_rows(receipt_rows((clock.wall_ns(fact.t_ns), fact) for fact in said), written)
    return written.getvalue()
