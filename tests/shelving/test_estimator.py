"""The estimator on synthetic shelves: every movement becomes one step, everything else none."""

import numpy as np
import pytest

from engine.domain import SensorFault, SensorRecovered, ShelfBaseline, WeightProvisional, WeightSettled
from engine.shelving import ShelfFact, ShelvesEstimator
from tests.shelving.traces import START_NS, S, Trace, of_type, sense, shelf_of


def movements(facts: list[ShelfFact]) -> list[WeightSettled]:
    """The settled steps that changed something; every provisional must have been settled."""
    settled = of_type(facts, WeightSettled)
    assert {fact.step_id for fact in of_type(facts, WeightProvisional)} <= {fact.step_id for fact in settled}
    assert len({fact.step_id for fact in settled}) == len(settled)
    return [fact for fact in settled if fact.mass_mg]


@pytest.mark.parametrize("hz", [20.0, 33.0, 60.0])
@pytest.mark.parametrize("grams", [-620.0, -28.0, 540.0, 20_000.0])
def test_one_movement_is_one_step_early_and_then_exact(hz: float, grams: float) -> None:
    facts = sense(Trace(6, hz=hz).move(5, 3.0, grams))
    (step,) = movements(facts)
    first = of_type(facts, WeightProvisional)[0]
    onset_ns = START_NS + 3 * S
    assert first.step_id == step.step_id
    assert first.t_ns - onset_ns <= 150_000_000 + round(S / hz)
    assert abs(first.start_ns - onset_ns) <= 50_000_000
    assert abs(step.start_ns - onset_ns) <= 50_000_000
    assert step.t_ns - (onset_ns + 60_000_000) <= 600_000_000
    assert [part.plate_id for part in step.plates] == ["p5"]
    assert abs(step.mass_mg / 1000 - grams) <= max(2.0, 0.001 * abs(grams))
    assert abs(step.mass_mg / 1000 - grams) <= 3 * step.sigma_mg / 1000


