"""What the order of a scenario's actions must keep to: labels that come, waits that end, goods that are in hand."""

from collections import Counter
from collections.abc import Iterator

from drivers.twin.scenario._checks import Flaw, Where
from drivers.twin.scenario._format import (
    Action,
    Drop,
    GoOut,
    HandOver,
    Hold,
    LeaveAtGate,
    PickUp,
    ReachAction,
    Restock,
    Scenario,
    ShopperSection,
    Take,
    WithGoods,
)
from engine.domain import SkuId, Store

_At = tuple[int, int]
"""An action: the place of its shopper and its own among theirs."""


def first_flaw_of_order(scenario: Scenario, store: Store) -> Flaw | None:
    """The first thing found that could not happen where the file says so."""
    return next(_flaws(scenario, store), None)


def _flaws(scenario: Scenario, store: Store) -> Iterator[Flaw]:
    labels: dict[str, _At] = {}
    for at, action in _actions(scenario):
        if action.label is not None and action.label in labels:
            problem = f"the label {action.label!r} has been given before"
            yield Flaw(where=_where(at, "label"), problem=problem, remedy="Give every action a label of its own")
        if action.label is not None:
            labels[action.label] = at
    yield from _flaws_of_links(scenario, labels)
    yield from _flaws_of_circles(scenario, labels)
    yield from _flaws_of_hand_overs(scenario)
    yield from _flaws_of_stock(scenario, store)
    for number, shopper in enumerate(scenario.shopper):
        yield from _flaws_of_part(scenario, number, shopper)


def _actions(scenario: Scenario) -> list[tuple[_At, Action]]:
    return [
        ((number, index), action)
        for number, shopper in enumerate(scenario.shopper)
        for index, action in enumerate(shopper.action)
    ]


def _where(at: _At, *keys: str) -> Where:
    return ("shopper", at[0], "action", at[1], *keys)


def _flaws_of_links(scenario: Scenario, labels: dict[str, _At]) -> Iterator[Flaw]:
    known = ", ".join(labels) or "none so far"
    for at, action in _actions(scenario):
        with_ = action.with_ if isinstance(action, ReachAction) else None
        for key, label in (("after", action.after), ("with", with_)):
            if label is not None and label not in labels:
                problem = f"no action has the label {label!r}"
                remedy = f"Give that action the label, or name one of those there are: {known}"
                yield Flaw(where=_where(at, key), problem=problem, remedy=remedy)
                return
        if with_ is not None:
            yield from _flaws_of_partner(scenario, at, labels[with_])


def _flaws_of_partner(scenario: Scenario, at: _At, partner_at: _At) -> Iterator[Flaw]:
    partner = scenario.shopper[partner_at[0]].action[partner_at[1]]
    where = _where(at, "with")
    if partner_at[0] == at[0]:
        yield Flaw(where=where, problem="nobody reaches together with themself", remedy="Name an action of another")
    elif not isinstance(partner, ReachAction):
        problem = "who does that reaches to no plate"
        yield Flaw(where=where, problem=problem, remedy="Name an action at a plate")
    elif partner.with_ is not None:
        remedy = f"Name {partner.with_!r} here as well: all who reach together name one label"
        yield Flaw(where=where, problem="that action waits for another in its turn", remedy=remedy)


def _flaws_of_circles(scenario: Scenario, labels: dict[str, _At]) -> Iterator[Flaw]:
    """Actions that reach together are one; an action that waits for itself, by whatever way, never begins."""
    meets = {
        at: labels[action.with_] if isinstance(action, ReachAction) and action.with_ is not None else at
        for at, action in _actions(scenario)
    }
    waits: dict[_At, set[_At]] = {at: set() for at in meets.values()}
    for at, action in _actions(scenario):
        if at[1] > 0:
            waits[meets[at]].add(meets[at[0], at[1] - 1])
        if action.after is not None:
            waits[meets[at]].add(meets[labels[action.after]])
    while free := [at for at, others in waits.items() if not others & waits.keys()]:
        for at in free:
            del waits[at]
    for at, action in _actions(scenario):
        key = "after" if action.after is not None else "with"
        if meets[at] in waits and (action.after is not None or meets[at] != at):
            problem = f"{scenario.shopper[at[0]].name} waits here for what comes only after this"
            yield Flaw(
                where=_where(at, key), problem=problem, remedy=f"Let {key} name something that can be done before"
            )


