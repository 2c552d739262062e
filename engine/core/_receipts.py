"""Receipts: one for each visit that left, and what later decisions change on it."""

from engine.core._age_checks import withheld
from engine.core._bills import Bill, receipt_of
from engine.core._state import World
from engine.core._visits import Visit
from engine.domain import ReceiptIssued, SkuId, StepId, price

_WAIT_FOR_STEPS_NS = 10_000_000_000
_KEPT_NS = 900_000_000_000


def advance(world: World) -> None:
    """Issue the receipts that wait for nothing more, and adjust those that turned out wrong."""
    visits = world.state.visits
    for visit_id in list(visits.unpaid):
        if not _waits(world, visits.known[visit_id]):
            del visits.unpaid[visit_id]
            _issue(world, visits.known[visit_id])
    for visit_id in world.touched:
        bill = world.state.bills.of_visit(visit_id)
        if bill is not None and visit_id in visits.known:
            owed = bill.owed(_chargeable(world, visits.known[visit_id]), world.store)
            world.said += bill.adjust(owed, world.store, t_ns=world.now_ns)


def forget(world: World) -> None:
    """Drop visits that are over, paid and beyond question; what they put in wrong places stays put."""
    state = world.state
    for visit in list(state.visits.known.values()):
        if visit.left is None or visit.left_ns >= world.now_ns - _KEPT_NS:
            continue
        named = any(
            h.verdict.visit_id == visit.visit_id for c in state.cases.open.values() for h in c.question.hypotheses
        )
        named |= visit.visit_id in state.ages.needed
        if not named and (visit.staff or state.bills.of_visit(visit.visit_id) is not None):
            for entry in state.carts.of_visit(visit.visit_id):
                state.carts.withdraw(entry.statement.line_id)
            state.ages.forget(visit.visit_id)
            del state.visits.known[visit.visit_id]
    state.bills.forget(now_ns=world.now_ns)


def _waits(world: World, visit: Visit) -> bool:
    """An age to be checked, a case that concerns the visit, or a step it may have made that has not settled yet."""
    if visit.visit_id in world.state.ages.needed or world.state.cases.concerning(visit.visit_id):
        return True
    return world.now_ns < visit.left_ns + _WAIT_FOR_STEPS_NS and any(
        step.start_ns <= visit.left_ns and _may_be_of(world, step.step_id, visit)
        for step in world.state.steps.open.values()
    )


def _may_be_of(world: World, step_id: StepId, visit: Visit) -> bool:
    lines = world.state.carts.of_step(step_id)
    return not lines or any(entry.statement.visit_id == visit.visit_id for entry in lines)


def _issue(world: World, visit: Visit) -> None:
    owed = price(_chargeable(world, visit), world.store)
    issued = ReceiptIssued(
        t_ns=world.now_ns,
        receipt_id=receipt_of(visit.visit_id),
        visit_id=visit.visit_id,
        lines=owed.lines,
        total_minor=owed.total_minor,
        currency=world.store.currency,
        discounts=owed.discounts,
        taxes=owed.taxes,
        withheld=withheld(world, visit.visit_id),
    )
    world.state.bills.known[issued.receipt_id] = Bill.of(issued)
    world.emit(issued)


def _chargeable(world: World, visit: Visit) -> dict[SkuId, int]:
    """Settled units that may be sold; what still waits for an answer is not charged."""
    cart = world.state.carts.cart(visit.visit_id, settled=True)
    not_sold = withheld(world, visit.visit_id)
    return {sku_id: units for sku_id, units in cart.items() if units > 0 and sku_id not in not_sold}
