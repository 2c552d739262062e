"""Movements that overlap on one plate become steps of their own; hands that stay, and what they shake, none."""

import numpy as np
import pytest

from engine.domain import Floats, WeightSettled
from engine.shelving._legs import legs_of
from tests.shelving.traces import START_NS, S, Trace, of_type, sense


def steps_of(trace: Trace) -> list[tuple[str, float, float]]:
    """Plates, seconds and grams of the steps that changed something, in order."""
    settled = sorted(of_type(sense(trace), WeightSettled), key=lambda fact: fact.start_ns)
    return [
        ("+".join(part.plate_id for part in fact.plates), (fact.start_ns - START_NS) / S, fact.mass_mg / 1000)
        for fact in settled
        if fact.plates
    ]


def told(trace: Trace) -> list[tuple[str, float]]:
    """Plates and grams, to 50."""
    return [(plate, 50 * round(grams / 50)) for plate, _, grams in steps_of(trace)]


def resting(trace: Trace, plate: int, from_s: float, to_s: float, grams: float) -> Trace:
    """A hand comes to rest on a plate, sways and trembles, and goes."""
    inside = np.clip((trace.t_s - from_s) / 0.25, 0, 1) * np.clip((to_s - trace.t_s) / 0.25, 0, 1)
    sway = 0.05 * np.sin(2 * np.pi * 1.1 * trace.t_s) + 0.02 * np.sin(2 * np.pi * 9 * trace.t_s)
    trace.grams[:, plate] += grams * inside * (1 + sway)
    for beside in {plate - 2, plate - 1, plate + 1, plate + 2} & set(range(trace.plates)):
        trace.grams[:, beside] += 0.032 * grams * inside * (1 + sway)
    return trace


@pytest.mark.parametrize("hz", [20.0, 50.0, 60.0])
@pytest.mark.parametrize("grams", [(-300, -300), (-120, -500), (640, 200), (-300, 520)])
def test_two_movements_on_one_plate_within_a_quarter_second_are_two_steps(
    hz: float, grams: tuple[float, float]
) -> None:
    trace = Trace(6, hz=hz).move(5, 3.0, grams[0]).move(5, 3.2 if hz > 20 else 3.25, grams[1])
    facts = [fact for fact in of_type(sense(trace), WeightSettled) if fact.plates]
    assert [[part.plate_id for part in fact.plates] for fact in facts] == [["p5"], ["p5"]]
    assert len({fact.step_id for fact in facts}) == 2
    for fact, mass_g in zip(facts, grams, strict=True):
        assert abs(fact.mass_mg / 1000 - mass_g) <= max(4 * fact.sigma_mg / 1000, 15)
        assert fact.start_ns < fact.end_ns < fact.t_ns
    assert sum(fact.mass_mg for fact in facts) / 1000 == pytest.approx(sum(grams), abs=3)
    assert facts[1].start_ns - facts[0].start_ns == pytest.approx(0.2 * S, abs=0.1 * S)


def test_three_quick_picks_are_three_steps() -> None:
    assert told(Trace(7).move(5, 3.0, -250).move(5, 3.22, -250).move(5, 3.45, -250)) == [("p5", -250)] * 3


@pytest.mark.parametrize("over_s", [0.02, 0.06, 0.12, 0.2])
@pytest.mark.parametrize("press_g", [0, 60])
def test_one_movement_however_quick_is_not_taken_apart(over_s: float, press_g: float) -> None:
    trace = Trace(6).move(5, 3.0, -300, over_s=over_s)
    since = np.clip((trace.t_s - 2.85) / 0.15, 0, 1)
    trace.grams[:, 5] += press_g * np.sin(np.pi * since) ** 2
    assert told(trace) == [("p5", -300)]


def test_an_item_that_tips_over_two_plates_is_one_step() -> None:
    assert told(Trace(6).move(5, 3.0, -300).move(6, 3.1, -300)) == [("p5+p6", -600)]


@pytest.mark.parametrize("sigma_g", [0.6, 1.2, 4.0])
@pytest.mark.parametrize("grams", [250, 600])
def test_a_hand_at_rest_is_no_step_on_its_plate_and_beside(sigma_g: float, grams: float) -> None:
    assert steps_of(resting(Trace(14, sigma_g=sigma_g), 5, 3.0, 11.0, grams)) == []


@pytest.mark.parametrize("seed", range(3))
def test_what_is_taken_from_under_a_hand_is_a_step_of_its_own_time(seed: int) -> None:
    trace = resting(Trace(12, seed=seed).move(5, 5.0, -440).move(5, 6.5, -440), 5, 3.0, 9.0, 1500)
    steps = steps_of(trace)
    assert [plate for plate, _, _ in steps] == ["p5", "p5"]
    assert [at_s for _, at_s, _ in steps] == pytest.approx([5.0, 6.5], abs=0.08)
    assert [grams for _, _, grams in steps] == pytest.approx([-440, -440], abs=25)


def test_goods_that_come_back_after_a_while_are_told_twice_for_the_core_to_judge() -> None:
    assert told(Trace(8, hz=10).move(5, 3.0, -500).move(5, 3.9, 500)) == [("p5", -500), ("p5", 500)]


@pytest.mark.parametrize("seed", range(3))
def test_readings_that_come_seldom_still_make_steps(seed: int) -> None:
    trace = Trace(20, seed=seed).move(5, 4.0, -300).move(2, 9.0, -450).move(5, 14.0, 300)
    random = np.random.default_rng(seed)
    kept, row = [], 0
    while row < len(trace.t_s):
        kept.append(row)
        row += 1 if random.random() > 0.3 else 12  # a lost reading costs a fifth of a second
    trace.t_s, trace.grams = trace.t_s[kept], trace.grams[kept]
    assert told(trace) == [("p5", -300), ("p2", -450), ("p5", 300)]


def ramp(t_s: Floats, at_s: float) -> Floats:
    """A movement of one gram over 80 ms."""
    share = np.clip((t_s - at_s) / 0.08, 0, 1)
    ramp: Floats = share * share * (3 - 2 * share)
    return ramp


def test_the_errors_of_legs_are_honest() -> None:
    random, t_s = np.random.default_rng(5), np.arange(-0.3, 0.75, 1 / 60)
    off: list[float] = []
    for _ in range(60):
        first, second = random.uniform(80, 800, 2)
        changes_g = -first * ramp(t_s, 0.0) - second * ramp(t_s, random.uniform(0.18, 0.24))
        legs = legs_of(t_s, changes_g + random.normal(0, 1.0, len(t_s)), sigma_g=1.0, least_g=12)
        assert len(legs) == 2
        off += [(leg.grams + mass_g) / leg.sigma_g for leg, mass_g in zip(legs, (first, second), strict=True)]
    assert 0.3 < np.std(off) < 1.5


def test_noise_has_no_legs() -> None:
    random = np.random.default_rng(6)
    assert legs_of(np.arange(60) / 60, random.normal(0, 1.0, 60), sigma_g=1.0, least_g=12) == ()
