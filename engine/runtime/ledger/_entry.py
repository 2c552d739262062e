"""The canonical form of a ledger entry and its place in the hash chain."""

import hashlib
from dataclasses import dataclass
from typing import get_args

import msgspec

from engine.domain import (
    AgeFact,
    CaseReopened,
    CaseResolved,
    GramsAccounted,
    GramsMismatch,
    LineWithdrawn,
    NeedsReview,
    OutputFact,
    Picked,
    PutBack,
    PutElsewhere,
    ReceiptFact,
    ShopperBound,
    UnwitnessedChange,
    VisitLeft,
    VisitOpened,
)

KEPT = (
    VisitOpened,
    ShopperBound,
    VisitLeft,
    Picked,
    PutBack,
    PutElsewhere,
    LineWithdrawn,
    NeedsReview,
    CaseResolved,
    CaseReopened,
    UnwitnessedChange,
    GramsMismatch,
    GramsAccounted,
    *get_args(AgeFact),
    *get_args(ReceiptFact),
)
"""The facts that the ledger keeps."""

FIRST_PREV_HASH = bytes(32)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry before it is chained. ``body`` is the fact as JSON, its fields in the order they are defined."""

    out_seq: int
    t_ns: int
    wall_ns: int
    kind: str
    visit_id: str | None
    body: str

    def hash_after(self, prev_hash: bytes) -> bytes:
        """Its hash in a chain whose last hash is ``prev_hash``."""
        parts = [self.out_seq, self.t_ns, self.wall_ns, self.kind, self.visit_id, self.body]
        return hashlib.sha256(prev_hash + msgspec.json.encode(parts)).digest()


def entry_of(fact: OutputFact, *, out_seq: int, wall_ns: int) -> Entry:
    """The entry for a fact."""
    return Entry(
        out_seq=out_seq,
        t_ns=fact.t_ns,
        wall_ns=wall_ns,
        kind=type(fact).__name__,
        visit_id=getattr(fact, "visit_id", None),
        body=msgspec.json.encode(fact).decode(),
    )
