"""A scenario file as a play: shoppers who do what it says, everything within ranges drawn by the seed."""

from dataclasses import dataclass

import numpy as np

from drivers.twin.scenario._checks import Where
from drivers.twin.scenario._format import (
    Action,
    GoOut,
    Hold,
    Lift,
    PutBack,
    PutOn,
    Scenario,
    ShopperSection,
    Take,
    Touch,
    Wait,
    Walk,
)
from drivers.twin.scenario._play import Errand, Leave, Pause, Play, Scene, place_before
from drivers.twin.scenario._ranges import draw
from drivers.twin.scenario._shopper import Shopper, Side, Task, TaskKind
from engine.domain import PlateId, SkuId

_JITTER_M = (-0.06, 0.04)
_ERRAND_S = 60.0
_VISIT_S = 60.0
_TRADE_VISIT_S = 1800.0
_STEP_BACK_M = 0.25  # where one stands to look is further off than where one reaches from
_KINDS = {
    Take: TaskKind.PICK,
    Touch: TaskKind.BROWSE,
    Lift: TaskKind.LIFT,
    PutBack: TaskKind.PUT,
    PutOn: TaskKind.PUT,
    Walk: TaskKind.VISIT,
}


@dataclass(frozen=True, kw_only=True)
class Beat:
    """One errand to come, its chances drawn; a take of three is three of them."""

    where: Where
    action: Action
    at_s: float
    for_s: float
    side: Side
    nearer_m: float


@dataclass(kw_only=True)
class _Part:
    """One shopper's script and how far it has come."""

    name: str
    enters_s: float
    beats: list[Beat]
    done: int = 0


class Scripted:
    """Shoppers of one scenario. What is drawn is drawn at the start: nothing in the store changes it.

    ``trade``: the source of those who come beside them.
    """

    def __init__(self, scenario: Scenario, *, seed: int, trade: Play | None = None) -> None:
        rng = np.random.default_rng([seed, 2])
        parts = [_part(("shopper", number), shopper, rng) for number, shopper in enumerate(scenario.shopper)]
        self._parts = sorted(parts, key=lambda part: part.enters_s)  # the world numbers shoppers as they come
        self._trade = trade
        self._last_s = 0.0 if scenario.trade is None else scenario.trade.closes_s + _TRADE_VISIT_S
        self._come = 0
        self._cast: list[_Part | None] = []  # by the world's number; None: somebody of the trade

    @property
    def admitted(self) -> int:
        """How many have come."""
        return len(self._cast)

    @property
    def longest_s(self) -> float:
        """By when everybody has left unless somebody waits for ever; generous."""
        beats_s = sum(beat.at_s + beat.for_s + _ERRAND_S for part in self._parts for beat in part.beats)
        return self._last_s + beats_s + sum(part.enters_s + _VISIT_S for part in self._parts)

    def name(self, number: int) -> str:
        """What the file calls the shopper whom the world calls ``number``; who comes to the trade has a number."""
        part = self._cast[number]
        return f"shopper {number}" if part is None else part.name

    def next_place(self, number: int) -> Where:
        """Where the file says what this shopper does next; its last action when everything is done."""
        part = self._cast[number]
        if part is None:
            return ("trade",)
        return part.beats[min(part.done, len(part.beats) - 1)].where if part.beats else ()

    def admit(self, scene: Scene) -> bool:
        """Everybody at their time, or as soon as the gate is free after it; whoever the trade brings after them."""
        if self._come < len(self._parts) and scene.t_s >= self._parts[self._come].enters_s:
            self._cast.append(self._parts[self._come])
            self._come += 1
            return True
        if self._trade is None or not self._trade.admit(scene):
            return False
        self._cast.append(None)
        return True

    def over(self, scene: Scene) -> bool:
        """Everybody has come."""
        return self._come == len(self._parts) and (self._trade is None or self._trade.over(scene))

    def next_errand(self, scene: Scene, shopper: Shopper) -> Errand | None:
        """The next line of the shopper's part; None while its place is taken or its goods are not there yet."""
        part = self._cast[shopper.number]
        if part is None:
            return None if self._trade is None else self._trade.next_errand(scene, shopper)
        if part.done == len(part.beats):
            return Leave()
        beat = part.beats[part.done]
        if scene.t_s < beat.at_s:
            return Pause(for_s=beat.at_s - scene.t_s)
        errand = errand_of(scene, beat)
        if errand is None or (isinstance(errand, Task) and scene.crowded(shopper, errand.stand_m)):
            return None
        part.done += 1
        return errand


