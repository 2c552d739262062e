"""Reaches to plates that nobody weighs: while a cell or its controller is out, hands alone tell, and a person is asked.

A hand in such a plate's space takes something more often than not, but nothing proves it. When the plate is weighed
again, the difference tells: as many units gone as there were reaches, or more, and they were taken; none, and they
were not. Of anything else, and of what is left over, whoever compares the weights asks anew.
"""

import math
from collections.abc import Sequence
from operator import attrgetter

from engine.core._answering import drop_question
from engine.core._asking import ask
from engine.core._attribution import Explanation, Move
from engine.core._candidates import Spot
from engine.core._carts import Entry
from engine.core._cases import Case
from engine.core._reaches import Reach
from engine.core._state import World
from engine.core._statements import Wording, say, worded
from engine.domain import (
    CaseCause,
    LineId,
    PlateId,
    PlateMass,
    Reason,
    ShelfBaseline,
    ShelfId,
    StepId,
    WeightSettled,
    step_id,
)

_BLINDING = {
    "dead": attrgetter("plate_id"),
    "stuck": attrgetter("plate_id"),
    "overloaded": attrgetter("plate_id"),
    "stale": attrgetter("shelf_id"),
    "unreachable": attrgetter("controller_id"),
}
"""The faults by which plates are not weighed, and which device of a plate's has them."""
_NAMED_AFTER_NS = {"stuck": 2_300_000_000}
_SOON_NAMED_NS = 1_200_000_000
"""How long after its beginning a fault is named, at most in 19 of 20 of the twin's: before that a plate was weighed."""
_LOOK_NS = 200_000_000
_LATE_NS = 450_000_000
"""Hands are judged when those of shortly afterwards are known too."""
_AT_HAND = 2.0
"""The ratio of a hand that is there, against one that is anywhere."""
_FAR = 0.01
_GONE_NS = 500_000_000
_WAIT_NS = 1_500_000_000
"""By then a step beside it has settled, to which the hand belonged."""
_BESIDE_NS = 400_000_000
_TAKES_PPM, _PUTS_PPM = 600_000, 100_000
"""What a reach is for, ours: seven in ten move something; too few to charge without a person."""
_PROVEN_PPM, _SURE_SHARE = 950_000, 0.8
"""That a difference of as many units proves reaches to have taken them, if it is plain that they were to that plate."""
_NAMED_SHARE = 0.1
_LOOK_BACK_NS = 3_000_000_000
"""Hands are looked at so far back when a fault is named."""
_DRIFT_MG, _SIGMAS = 5_000, 3


def advance(world: World) -> None:
    """Follow hands at plates that are not weighed, and ask about reaches that are over."""
    reaches, at_ns = world.state.reaches, world.state.sight.heard_ns - _LATE_NS
    idle = not (world.state.faults or reaches.on or reaches.over)
    if idle or at_ns < reaches.looked_ns + _LOOK_NS:
        return
    if reaches.on or _blind(world, at_ns):
        for look_ns in range(max(reaches.looked_ns + _LOOK_NS, at_ns - _LOOK_BACK_NS), at_ns + 1, _LOOK_NS):
            reaches.looked_ns = look_ns
            _look(world, _blind(world, look_ns), look_ns)
    for reach in [reach for reach in reaches.over if reach.end_ns < at_ns - _WAIT_NS]:
        reaches.over.remove(reach)
        if not _explained(world, reach):
            _ask(world, reach)


def answered(world: World, case: Case, *, undo: bool = False) -> None:
    """A person decides about a reach: nothing that comes later decides otherwise, unless it is taken back."""
    for reach in world.state.reaches.asked:
        if reach.line_id == case.line_id:
            reach.answered = not undo


def weighed_again(world: World, fact: ShelfBaseline) -> None:
    """Let what plates weigh when sensing resumed tell what the reaches to them were; before it is compared."""
    if not fact.resumed:
        return
    for plate in fact.plates:
        here = [reach for reach in world.state.reaches.asked if reach.plate_id == plate.plate_id]
        if here:
            _settle(world, fact.shelf_id, plate, here)
            book(world)
            world.state.reaches.asked = [reach for reach in world.state.reaches.asked if reach not in here]


