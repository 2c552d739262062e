"""Trials: the twin in simulated time against an engine in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from drivers.twin.render import Body, load_bodies
from engine.bench.paced import EngineEndedError, PacedProcess
from engine.bench.scoring import Trial, judge
from engine.bench.staging import Level, stage_demo_store
from engine.bench.trial import TrialPlan, play, play_all
from engine.domain import Picked
from engine.runtime.paced import TimePassed
from engine.store import StoreFolder
from tests.bench.quick import write_quick


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> StoreFolder:
    return stage_demo_store(tmp_path_factory.mktemp("trial") / "store", level=Level.SIGNAL, review_deadline_s=5.0)


@pytest.fixture(scope="module")
def engine(folder: StoreFolder) -> Iterator[PacedProcess]:
    with PacedProcess(folder) as process:
        yield process


@pytest.fixture(scope="module")
def bodies() -> tuple[Body, ...]:
    return load_bodies()


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_quick(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def trial(scenario: Path, engine: PacedProcess, folder: StoreFolder, bodies: tuple[Body, ...]) -> Trial:
    return play(TrialPlan(scenario=scenario, seed=1), engine, folder, bodies)


def test_what_is_taken_is_in_the_cart_within_half_a_second_of_simulated_time(trial: Trial) -> None:
    (taken_ns,) = [record.t_ns for record in trial.truth if record.deed == "pick"]
    picked = next(heard for heard in trial.heard if isinstance(heard.fact, Picked))
    assert isinstance(picked.fact, Picked)
    assert picked.fact.sku_id == "honey"
    assert 0 < picked.arrived_ns - taken_ns < 500_000_000
    assert {place.shopper for place in trial.true_places} == {0}


def test_a_trial_is_the_same_again_whatever_was_played_before(
    trial: Trial, scenario: Path, engine: PacedProcess, folder: StoreFolder, bodies: tuple[Body, ...]
) -> None:
    again = play(TrialPlan(scenario=scenario, seed=1), engine, folder, bodies)
    assert again.truth == trial.truth
    assert [msgspec.json.encode(heard.fact) for heard in again.heard] == [
        msgspec.json.encode(heard.fact) for heard in trial.heard
    ]
    assert [heard.arrived_ns for heard in again.heard] == [heard.arrived_ns for heard in trial.heard]


def test_an_engine_without_scales_charges_nothing_and_says_so(
    scenario: Path, engine: PacedProcess, folder: StoreFolder, bodies: tuple[Body, ...]
) -> None:
    blind = play(TrialPlan(scenario=scenario, seed=1, evidence="vision"), engine, folder, bodies)
    score = judge(blind, folder.store)
    assert (score.movements.units.true, score.movements.units.said) == (1, 0)
    assert [mistake.said for mistake in score.mistakes] != []


def test_workers_play_every_plan_once(scenario: Path) -> None:
    plans = [TrialPlan(scenario=scenario, seed=seed) for seed in (1, 2, 3)]
    scores = [played.score for played in play_all(plans, level=Level.SIGNAL, processes=2)]
    assert sorted(score.seed for score in scores) == [1, 2, 3]
    assert {score.movements.units.f1 for score in scores} == {1.0}


def test_an_engine_that_ends_early_is_said(folder: StoreFolder) -> None:
    engine = PacedProcess(folder)
    engine.close()
    with pytest.raises(EngineEndedError):
        engine.take([TimePassed(at_ns=0)])
