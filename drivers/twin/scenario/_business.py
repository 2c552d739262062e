"""The actions that one piece of a random shopper's business comes down to, as the shelves are at that moment."""

from dataclasses import dataclass
from itertools import combinations

import msgspec

from drivers.twin.scenario._errands import Side
from drivers.twin.scenario._format import Action, Hold, Lift, PutBack, PutOn, Take, Touch, Wait, Walk
from drivers.twin.scenario._mix import Business
from drivers.twin.scenario._play import Scene
from drivers.twin.scenario._shopper import Shopper
from engine.domain import PlateId, SkuId, Store

_SAME_G = 10.0  # the spread that the winner of the 2020 autonomous-checkout competition gave a weight
_RIGHT_SHARE = 0.75
_TRIES = 12
_HOLD_S = (4.0, 12.0)
_LIFT_S = (0.4, 1.5)
_LOOK_S = (1.0, 4.0)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A plate and what belongs there: how much of which SKU, and what a unit of it weighs."""

    plate_id: PlateId
    sku_id: SkuId
    units: int
    unit_g: float


class Market:
    """A store's places as random shoppers choose between them."""

    def __init__(self, store: Store) -> None:
        self._places = [
            _Place(
                plate_id=plate_id,
                sku_id=facing.sku_id,
                units=facing.units // len(facing.plate_ids),
                unit_g=store.product_by_sku[facing.sku_id].unit_mass_g,
            )
            for facing in store.facings
            for plate_id in facing.plate_ids
        ]
        self._alike = [
            pair
            for pair in combinations(self._places, 2)
            if pair[0].sku_id != pair[1].sku_id and abs(pair[0].unit_g - pair[1].unit_g) <= _SAME_G
        ]

    def actions(self, business: Business, scene: Scene, shopper: Shopper) -> list[Action]:
        """What to do for it. Where shelves or cart have nothing that allows it, something is taken instead."""
        hand: Side = "right" if scene.rng.random() < _RIGHT_SHARE else "left"
        place = self._stocked(scene)
        take = Take(sku=place.sku_id, plate=place.plate_id, hand=hand)
        match business:
            case Business.BROWSE:
                return [Touch(plate=place.plate_id, hand=hand)]
            case Business.LOOK:
                return [Walk(plate=place.plate_id), Wait(for_s=_LOOK_S)]
            case Business.LIFT:
                return [Lift(sku=place.sku_id, plate=place.plate_id, hand=hand, for_s=_LIFT_S)]
            case Business.PUT_BACK if shopper.carried:
                item = shopper.carried[int(scene.rng.integers(len(shopper.carried)))]
                return [PutBack(sku=item.sku_id, hand=hand)]
            case Business.HOLD:
                return [take, Hold(sku=place.sku_id, for_s=_HOLD_S, hand=hand)]
            case Business.PICK_SEVERAL | Business.TAKE_TWO_RETURN_ONE:
                several = Take(sku=place.sku_id, plate=place.plate_id, hand="both", count=2)
                back: list[Action] = [Wait(for_s=_LOOK_S), PutBack(sku=place.sku_id, hand=hand)]
                return [several, *(back if business is Business.TAKE_TWO_RETURN_ONE else [])]
            case Business.MISPLACE:
                return [take, PutOn(sku=place.sku_id, plate=self._elsewhere(scene, place), hand=hand)]
            case Business.SAME_WEIGHT_MISPLACE | Business.SWAP:
                return self._confusion(scene, hand, swap=business is Business.SWAP)
            case _:
                foremost = scene.goods.foremost(place.plate_id)  # what somebody has misplaced is found so
                return [take if foremost is None else msgspec.structs.replace(take, sku=foremost.sku_id)]

    def _stocked(self, scene: Scene) -> _Place:
        """A place that holds what belongs there; if luck finds none, one that does not."""
        for _ in range(_TRIES):
            place = self._places[int(scene.rng.integers(len(self._places)))]
            if scene.goods.foremost(place.plate_id, place.sku_id) is not None:
                break
        return place

    def _elsewhere(self, scene: Scene, home: _Place) -> PlateId:
        """A plate on which what is of ``home`` does not belong and does not weigh alike, with room if luck finds it."""
        for _ in range(_TRIES):
            place = self._places[int(scene.rng.integers(len(self._places)))]
            unlike = abs(place.unit_g - home.unit_g) > _SAME_G
            if unlike and len(scene.goods.on_plate(place.plate_id)) < place.units:
                break
        return place.plate_id

    def _confusion(self, scene: Scene, hand: Side, *, swap: bool) -> list[Action]:
        """One thing put where another of the same weight belongs; in a swap also that one where the first does."""
        if not self._alike:
            return []
        here, there = self._alike[int(scene.rng.integers(len(self._alike)))]
        if scene.rng.random() < 0.5:
            here, there = there, here
        take = Take(sku=here.sku_id, plate=here.plate_id, hand=hand)
        put = PutOn(sku=here.sku_id, plate=there.plate_id, hand=hand)
        if not swap:
            return [take, put]
        other = Take(sku=there.sku_id, plate=there.plate_id, hand=hand)
        return [take, other, put, PutOn(sku=there.sku_id, plate=here.plate_id, hand=hand)]