def book(world: World) -> None:
    """Let the shelves' books have what lines say of reaches: their scales did not feel it."""
    stock, entries = world.state.stock, world.state.carts.entries
    for reach in world.state.reaches.asked:
        entry = entries.get(reach.line_id) if reach.line_id is not None else None
        now = _moved(entry) if entry is not None else None
        if now == reach.booked or reach.step_id is None:
            continue
        for change, sign in ((reach.booked, -1), (now, 1)):
            if change is not None:
                rest = stock.rest.get(world.store.plate_by_id[change.plate_id].shelf_id)
                if rest is not None and change.plate_id in rest.mass_mg:
                    rest.mass_mg[change.plate_id] += sign * change.mass_mg
        moved = now or PlateMass(plate_id=reach.plate_id, mass_mg=0)
        stock.books.moved(_step(world, reach, reach.step_id, (moved,)))
        reach.booked = now


def _moved(entry: Entry) -> PlateMass:
    """What a line says that its plate gained."""
    mass_mg = entry.mass.mean_mg
    return PlateMass(plate_id=entry.plate_id, mass_mg=-mass_mg if entry.signed_quantity > 0 else mass_mg)


def _step(world: World, reach: Reach, step_id: StepId, plates: tuple[PlateMass, ...]) -> WeightSettled:
    """A reach as if a shelf had told it."""
    return WeightSettled(
        t_ns=world.now_ns,
        step_id=step_id,
        shelf_id=world.store.plate_by_id[plates[0].plate_id].shelf_id,
        start_ns=reach.start_ns,
        end_ns=reach.end_ns,
        mass_mg=sum(plate.mass_mg for plate in plates),
        sigma_mg=0,
        plates=plates,
    )


def _look(world: World, blind: set[PlateId], at_ns: int) -> None:
    reaches = world.state.reaches
    if blind:
        for suspect in world.hands.suspects(_with_neighbours(world, blind), at_ns):
            nearest = max(suspect.at, key=lambda plate_id: suspect.at[plate_id].ratio)
            there = nearest in blind and suspect.at[nearest].ratio >= _AT_HAND
            if suspect.visit_id is None or suspect.staff or not there:
                continue
            new = Reach(visit_id=suspect.visit_id, start_ns=at_ns, end_ns=at_ns, near={})
            reach = reaches.on.setdefault(suspect.visit_id, new)
            reach.end_ns = at_ns
            for plate_id, witness in suspect.at.items():
                reach.near[plate_id] = reach.near.get(plate_id, 0.0) + math.log(max(witness.ratio, _FAR))
    for visit_id, reach in list(reaches.on.items()):
        if reach.end_ns < at_ns - _GONE_NS:
            reaches.over.append(reaches.on.pop(visit_id))


def _blind(world: World, at_ns: int) -> set[PlateId]:
    """The plates with a facing that were not weighed at an instant."""
    blind: set[PlateId] = set()
    for fault in world.state.faults.values():
        of = _BLINDING.get(fault.kind)
        if of is not None and at_ns >= fault.t_ns - _NAMED_AFTER_NS.get(fault.kind, _SOON_NAMED_NS):
            blind |= {plate.plate_id for plate in world.store.plates if of(plate) == fault.device_id}
    return blind & world.store.facing_of_plate.keys()


def _with_neighbours(world: World, blind: set[PlateId]) -> tuple[PlateId, ...]:
    """These plates and those beside them: whoever is nearer to one of those reaches there."""
    found: list[PlateId] = []
    for shelf in world.store.shelves:
        ids = shelf.plate_ids
        found += [ids[i] for i in range(len(ids)) if blind & set(ids[max(0, i - 1) : i + 2])]
    return tuple(found)


def _explained(world: World, reach: Reach) -> bool:
    """Whether the hand was at a step beside the plate."""
    first_ns, last_ns = reach.start_ns - _BESIDE_NS, reach.end_ns + _BESIDE_NS
    lines = (entry.start_ns for entry in world.state.carts.of_visit(reach.visit_id))
    questions = (case.question for case in world.state.cases.open.values())
    cases = (q.start_ns for q in questions if q.hypotheses and q.hypotheses[0].verdict.visit_id == reach.visit_id)
    return any(first_ns <= start_ns <= last_ns for start_ns in (*lines, *cases))


