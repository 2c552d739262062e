"""Visits, their carts and receipts: folds over the engine's facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from zlib import crc32

from console.model._notices import CartChanged, Notice, ReceiptChanged, VisitChanged
from engine.domain import (
    AgeChecked,
    AgeCheckLapsed,
    AgeCheckNeeded,
    AgeFact,
    CartLine,
    DisputeOpened,
    DisputeSettled,
    LaterFact,
    LineId,
    LineRefunded,
    LineWithdrawn,
    OutputFact,
    Picked,
    PutBack,
    PutElsewhere,
    ReceiptAdjusted,
    ReceiptId,
    ReceiptIssued,
    ShopperBound,
    SkuId,
    Store,
    TrackId,
    VisitId,
    VisitLeft,
    VisitOpened,
    old_enough,
    price,
    signed_quantity,
)

SHOPPER_COLOURS = 8
CHARGED_VISITS_KEPT = 500


class VisitStage(StrEnum):
    """How far a visit is."""

    INSIDE = "inside"
    LEFT = "left"
    CHARGED = "charged"


@dataclass
class Visit:
    """One visit; ``lines`` in the order in which they were first said, ``colour`` an index for the eye."""

    visit_id: VisitId
    staff: bool
    opened_ns: int
    colour: int
    track_id: TrackId | None = None
    binding_ppm: int = 0
    left_ns: int | None = None
    receipt_id: ReceiptId | None = None
    lines: dict[LineId, CartLine] = field(default_factory=dict)
    age_needed: AgeCheckNeeded | None = None
    age_checks: list[AgeChecked] = field(default_factory=list)

    @property
    def age_asked(self) -> int:
        """The age that somebody is to check, or has checked last; 0 when nobody need."""
        if self.age_needed is not None:
            return self.age_needed.minimum_age
        return self.age_checks[-1].minimum_age if self.age_checks else 0

    def see_papers(self, fact: AgeFact) -> None:
        """Somebody is to look at papers, has looked, or need not look any more."""
        match fact:
            case AgeCheckNeeded():
                self.age_needed = fact
            case AgeCheckLapsed():
                self.age_needed = None
            case AgeChecked():
                self.age_checks.append(fact)
                needed = self.age_needed
                if needed is not None and old_enough(needed.minimum_age, self.age_checks) is not None:
                    self.age_needed = None

    @property
    def stage(self) -> VisitStage:
        """Inside, left, or charged."""
        if self.receipt_id is not None:
            return VisitStage.CHARGED
        return VisitStage.INSIDE if self.left_ns is None else VisitStage.LEFT

    @property
    def items(self) -> int:
        """Units in the cart now."""
        return sum(signed_quantity(line) for line in self.lines.values())

    @property
    def provisional(self) -> bool:
        """Whether a line still waits for its weight to settle."""
        return any(not line.settled for line in self.lines.values())


@dataclass(frozen=True)
class Receipt:
    """What a visit was charged, and everything that was said of it since, in that order."""

    issued: ReceiptIssued
    later: tuple[LaterFact, ...] = ()

    @property
    def changes(self) -> tuple[ReceiptAdjusted | LineRefunded, ...]:
        """What moved money since: adjustments and refunds."""
        return tuple(fact for fact in self.later if isinstance(fact, ReceiptAdjusted | LineRefunded))

    @property
    def total_minor(self) -> int:
        """What is paid for it by now."""
        return self.issued.total_minor + sum(map(change_minor, self.changes))

    def units(self, sku_id: SkuId) -> int:
        """Units of a product that are paid for and not given back."""
        charged = sum(line.quantity for line in self.issued.lines if line.sku_id == sku_id)
        changes = [change for change in self.changes if change.sku_id == sku_id]
        adjusted = sum(change.quantity for change in changes if isinstance(change, ReceiptAdjusted))
        return charged + adjusted - sum(change.quantity for change in changes if isinstance(change, LineRefunded))

    @property
    def dispute(self) -> DisputeOpened | None:
        """What a customer says is wrong with it, as long as nobody has decided."""
        about = [fact for fact in self.later if isinstance(fact, DisputeOpened | DisputeSettled)]
        return about[-1] if about and isinstance(about[-1], DisputeOpened) else None


def change_minor(change: ReceiptAdjusted | LineRefunded) -> int:
    """What a change adds to what is paid: negative when something is given back."""
    return change.delta_minor if isinstance(change, ReceiptAdjusted) else -change.amount_minor


class StoreState:
    """Who is inside, what they hold, and what was charged."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.visits: dict[VisitId, Visit] = {}
        self.receipts: dict[ReceiptId, Receipt] = {}

    def apply(self, fact: OutputFact) -> tuple[Notice, ...]:
        """Fold one fact in; facts about anything else change nothing."""
        match fact:
            case VisitOpened():
                self._visit(fact.visit_id, fact.t_ns).staff = fact.staff
            case ShopperBound():
                visit = self._visit(fact.visit_id, fact.t_ns)
                visit.track_id, visit.binding_ppm = fact.track_id, fact.probability_ppm
            case VisitLeft():
                self._visit(fact.visit_id, fact.t_ns).left_ns = fact.t_ns
            case Picked() | PutBack() | PutElsewhere():
                self._visit(fact.visit_id, fact.t_ns).lines[fact.line_id] = fact
                return (CartChanged(fact.visit_id),)
            case LineWithdrawn():
                self._visit(fact.visit_id, fact.t_ns).lines.pop(fact.line_id, None)
                return (CartChanged(fact.visit_id),)
            case AgeCheckNeeded() | AgeCheckLapsed() | AgeChecked():
                self._visit(fact.visit_id, fact.t_ns).see_papers(fact)
            case ReceiptIssued():
                return self._issue(fact)
            case ReceiptAdjusted() | LineRefunded() | DisputeOpened() | DisputeSettled():
                return self._change(fact)
            case _:
                return ()
        return (VisitChanged(fact.visit_id),)

    def inside(self) -> list[Visit]:
        """Shoppers inside, longest first; staff are not shoppers."""
        return [visit for visit in self.visits.values() if visit.stage is VisitStage.INSIDE and not visit.staff]

    def line_minor(self, line: CartLine) -> int:
        """What a line adds to its cart's total before promotions."""
        product = self.store.product_by_sku.get(line.sku_id)
        return signed_quantity(line) * product.price_minor if product else 0

    def total_minor(self, visit: Visit) -> int:
        """What the cart costs now, before it is a receipt."""
        units: dict[SkuId, int] = {}
        for line in visit.lines.values():
            if line.sku_id in self.store.product_by_sku and not self.is_withheld(visit, line.sku_id):
                units[line.sku_id] = units.get(line.sku_id, 0) + signed_quantity(line)
        return price({sku_id: count for sku_id, count in units.items() if count > 0}, self.store).total_minor

    def is_withheld(self, visit: Visit, sku_id: SkuId) -> bool:
        """Whether a product is not sold to a visit: somebody asked for papers in vain."""
        product = self.store.product_by_sku.get(sku_id)
        return product is not None and old_enough(product.minimum_age, visit.age_checks) is False

    def sales_minor(self) -> int:
        """The sum of all receipts known here, after adjustments and refunds."""
        return sum(receipt.total_minor for receipt in self.receipts.values())

    def product_name(self, sku_id: SkuId) -> str:
        """The catalogue's name, or the SKU itself when the catalogue does not know it."""
        product = self.store.product_by_sku.get(sku_id)
        return sku_id if product is None else product.name

    def _visit(self, visit_id: VisitId, t_ns: int) -> Visit:
        # A fact may name a visit whose opening this replica never saw; the cart still counts.
        if visit_id not in self.visits:
            self._forget_oldest()
            self.visits[visit_id] = Visit(
                visit_id=visit_id, staff=False, opened_ns=t_ns, colour=self._free_colour(visit_id)
            )
        return self.visits[visit_id]

    def _free_colour(self, visit_id: VisitId) -> int:
        taken = {visit.colour for visit in self.inside()}
        wanted = crc32(visit_id.encode()) % SHOPPER_COLOURS
        order = [(wanted + step) % SHOPPER_COLOURS for step in range(SHOPPER_COLOURS)]
        return next((colour for colour in order if colour not in taken), wanted)

    def _forget_oldest(self) -> None:
        charged = [visit.visit_id for visit in self.visits.values() if visit.stage is VisitStage.CHARGED]
        for visit_id in charged[: max(0, len(charged) - CHARGED_VISITS_KEPT)]:
            del self.visits[visit_id]

    def _issue(self, fact: ReceiptIssued) -> tuple[Notice, ...]:
        later = self.receipts[fact.receipt_id].later if fact.receipt_id in self.receipts else ()
        self.receipts[fact.receipt_id] = Receipt(fact, later)
        if fact.visit_id in self.visits:
            self.visits[fact.visit_id].receipt_id = fact.receipt_id
        return ReceiptChanged(fact.receipt_id), VisitChanged(fact.visit_id)

    def _change(self, fact: LaterFact) -> tuple[Notice, ...]:
        receipt = self.receipts.get(fact.receipt_id)
        if receipt is None:
            return ()
        self.receipts[fact.receipt_id] = Receipt(receipt.issued, (*receipt.later, fact))
        return (ReceiptChanged(fact.receipt_id),)


def by_stage(visits: Iterable[Visit], *, charged_shown: int) -> list[Visit]:
    """Visits as a person wants them listed: inside, then waiting for a receipt, then the newest charged."""
    ordered: list[Visit] = []
    for stage in (VisitStage.INSIDE, VisitStage.LEFT):
        ordered += [visit for visit in visits if visit.stage is stage]
    charged = [visit for visit in visits if visit.stage is VisitStage.CHARGED]
    return ordered + charged[::-1][:charged_shown]