def test_the_trace_of_a_step_shows_it_from_before_its_start() -> None:
    (step,) = movements(sense(Trace(6).move(5, 3.0, -620)))
    assert 10 <= len(step.trace_mg) <= 60
    assert step.trace_lead_ms == pytest.approx(300, abs=20)
    before = step.trace_mg[: step.trace_lead_ms // step.trace_period_ms - 1]
    assert max(map(abs, before)) < 10_000
    assert step.trace_mg[-1] == pytest.approx(-620_000, abs=10_000)


def test_an_item_over_two_plates_is_one_step_with_two_shares() -> None:
    (step,) = movements(sense(Trace(6).move(5, 3.0, -400).move(6, 3.02, -200)))
    assert [part.plate_id for part in step.plates] == ["p5", "p6"]
    assert step.mass_mg / 1000 == pytest.approx(-600, abs=25)  # the leak beyond the two is in its sigma


@pytest.mark.parametrize("plates", [(2, 9), (5, 6), (3, 5)])
def test_two_picks_a_quarter_second_apart_are_two_steps(plates: tuple[int, int]) -> None:
    first, second = plates
    steps = movements(sense(Trace(6).move(first, 3.0, -300).move(second, 3.25, -500)))
    by_plate = {str(step.plates[0].plate_id): step for step in steps}
    assert sorted(by_plate) == sorted([f"p{first}", f"p{second}"])
    assert by_plate[f"p{first}"].mass_mg / 1000 == pytest.approx(-300, abs=20)
    assert by_plate[f"p{second}"].mass_mg / 1000 == pytest.approx(-500, abs=20)
    assert by_plate[f"p{second}"].start_ns - by_plate[f"p{first}"].start_ns == pytest.approx(250e6, abs=50e6)


def test_two_movements_at_one_instant_far_apart_are_two_steps() -> None:
    steps = movements(sense(Trace(6).move(1, 3.0, -300).move(9, 3.0, 450)))
    assert sorted(round(step.mass_mg / 1000, -1) for step in steps) == [-300, 450]


@pytest.mark.parametrize("seed", range(6))
def test_what_comes_beside_what_goes_starts_when_they_do(seed: int) -> None:
    trace = Trace(6, seed=seed).move(4, 3.0, 446).move(5, 3.02, -460).ring((4, 5), 3.1, 20)
    (step,) = movements(sense(trace))
    assert abs(step.start_ns - (START_NS + 3.01 * S)) < 0.05 * S
    assert step.start_ns < step.end_ns < START_NS + 3.7 * S


@pytest.mark.parametrize("seed", range(4))
def test_what_is_taken_beside_a_hand_that_leans_started_when_it_was_taken(seed: int) -> None:
    trace = Trace(10, seed=seed).lean(3, 2.9, 7.0, 1500).lean(4, 2.9, 7.0, 790)
    first, second = movements(sense(trace.move(5, 3.0, -460).move(4, 4.8, -440)))
    assert [part.plate_id for part in (*first.plates, *second.plates)] == ["p5", "p4"]
    assert abs(first.start_ns - (START_NS + 3 * S)) < 0.05 * S
    assert abs(second.start_ns - (START_NS + 4.8 * S)) < 0.05 * S
    assert second.mass_mg / 1000 == pytest.approx(-440, abs=20)


def test_lift_and_return_in_one_reach_settles_to_nothing() -> None:
    facts = sense(Trace(7).move(4, 3.0, -350).move(4, 3.3, 350))
    assert of_type(facts, WeightProvisional)
    assert movements(facts) == []
    assert all(fact.plates == () for fact in of_type(facts, WeightSettled))


def test_a_hand_that_leans_and_leaves_settles_to_nothing() -> None:
    facts = sense(Trace(9).lean(4, 3.0, 5.5, 2500))
    assert len(of_type(facts, WeightProvisional)) >= 1
    assert movements(facts) == []


def test_a_press_before_the_pick_does_not_count_as_its_start() -> None:
    trace = Trace(6).move(4, 2.8, 60, over_s=0.1).move(4, 3.0, -680)
    (step,) = movements(sense(trace))
    assert step.mass_mg / 1000 == pytest.approx(-620, abs=3)
    assert abs(step.start_ns - (START_NS + 3 * S)) <= 50_000_000


@pytest.mark.parametrize("hz", [20.0, 60.0])
def test_a_shaken_shelf_says_nothing(hz: float) -> None:
    facts = sense(Trace(10, hz=hz).ring(range(12), 3.0, 60).ring([8], 5.0, 18).ring(range(12), 6.0, 40, hz=4.5))
    assert movements(facts) == []
    assert of_type(facts, WeightProvisional) == []


def test_a_pick_that_shakes_the_shelf_is_still_one_step() -> None:
    (step,) = movements(sense(Trace(7).move(5, 3.0, -620).ring(range(12), 3.05, 18)))
    assert step.mass_mg / 1000 == pytest.approx(-620, abs=5)
    assert [part.plate_id for part in step.plates] == ["p5"]


def test_samples_that_come_seldom_and_at_odd_times_make_no_steps() -> None:
    trace = Trace(12, sigma_g=2.5).ring(range(12), 4.0, 60).ring(range(12), 5.0, 60).move(5, 8.0, -620)
    random = np.random.default_rng(5)
    rows = np.flatnonzero(random.random(len(trace.t_s)) < np.where(trace.t_s % 3 < 1.5, 0.15, 0.7))
    trace.t_s, trace.grams = trace.t_s[rows], trace.grams[rows]
    assert [round(step.mass_mg / 1000, -1) for step in movements(sense(trace))] == [-620]


def test_drift_is_followed_and_not_told() -> None:
    trace = Trace(60)
    trace.grams += np.outer(trace.t_s, np.linspace(-0.3, 0.3, 12))
    facts = sense(trace)
    assert of_type(facts, WeightProvisional) == []
    last = of_type(facts, ShelfBaseline)[-1]
    assert last.resumed is True  # one minute has not passed since


def test_baselines_come_at_first_rest_after_each_step_and_every_minute() -> None:
    facts = of_type(sense(Trace(70, hz=20).move(5, 3.0, -620)), ShelfBaseline)
    assert [(fact.t_ns - START_NS) / S for fact in facts] == pytest.approx([1.05, 3.45, 63.45], abs=0.06)
    assert [fact.resumed for fact in facts] == [True, False, False]
    before, after = ({str(part.plate_id): part.mass_mg for part in fact.plates} for fact in facts[:2])
    assert len(after) == 12
    assert after["p5"] - before["p5"] == pytest.approx(-620_000, abs=3_000)


def test_a_gap_in_the_samples_ends_in_a_resumed_baseline_that_shows_the_change() -> None:
    estimator = ShelvesEstimator((shelf_of(12),))
    before = of_type(sense(Trace(3), estimator=estimator), ShelfBaseline)
    trace = Trace(3)
    trace.grams[:, 2] -= 250
    facts = sense(trace, estimator=estimator, start_ns=START_NS + 30 * S)
    (after,) = of_type(facts, ShelfBaseline)
    assert movements(facts) == []
    assert after.resumed
    assert after.plates[2].mass_mg - before[0].plates[2].mass_mg == pytest.approx(-250_000, abs=2_000)


def test_a_step_that_a_gap_interrupts_is_settled() -> None:
    estimator = ShelvesEstimator((shelf_of(12),))
    facts = sense(Trace(3.2).move(5, 3.0, -620), estimator=estimator)
    assert of_type(facts, WeightProvisional)
    assert not of_type(facts, WeightSettled)
    rest = Trace(3)
    facts += sense(rest, estimator=estimator, start_ns=START_NS + 30 * S)
    assert {fact.step_id for fact in movements(facts)} == {fact.step_id for fact in of_type(facts, WeightProvisional)}


def test_a_channel_without_readings_is_a_fault_until_it_reads_again() -> None:
    trace = Trace(9).move(2, 4.0, -300)
    trace.grams[180:360, 6] = np.nan
    facts = sense(trace)
    (fault,), (recovered,) = of_type(facts, SensorFault), of_type(facts, SensorRecovered)
    assert (fault.device_id, fault.kind, recovered.device_id, recovered.kind) == ("p6", "dead") * 2
    assert [part.plate_id for step in movements(facts) for part in step.plates] == ["p2"]
    assert len(of_type(facts, ShelfBaseline)[-1].plates) == 12
    assert of_type(facts, ShelfBaseline)[-1].resumed


def test_a_short_hole_in_the_readings_is_nothing() -> None:
    trace = Trace(6).move(5, 3.0, -620)
    trace.grams[150:155, 3] = np.nan
    trace.grams[182:184, 5] = np.inf
    facts = sense(trace)
    assert len(movements(facts)) == 1
    assert of_type(facts, SensorFault) == []


def test_a_cell_that_repeats_itself_is_a_fault_and_no_step() -> None:
    trace = Trace(30)
    trace.grams[300:1500, 6] = trace.grams[300, 6]
    facts = sense(trace)
    assert of_type(facts, WeightProvisional) == []
    assert [(fact.device_id, fact.kind) for fact in of_type(facts, SensorFault)] == [("p6", "stuck")]
    assert [(fact.device_id, fact.kind) for fact in of_type(facts, SensorRecovered)] == [("p6", "stuck")]


def test_a_controller_that_repeats_itself_is_a_fault_of_the_shelf() -> None:
    trace = Trace(12)
    trace.grams[300:480] = trace.grams[300]
    trace.grams[480:, 3] -= 400
    facts = sense(trace)
    assert [(fact.device_id, fact.kind) for fact in of_type(facts, SensorFault)] == [("s", "stale")]
    assert [(fact.device_id, fact.kind) for fact in of_type(facts, SensorRecovered)] == [("s", "stale")]
    assert movements(facts) == []
    assert of_type(facts, ShelfBaseline)[-1].resumed


def test_quiet_cells_that_repeat_are_not_faulty() -> None:
    trace = Trace(20, sigma_g=0.2).move(5, 10.0, -300)
    trace.grams = np.round(trace.grams)
    facts = sense(trace)
    assert of_type(facts, SensorFault) == []
    assert [round(step.mass_mg / 1000, -1) for step in movements(facts)] == [-300]


def test_a_shelf_of_one_plate_works() -> None:
    (step,) = movements(sense(Trace(6, plates=1).move(0, 3.0, -90)))
    assert step.mass_mg / 1000 == pytest.approx(-90, abs=2)


def test_time_may_start_anywhere() -> None:
    one, other = (sense(Trace(6).move(5, 3.0, -620), start_ns=at_ns) for at_ns in (START_NS, 77 * START_NS))
    assert [fact.mass_mg for fact in movements(one)] == [fact.mass_mg for fact in movements(other)]
    assert {fact.t_ns + 76 * START_NS for fact in one} == {fact.t_ns for fact in other}