def _ask(world: World, reach: Reach) -> None:
    plate_id, planned = reach.plate_id, world.store.facing_of_plate
    if plate_id not in planned or reach.visit_id not in world.state.visits.known:
        return
    shelf_id = world.store.plate_by_id[plate_id].shelf_id
    plates = world.store.shelf_by_id[shelf_id].plate_ids
    named = [plate_id, *(p for p in plates if p != plate_id and p in planned and reach.share(p) >= _NAMED_SHARE)]
    # Several reaches begin at one look.
    named_id = step_id(shelf_id, reach.start_ns + world.state.cases.asked, weighed=False)
    step = _step(world, reach, named_id, tuple(PlateMass(plate_id=p, mass_mg=0) for p in named))
    explanations = [explanation for p in named for explanation in _meant(world, reach, p)]
    nothing = Explanation(moves=(), probability_ppm=1_000_000 - sum(e.probability_ppm for e in explanations))
    explanations = sorted((*explanations, nothing), key=lambda e: -e.probability_ppm)
    ask(world, step, explanations, suspects=(), cause=CaseCause.UNWITNESSED)
    reach.step_id, reach.line_id = named_id, LineId(f"{named_id}/1")
    world.state.reaches.asked.append(reach)


def _meant(world: World, reach: Reach, plate_id: PlateId) -> list[Explanation]:
    """A unit taken from a plate and, out of a cart that holds one, put back."""
    facing, share = world.store.facing_of_plate[plate_id], reach.share(plate_id)
    sku_id = facing.sku_id
    spot = Spot(facing_id=facing.facing_id, sku_id=sku_id, plate_ids=(plate_id,), mass_mg=0, main_plate_id=plate_id)
    has_one = world.state.carts.cart(reach.visit_id).get(sku_id, 0) > 0
    ppm = {1: _TAKES_PPM, -1: _PUTS_PPM} if has_one else {1: _TAKES_PPM + _PUTS_PPM}
    return [
        Explanation(
            moves=(
                Move(
                    visit_id=reach.visit_id,
                    staff=False,
                    sku_id=sku_id,
                    quantity=quantity,
                    spot=spot,
                    mass=world.state.masses.units(world.store, sku_id, 1),
                    hand_distance_mm=None,
                ),
            ),
            probability_ppm=round(share * of_million),
        )
        for quantity, of_million in ppm.items()
    ]


def _settle(world: World, shelf_id: ShelfId, plate: PlateMass, reaches: Sequence[Reach]) -> None:
    state, sku_id = world.state, world.store.facing_of_plate[plate.plate_id].sku_id
    doubtful = [r for r in reaches if not r.answered and r.booked is None]
    for reach in doubtful:
        if reach.line_id is not None:
            drop_question(world, reach.line_id)
    rest = state.stock.rest.get(shelf_id)
    if rest is None or plate.plate_id not in rest.mass_mg or not doubtful:
        return
    gone_mg = rest.mass_mg[plate.plate_id] - plate.mass_mg
    count = round(gone_mg / state.masses.mean(world.store, sku_id).mean_mg)
    if count < len(doubtful) or any(reach.share(plate.plate_id) < _SURE_SHARE for reach in doubtful):
        return
    units = state.masses.units(world.store, sku_id, count)
    if abs(gone_mg - units.mean_mg) < _SIGMAS * math.hypot(math.sqrt(units.variance_mg2), _DRIFT_MG):
        for reach in doubtful:
            say(world, _taken(world, reach, gone_mg // count))


def _taken(world: World, reach: Reach, measured_mg: int) -> Entry:
    plate_id = reach.plate_id
    sku_id = world.store.facing_of_plate[plate_id].sku_id
    mass = world.state.masses.units(world.store, sku_id, 1)
    if reach.step_id is None or reach.line_id is None:
        raise ValueError("nobody asked about it")
    reason = Reason(
        measured_mg=measured_mg,
        expected_mg=mass.mean_mg,
        hand_distance_mm=None,
        runner_up="",
        runner_up_ppm=0,
    )
    words = Wording(
        line_id=reach.line_id,
        step_id=reach.step_id,
        start_ns=reach.start_ns,
        visit_id=reach.visit_id,
        sku_id=sku_id,
        quantity=1,
        plate_id=plate_id,
        mass=mass,
        settled=True,
        probability_ppm=_PROVEN_PPM,
        reason=reason,
    )
    return worded(world, words)
