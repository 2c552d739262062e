"""What wanders in a cell: creep by its formula, a zero that walks as far as assumed, a loop of hysteresis."""

import msgspec
import numpy as np
import pytest

from drivers.twin.physics import Assumptions, assumed
from drivers.twin.physics._slow import SlowErrors

PLATES = 400
STILL = msgspec.structs.replace(assumed(), creep_share=0.0, hysteresis_share=0.0, zero_walk_g=0.0, zero_g_per_k=0.0)
CAPACITY_G = STILL.capacity_g


def errors(cells: Assumptions, *, load_g: float = 0.0, seed: int = 1) -> SlowErrors:
    return SlowErrors(cells, np.full(PLATES, load_g), seed=seed)


def relaxed(t_s: float) -> float:
    """The share of creep that is over after ``t_s``: three relaxations of equal size."""
    return float(np.mean([1 - np.exp(-t_s / (STILL.creep_s / quicker)) for quicker in (1, 10, 100)]))


def test_creep_follows_its_formula_and_recovers_as_it_came() -> None:
    creeping = errors(msgspec.structs.replace(STILL, creep_share=assumed().creep_share))
    load_g = np.full(PLATES, CAPACITY_G)
    for second in range(1, 1801):
        creeping.pass_second(load_g)
        if second in (5, 60, 600, 1800):
            assert creeping.wander_g(second) == pytest.approx(creeping.creep_share * CAPACITY_G * relaxed(second))
    crept_g = creeping.wander_g(1800)
    for _ in range(60):
        creeping.pass_second(np.zeros(PLATES))
    assert creeping.wander_g(1860) == pytest.approx(crept_g - creeping.creep_share * CAPACITY_G * relaxed(60), abs=0.06)


def test_creep_stays_within_the_class_of_the_cells() -> None:
    """OIML R 60-1, 5.5.1, for C3 at full load: 0.7 of 1.05 intervals by minute 30, 0.15 of it from minute 20 on."""
    creeping = errors(msgspec.structs.replace(STILL, creep_share=assumed().creep_share))
    limit_g = 1.05 * CAPACITY_G / 3000
    at_g = []
    for second in range(1800):
        creeping.pass_second(np.full(PLATES, CAPACITY_G))
        if second in (1199, 1799):
            at_g.append(creeping.wander_g(second))
    assert 0.6 * limit_g < np.abs(at_g[1]).max() <= 0.7 * limit_g
    assert np.abs(at_g[1] - at_g[0]).max() <= 0.15 * limit_g


def test_what_has_lain_for_days_does_not_creep() -> None:
    creeping = errors(msgspec.structs.replace(STILL, creep_share=assumed().creep_share), load_g=9000.0)
    before_g = creeping.wander_g(0)
    for _ in range(100):
        creeping.pass_second(np.full(PLATES, 9000.0))
    assert creeping.wander_g(100) == pytest.approx(before_g, abs=1e-9)


@pytest.mark.parametrize("after_s", [100, 400, 1600])
def test_the_zero_walks_with_the_root_of_time(after_s: int) -> None:
    walking = errors(msgspec.structs.replace(STILL, zero_walk_g=3.3))
    for _ in range(after_s):
        walking.pass_second(np.zeros(PLATES))
    assert np.std(walking.wander_g(after_s)) == pytest.approx(3.3 * np.sqrt(after_s / 3600), rel=0.1)


def test_the_temperature_comes_back_after_a_period_and_moves_no_plate_further_than_assumed() -> None:
    warming = errors(msgspec.structs.replace(STILL, zero_g_per_k=0.28))
    period_s = int(STILL.temperature_s)
    over_g = np.array([warming.wander_g(second) for second in range(period_s + 1)])
    assert over_g[-1] == pytest.approx(over_g[0])
    assert np.abs(over_g).max() == pytest.approx(0.28 * STILL.temperature_k, rel=0.02)


def test_unloading_reads_more_than_loading_by_what_is_assumed_and_the_loop_closes() -> None:
    bending = errors(msgspec.structs.replace(STILL, hysteresis_share=0.0002))
    up_g = np.linspace(0, CAPACITY_G, 101)
    swing_g = np.concatenate([up_g, up_g[::-1], up_g])[:, None] * np.ones(PLATES)
    added_g = bending.hysteresis_g(swing_g)[:, 0]
    first, down, again = added_g[:101], added_g[101:202][::-1], added_g[202:]
    assert (down - first).max() == pytest.approx(0.0002 * CAPACITY_G, rel=0.01)
    assert (down[1:-1] > first[1:-1]).all()
    assert again[-1] == pytest.approx(down[-1])


def test_what_is_taken_and_put_back_makes_a_loop_that_is_wider_for_more() -> None:
    def width_g(taken_g: float) -> float:
        bending = errors(msgspec.structs.replace(STILL, hysteresis_share=0.0002), load_g=9000.0)
        path_g = 9000 - np.concatenate([np.linspace(0, taken_g, 50), np.linspace(taken_g, 0, 50)])
        added_g = bending.hysteresis_g(path_g[:, None] * np.ones(PLATES))[:, 0]
        return float((added_g[:50] - added_g[50:][::-1]).max())

    assert width_g(400.0) == pytest.approx(0.0, abs=1e-9)
    assert 0.05 < width_g(1000.0) < width_g(8000.0) < 4.0


def test_the_same_seed_wanders_the_same() -> None:
    first, same, other = (errors(assumed(), load_g=5000.0, seed=seed) for seed in (4, 4, 5))
    for one in (first, same, other):
        for _ in range(50):
            one.pass_second(np.full(PLATES, 4000.0))
    assert np.array_equal(first.wander_g(50), same.wander_g(50))
    assert not np.allclose(first.wander_g(50), other.wander_g(50), atol=0.1)
