"""``tillfree bench`` of scenarios: what a user gets, and what is said of a file that is wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli._bench import app
from tests.bench.quick import SCENARIO, write_quick


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_quick(tmp_path / "own").parent


def test_a_folder_of_ones_own_is_scored_as_the_sets_that_ship(own: Path, tmp_path: Path) -> None:
    figures, report = tmp_path / "figures.json", tmp_path / "report"
    files = ["--json", str(figures), "--report", str(report)]
    arguments = ["scenarios", str(own), "--seed", "1", "--only", "quick", *files]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    scored = json.loads(figures.read_text())
    assert scored["f1"] == 1.0
    asked_for = {"f1_low", "f1_high", "event_precision", "event_recall", "receipt_exact", "review_curve", "ece"}
    asked_for |= {"wrong_at_30", "wrong_at_120", "latency_ms", "per_scenario", "reference"}
    assert asked_for <= set(scored)
    assert scored["per_scenario"]["quick"]["lines"] == 1
    assert scored["reference"]["f1"] == 1.0
    assert 0 < scored["latency_ms"]["p50"] < 10_000
    assert {file.suffix for file in report.iterdir()} == {".json", ".md", ".png"}


def test_a_wrong_file_is_named_with_its_line_and_remedy(own: Path) -> None:
    wrong = SCENARIO.replace('sku = "honey"', 'sku = "hony"')
    (own / "wrong.toml").write_text(wrong, encoding="utf-8")
    result = CliRunner().invoke(app, ["scenarios", str(own), "--seed", "1"])
    assert result.exit_code == 1
    assert str(result.exception).startswith(f"{own / 'wrong.toml'}:9: ")
