"""The errands that an action of a file comes down to, and what each of them is as the store is at its moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from drivers.twin.scenario import _format as f
from drivers.twin.scenario._checks import Where
from drivers.twin.scenario._errands import (
    Cue,
    Drop,
    Errand,
    Give,
    Leave,
    LeaveAtGate,
    Pause,
    PickUp,
    Side,
    Task,
    TaskKind,
)
from drivers.twin.scenario._places import place_before, within_arm
from drivers.twin.scenario._play import Scene
from drivers.twin.scenario._ranges import draw
from engine.domain import PlateId, SkuId

_JITTER_M = (-0.06, 0.04)
_STEP_BACK_M = 0.25  # where one stands to look is further off than where one reaches from
_STEP_UP_M = 0.1  # and nearer is where one leans from
_RIGHT: tuple[Side, bool] = ("right", False)
_LEFT: tuple[Side, bool] = ("left", False)
_BOTH: tuple[Side, bool] = ("right", True)
_KINDS = {
    f.Take: TaskKind.PICK,
    f.Touch: TaskKind.BROWSE,
    f.Rest: TaskKind.REST,
    f.Lean: TaskKind.LEAN,
    f.Lift: TaskKind.LIFT,
    f.PutBack: TaskKind.PUT,
    f.PutOn: TaskKind.PUT,
    f.Restock: TaskKind.STOCK,
    f.Walk: TaskKind.VISIT,
}
_Simple = f.Walk | f.Take | f.Touch | f.Rest | f.Lean | f.Lift | f.PutBack | f.PutOn | f.Restock


@dataclass(frozen=True, kw_only=True)
class Beat:
    """One errand to come, its chances drawn; a take of three is three of them, a swap four.

    ``both``: both hands at one instant. ``first``: its action begins with it. ``turn``, ``places``: of a swap, which of
    its errands this is, and where the two stood. ``cue``: who reaches at the same instant.
    """

    where: Where
    action: f.Action
    at_s: float
    for_s: float
    side: Side
    nearer_m: float
    both: bool = False
    first: bool = True
    turn: int = 0
    places: dict[SkuId, PlateId] = field(default_factory=dict)
    cue: Cue | None = None


def beats_of(action: f.Action, where: Where, rng: np.random.Generator) -> list[Beat]:
    """The errands of one action, their chances drawn."""
    at_s = draw(action.at_s or 0.0, rng)
    beats: list[Beat] = []
    places: dict[SkuId, PlateId] = {}
    for turn, (side, both) in enumerate(_hands(action)):
        beats.append(
            Beat(
                where=where,
                action=action,
                at_s=at_s,
                for_s=draw(getattr(action, "for_s", 0.0), rng),
                side=side,
                nearer_m=float(rng.uniform(*_JITTER_M)),
                both=both,
                first=turn == 0,
                turn=turn,
                places=places,
            )
        )
    return beats


def errand_of(scene: Scene, beat: Beat, numbers: Mapping[str, int] | None = None) -> Errand | None:
    """What to do for it now; None while its goods, or who is to be handed something, are not there.

    ``numbers``: the world's numbers of those who have come, by name.
    """
    match beat.action:
        case f.GoOut():
            return Leave()
        case f.Wait() | f.Crouch():
            return Pause(for_s=beat.for_s, crouch=isinstance(beat.action, f.Crouch))
        case f.Hold(sku=sku_id):
            return Pause(for_s=beat.for_s, sku_id=sku_id, side=beat.side)
        case f.Drop(sku=sku_id):
            return Drop(sku_id=sku_id, side=beat.side)
        case f.LeaveAtGate(sku=sku_id):
            return LeaveAtGate(sku_id=sku_id, side=beat.side)
        case f.PickUp(sku=sku_id):
            lies = any(item.sku_id == sku_id and not item.reserved for item in scene.goods.floor)
            return PickUp(sku_id=sku_id, side=beat.side) if lies else None
        case f.HandOver(sku=sku_id, to=name):
            to = (numbers or {}).get(name)
            there = any(person.number == to and person.can_be_given for person in scene.people)
            return Give(sku_id=sku_id, to=to, side=beat.side) if to is not None and there else None
        case f.Swap() as swap:
            return _swapping(scene, beat, swap)
        case action:
            return _task(scene, beat, action)


def _hands(action: f.Action) -> list[tuple[Side, bool]]:
    """Which hand does each errand of an action, and whether the other does the same at once."""
    match action:
        case f.Take(hand="both", at_once=True, count=count):
            return [*[_BOTH] * (count // 2), *[_RIGHT] * (count % 2)]
        case f.Take(hand="both", count=count):
            return [_RIGHT if number % 2 == 0 else _LEFT for number in range(count)]
        case f.Take(hand="left" | "right" as hand, count=count) | f.Restock(hand=hand, count=count):
            return [_LEFT if hand == "left" else _RIGHT] * count
        case f.Swap():
            return [_RIGHT, _LEFT, _RIGHT, _LEFT]
        case _:
            return [(getattr(action, "hand", "right"), False)]


def _swapping(scene: Scene, beat: Beat, swap: f.Swap) -> Task | None:
    sku_id, other_id = (swap.sku, swap.other) if beat.turn % 2 == 0 else (swap.other, swap.sku)
    if beat.turn >= 2:
        put = f.PutOn(sku=sku_id, plate=beat.places[other_id], close=swap.close, stand=swap.stand)
        return _task(scene, beat, put)
    task = _task(scene, beat, f.Take(sku=sku_id, close=swap.close, stand=swap.stand))
    if task is not None:
        beat.places[sku_id] = task.plate_id
    return task


def _task(scene: Scene, beat: Beat, action: _Simple) -> Task | None:
    plate_id = _plate(scene, beat, action)
    if plate_id is None:
        return None
    stand = None if isinstance(action, f.Walk) else action.stand
    return Task(
        kind=_KINDS[type(action)],
        plate_id=plate_id,
        stand_m=place_before(
            scene.store.plate_by_id[stand or plate_id],
            None if beat.both or isinstance(action, f.Lean) else beat.side,
            nearer_m=beat.nearer_m + _nearer_m(action),
        ),
        side=beat.side,
        sku_id=getattr(action, "sku", None),
        for_s=beat.for_s,
        close=isinstance(action, f.Walk) or action.close or beat.cue is not None,
        faces=stand,
        both=beat.both,
        cue=beat.cue,
    )


def _nearer_m(action: _Simple) -> float:
    return {f.Walk: -_STEP_BACK_M, f.Lean: _STEP_UP_M}.get(type(action), 0.0)


def _plate(scene: Scene, beat: Beat, action: _Simple) -> PlateId | None:
    match action:
        case f.Take() | f.Lift():
            return _plate_with(scene, beat, action)
        case f.PutBack(sku=sku_id):
            homes = [plate_id for plate_id in _homes(scene, sku_id) if within_arm(scene.store, action.stand, plate_id)]
            return min(homes, key=lambda plate_id: len(scene.goods.on_plate(plate_id)))
        case f.Restock(sku=sku_id):
            homes = _homes(scene, sku_id) if action.plate is None else [action.plate]
            free = [plate_id for plate_id in homes if scene.goods.has_room(plate_id, sku_id)]
            free = [plate_id for plate_id in free if within_arm(scene.store, action.stand, plate_id)]
            return min(free, key=lambda plate_id: len(scene.goods.on_plate(plate_id)), default=None)
        case f.Walk(plate=None, gondola=gondola_id):
            shelves = [shelf for shelf in scene.store.shelves if shelf.gondola_id == gondola_id]
            plates = shelves[len(shelves) // 2].plate_ids
            return plates[len(plates) // 2]
        case f.Touch(plate=plate_id):
            return plate_id if scene.goods.on_plate(plate_id) else None
        case f.Walk() | f.PutOn() | f.Rest() | f.Lean():
            return action.plate


def _plate_with(scene: Scene, beat: Beat, action: f.Take | f.Lift) -> PlateId | None:
    """The named plate if it holds the SKU now; with none named, the plate of its facings that holds most of it."""
    places = _homes(scene, action.sku) if action.plate is None else [action.plate]
    units = {
        place: scene.goods.units(place, action.sku) for place in places if within_arm(scene.store, action.stand, place)
    }
    best = max(units, key=lambda place: units[place])
    return best if units[best] >= (2 if beat.both else 1) else None


def _homes(scene: Scene, sku_id: SkuId) -> list[PlateId]:
    return [plate_id for facing in scene.store.facings if facing.sku_id == sku_id for plate_id in facing.plate_ids]
