"""Which plate a step really happened at: evidence for swapped cells, and steps read as they were found to be wired."""

import math
from collections.abc import Mapping
from typing import TypeVar

import msgspec
import numpy as np

from engine.core._candidates import WeightStep
from engine.core._hands import most_ratio
from engine.core._normal import normal
from engine.core._state import World
from engine.domain import PlateId, SkuId, WeightSettled

_AT_HAND_NS = 250_000_000
_AT_HAND_M = 0.08
_CABLE_M, _ARM_M = 6.0, 1.5
"""Between two cells that may be swapped: they hang on one controller."""
_ALONE_SHARE = 0.8
"""A step is a plate's own when the others only rang along."""
_UNITS = {1: 0.9, 2: 0.08, 3: 0.02}
_UNEXPLAINED = 0.002 / 3000
_UNSEEN = 0.001
_LEAST_SIGMA_MG = 1_000

_Step = TypeVar("_Step", bound=WeightStep)


def as_wired(world: World, step: _Step) -> _Step:
    """The step on the plates that it really happened at; those on another shelf than most of it are left out."""
    plates = world.state.swapped.as_wired(step.plates)
    if plates == step.plates:
        return step
    shelf_of = {plate.plate_id: world.store.plate_by_id[plate.plate_id].shelf_id for plate in plates}
    shelf_id = shelf_of[max(plates, key=lambda plate: abs(plate.mass_mg)).plate_id]
    kept = tuple(plate for plate in plates if shelf_of[plate.plate_id] == shelf_id)
    return msgspec.structs.replace(step, shelf_id=shelf_id, plates=kept, mass_mg=sum(plate.mass_mg for plate in kept))


def learn_wiring(world: World, step: WeightSettled) -> None:
    """Let a step on one plate tell which cells are swapped, and say so when that is plain."""
    loudest = max(step.plates, key=lambda plate: abs(plate.mass_mg), default=None)
    if loudest is None or abs(loudest.mass_mg) < _ALONE_SHARE * sum(abs(plate.mass_mg) for plate in step.plates):
        return
    plate_id, planned = loudest.plate_id, world.store.facing_of_plate
    if plate_id not in planned:
        return
    others = {*_at_hand(world, plate_id, step.start_ns), *world.state.swapped.partners(plate_id)}
    others = {other for other in others if other in planned and planned[other].sku_id != planned[plate_id].sku_id}
    if not others:
        return
    densities = {place: _density(world, place, step) for place in (plate_id, *sorted(others))}
    own_ratio = _ratio(world, step, plate_id)
    asked = _worth_asking(world, densities, own_ratio)
    if asked:
        ratios = {plate_id: own_ratio, **{place: _ratio(world, step, place) for place in asked}}
        fits = {place: math.log(ratio) + math.log(densities[place]) for place, ratio in ratios.items()}
        for fact in world.state.swapped.hear(world.now_ns, plate_id, fits):
            world.alarm(fact)


def _worth_asking(world: World, densities: Mapping[PlateId, float], own_ratio: float) -> list[PlateId]:
    """The plates that may be swapped with the first by what the step weighs, were a hand right over them.

    What lies on the others weighs something else: that speaks against a swap, which tells only if one is suspected.
    """
    plate_id, *others = densities
    suspected = world.state.swapped.partners(plate_id)
    own = own_ratio * densities[plate_id]
    most = most_ratio(world.store.policy.hand_sigma_m) + _UNSEEN
    return [other for other in others if other in suspected or most * densities[other] > own]


def _ratio(world: World, step: WeightSettled, plate_id: PlateId) -> float:
    """How well the hand does that suits a plate best. In a crowd each plate has its own suspects."""
    suspects = world.hands.suspects((plate_id,), step.start_ns)
    return max((suspect.at[plate_id].ratio for suspect in suspects), default=0.0) + _UNSEEN


def _at_hand(world: World, plate_id: PlateId, start_ns: int) -> set[PlateId]:
    """The plates as near as cables are drawn that a hand was over, or nearly, when a step began."""
    x, y, _ = world.store.plate_by_id[plate_id].centre_m
    hands = [
        sample.position_m
        for track in world.tracker.tracks
        if math.dist(track.foot_m, (x, y)) < _CABLE_M + _ARM_M
        for sample in world.tracker.hand_samples(track.track_id, start_ns - _AT_HAND_NS, start_ns + _AT_HAND_NS)
    ]
    if not hands:
        return set()
    spaces = world.plate_spaces
    touched = spaces.touched(spaces.within((x, y), _CABLE_M), np.array(hands), _AT_HAND_M)
    return {plate.plate_id for plate in touched}


def _density(world: World, plate_id: PlateId, step: WeightSettled) -> float:
    """Density, per gram, of the step's mass if some units of what lies on a plate made it."""
    return _UNEXPLAINED + sum(
        _UNITS[count] * _of_units(world, step, sku_id, count)
        for sku_id in sorted({world.store.facing_of_plate[plate_id].sku_id, *world.state.stock.lying_on(plate_id)})
        for count in _UNITS
    )


def _of_units(world: World, step: WeightSettled, sku_id: SkuId, count: int) -> float:
    mass = world.state.masses.units(world.store, sku_id, count)
    sigma_g = math.sqrt(mass.variance_mg2 + max(step.sigma_mg, _LEAST_SIGMA_MG) ** 2) / 1000
    return normal((abs(step.mass_mg) - mass.mean_mg) / 1000, sigma_g)