def _part(where: Where, shopper: ShopperSection, rng: np.random.Generator) -> _Part:
    enters_s = draw(shopper.enters_s, rng)
    beats = [
        beat for index, action in enumerate(shopper.action) for beat in beats_of(action, (*where, "action", index), rng)
    ]
    return _Part(name=shopper.name, enters_s=enters_s, beats=beats)


def beats_of(action: Action, where: Where, rng: np.random.Generator) -> list[Beat]:
    """The errands of one action, their chances drawn."""
    at_s = draw(action.at_s or 0.0, rng)
    beats: list[Beat] = []
    for side in _sides(action):
        for_s = draw(getattr(action, "for_s", 0.0), rng)
        nearer_m = float(rng.uniform(*_JITTER_M))
        beats.append(Beat(where=where, action=action, at_s=at_s, for_s=for_s, side=side, nearer_m=nearer_m))
    return beats


def _sides(action: Action) -> list[Side]:
    match action:
        case Take():
            if action.hand == "both":
                return ["left" if number % 2 else "right" for number in range(action.count)]
            return [action.hand] * action.count
        case Walk() | Wait() | GoOut():
            return ["right"]
        case Touch() | Lift() | Hold() | PutBack() | PutOn():
            return [action.hand]


def errand_of(scene: Scene, beat: Beat) -> Errand | None:
    """What to do for it now; None while its goods are not there."""
    match beat.action:
        case GoOut():
            return Leave()
        case Wait():
            return Pause(for_s=beat.for_s)
        case Hold(sku=sku_id):
            return Pause(for_s=beat.for_s, sku_id=sku_id, side=beat.side)
        case action:
            return _task(scene, beat, action)


def _task(scene: Scene, beat: Beat, action: Walk | Take | Touch | Lift | PutBack | PutOn) -> Task | None:
    plate_id = _plate(scene, action)
    if plate_id is None:
        return None
    nearer_m = beat.nearer_m - (_STEP_BACK_M if isinstance(action, Walk) else 0.0)
    return Task(
        kind=_KINDS[type(action)],
        plate_id=plate_id,
        stand_m=place_before(scene.store.plate_by_id[plate_id], beat.side, nearer_m=nearer_m),
        side=beat.side,
        sku_id=None if isinstance(action, Walk | Touch) else action.sku,
        lift_s=beat.for_s if isinstance(action, Lift) else 0.0,
    )


def _plate(scene: Scene, action: Walk | Take | Touch | Lift | PutBack | PutOn) -> PlateId | None:
    match action:
        case Take() | Lift():
            return _plate_with(scene, action.sku, action.plate)
        case PutBack(sku=sku_id):
            return min(_homes(scene, sku_id), key=lambda plate_id: len(scene.goods.on_plate(plate_id)))
        case Walk(plate=None, gondola=gondola_id):
            shelves = [shelf for shelf in scene.store.shelves if shelf.gondola_id == gondola_id]
            plates = shelves[len(shelves) // 2].plate_ids
            return plates[len(plates) // 2]
        case Touch(plate=plate_id):
            return plate_id if scene.goods.on_plate(plate_id) else None
        case Walk() | PutOn():
            return action.plate


def _plate_with(scene: Scene, sku_id: SkuId, plate_id: PlateId | None) -> PlateId | None:
    """The named plate if it holds the SKU now; with none named, the plate of its facings that holds most of it."""
    units = {
        place: sum(item.sku_id == sku_id for item in scene.goods.on_plate(place))
        for place in (_homes(scene, sku_id) if plate_id is None else [plate_id])
    }
    best = max(units, key=lambda place: units[place])
    return best if units[best] else None


def _homes(scene: Scene, sku_id: SkuId) -> list[PlateId]:
    return [plate_id for facing in scene.store.facings if facing.sku_id == sku_id for plate_id in facing.plate_ids]
