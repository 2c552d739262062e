"""What would have been decided otherwise: a journal decided twice, as the store is and under another policy."""

from collections.abc import Iterator

import msgspec

from engine.domain import (
    CaseId,
    CaseResolved,
    NeedsReview,
    OutputFact,
    Policy,
    ReceiptAdjusted,
    ReceiptIssued,
    SkuId,
    Store,
    VisitId,
    signed_quantity,
    standing_lines,
)
from engine.runtime.corehost._conductor import Conductor, CoreType
from engine.runtime.journal import JournalReader


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal comes to: lines that stand, questions asked, and what the receipts are after adjustments.

    ``answered`` questions were closed by a person; the store's policy or later facts closed the others, or nobody yet.
    """

    lines: int
    asked: int
    answered: int
    receipts: int
    adjustments: int
    total_minor: int


class CartChange(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a product in a visit's cart, as it was decided and as it would be."""

    visit_id: VisitId
    sku_id: SkuId
    units: int
    units_instead: int


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """A journal decided twice. ``unanswerable`` answers were given to questions that would not be asked."""

    policy: Policy
    instead: Policy
    as_was: Decided
    as_would_be: Decided
    carts: tuple[CartChange, ...]
    unanswerable: int


class _Run:
    """One way to decide the journal, folded."""

    def __init__(self, journal: JournalReader, store: Store, core_type: CoreType) -> None:
        said = list(said_again(journal, store, core_type))
        self.lines = standing_lines(said)
        self.asked: set[CaseId] = {fact.case_id for fact in said if isinstance(fact, NeedsReview)}
        self.answered = {fact.case_id for fact in said if isinstance(fact, CaseResolved) and fact.by_person}
        self.receipts = [fact for fact in said if isinstance(fact, ReceiptIssued)]
        self.adjustments = [fact for fact in said if isinstance(fact, ReceiptAdjusted)]

    def decided(self) -> Decided:
        """In figures."""
        total_minor = sum(receipt.total_minor for receipt in self.receipts)
        return Decided(
            lines=len(self.lines),
            asked=len(self.asked),
            answered=len(self.answered),
            receipts=len(self.receipts),
            adjustments=len(self.adjustments),
            total_minor=total_minor + sum(change.delta_minor for change in self.adjustments),
        )

    def units(self) -> dict[tuple[VisitId, SkuId], int]:
        """What each visit has of each product."""
        found: dict[tuple[VisitId, SkuId], int] = {}
        for line in self.lines.values():
            key = (line.visit_id, line.sku_id)
            found[key] = found.get(key, 0) + signed_quantity(line)
        return {key: units for key, units in found.items() if units}


def what_if(journal: JournalReader, store: Store, instead: Policy, core_type: CoreType) -> WhatIf:
    """Decide a journal as the store's policy has it and as ``instead`` would; answers are those that were given."""
    was = _Run(journal, store, core_type)
    other = _Run(journal, msgspec.structs.replace(store, policy=instead), core_type)
    before, after = was.units(), other.units()
    changes = [
        CartChange(visit_id=key[0], sku_id=key[1], units=before.get(key, 0), units_instead=after.get(key, 0))
        for key in sorted(before.keys() | after.keys())
        if before.get(key, 0) != after.get(key, 0)
    ]
    return WhatIf(
        policy=store.policy,
        instead=instead,
        as_was=was.decided(),
        as_would_be=other.decided(),
        carts=tuple(changes),
        unanswerable=len(was.answered - other.asked),
    )


def said_again(journal: JournalReader, store: Store, core_type: CoreType) -> Iterator[OutputFact]:
    """All that the core concludes from a journal."""
    conductor = Conductor(core_type(store))
    for recorded in journal.records():
        for output in conductor.step(recorded):
            yield output.fact
