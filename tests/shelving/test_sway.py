"""Goods that are set down on a noisy plate are believed soon, a hand that rests there never."""

import numpy as np
import pytest

from engine.domain import Floats, WeightSettled
from engine.shelving._sway import hand_nats
from tests.shelving.test_overlaps import resting
from tests.shelving.traces import START_NS, S, Trace, of_type, sense

HZ = 60.0
NOISY_G = 3.5


def noise(rows: int, seed: int) -> Floats:
    """Of a noisy plate."""
    return np.random.default_rng(seed).normal(0, NOISY_G, rows)


def swaying(t_s: Floats, grams: float, phase: float) -> Floats:
    """A hand's weight about its mean."""
    sway = 0.05 * np.sin(2 * np.pi * (1.1 * t_s + phase)) + 0.02 * np.sin(2 * np.pi * (9 * t_s + 5 * phase))
    return grams * sway


def noisy(trace: Trace, plate: int) -> Trace:
    """With a plate as noisy as the worst tenth of a live store's."""
    trace.grams[:, plate] += noise(len(trace.t_s), trace.seed)
    return trace


@pytest.mark.parametrize("hz", [20.0, 60.0])
def test_less_than_half_a_second_tells_goods_from_a_hand(hz: float) -> None:
    t_s = np.arange(0, 0.45, 1 / hz)
    nats = [
        [hand_nats(t_s, noise(len(t_s), seed) + change_g, 250.0, sigma_g=NOISY_G) for seed in range(200)]
        for change_g in (np.zeros(len(t_s)), swaying(t_s, 250.0, 0.1), swaying(t_s, 250.0, 0.37))
    ]
    goods, *hands = (np.array(one) for one in nats)
    assert np.median(goods) < -2
    for hand in hands:
        assert (hand < 0).mean() < 0.05


def test_what_weighs_as_little_as_no_hand_is_goods_sooner() -> None:
    t_s, trace = np.arange(0, 0.4, 1 / HZ), np.zeros(24)
    assert hand_nats(t_s, trace, 60.0, sigma_g=60 / 70) < hand_nats(t_s, trace, 250.0, sigma_g=250 / 70) - 2


def test_goods_on_a_noisy_plate_settle_soon() -> None:
    delays_ms = []
    for seed in range(12):
        trace = noisy(Trace(7, plates=6, sigma_g=0.8, seed=seed), 2).move(2, 4.0, 280, over_s=0.08)
        (step,) = of_type(sense(trace), WeightSettled)
        assert step.mass_mg / 1000 == pytest.approx(280, abs=6)
        delays_ms.append((step.t_ns - START_NS) / 1e6 - 4080)
    assert np.median(delays_ms) < 550
    assert max(delays_ms) < 1500


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shaken", [1, 8])
def test_a_hand_at_rest_on_a_noisy_plate_is_never_goods(seed: int, shaken: int) -> None:
    trace = noisy(Trace(14, plates=6, sigma_g=0.5, seed=seed), 2)
    calm_g = np.median(trace.grams, axis=0)
    second = (trace.t_s > 7) & (trace.t_s < 8)  # the whole shelf is shaken
    trace.grams[second] += (shaken - 1) * (trace.grams[second] - calm_g)
    told = of_type(sense(resting(trace, 2, 3.0, 11.5, 263)), WeightSettled)
    assert [fact.plates for fact in told] == [()] * len(told)
    assert told


def test_what_two_hands_leak_to_a_plate_between_them_is_no_movement() -> None:
    trace = resting(Trace(20, plates=6, sigma_g=0.6), 4, 3.0, 9.0, 750)
    trace = resting(resting(trace, 5, 3.0, 9.0, 1500), 1, 6.5, 15.0, 280)
    assert [fact for fact in of_type(sense(trace), WeightSettled) if fact.plates] == []


def test_a_hand_that_leaves_goods_behind_leaves_a_step() -> None:
    trace = resting(noisy(Trace(12, plates=6, sigma_g=0.6), 2), 2, 3.0, 7.0, 400).move(2, 3.1, 320)
    steps = [fact for fact in of_type(sense(trace), WeightSettled) if fact.plates]
    assert sum(fact.mass_mg for fact in steps) / 1000 == pytest.approx(320, abs=10)
    assert steps[-1].t_ns - START_NS < 8.5 * S
