"""The store in figures: what a manager looks at first, and everything that waits for a person, in one list."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from heapq import nlargest

from console.language import N_, _
from console.model import _words as words
from console.model._clock import NS_PER_S
from console.model._console import ConsoleModel
from console.model._shelves import Level
from console.model._visits import VisitStage
from engine.domain import CartLine, LineId

SLOW_RECEIPT_S = 180.0
"""The longest a question may wait is two minutes by default; a receipt that takes longer has another reason."""


class Place(StrEnum):
    """The console's pages, by what stands on the rail; marked, not looked up."""

    OVERVIEW = N_("Overview")
    STORE = N_("Store")
    CARTS = N_("Carts")
    REVIEW = N_("Review")
    SHELVES = N_("Shelves")
    RECEIPTS = N_("Receipts")
    HEALTH = N_("Health")


@dataclass(frozen=True)
class Need:
    """Something that waits for a person, and where it is seen to. ``since_ns`` is on the engine's clock, if known."""

    place: Place
    text: str
    since_ns: int | None
    alarm: bool = False


@dataclass(frozen=True)
class Overview:
    """The figures of one moment. Money in minor units; durations None when there is nothing to measure."""

    inside: int
    carts_minor: int
    longest_s: float | None
    sales_minor: int
    receipts: int
    items_sold: int
    pending: int
    pending_s: float | None
    receipt_p50_s: float | None
    receipt_p95_s: float | None
    waiting: int
    at_risk_minor: int
    asked_per_1000: float
    adjusted_per_1000: float
    empty: int
    low: int
    mismatches: int
    misplaced: int
    devices: int
    devices_well: int
    problems: int


def overview(model: ConsoleModel, now_ns: int) -> Overview:
    """The figures at ``now_ns`` on the engine's clock."""
    state, shelves, health = model.state, model.shelves, model.health
    inside = state.inside()
    left = [visit for visit in state.visits.values() if visit.stage is VisitStage.LEFT and not visit.staff]
    cases = model.review.waiting()
    took_s = _receipts_s(model)
    restock = shelves.to_restock()
    receipts = state.receipts.values()
    adjusted = sum(bool(receipt.changes) for receipt in receipts)
    return Overview(
        inside=len(inside),
        carts_minor=sum(state.total_minor(visit) for visit in inside),
        longest_s=max(((now_ns - visit.opened_ns) / NS_PER_S for visit in inside), default=None),
        sales_minor=state.sales_minor(),
        receipts=len(receipts),
        items_sold=sum(line.quantity for receipt in receipts for line in receipt.issued.lines),
        pending=len(left),
        pending_s=max(((now_ns - (visit.left_ns or now_ns)) / NS_PER_S for visit in left), default=None),
        receipt_p50_s=_quantile(took_s, 0.5),
        receipt_p95_s=_quantile(took_s, 0.95),
        waiting=len(cases),
        at_risk_minor=sum(case.at_risk_minor for case in cases),
        asked_per_1000=_per_1000(model.review.asked, len(_lines(model))),
        adjusted_per_1000=_per_1000(adjusted, len(receipts)),
        empty=sum(stock.level is Level.EMPTY for stock in restock),
        low=sum(stock.level is Level.LOW for stock in restock),
        mismatches=len(shelves.mismatches),
        misplaced=sum(one.lying.units for one in shelves.misplaced()),
        devices=health.devices(),
        devices_well=health.devices() - health.devices_ill(),
        problems=len(health.problems()),
    )


def needs(model: ConsoleModel, now_ns: int) -> list[Need]:
    """Everything that waits for a person, the most urgent kind first."""
    found = [Need(Place.HEALTH, problem, None, alarm=True) for problem in model.health.problems()]
    for case in model.review.waiting():
        text = _("{question} {movement}", question=words.question(case.asked), movement=words.movement(case.asked))
        found.append(Need(Place.REVIEW, text, case.asked.t_ns))
    found += _of_visits(model, now_ns)
    for flag in model.shelves.mismatches.values():
        found.append(Need(Place.SHELVES, words.mismatch(flag), flag.since_ns))
    for stock in model.shelves.to_restock():
        if stock.level is Level.EMPTY:
            name = model.state.product_name(stock.facing.sku_id)
            text = _("{product} is out of stock on {shelf}", product=name, shelf=stock.shelf_id)
            found.append(Need(Place.SHELVES, text, None))
    return found


def _of_visits(model: ConsoleModel, now_ns: int) -> Iterator[Need]:
    """Papers to check, receipts that are disputed, and receipts that do not come."""
    for visit in model.state.visits.values():
        if visit.age_needed is not None:
            shopper = words.shopper_name(visit.visit_id)
            text = _("{shopper}: check papers, {years} years", shopper=shopper, years=visit.age_asked)
            yield Need(Place.CARTS, text, visit.age_needed.t_ns, alarm=visit.stage is VisitStage.LEFT)
    for receipt in model.state.receipts.values():
        if receipt.dispute is not None:
            receipt_id, reason = words.short_id(receipt.issued.receipt_id), receipt.dispute.reason
            text = _("Receipt {receipt} is disputed: {reason}", receipt=receipt_id, reason=reason)
            yield Need(Place.RECEIPTS, text, receipt.dispute.t_ns)
    for visit in model.state.visits.values():
        late = visit.left_ns is not None and now_ns - visit.left_ns > SLOW_RECEIPT_S * NS_PER_S
        if late and visit.stage is VisitStage.LEFT and not visit.staff and visit.age_needed is None:
            text = _("{shopper} has no receipt yet", shopper=words.shopper_name(visit.visit_id))
            yield Need(Place.CARTS, text, visit.left_ns)


def latest_lines(model: ConsoleModel, count: int) -> list[CartLine]:
    """The newest lines of all carts, newest first."""
    return nlargest(count, _lines(model).values(), key=lambda line: (line.t_ns, line.line_id))


def _receipts_s(model: ConsoleModel) -> list[float]:
    """How long shoppers waited for their receipts, of those whose leaving is known here."""
    found = []
    for receipt in model.state.receipts.values():
        visit = model.state.visits.get(receipt.issued.visit_id)
        if visit is not None and visit.left_ns is not None:
            found.append((receipt.issued.t_ns - visit.left_ns) / NS_PER_S)
    return sorted(found)


def _quantile(ascending: list[float], share: float) -> float | None:
    return ascending[round(share * (len(ascending) - 1))] if ascending else None


def _lines(model: ConsoleModel) -> dict[LineId, CartLine]:
    return {line_id: line for visit in model.state.visits.values() for line_id, line in visit.lines.items()}


def _per_1000(part: int, whole: int) -> float:
    return 1000 * part / whole if whole else 0.0
