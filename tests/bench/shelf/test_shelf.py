"""The shelf bench: its stages, what hands do on them, how steps are matched, and its report."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from drivers.twin.physics import fitted_plates
from drivers.twin.scenario import Contact
from engine.bench.shelf import ShelfPlan, ShelfReport, bench_shelf
from engine.bench.shelf._cost import PlainTrigger
from engine.bench.shelf._hands import Bumps, Hands
from engine.bench.shelf._idle import IdleHour, play_idle
from engine.bench.shelf._match import are_apart, movements, pair
from engine.bench.shelf._sensed import Sampling, sense
from engine.bench.shelf._stage import demo_stage, large_stage
from engine.bench.shelf._trade import play_trade, share_apart
from engine.cli._bench import app
from engine.domain import PlateId, PlateMass, ShelfId, StepId, WeightProvisional, WeightSettled


def contact(plate: str, t_s: float, mass_g: float) -> Contact:
    return Contact(touch_s=t_s - 0.22, ramp_s=0.08, t_s=t_s, plate_id=PlateId(plate), mass_g=mass_g, press_g=20)


def settled(plate: str, start_s: float, grams: float, *, number: int = 0) -> WeightSettled:
    return WeightSettled(
        t_ns=round((start_s + 0.45) * 1e9),
        step_id=StepId(f"s@{start_s}-{number}"),
        shelf_id=ShelfId("s"),
        start_ns=round(start_s * 1e9),
        end_ns=round((start_s + 0.08) * 1e9),
        mass_mg=round(grams * 1000),
        sigma_mg=1000,
        plates=(PlateMass(plate_id=PlateId(plate), mass_mg=round(grams * 1000)),) if grams else (),
    )


def test_the_large_stage_has_300_plates_of_their_own() -> None:
    small, large = demo_stage(), large_stage()
    assert (len(small.plate_ids), len(set(large.plate_ids))) == (60, 300)
    assert len(large.wiring) == 10
    assert sorted(np.concatenate([one.columns for one in large.wiring]).tolist()) == list(range(300))
    assert {len(one.columns) for one in large.wiring} == {30}
    assert [part.stop - part.start for part in large.gondola_columns] == [30] * 10
    assert len(large.on_one_controller().wiring[0].columns) == 300


def test_trade_takes_before_it_puts_back() -> None:
    stage = demo_stage()
    contacts = Hands(stage.store, np.random.default_rng(3)).trade(95, from_s=2.0)
    assert len(contacts) == 95
    left = dict.fromkeys(stage.plate_ids, 0.0)
    for one in sorted(contacts, key=lambda one: one.t_s):
        left[one.plate_id] += one.mass_g
        assert left[one.plate_id] <= 1e-6
    on_shelf = [one.t_s for one in contacts if one.plate_id.startswith("A-1-")]
    assert np.diff(on_shelf).min() >= 0.7


def test_a_bump_shakes_its_gondola_as_the_recording_was_shaken() -> None:
    noise = fitted_plates().noise
    bumps = Bumps(noise, 60, np.random.default_rng(1))
    bumps.at(5.0, slice(0, 30))
    t_s = np.arange(4.0, 6.0, 1 / 200)
    grams = np.zeros((len(t_s), 60))
    bumps.add_to(grams, t_s)
    assert not grams[:, 30:].any()
    assert not grams[t_s <= 5.0].any()
    rms_g = np.sqrt((grams[t_s >= 5.0, :30] ** 2).mean(axis=0))
    assert 0.5 < np.median(rms_g) < noise.level_g[-1] * noise.shaken[-1]


def test_a_step_is_about_one_movement_and_a_movement_told_by_one_step() -> None:
    first, second = contact("p1", 5.0, -300), contact("p1", 5.2, -300)
    told = movements([settled("p1", 4.96, -300), settled("p1", 4.97, -20, number=1), settled("p2", 4.96, -300)])
    found = pair([first, second], told)
    assert [one.contact for one in found] == [first, second]
    assert [one.off_g for one in found] == [0, 280]
    assert found[0].settled_ms == pytest.approx(410)
    assert pair([contact("p1", 7.0, -300)], told) == []


def test_what_settles_to_nothing_is_no_movement() -> None:
    said = WeightProvisional(
        t_ns=5_000_000_000,
        step_id=StepId("s@4.9-0"),
        shelf_id=ShelfId("s"),
        start_ns=4_900_000_000,
        mass_mg=-300_000,
        sigma_mg=3000,
        plates=(),
    )
    (one,) = movements([said, settled("p1", 4.9, -300), settled("p1", 6.0, 0)])
    assert one.first_ns == said.t_ns


@pytest.mark.parametrize(
    ("steps", "apart"),
    [
        ([(4.96, -300), (5.16, -310)], True),
        ([(4.96, -610)], False),
        ([(4.96, -400), (5.16, -210)], False),
        ([(4.96, -300), (5.36, -310)], False),
        ([(4.96, -300), (5.16, -310), (5.5, 30)], False),
    ],
)
def test_told_apart_is_two_steps_right_in_time_and_grams(steps: list[tuple[float, float]], apart: bool) -> None:
    told = movements([settled("p1", start_s, grams) for start_s, grams in steps])
    assert are_apart(contact("p1", 5.0, -300), contact("p1", 5.2, -310), told) is apart


def test_ordinary_trade_is_told_without_fail() -> None:
    figures = play_trade(demo_stage(), 60, hz=60, seed=1).figures
    assert (figures.events, figures.precision, figures.recall) == (60, 1.0, 1.0)
    assert figures.grams_error.median <= 1
    assert figures.provisional_ms.p95 <= 150
    assert figures.settled_ms.p95 <= 600


@pytest.mark.parametrize(("plates", "least"), [(1, 0.9), (2, 0.95)])
def test_most_pairs_are_told_apart(plates: int, least: float) -> None:
    assert share_apart(large_stage(), 50, hz=60, seed=4, plates=plates) >= least


def test_hands_and_bumps_are_no_events() -> None:
    figures = play_idle(IdleHour(seed=5, seconds=90))
    assert figures.hands > 15
    assert figures.bumps > 0
    assert (figures.events, figures.said) == (0, ())


def test_the_plain_trigger_sees_a_change() -> None:
    trigger, random = PlainTrigger(3), np.random.default_rng(1)
    moved = [trigger.observe(random.normal(0, 1, 3) + np.array((0, -300 * (row > 60), 0))) for row in range(120)]
    assert sum(moved[:60]) == 0
    assert sum(moved) >= 1


def test_nothing_happens_where_nobody_is() -> None:
    stage = demo_stage()
    sensed = sense(stage, stage.loads((), seed=2), Sampling(hz=20, until_s=10, seed=2))
    assert movements(sensed.facts) == []
    assert 0 < sensed.estimation_s < 10


def test_the_report_has_what_the_goals_are_about() -> None:
    lines: list[str] = []
    plan = ShelfPlan(events=20, pairs=5, seldom_events=10, cost_events=20, idle_hours=0.01, processes=1)
    report = bench_shelf(plan, tell=lines.append)
    keys = set(msgspec.to_builtins(report))
    assert keys >= {
        "precision",
        "recall",
        "grams_error",
        "split_same_plate",
        "split_neighbours",
        "idle_events",
        "provisional_ms",
        "settled_ms",
        "estimation_core_share",
    }
    assert set(report.split_same_plate) == {"20", "50", "60"}
    assert 0 < report.estimation_core_share < 1
    assert report.cost.plain_core_share > 0
    assert sum(trade.events for trade in report.stages.values()) == 20
    assert len(lines) >= 7


def test_the_verb_writes_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = ShelfPlan(events=20, pairs=2, seldom_events=10, cost_events=20, idle_hours=0.01, processes=1)
    monkeypatch.setattr(ShelfPlan, "quick", property(lambda _: small))
    file = tmp_path / "shelf.json"
    result = CliRunner().invoke(app, ["shelf", "--quick", "--json", str(file)])
    assert result.exit_code == 0, result.output
    assert msgspec.json.decode(file.read_bytes(), type=ShelfReport).idle.events == 0
