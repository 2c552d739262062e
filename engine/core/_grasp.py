"""What hands can do at once: one hand is in one place and holds so much, and everybody has two."""

from engine.core._candidates import Candidate, Spot, WeightStep
from engine.core._hands import AT_ONCE_NS, Suspect
from engine.domain import PlateId, Store, WeightSettled

_BY_TWO_HANDS = 0.3
"""How often somebody who moves several units of a product at once has both hands at them, the prior of more than one
unit being given; the others hold all in one hand."""
_GRASP_M, _TOO_WIDE = 0.12, 0.2
"""A hand opens this wide; two that are wider together are seldom moved by one hand at once."""
_UNIT_THERE = 0.7
"""A plate that bore this share of a unit's mass is one from which a unit was moved."""
_SWEEP, _PUT_AND_TAKE = 0.15, 0.5
"""How often it is one hand that makes two movements so shortly after each other that they are one step: it takes
two products, or it puts one down and takes another in the same reach."""
_TOO_SOON = 0.01
"""What is left of that where no time was for it."""
_BOTH_BUSY = 0.3
"""How often both hands of one person move different things at one instant, against a hand each of two people. Ours:
no recording tells it."""


class Grasp:
    """Whose hands can have moved what a step's plates tell, in the time that it took."""

    def __init__(self, store: Store, step: WeightStep) -> None:
        ended_ns = step.end_ns if isinstance(step, WeightSettled) else step.t_ns
        self._store = store
        self._at_once = ended_ns - step.start_ns < AT_ONCE_NS
        self._mass_mg = {plate.plate_id: abs(plate.mass_mg) for plate in step.plates}

    def units(self, suspect: Suspect, candidate: Candidate, ratio: float) -> float:
        """The ratio for all units of one movement, ``ratio`` that of a hand: by one that can hold them, or by two."""
        if suspect.staff or abs(candidate.quantity) == 1:
            return ratio
        places = self._places(candidate)
        if self._at_once and len(places) > 1:
            by_two = max(_left_and_right(suspect, p, q) for p in places for q in places if p != q)
            return _TOO_SOON * ratio + _BY_TWO_HANDS * by_two
        width_m, depth_m, _ = self._store.product_by_sku[candidate.sku_id].size_m
        by_one = ratio * (1.0 if 2 * min(width_m, depth_m) <= _GRASP_M else _TOO_WIDE)
        return (1 - _BY_TWO_HANDS) * by_one + _BY_TWO_HANDS * _both_hands(suspect, candidate.spot, candidate.spot)

    def two(self, suspect: Suspect, one: Candidate, other: Candidate, *, by_one: float) -> float:
        """The ratio for two movements by one person, ``by_one`` that of a hand at the one it suits less."""
        by_two = _both_hands(suspect, one.spot, other.spot)
        if self._at_once:
            return _BOTH_BUSY * by_two + _TOO_SOON * by_one
        return by_two + (_PUT_AND_TAKE if one.quantity * other.quantity < 0 else _SWEEP) * by_one

    def _places(self, candidate: Candidate) -> list[PlateId]:
        """The plates of a movement that each bore a unit."""
        least_mg = _UNIT_THERE * candidate.mass.mean_mg / abs(candidate.quantity)
        return [plate_id for plate_id in candidate.spot.plate_ids if self._mass_mg.get(plate_id, 0) >= least_mg]


def _both_hands(suspect: Suspect, one: Spot, other: Spot) -> float:
    """The ratio that one of somebody's hands was at one spot and the other at the other."""
    return max(
        max(_left_and_right(suspect, a, b), _left_and_right(suspect, b, a))
        for a in one.plate_ids
        for b in other.plate_ids
    )


def _left_and_right(suspect: Suspect, left: PlateId, right: PlateId) -> float:
    return suspect.at[left].hands[0] * suspect.at[right].hands[1]
