"""What a scenario must keep to so that it can be played in a store: people, places and SKUs that exist."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from drivers.twin.scenario._bodies import body_names
from drivers.twin.scenario._format import (
    Action,
    Lift,
    PutOn,
    ReachAction,
    Restock,
    Scenario,
    ShopperSection,
    Swap,
    Take,
    Wait,
    Walk,
)
from drivers.twin.scenario._places import within_arm
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
    """The first thing found that would not work, each action looked at by itself."""
    return next(_flaws(scenario, store), None)


def homes_of(store: Store, sku_id: SkuId) -> list[PlateId]:
    """The plates of an SKU's own facings."""
    return [plate_id for facing in store.facings if facing.sku_id == sku_id for plate_id in facing.plate_ids]


def _flaws(scenario: Scenario, store: Store) -> Iterator[Flaw]:
    if not scenario.shopper and scenario.trade is None:
        yield Flaw(where=(), problem="nobody comes", remedy="Add a [[shopper]] or a [trade]")
    yield from _flaws_of_parties(scenario)
    misplaced = {place for shopper in scenario.shopper for action in shopper.action for place in _puts(action, store)}
    names: set[str] = set()
    for number, shopper in enumerate(scenario.shopper):
        where = ("shopper", number)
        if shopper.name in names:
            problem = f"{shopper.name!r} has come before"
            yield Flaw(where=(*where, "name"), problem=problem, remedy="Give everybody a name of their own")
        names.add(shopper.name)
        yield from _flaws_of_ranges(where, shopper)
        yield from _flaws_of_person(where, shopper)
        for index, action in enumerate(shopper.action):
            at = (*where, "action", index)
            yield from _flaws_of_ranges(at, action)
            yield from _flaws_of_places(at, action, store)
            yield from _flaws_of_goods(at, action, store, misplaced)
            yield from _flaws_of_count(at, action)


def _puts(action: Action, store: Store) -> Iterator[tuple[PlateId, SkuId]]:
    """Where an action may leave something that belongs elsewhere."""
    match action:
        case PutOn(plate=plate_id, sku=sku_id) | Restock(plate=str() as plate_id, sku=sku_id):
            yield plate_id, sku_id
        case Swap(sku=sku_id, other=other_id):
            yield from ((plate_id, sku_id) for plate_id in homes_of(store, other_id))
            yield from ((plate_id, other_id) for plate_id in homes_of(store, sku_id))
        case _:
            pass


def _flaws_of_parties(scenario: Scenario) -> Iterator[Flaw]:
    sizes = Counter(shopper.party for shopper in scenario.shopper)
    seen: set[str] = set()
    for number, shopper in enumerate(scenario.shopper):
        if shopper.party is None:
            continue
        where = ("shopper", number)
        if sizes[shopper.party] < 2:
            problem = f"{shopper.name} is the only one of the party {shopper.party!r}"
            yield Flaw(where=(*where, "party"), problem=problem, remedy="Give somebody else the same party, or drop it")
        if shopper.party in seen and shopper.enters_s is not None:
            problem = f"{shopper.name} comes when the party {shopper.party!r} does"
            remedy = "Leave enters_s to the party's first member"
            yield Flaw(where=(*where, "enters_s"), problem=problem, remedy=remedy)
        seen.add(shopper.party)


def _flaws_of_person(where: Where, shopper: ShopperSection) -> Iterator[Flaw]:
    if shopper.body is not None and shopper.body not in body_names():
        remedy = f"Name one of {', '.join(body_names())}"
        yield Flaw(where=(*where, "body"), problem=f"there is no body {shopper.body!r}", remedy=remedy)
    for key in ("party", "outside"):
        if shopper.staff and getattr(shopper, key):
            problem = f"{shopper.name} is staff and cannot be {key} as well"
            yield Flaw(where=(*where, key), problem=problem, remedy=f"Drop staff or {key}")
    if shopper.outside and shopper.party is not None:
        problem = f"{shopper.name} is outside and comes in with no party"
        yield Flaw(where=(*where, "party"), problem=problem, remedy="Drop outside or party")
    for index, action in enumerate(shopper.action):
        if shopper.outside and not isinstance(action, Wait):
            problem = f"{shopper.name} is outside and does nothing in the store"
            yield Flaw(where=(*where, "action", index), problem=problem, remedy="Let passers-by only wait")
        if isinstance(action, Restock) and not shopper.staff:
            problem = f"{shopper.name} is no staff and has no stockroom"
            yield Flaw(where=(*where, "action", index), problem=problem, remedy="Add staff = true to the shopper")


