"""Taken up and set down again in one reach: a look at a product, not a purchase and its return."""

from statistics import median

from engine.core._answering import drop_question
from engine.core._carts import Entry
from engine.core._places import plate_distance_m
from engine.core._state import World
from engine.core._statements import withdraw
from engine.core._visits import Visit
from engine.domain import Browsed, PutBack, WeightSettled

_CAUSE = "set down in the same reach"
_ONE_REACH_NS = 1_500_000_000
"""A hand that takes something home and comes again needs longer: it reaches, rests and withdraws in 0.5 s each."""
_LONGEST_NS = 4_000_000_000
_AWAY_M = 0.18
"""Halfway between two reaches a hand is at the body; one that lifts a product stays within this of its plate."""
_SEEN_HZ = 4.0
"""A hand that is seen less often may have been anywhere in between."""


def forget_returned(world: World, step: WeightSettled) -> None:
    """Take back the pick and the put of a unit that a hand only lifted; the carts are as if nothing had been."""
    for put in world.state.carts.of_step(step.step_id):
        pick = _pick_of(world, put, step) if isinstance(put.statement, PutBack) else None
        if pick is None:
            continue
        for line in (put.statement, pick.statement):
            drop_question(world, line.line_id)
            withdraw(world, line.line_id, cause=_CAUSE)
        world.state.doubts.known([put.statement.step_id, pick.statement.step_id])
        browsed = Browsed(
            t_ns=world.now_ns,
            visit_id=put.statement.visit_id,
            facing_id=world.store.facing_of_plate[put.plate_id].facing_id,
            lifted_mg=pick.statement.reason.measured_mg,
        )
        world.emit(browsed)


def _pick_of(world: World, put: Entry, step: WeightSettled) -> Entry | None:
    """The same units off the same plate by the same shopper, the hand never away from it since."""
    visit = world.state.visits.known.get(put.statement.visit_id)
    picks = [
        entry
        for entry in world.state.carts.of_visit(put.statement.visit_id)
        if (entry.statement.sku_id, entry.plate_id) == (put.statement.sku_id, put.plate_id)
        and entry.signed_quantity == -put.signed_quantity
        and 0 < step.start_ns - entry.start_ns < _LONGEST_NS
    ]
    pick = max(picks, key=lambda entry: entry.start_ns, default=None)
    if pick is None or visit is None:
        return None
    one_reach = step.start_ns - pick.start_ns < _ONE_REACH_NS
    return pick if one_reach or _stayed(world, visit, pick, until_ns=step.start_ns) else None


def _stayed(world: World, visit: Visit, pick: Entry, *, until_ns: int) -> bool:
    """Whether one hand of somebody on the visit was at the plate halfway between the pick and an instant."""
    plate = world.store.plate_by_id[pick.plate_id]
    quarter_ns = (until_ns - pick.start_ns) // 4
    away_m: dict[tuple[int, str], list[float]] = {}
    for number, track_id in ((n, track_id) for n, member in enumerate(visit.members) for track_id in member.trail):
        for sample in world.tracker.hand_samples(track_id, pick.start_ns + quarter_ns, until_ns - quarter_ns):
            distance_m = plate_distance_m(plate, sample.position_m)
            away_m.setdefault((number, sample.side), []).append(distance_m)
    enough = _SEEN_HZ * 2 * quarter_ns / 1e9
    return any(median(seen_m) < _AWAY_M for seen_m in away_m.values() if len(seen_m) >= enough)
