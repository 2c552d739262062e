"""What ``[trade]``, ``[[fault]]`` and ``[light]`` of a scenario must keep to so that a store can live through them."""

import math
from collections.abc import Iterator

from drivers.twin.scenario._checks import Flaw, Where
from drivers.twin.scenario._conditions import FaultSection, Late, LightSection, Lossy, Offline, Swapped
from drivers.twin.scenario._format import Scenario
from drivers.twin.scenario._mix import Business, TradeSection
from drivers.twin.scenario._ranges import Range, ends
from engine.domain import Store

_LONGEST_S = 3600.0
_MOST_BUSINESS = 50.0
_ROUNDING = 1e-6


def first_flaw_of_conditions(scenario: Scenario, store: Store) -> Flaw | None:
    """The first thing found in them that would not work."""
    return next(_flaws(scenario, store), None)


def _flaws(scenario: Scenario, store: Store) -> Iterator[Flaw]:
    if scenario.trade is not None:
        yield from _flaws_of_trade(scenario.trade)
    for number, fault in enumerate(scenario.fault):
        where = ("fault", number)
        yield from _flaws_of_span(where, fault)
        yield from _flaws_of_target(where, fault, store)
    yield from _flaws_of_light(scenario.light)


def _flaws_of_trade(trade: TradeSection) -> Iterator[Flaw]:
    yield from _outside(("trade", "from_s"), trade.from_s, 0.0, _LONGEST_S)
    yield from _outside(("trade", "for_s"), trade.for_s, 1.0, _LONGEST_S)
    yield from _outside(("trade", "business"), trade.business, 1.0, _MOST_BUSINESS)
    for kind, share in trade.mix.items():
        yield from _outside(("trade", "mix", kind), share, 0.0, 1.0)
        if kind not in set(Business):
            remedy = f"Name one of {', '.join(Business)}"
            yield Flaw(where=("trade", "mix", kind), problem=f"there is no business {kind!r}", remedy=remedy)
    total = sum(trade.mix.values())
    if abs(total - 1) > _ROUNDING:
        remedy = "Let the shares of all kinds add up to 1"
        yield Flaw(where=("trade", "mix"), problem=f"the shares add up to {total:g}", remedy=remedy)


def _flaws_of_span(where: Where, fault: FaultSection) -> Iterator[Flaw]:
    yield from _outside((*where, "from_s"), fault.from_s, 0.0, _LONGEST_S)
    if fault.to_s is None:
        return
    yield from _outside((*where, "to_s"), fault.to_s, 0.0, _LONGEST_S)
    if ends(fault.to_s)[0] <= ends(fault.from_s)[1]:
        problem = f"to_s = {fault.to_s} may come before from_s = {fault.from_s}"
        yield Flaw(where=(*where, "to_s"), problem=problem, remedy="Let the fault end after it begins")


def _flaws_of_target(where: Where, fault: FaultSection, store: Store) -> Iterator[Flaw]:
    if isinstance(fault, Late):
        yield from _outside((*where, "late_s"), fault.late_s, 0.0, _LONGEST_S)
    if isinstance(fault, Offline | Lossy | Late) and (fault.controller is None) == (fault.camera is None):
        yield Flaw(where=where, problem="this fault is nowhere", remedy="Give either controller or camera")
    if isinstance(fault, Swapped) and fault.plate == fault.other:
        yield Flaw(where=(*where, "other"), problem="a plate is swapped with itself", remedy="Name two plates")
    plates: list[str] = [plate.plate_id for plate in store.plates]
    known: dict[str, list[str]] = {
        "plate": plates,
        "other": plates,
        "controller": sorted({plate.controller_id for plate in store.plates}),
        "camera": [camera.camera_id for camera in store.cameras],
    }
    for key, names in known.items():
        name = getattr(fault, key, None)
        if name is not None and name not in names:
            choice = f"from {names[0]} to {names[-1]}" if names is plates else f"of {', '.join(names)}"
            problem = f"there is no {'plate' if key == 'other' else key} {name!r}"
            yield Flaw(where=(*where, key), problem=problem, remedy=f"Name one {choice}")


def _flaws_of_light(light: LightSection) -> Iterator[Flaw]:
    yield from _outside(("light", "shift"), light.shift, -0.95, 4.0)
    yield from _outside(("light", "over_s"), light.over_s, 0.1, _LONGEST_S)
    yield from _outside(("light", "flicker_hz"), light.flicker_hz, 0.0, 1000.0)
    yield from _outside(("light", "flicker_share"), light.flicker_share, 0.0, 0.95)
    if (light.flicker_hz == 0.0) != (light.flicker_share == 0.0):
        yield Flaw(where=("light",), problem="half a flicker", remedy="Give both flicker_hz and flicker_share")


def _outside(where: Where, value: Range, least: float, most: float) -> Iterator[Flaw]:
    low, high = ends(value)
    if not least <= low <= high <= most or math.isnan(low):
        remedy = f"Give a number from {least:g} to {most:g}, or [least, most]"
        yield Flaw(where=where, problem=f"{where[-1]} = {value} is out of range", remedy=remedy)
