"""The grams' books against what was concluded: what does not add up is told once, and what the books show."""

from engine.core._cases import Case
from engine.core._conservation import judge
from engine.core._decisions import Booked, Decision
from engine.core._onhand import plates_of
from engine.core._state import World
from engine.core._stock import PART_OF_UNIT
from engine.domain import (
    AcceptShelf,
    GramsAccounted,
    PlateId,
    ShelfGrams,
    ShelfId,
    SkuId,
    StepId,
    Stocked,
    StockView,
    Verdict,
)

_LEAST_MG = 5_000
"""Less than part of the lightest unit, or than this, is not worth a flag."""


def advance(world: World) -> None:
    """Enter what staff did in this step, then look at every shelf that was touched and has no question open."""
    books = world.state.stock.books
    for fact in world.said:
        if isinstance(fact, Stocked):
            books.by_staff(fact.step_id)
    if not books.touched:
        return
    asked = {case.question.shelf_id for case in world.state.cases.open.values()}
    asked |= {step.shelf_id for step in world.state.steps.open.values()}
    for shelf_id in sorted(books.touched.keys() - asked):
        del books.touched[shelf_id]
        if shelf_id not in world.store.shelf_by_id:
            continue
        look(world, shelf_id)


def look(world: World, shelf_id: ShelfId) -> None:
    """Say what is missing on a shelf, or that nothing is any more; what is asked about may yet be explained."""
    books = world.state.stock.books
    missing = books.missing(shelf_id, pending=_pending(world))
    told = judge(books.account(shelf_id), missing, limit_mg=_worth_mg(world, shelf_id), t_ns=world.now_ns)
    if told is not None:
        world.emit(told)


def fold(world: World) -> None:
    """Add up what is long over."""
    world.state.stock.books.fold(now_ns=world.now_ns, pending=_pending(world))


def answered(world: World, case: Case, verdict: Verdict) -> Booked:
    """A person closed a case: what they saw taken, or set down, by nobody known is written off."""
    sku_id, units = verdict.sku_id, abs(verdict.quantity)
    if sku_id is None or not units:
        return Booked()
    question, masses = case.question, world.state.masses
    weighed = question.mass_mg != 0 and len(question.hypotheses) > 0
    alone = units == 1 and weighed and _planned(world, case.place_of(world.store, sku_id)) == sku_id
    booked = Booked(
        weighed_mg=abs(question.mass_mg) if alone else 0,
        written_off=masses.units(world.store, sku_id, units) if verdict.visit_id is None else None,
    )
    _book(world, case, verdict, booked, undo=False)
    return booked


def taken_back(world: World, decision: Decision) -> None:
    """What a person said is not so, for the books as well: nor is it staff's what became so by it."""
    for step_id in decision.stocked:
        world.state.stock.books.by_staff(step_id, undo=True)
    _book(world, decision.case, decision.verdict, decision.booked, undo=True)


def refusal(world: World, command: AcceptShelf) -> str:
    """Why there is nothing to accept; empty when there is."""
    if command.shelf_id not in world.store.shelf_by_id:
        return f"shelf {command.shelf_id} is not known"
    account = world.state.stock.books.accounts.get(command.shelf_id)
    return "" if account is not None and account.told else f"the grams of shelf {command.shelf_id} add up"


def accept(world: World, command: AcceptShelf, *, by: str) -> None:
    """Take a shelf as it lies; a command that would be refused changes nothing."""
    if refusal(world, command):
        return
    books = world.state.stock.books
    books.accept(command.shelf_id, pending=_pending(world))
    books.account(command.shelf_id).told = None
    world.emit(GramsAccounted(t_ns=world.now_ns, shelf_id=command.shelf_id, accepted_by=by))


def view(world: World, t_ns: int) -> StockView:
    """What lies where by the books, and what trade has taught of weights."""
    pending, rests = _pending(world), sorted(world.state.stock.rest)
    return StockView(
        t_ns=t_ns,
        shelves=tuple(_shelf(world, shelf_id, pending) for shelf_id in rests if shelf_id in world.store.shelf_by_id),
        unit_masses=world.state.masses.proposals(world.store),
    )


def _book(world: World, case: Case, verdict: Verdict, booked: Booked, *, undo: bool) -> None:
    stock, masses, sku_id = world.state.stock, world.state.masses, verdict.sku_id
    if sku_id is None:
        return
    if booked.weighed_mg:
        masses.weigh(sku_id, booked.weighed_mg, undo=undo)
    if booked.written_off is not None:
        taken = verdict.quantity > 0
        stock.books.write_off(case.question.step_id, booked.written_off, taken=taken, undo=undo)
        units = verdict.quantity if undo else -verdict.quantity
        stock.lay(world.store, case.place_of(world.store, sku_id), sku_id, units, booked.written_off)


def _shelf(world: World, shelf_id: ShelfId, pending: set[StepId]) -> ShelfGrams:
    stock = world.state.stock
    weighed_mg = sum(stock.rest[shelf_id].mass_mg.values())
    plates = world.store.shelf_by_id[shelf_id].plate_ids
    misplaced_mg = sum(lot.mass_mg for plate_id in plates for lot in stock.lying_on(plate_id).values())
    totals = stock.books.totals(shelf_id, pending=pending)
    return ShelfGrams(
        shelf_id=shelf_id,
        opened_mg=totals.opened_mg,
        home_mg=weighed_mg - misplaced_mg,
        misplaced_mg=misplaced_mg,
        carts_mg=totals.carts_mg,
        lost_mg=totals.lost_mg,
        open_mg=totals.open_mg,
        missing_mg=totals.missing_mg,
        sigma_mg=totals.sigma_mg,
        plates=plates_of(world, shelf_id),
    )


def _pending(world: World) -> set[StepId]:
    """Steps about which something may still be said: undecided, or asked."""
    state = world.state
    return state.steps.open.keys() | {case.question.step_id for case in state.cases.open.values()}


def _worth_mg(world: World, shelf_id: ShelfId) -> int:
    plates = world.store.shelf_by_id[shelf_id].plate_ids
    return max(_LEAST_MG, round(1000 * PART_OF_UNIT * world.state.stock.lightest_unit_g(world.store, plates)))


def _planned(world: World, plate_id: PlateId) -> SkuId | None:
    facing = world.store.facing_of_plate.get(plate_id)
    return facing.sku_id if facing is not None else None