def _flaws_of_ranges(where: Where, section: Action | ShopperSection) -> Iterator[Flaw]:
    for key in ("enters_s", "at_s", "for_s"):
        value: Range | None = getattr(section, key, None)
        low, high = value if isinstance(value, tuple) else (value or 0.0, value or 0.0)
        if not 0 <= low <= high <= _LONGEST_S:
            remedy = f"Give seconds from 0 to {_LONGEST_S:.0f}, or [least, most]"
            yield Flaw(where=(*where, key), problem=f"{key} = {value} is no length of time", remedy=remedy)


def _flaws_of_places(where: Where, action: Action, store: Store) -> Iterator[Flaw]:
    for key in ("plate", "stand"):
        plate_id = getattr(action, key, None)
        if plate_id is not None and plate_id not in store.plate_by_id:
            remedy = f"The store's plates run from {store.plates[0].plate_id} to {store.plates[-1].plate_id}"
            yield Flaw(where=(*where, key), problem=f"there is no plate {plate_id!r}", remedy=remedy)
            return
    if isinstance(action, ReachAction) and action.stand is not None:
        yield from _flaws_of_stand(where, action, action.stand, store)
    if not isinstance(action, Walk):
        return
    if (action.gondola is None) == (action.plate is None):
        yield Flaw(where=where, problem="this walk leads nowhere", remedy="Give either gondola or plate")
    gondolas = [gondola.gondola_id for gondola in store.gondolas]
    if action.gondola is not None and action.gondola not in gondolas:
        remedy = f"Name one of {', '.join(gondolas)}"
        yield Flaw(where=(*where, "gondola"), problem=f"there is no gondola {action.gondola!r}", remedy=remedy)


def _flaws_of_stand(where: Where, action: ReachAction, stand: PlateId, store: Store) -> Iterator[Flaw]:
    plate_id: PlateId | None = getattr(action, "plate", None)
    skus = [getattr(action, key) for key in ("sku", "other") if hasattr(action, key)]
    wanted = [[plate_id]] if plate_id is not None else [homes_of(store, sku_id) for sku_id in skus]
    for places in wanted:
        if places and not any(within_arm(store, stand, place) for place in places):
            problem = f"nobody standing before {stand} reaches to {', '.join(places)}"
            yield Flaw(where=(*where, "stand"), problem=problem, remedy="Stand at most two plates away, or drop stand")


def _flaws_of_goods(
    where: Where, action: Action, store: Store, misplaced: set[tuple[PlateId, SkuId]]
) -> Iterator[Flaw]:
    for key in ("sku", "other"):
        sku_id: SkuId | None = getattr(action, key, None)
        if sku_id is not None and not homes_of(store, sku_id):
            remedy = "Name a sku_id of the store's planogram.csv"
            yield Flaw(where=(*where, key), problem=f"no facing holds {sku_id!r}", remedy=remedy)
    if isinstance(action, Take | Lift) and action.plate is not None:
        known = {(plate_id, action.sku) for plate_id in homes_of(store, action.sku)} | misplaced
        if (action.plate, action.sku) not in known:
            problem = f"{action.sku!r} does not stand on {action.plate}, and nobody puts it there"
            yield Flaw(where=(*where, "plate"), problem=problem, remedy="Leave the plate out, or put it there before")
    if isinstance(action, Swap) and action.sku == action.other:
        problem = f"{action.sku!r} is swapped with itself"
        yield Flaw(where=(*where, "other"), problem=problem, remedy="Name two SKUs")


def _flaws_of_count(where: Where, action: Action) -> Iterator[Flaw]:
    if isinstance(action, Take | Restock) and action.count < 1:
        yield Flaw(
            where=(*where, "count"),
            problem="count is below 1",
            remedy="Take at least one" if isinstance(action, Take) else "Bring at least one",
        )
    if isinstance(action, Take) and action.at_once and (action.hand != "both" or action.count < 2):
        problem = "one hand takes nothing at once with itself"
        yield Flaw(where=(*where, "at_once"), problem=problem, remedy='Give hand = "both" and a count of 2 or more')
