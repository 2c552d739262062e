"""The actions that one piece of a random shopper's business comes down to, as the shelves are at that moment."""

from dataclasses import dataclass
from itertools import combinations

from drivers.twin.scenario._errands import Side, Task
from drivers.twin.scenario._format import (
    Action,
    Drop,
    HandOver,
    Hold,
    Lean,
    Lift,
    PickUp,
    PutBack,
    PutOn,
    Take,
    Touch,
    Wait,
    Walk,
)
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
_LEAN_S = (2.0, 6.0)
_FOUND_SHARE = 0.5  # of what is dropped is picked up again


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
        self._rows = {plate_id: shelf.plate_ids for shelf in store.shelves for plate_id in shelf.plate_ids}

    def actions(self, business: Business, scene: Scene, shopper: Shopper) -> list[Action]:
        """What to do for it. Where shelves, cart or other shoppers do not allow it, something is taken instead."""
        hand: Side = "right" if scene.rng.random() < _RIGHT_SHARE else "left"
        place = self._stocked(scene)
        sku_id, plate_id = place.sku_id, place.plate_id
        match business:
            case Business.BROWSE:
                return [Touch(plate=plate_id, hand=hand)]
            case Business.LOOK:
                return [Walk(plate=plate_id), Wait(for_s=_LOOK_S)]
            case Business.LIFT:
                return [Lift(sku=sku_id, plate=plate_id, hand=hand, for_s=_LIFT_S)]
            case Business.LEAN:
                return [Lean(plate=self._beside_a_hand(scene, shopper) or plate_id, for_s=_LEAN_S, close=True)]
            case Business.PUT_BACK if shopper.carried:
                item = shopper.carried[int(scene.rng.integers(len(shopper.carried)))]
                return [PutBack(sku=item.sku_id, hand=hand)]
            case Business.PICK_SEVERAL:
                return [Take(sku=sku_id, plate=plate_id, hand="both", count=2)]
            case Business.SAME_WEIGHT_MISPLACE | Business.SWAP if self._alike:
                return self._confusion(scene, hand, swap=business is Business.SWAP)
            case Business.PICK | Business.PUT_BACK:
                foremost = scene.goods.foremost(plate_id)  # what somebody has misplaced is found so
                return [Take(sku=foremost.sku_id if foremost else sku_id, plate=plate_id, hand=hand)]
            case _:
                take = Take(sku=sku_id, plate=plate_id, hand=hand)
                return [take, *self._afterwards(business, scene, shopper, take)]

    def pair(self, scene: Scene) -> tuple[Take, Take]:
        """What two shoppers may take in the same instant: from one plate, or from two side by side."""
        place = self._stocked(scene)
        row = self._rows[place.plate_id]
        at = row.index(place.plate_id)
        beside = [row[each] for each in (at - 1, at, at + 1) if 0 <= each < len(row)]
        other_id = beside[int(scene.rng.integers(len(beside)))]
        other = next((each for each in self._places if each.plate_id == other_id), place)
        return (
            Take(sku=place.sku_id, plate=place.plate_id, close=True),
            Take(sku=other.sku_id, plate=other.plate_id, close=True, hand="left"),
        )

    def _afterwards(self, business: Business, scene: Scene, shopper: Shopper, take: Take) -> list[Action]:
        """What becomes of something that is taken."""
        wait = Wait(for_s=_LOOK_S)
        match business:
            case Business.HOLD:
                return [Hold(sku=take.sku, for_s=_HOLD_S)]
            case Business.TAKE_TWO_RETURN_ONE:
                return [take, wait, PutBack(sku=take.sku)]
            case Business.MISPLACE:
                return [PutOn(sku=take.sku, plate=self._elsewhere(scene, take.sku))]
            case Business.DROP:
                found: list[Action] = [wait, PickUp(sku=take.sku)] if scene.rng.random() < _FOUND_SHARE else []
                return [wait, Drop(sku=take.sku), *found]
            case Business.HAND_OVER:
                others = [each.number for each in scene.people if each is not shopper and each.can_be_given]
                to = others[int(scene.rng.integers(len(others)))] if others else None
                return [] if to is None else [HandOver(sku=take.sku, to=str(to))]
            case _:
                return []

    def _stocked(self, scene: Scene) -> _Place:
        """A place that holds what belongs there; if luck finds none, one that does not."""
        for _ in range(_TRIES):
            place = self._places[int(scene.rng.integers(len(self._places)))]
            if scene.goods.units(place.plate_id, place.sku_id):
                break
        return place

    def _elsewhere(self, scene: Scene, sku_id: SkuId) -> PlateId:
        """A plate for things of another weight than this SKU's, with room if luck finds it."""
        unit_g = scene.store.product_by_sku[sku_id].unit_mass_g
        for _ in range(_TRIES):
            place = self._places[int(scene.rng.integers(len(self._places)))]
            if abs(place.unit_g - unit_g) > _SAME_G and scene.goods.has_room(place.plate_id, sku_id):
                break
        return place.plate_id

    def _confusion(self, scene: Scene, hand: Side, *, swap: bool) -> list[Action]:
        """One thing put where another of the same weight belongs; in a swap also that one where the first does."""
        here, there = self._alike[int(scene.rng.integers(len(self._alike)))]
        if scene.rng.random() < 0.5:
            here, there = there, here
        take = Take(sku=here.sku_id, plate=here.plate_id, hand=hand)
        put = PutOn(sku=here.sku_id, plate=there.plate_id, hand=hand)
        if not swap:
            return [take, put]
        other = Take(sku=there.sku_id, plate=there.plate_id, hand=hand)
        return [take, other, put, PutOn(sku=there.sku_id, plate=here.plate_id, hand=hand)]

    def _beside_a_hand(self, scene: Scene, shopper: Shopper) -> PlateId | None:
        """The plate next to one that somebody else reaches to or is on the way to."""
        for other in scene.people:
            if other is not shopper and isinstance(other.errand, Task):
                row = self._rows[other.errand.plate_id]
                at = row.index(other.errand.plate_id)
                return row[at - 1] if at else row[1 % len(row)]
        return None
