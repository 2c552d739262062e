"""What a scenario must keep to so that it can be played in a store: places and SKUs that exist, goods in hand."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

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
    Walk,
)
from drivers.twin.scenario._ranges import Range
from engine.domain import PlateId, SkuId, Store

_LONGEST_S = 3600.0

Where = tuple[str | int, ...]
"""The way to a place in the document: keys, and positions in arrays."""


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """A mistake and its remedy."""

    where: Where
    problem: str
    remedy: str


def first_flaw(scenario: Scenario, store: Store) -> Flaw | None:
    """The first thing found that would not work."""
    return next(_flaws(scenario, store), None)


def _flaws(scenario: Scenario, store: Store) -> Iterator[Flaw]:
    if not scenario.shopper and scenario.trade is None:
        yield Flaw(where=(), problem="nobody comes", remedy="Add a [[shopper]] or a [trade]")
    misplaced = {
        (action.plate, action.sku)
        for shopper in scenario.shopper
        for action in shopper.action
        if isinstance(action, PutOn)
    }
    names: set[str] = set()
    most_at_once: Counter[SkuId] = Counter()
    for number, shopper in enumerate(scenario.shopper):
        where = ("shopper", number)
        if shopper.name in names:
            problem = f"{shopper.name!r} has come before"
            yield Flaw(where=(*where, "name"), problem=problem, remedy="Give everybody a name of their own")
        names.add(shopper.name)
        yield from _flaws_of_ranges(where, shopper)
        for index, action in enumerate(shopper.action):
            at = (*where, "action", index)
            yield from _flaws_of_ranges(at, action)
            yield from _flaws_of_places(at, action, store)
            yield from _flaws_of_goods(at, action, store, misplaced)
        yield from _flaws_of_order(where, shopper, store, most_at_once)


def _flaws_of_ranges(where: Where, section: Action | ShopperSection) -> Iterator[Flaw]:
    for key in ("enters_s", "at_s", "for_s"):
        value: Range | None = getattr(section, key, None)
        low, high = value if isinstance(value, tuple) else (value or 0.0, value or 0.0)
        if not 0 <= low <= high <= _LONGEST_S:
            remedy = f"Give seconds from 0 to {_LONGEST_S:.0f}, or [least, most]"
            yield Flaw(where=(*where, key), problem=f"{key} = {value} is no length of time", remedy=remedy)


def _flaws_of_places(where: Where, action: Action, store: Store) -> Iterator[Flaw]:
    plate_id = getattr(action, "plate", None)
    if plate_id is not None and plate_id not in store.plate_by_id:
        remedy = f"The store's plates run from {store.plates[0].plate_id} to {store.plates[-1].plate_id}"
        yield Flaw(where=(*where, "plate"), problem=f"there is no plate {plate_id!r}", remedy=remedy)
    if not isinstance(action, Walk):
        return
    if (action.gondola is None) == (action.plate is None):
        yield Flaw(where=where, problem="this walk leads nowhere", remedy="Give either gondola or plate")
    gondolas = [gondola.gondola_id for gondola in store.gondolas]
    if action.gondola is not None and action.gondola not in gondolas:
        remedy = f"Name one of {', '.join(gondolas)}"
        yield Flaw(where=(*where, "gondola"), problem=f"there is no gondola {action.gondola!r}", remedy=remedy)


def _flaws_of_goods(
    where: Where, action: Action, store: Store, misplaced: set[tuple[PlateId, SkuId]]
) -> Iterator[Flaw]:
    sku_id: SkuId | None = getattr(action, "sku", None)
    if sku_id is not None and all(facing.sku_id != sku_id for facing in store.facings):
        remedy = "Name a sku_id of the store's planogram.csv"
        yield Flaw(where=(*where, "sku"), problem=f"no facing holds {sku_id!r}", remedy=remedy)
    elif isinstance(action, Take | Lift) and action.plate in store.plate_by_id:
        home = store.facing_of_plate.get(action.plate)
        if (home is None or home.sku_id != action.sku) and (action.plate, action.sku) not in misplaced:
            problem = f"{action.sku!r} does not stand on {action.plate}, and nobody puts it there"
            yield Flaw(where=(*where, "plate"), problem=problem, remedy="Leave the plate out, or put it there before")
    if isinstance(action, Take) and action.count < 1:
        yield Flaw(where=(*where, "count"), problem="count is below 1", remedy="Take at least one")


def _flaws_of_order(
    where: Where, shopper: ShopperSection, store: Store, most_at_once: Counter[SkuId]
) -> Iterator[Flaw]:
    """Goods are put and held by whoever has them; all shoppers together never want more than there is."""
    has: Counter[SkuId] = Counter()
    before = most_at_once.copy()
    for index, action in enumerate(shopper.action):
        at = (*where, "action", index)
        match action:
            case Take():
                has[action.sku] += action.count
                most_at_once[action.sku] = max(most_at_once[action.sku], before[action.sku] + has[action.sku])
                units = sum(facing.units for facing in store.facings if facing.sku_id == action.sku)
                if most_at_once[action.sku] > units:
                    problem = f"takes {most_at_once[action.sku]} of {action.sku!r} with those before"
                    yield Flaw(where=at, problem=problem, remedy=f"The store has {units}")
            case PutBack() | PutOn() | Hold():
                if not has[action.sku]:
                    problem = f"{shopper.name} has no {action.sku!r} here"
                    yield Flaw(where=at, problem=problem, remedy="Take it first, once for every time it is put")
                if not isinstance(action, Hold):
                    has[action.sku] -= 1
            case GoOut() if index + 1 < len(shopper.action):
                remedy = "Make leave the last action"
                yield Flaw(where=(*where, "action", index + 1), problem=f"{shopper.name} has left", remedy=remedy)
            case _:
                pass