def _flaws_of_hand_overs(scenario: Scenario) -> Iterator[Flaw]:
    people = {shopper.name: shopper for shopper in scenario.shopper}
    inside = [shopper.name for shopper in scenario.shopper if not shopper.outside]
    for at, action in _actions(scenario):
        if not isinstance(action, HandOver):
            continue
        giver = scenario.shopper[at[0]].name
        others = ", ".join(name for name in inside if name != giver) or "nobody: add a [[shopper]]"
        problem = None
        if action.to not in people:
            problem = f"there is no shopper {action.to!r}"
        elif action.to == giver:
            problem = f"{giver} hands something over to themself"
        elif people[action.to].outside:
            problem = f"{action.to} is outside"
        if problem is not None:
            yield Flaw(where=_where(at, "to"), problem=problem, remedy=f"Name one of {others}")


def _flaws_of_stock(scenario: Scenario, store: Store) -> Iterator[Flaw]:
    """All shoppers together never want more than there is, nor more from the floor than is left there."""
    units: Counter[SkuId] = Counter()
    for facing in store.facings:
        units[facing.sku_id] += facing.units
    floor: Counter[SkuId] = Counter()
    for _, action in _actions(scenario):
        if isinstance(action, Restock):
            units[action.sku] += action.count
        elif isinstance(action, Drop | LeaveAtGate):
            floor[action.sku] += 1
    wanted: Counter[SkuId] = Counter()
    for at, action in _actions(scenario):
        if isinstance(action, Take):
            wanted[action.sku] += action.count
            if wanted[action.sku] > units[action.sku] + _put(scenario, action.sku):
                problem = f"takes {wanted[action.sku]} of {action.sku!r} with those before"
                yield Flaw(where=_where(at), problem=problem, remedy=f"The store has {units[action.sku]}")
        elif isinstance(action, PickUp):
            floor[action.sku] -= 1
            if floor[action.sku] < 0:
                problem = f"nobody leaves {action.sku!r} on the floor"
                remedy = "Let somebody drop one for every one picked up"
                yield Flaw(where=_where(at, "sku"), problem=problem, remedy=remedy)


def _put(scenario: Scenario, sku_id: SkuId) -> int:
    puts = [action for _, action in _actions(scenario) if isinstance(action, WithGoods) and action.sku == sku_id]
    return sum(not isinstance(action, Hold | HandOver | Drop | LeaveAtGate) for action in puts)


def _flaws_of_part(scenario: Scenario, number: int, shopper: ShopperSection) -> Iterator[Flaw]:
    """Goods are put, held and given by whoever has them: taken, picked up or handed over by somebody else."""
    has: Counter[SkuId] = Counter(
        action.sku for _, action in _actions(scenario) if isinstance(action, HandOver) and action.to == shopper.name
    )
    for index, action in enumerate(shopper.action):
        at = (number, index)
        if isinstance(action, Take):
            has[action.sku] += action.count
        elif isinstance(action, PickUp):
            has[action.sku] += 1
        elif isinstance(action, WithGoods):
            if not has[action.sku]:
                problem = f"{shopper.name} has no {action.sku!r} here"
                remedy = "Take it first, or let somebody hand it over: once for every time it is put or given"
                yield Flaw(where=_where(at), problem=problem, remedy=remedy)
            has[action.sku] -= not isinstance(action, Hold)
        elif isinstance(action, GoOut) and index + 1 < len(shopper.action):
            problem, remedy = f"{shopper.name} has left", "Make leave the last action"
            yield Flaw(where=_where((number, index + 1)), problem=problem, remedy=remedy)
