"""Cells on each other's channels: found out by trade, and read the other way round until trade says otherwise."""

from collections.abc import Sequence

import msgspec
import pytest

from engine.core import StoreCore
from engine.core._swapped import SwappedCells
from engine.domain import InputFact, OutputFact, PlateId, SensorFault, SensorRecovered
from tests.build import MASS_G, body, carts, hand_in, in_time, play, provisional, reach, settled, small_store, tick

STORE = small_store(gates=False)
A, B, C = PlateId("s1p1"), PlateId("s1p3"), PlateId("s2p1")
WIRED = {A: A, B: B, C: C}
SWAPPED = {A: B, B: A, C: C}
ACROSS = {A: C, B: B, C: A}  # on another shelf


def pick(core: StoreCore, plate_id: PlateId, at_s: float, *, shown_on: PlateId) -> list[OutputFact]:
    """Ann takes what stands on a plate; it shows on that plate's cell or on another."""
    facing = STORE.facing_of_plate[plate_id]
    moved = {str(shown_on): -MASS_G[facing.sku_id] - 0.7}
    shelf_id = STORE.plate_by_id[shown_on].shelf_id
    steps: list[InputFact] = [provisional(shelf_id, at_s, moved), settled(shelf_id, at_s, moved), tick(at_s + 2)]
    return play(core, in_time(reach(STORE, "ann", plate_id, at_s), steps))


def trade(core: StoreCore, wired: dict[PlateId, PlateId], places: Sequence[PlateId], *, at_s: float = 10.0) -> float:
    """Picks from these plates, five seconds apart; when the next may be."""
    for number, plate_id in enumerate(places):
        pick(core, plate_id, at_s + 5 * number, shown_on=wired[plate_id])
    return at_s + 5 * len(places)


def faults(core: StoreCore) -> list[str]:
    """The devices of the alarms that stand."""
    return [fact.device_id for fact in core.standing_facts() if isinstance(fact, SensorFault)]


def test_trade_as_wired_finds_nothing() -> None:
    core = StoreCore(STORE)
    trade(core, WIRED, [A, B, C] * 3)
    assert faults(core) == []


@pytest.mark.parametrize(("wired", "other"), [(SWAPPED, B), (ACROSS, C)])
def test_swapped_cells_are_named_and_read_the_other_way_round(wired: dict[PlateId, PlateId], other: PlateId) -> None:
    core = StoreCore(STORE)
    at_s = trade(core, wired, [A, other, A, other])
    assert faults(core) == [f"{A} and {other}"]
    said = [*pick(core, A, at_s, shown_on=wired[A]), *pick(core, other, at_s + 5, shown_on=wired[other])]
    skus = [STORE.facing_of_plate[plate_id].sku_id for plate_id in (A, other)]
    assert carts(said) == {"ann": dict.fromkeys(skus, 1)}
    assert [fact for fact in said if isinstance(fact, SensorFault | SensorRecovered)] == []


def test_the_alarm_says_why_and_ends_when_the_plugs_are_exchanged() -> None:
    core = StoreCore(STORE)
    at_s = trade(core, SWAPPED, [A, B, A, B])
    (fault,) = [fact for fact in core.standing_facts() if isinstance(fact, SensorFault)]
    assert fault.kind == "swapped"
    assert all((fault.cause, fault.consequence, fault.remedy))
    core = StoreCore.restore(STORE, core.checkpoint())
    at_s = trade(core, WIRED, [A, B, A, B, A, B], at_s=at_s)
    assert faults(core) == []
    assert carts(pick(core, A, at_s, shown_on=A)) == {"ann": {"beans": 1}}


def test_one_way_alone_is_no_swap() -> None:
    core = StoreCore(STORE)
    trade(core, SWAPPED, [A] * 7)
    assert faults(core) == []


def test_what_stands_on_each_others_place_is_no_swap() -> None:
    core = StoreCore(STORE)
    for number in range(8):
        plate_id, sku_id = (A, "rice") if number % 2 else (B, "beans")
        step = settled("s1", 10 + 5 * number, {str(plate_id): -MASS_G[sku_id]})
        play(core, in_time(reach(STORE, "ann", plate_id, 10 + 5 * number), [step, tick(12 + 5 * number)]))
    assert faults(core) == []


def test_a_crowd_before_one_plate_does_not_hide_the_hand_at_the_other() -> None:
    rice, milk = B, C
    products = tuple(msgspec.structs.replace(product, unit_mass_g=1000.0) for product in STORE.products)
    core = StoreCore(msgspec.structs.replace(STORE, products=products))
    for number in range(10):
        taken, other, aside_m = ((rice, milk, -0.5), (milk, rice, 0.5))[number % 2]
        at_s, place_m = 10 + 5 * number, (STORE.plate_by_id[other].centre_m[0] + aside_m, 0.3)
        crowd = [body(f"c{n}", at_m=place_m, hands=(hand_in(STORE, other),)) for n in range(13)]
        step = settled(STORE.plate_by_id[taken].shelf_id, at_s, {str(taken): -1000.0})
        play(core, in_time(reach(STORE, "ann", taken, at_s, others=crowd), [step, tick(at_s + 2)]))
    assert faults(core) == []


def test_evidence_against_a_swap_counts() -> None:
    cells = SwappedCells()
    for t_ns in range(40):
        other_fits = 2.5 if t_ns % 2 else -9.0
        for one, other in ((A, B), (B, A)):
            assert cells.hear(t_ns, one, {one: 0.0, other: other_fits}) == []


def test_doubtful_evidence_adds_up() -> None:
    cells = SwappedCells()
    said = [
        fact
        for t_ns in range(20)
        for one, other in ((A, B), (B, A))
        for fact in cells.hear(t_ns, one, {one: 0.0, other: 1.5})
    ]
    assert [type(fact) for fact in said] == [SensorFault]
    assert cells.weighed(A) == B
    assert cells.weighed(C) == C
