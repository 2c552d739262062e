"""Receipts: whether whole ones are exact, before review and after, and how long they took."""

from collections.abc import Mapping, Sequence

from engine.bench.scoring._accounts import (
    Account,
    Movement,
    billed_units,
    receipts_after_s,
    true_carts,
)
from engine.bench.scoring._counts import Counts, Share
from engine.bench.scoring._review import Review
from engine.bench.scoring._score import Exit, ReceiptScore
from engine.bench.witness import Heard
from engine.domain import NeedsReview, SkuId, VisitId

_CONCERNED_PPM = 50_000
"""The probability from which a receipt waits for a question: the engine's own."""

Cart = Mapping[SkuId, int]


def judge_receipts(
    heard: Sequence[Heard], accounts: Sequence[Account], movements: Sequence[Movement], review: Review
) -> ReceiptScore:
    """The bills of the accounts that left, beside what they left with."""
    true, billed = true_carts(movements), billed_units(heard)
    paying = [account for account in accounts if account.pays]
    bills = {account.shopper: billed[account.visit_id] for account in paying if account.visit_id in billed}
    mended = {
        account.shopper: review.answered(bills[account.shopper], account.visit_id)
        for account in paying
        if account.shopper in bills
    }
    concerned = _concerned(heard)
    return ReceiptScore(
        exact=Share.of_all(bills.get(account.shopper) == true.get(account.shopper, {}) for account in paying),
        exact_reviewed=Share.of_all(mended.get(account.shopper) == true.get(account.shopper, {}) for account in paying),
        touched=Share.of_all(account.visit_id in concerned for account in paying),
        units=in_common(paying, true, bills),
        exits=tuple(
            Exit(after_s=round(after_s, 3), asked=visit_id in concerned)
            for visit_id, after_s in receipts_after_s(heard, paying).items()
        ),
    )


def in_common(accounts: Sequence[Account], true: Mapping[int, Cart], said: Mapping[int, Cart]) -> Counts:
    """Units by account and SKU: true, said, and the lesser of the two."""
    counts = Counts()
    for account in accounts:
        left_with, charged = true.get(account.shopper, {}), said.get(account.shopper, {})
        counts += Counts(
            true=sum(max(0, units) for units in left_with.values()),
            said=sum(max(0, units) for units in charged.values()),
            right=sum(max(0, min(units, left_with.get(sku_id, 0))) for sku_id, units in charged.items()),
        )
    return counts


def _concerned(heard: Sequence[Heard]) -> set[VisitId | None]:
    """The visits whose receipt had to wait for a question."""
    questions = (item.fact for item in heard if isinstance(item.fact, NeedsReview))
    return {
        hypothesis.verdict.visit_id
        for question in questions
        for hypothesis in question.hypotheses
        if hypothesis.probability_ppm >= _CONCERNED_PPM
    } - {None}
