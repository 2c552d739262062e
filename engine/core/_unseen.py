"""What changed on a shelf while nobody measured: told with what would explain it, and asked about place by place."""

import math
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from engine.core import _onhand
from engine.core._asking import ask
from engine.core._attribution import Explanation
from engine.core._normal import normal
from engine.core._settling import attribute
from engine.core._state import World
from engine.core._statements import say_only
from engine.core._stock import PART_OF_UNIT
from engine.core.tracking import HANDS_KEPT_NS
from engine.domain import (
    CaseCause,
    PlateId,
    PlateMass,
    ShelfBaseline,
    SkuId,
    UnseenUnits,
    UnwitnessedChange,
    WeightSettled,
    step_id,
)

_SIGMA_MG = 5_000
"""What a plate drifts in an outage."""
_UNEXPLAINED = 1e-4
"""Density per gram of what nothing known explains."""
_UNLIKELY_PPM = 10_000

_Place = tuple[PlateMass, ...]


def resume(world: World, fact: ShelfBaseline) -> None:
    """Compare a shelf with what it weighed before sensing stopped; steps cut off by the stop come to nothing."""
    rest = world.state.stock.rest.get(fact.shelf_id)
    felt_ns = dict(rest.felt_ns) if rest is not None else {}
    unseen = world.state.stock.baseline(world.store, fact)
    _onhand.opened(world, fact)
    if fact.resumed:
        for step in [s for s in world.state.steps.open.values() if s.shelf_id == fact.shelf_id and not s.settled]:
            world.state.steps.decide(step.step_id, now_ns=world.now_ns)
            say_only(world, step.step_id, (), cause="sensing stopped before the weight settled")
    if unseen:
        _tell(world, fact, _as_wired(world, unseen), felt_ns=felt_ns)


def _tell(world: World, fact: ShelfBaseline, unseen: _Place, *, felt_ns: Mapping[PlateId, int]) -> None:
    places = [(place, _since_ns(fact, place, felt_ns)) for place in _places(world, unseen)]
    change = UnwitnessedChange(
        t_ns=world.now_ns,
        shelf_id=fact.shelf_id,
        plates=unseen,
        mass_mg=sum(plate.mass_mg for plate in unseen),
        since_ns=min(since_ns for _, since_ns in places),
        candidates=tuple(units for place, _ in places for units in _units(world, place)),
    )
    world.emit(change)
    for number, (place, since_ns) in enumerate(places):
        step = WeightSettled(
            t_ns=fact.t_ns,
            step_id=step_id(fact.shelf_id, fact.t_ns + number, weighed=False),
            shelf_id=fact.shelf_id,
            start_ns=max(since_ns, fact.t_ns - HANDS_KEPT_NS),
            end_ns=fact.t_ns,
            mass_mg=sum(plate.mass_mg for plate in place),
            sigma_mg=_SIGMA_MG,
            plates=place,
        )
        world.state.stock.books.moved(step)
        suspects = world.hands.during([plate.plate_id for plate in place], since_ns, fact.t_ns)
        explanations = [_doubted(explanation) for explanation in attribute(world, step, suspects)]
        ask(world, step, explanations, suspects=suspects, cause=CaseCause.UNWITNESSED)


def _since_ns(fact: ShelfBaseline, place: _Place, felt_ns: Mapping[PlateId, int]) -> int:
    """When the first of the plates was last weighed before."""
    earliest_ns = min(felt_ns.values(), default=fact.t_ns)
    return min(felt_ns.get(plate.plate_id, earliest_ns) for plate in place)


def _doubted(explanation: Explanation) -> Explanation:
    """Several units may have gone one by one, and to several people: one must be sure of each."""
    units = max(1, sum(abs(move.quantity) for move in explanation.moves))
    return replace(explanation, probability_ppm=round(1e6 * (explanation.probability_ppm / 1e6) ** units))


def _as_wired(world: World, unseen: _Place) -> _Place:
    """The plates that changed, where cells on each other's channels are known, as far as they are of one shelf."""
    plates = world.store.plate_by_id
    return tuple(
        there if plates[there.plate_id].shelf_id == plates[here.plate_id].shelf_id else here
        for here, there in zip(unseen, world.state.swapped.as_wired(unseen), strict=True)
    )


def _places(world: World, unseen: _Place) -> list[_Place]:
    """The plates by product; what is too little for a unit goes with its neighbour, halves of one item together."""
    groups: dict[SkuId | PlateId, list[PlateMass]] = {}
    for plate in unseen:
        facing = world.store.facing_of_plate.get(plate.plate_id)
        groups.setdefault(facing.sku_id if facing is not None else plate.plate_id, []).append(plate)
    places: list[_Place] = []
    for group in groups.values():
        place = tuple(group)
        beside = places[-1] if places else ()
        small = beside and (_is_little(world, place) or _is_little(world, beside))
        if small or (beside and not _units(world, beside) and not _units(world, place)):
            places[-1] = (*beside, *place)
        else:
            places.append(place)
    return places


def _is_little(world: World, place: _Place) -> bool:
    lightest_g = world.state.stock.lightest_unit_g(world.store, tuple(plate.plate_id for plate in place))
    return abs(sum(plate.mass_mg for plate in place)) < PART_OF_UNIT * 1000 * lightest_g


def _units(world: World, place: _Place) -> list[UnseenUnits]:
    """Which units of one product would weigh what a place gained or lost, the likeliest first."""
    mass_mg = sum(plate.mass_mg for plate in place)
    plate_ids = tuple(plate.plate_id for plate in place)
    density: dict[tuple[SkuId, int], float] = {}
    for sku_id in _may_be(world, plate_ids, mass_mg):
        most_likely = round(abs(mass_mg) / max(1, world.state.masses.mean(world.store, sku_id).mean_mg))
        for count in range(max(1, most_likely - 1), most_likely + 2):
            mass = world.state.masses.units(world.store, sku_id, count)
            sigma_g = math.hypot(math.sqrt(mass.variance_mg2), _SIGMA_MG) / 1000
            quantity = count if mass_mg < 0 else -count
            density[sku_id, quantity] = normal((abs(mass_mg) - mass.mean_mg) / 1000, sigma_g)
    total = sum(density.values()) + _UNEXPLAINED
    ppm = {units: round(1e6 * share / total) for units, share in density.items()}
    return [
        UnseenUnits(plate_ids=plate_ids, sku_id=sku_id, quantity=quantity, probability_ppm=ppm[sku_id, quantity])
        for sku_id, quantity in sorted(ppm, key=lambda units: (-ppm[units], units))
        if ppm[sku_id, quantity] >= _UNLIKELY_PPM
    ]


def _may_be(world: World, plate_ids: Sequence[PlateId], mass_mg: int) -> list[SkuId]:
    """The products that may have left the plates, or come onto them out of a cart or the stock room."""
    state, planned = world.state, world.store.facing_of_plate
    found = {planned[plate_id].sku_id for plate_id in plate_ids if plate_id in planned}
    found |= {sku_id for plate_id in plate_ids for sku_id in state.stock.lying_on(plate_id)}
    if mass_mg > 0:
        found |= state.carts.taken()
    return sorted(found)
