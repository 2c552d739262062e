"""A unit's own mass: remembered from the hand that took it to the plate on which it ends, and learned from trade."""

import math
import random
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import StoreCore
from engine.core._masses import Lot, Mass, Masses
from engine.domain import InputFact, OutputFact, Picked, PutBack, PutElsewhere, SkuId
from tests.build import carts, in_time, play, reach, settled, small_store, tick

RICE, MILK = SkuId("rice"), SkuId("milk")
PLAN = small_store(gates=False)
STORE = msgspec.structs.replace(
    PLAN,
    products=tuple(msgspec.structs.replace(p, unit_mass_g=1003.0) if p.sku_id == MILK else p for p in PLAN.products),
)
"""Rice weighs 1000 g and milk 1003 g: their catalogue tells neither from the other."""

lots = st.lists(
    st.tuples(st.integers(-3, 3).filter(bool), st.integers(1, 2_000_000), st.integers(1, 10**8)), max_size=6
)


def move(name: str, plate_id: str, start_s: float, plates_g: Mapping[str, float]) -> list[InputFact]:
    """A reach with the settled step it makes."""
    step = settled(plate_id[:2], start_s, plates_g)
    return in_time(reach(STORE, name, plate_id, start_s), [step, tick(start_s + 2)])


def lines(said: list[OutputFact]) -> list[tuple[str, str, str]]:
    """The settled lines: what, who, which product."""
    return [
        (type(f).__name__, f.visit_id, f.sku_id)
        for f in said
        if isinstance(f, Picked | PutBack | PutElsewhere) and f.settled
    ]


@pytest.mark.parametrize(("put_g", "sku"), [(1011.0, "milk"), (996.5, "rice")])
def test_what_is_put_down_is_what_weighed_so_when_it_was_taken(put_g: float, sku: str) -> None:
    core = StoreCore(STORE)
    play(core, move("ann", "s2p1", 5, {"s2p1": -1012}))
    play(core, move("ann", "s1p3", 10, {"s1p3": -996}))
    said = play(core, move("ann", "s1p3", 15, {"s1p3": put_g}))
    assert lines(said) == [("PutElsewhere" if sku == "milk" else "PutBack", "ann", sku)]


@pytest.mark.parametrize(("taken_g", "sku"), [(-1011.0, "milk"), (-998.0, "rice")])
def test_what_was_put_in_a_wrong_place_is_known_there_by_its_mass(taken_g: float, sku: str) -> None:
    core = StoreCore(STORE)
    play(core, move("ann", "s2p1", 5, {"s2p1": -1012}))
    play(core, move("ann", "s1p3", 10, {"s1p3": 1012}))
    said = play(core, move("bob", "s1p3", 15, {"s1p3": taken_g}))
    assert carts(said) == {"bob": {sku: 1}}


def test_two_products_that_change_places_leave_the_cart_empty() -> None:
    core = StoreCore(STORE)
    said = play(core, move("ann", "s2p1", 5, {"s2p1": -1012}))
    said += play(core, move("ann", "s1p3", 10, {"s1p3": -996}))
    said += play(core, move("ann", "s1p3", 15, {"s1p3": 1012}))
    said += play(core, move("ann", "s2p1", 20, {"s2p1": 996}))
    assert lines(said)[2:] == [("PutElsewhere", "ann", "milk"), ("PutElsewhere", "ann", "rice")]
    assert carts(said) == {}


def test_trade_teaches_what_a_product_weighs() -> None:
    core = StoreCore(STORE)
    for number in range(6):
        play(core, move("ann", "s1p3", 5 + 5 * number, {"s1p3": -1012}))
    reason = next(f.reason for f in play(core, move("ann", "s1p3", 40, {"s1p3": -1012})) if isinstance(f, Picked))
    assert 1_008_000 < reason.expected_mg < 1_012_000


def test_learned_means_are_as_sure_as_they_say() -> None:
    rng, within = random.Random(1), 0
    for _ in range(300):
        masses, true_mg = Masses(), rng.gauss(1_000_000, 10_000)
        for _ in range(rng.randint(1, 8)):
            units = rng.randint(1, 2)
            sigma_mg = math.hypot(math.sqrt(units) * 7000, 1500)
            weighed = Mass(round(rng.gauss(units * true_mg, sigma_mg)), 1500**2)
            masses.learn(STORE, RICE, units=units, weighed=weighed)
        mean = masses.mean(STORE, RICE)
        within += abs(mean.mean_mg - true_mg) < math.sqrt(mean.variance_mg2)
    assert 0.6 < within / 300 < 0.78  # one sigma of a normal variable: 0.68


@settings(derandomize=True, deadline=None)
@given(moves=lots, units=st.integers(1, 3), mass_mg=st.integers(1, 2_000_000))
def test_what_is_added_to_a_lot_can_be_taken_out_again(
    moves: list[tuple[int, int, int]], units: int, mass_mg: int
) -> None:
    lot = Lot()
    for count, mean_mg, variance_mg2 in moves:
        lot = lot.plus(count, Mass(mean_mg, variance_mg2))
    mass = Mass(mass_mg, 1000)
    if lot.units not in (0, -units):  # an empty lot remembers nothing
        assert lot.plus(units, mass).plus(-units, mass) == lot


@settings(derandomize=True, deadline=None)
@given(units=st.integers(1, 5), count=st.integers(1, 6), mass_mg=st.integers(900_000, 1_100_000))
def test_some_of_a_lot_weigh_their_share(units: int, count: int, mass_mg: int) -> None:
    lot = Lot().plus(units, Mass(units * mass_mg, 2000**2))
    mass = Masses().out_of(STORE, RICE, lot, count=count)
    if count <= units:
        assert abs(mass.mean_mg - count * mass_mg) <= 1
        assert (mass.variance_mg2 == 2000**2) is (count == units)
    else:
        assert mass == Masses().units(STORE, RICE, count)
