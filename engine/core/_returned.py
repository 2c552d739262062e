"""Taken up and set down again in one reach: a look at a product, not a purchase and its return."""

from engine.core._carts import Entry
from engine.core._places import plate_distance_m
from engine.core._state import World
from engine.core._statements import withdraw
from engine.core._visits import Visit
from engine.domain import Browsed, PutBack, WeightSettled

_ONE_REACH_NS = 1_200_000_000
"""A hand that goes to the body and comes again needs longer: a reach is 0.5 s there and 0.5 s back at the least."""
_LONGEST_NS = 4_000_000_000
_AWAY_M = 0.18
"""A hand that lifts a product off its plate stays within this of the space above it; wrists err by half as much."""
_ENDS_NS = 100_000_000
_STAYED_SHARE = 0.9
_SEEN_HZ = 4.0
"""A hand that is seen less often may have been anywhere in between."""


def forget_returned(world: World, step: WeightSettled) -> None:
    """Take back the pick and the put of a unit that a hand only lifted; the carts are as if nothing had been."""
    for put in world.state.carts.of_step(step.step_id):
        if not isinstance(put.statement, PutBack) or not put.statement.settled:
            continue
        pick = _pick_of(world, put, step)
        if pick is None:
            continue
        withdraw(world, put.statement.line_id, cause="set down in the same reach")
        withdraw(world, pick.statement.line_id, cause="set down in the same reach")
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
        if entry.statement.settled
        and (entry.statement.sku_id, entry.plate_id) == (put.statement.sku_id, put.plate_id)
        and entry.signed_quantity == -put.signed_quantity
        and 0 < step.start_ns - entry.start_ns < _LONGEST_NS
    ]
    pick = max(picks, key=lambda entry: entry.start_ns, default=None)
    if pick is None or visit is None:
        return None
    one_reach = step.start_ns - pick.start_ns < _ONE_REACH_NS
    return pick if one_reach or _stayed(world, visit, pick, until_ns=step.start_ns) else None


def _stayed(world: World, visit: Visit, pick: Entry, *, until_ns: int) -> bool:
    """Whether one hand of somebody on the visit was seen at the plate nearly all the time since the pick."""
    plate = world.store.plate_by_id[pick.plate_id]
    near_of: dict[tuple[int, str], list[bool]] = {}
    for number, track_id in ((n, track_id) for n, m in enumerate(visit.members) for track_id in m.trail):
        for sample in world.tracker.hand_samples(track_id, pick.start_ns + _ENDS_NS, until_ns - _ENDS_NS):
            near = plate_distance_m(plate, sample.position_m) < _AWAY_M
            near_of.setdefault((number, sample.side), []).append(near)
    enough = _SEEN_HZ * (until_ns - pick.start_ns) / 1e9
    return any(sum(near) >= _STAYED_SHARE * len(near) for near in near_of.values() if len(near) >= enough)
