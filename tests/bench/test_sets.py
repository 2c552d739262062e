"""Sets of scenarios: which files they are, and what comes of playing them."""

from pathlib import Path

import pytest

from engine.bench.sets import SETS, NoScenarioError, SetPlan, play_set, scenarios_of
from tests.bench.quick import write_quick


@pytest.fixture
def own(tmp_path: Path) -> Path:
    for name, sku in (("ann", "honey"), ("ben", "penne")):
        write_quick(tmp_path, name, sku=sku)
    return tmp_path


def test_a_set_that_ships_and_a_folder_are_played_alike(own: Path) -> None:
    assert [file.stem for file in scenarios_of(str(own))] == ["ann", "ben"]
    assert "single-pick" in {file.stem for file in scenarios_of("recipes")}
    assert [file.stem for file in scenarios_of("recipes", ("put-back",))] == ["put-back"]


def test_what_is_not_there_is_said_with_what_is(own: Path, tmp_path: Path) -> None:
    with pytest.raises(NoScenarioError, match="ann, ben"):
        scenarios_of(str(own), ("carol",))
    with pytest.raises(NoScenarioError, match=", ".join(SETS)):
        scenarios_of(str(tmp_path / "nowhere"))


def test_a_set_is_pooled_with_its_ablations(own: Path) -> None:
    told: list[str] = []
    report = play_set(SetPlan(name=str(own), seeds=(1,), processes=2), tell=told.append)
    assert report.f1 == 1.0
    assert report.trials == 2
    assert set(report.per_scenario) == {"ann", "ben"}
    assert report.ablations["vision"].f1 == 0.0
    assert report.ablations["weight"].f1 < 1.0
    assert len(told) == 6
