"""The sweep over what is assumed, and the page that all benchmarks make."""

from pathlib import Path

import msgspec
import pytest

from drivers.twin.physics import assumed
from engine.bench.publish import Publication, publish
from engine.bench.report import sweep_markdown, write_report
from engine.bench.sets import SetPlan, play_set
from engine.bench.sweep import FACTORS, SweepPlan, sweep
from tests.bench.quick import POLLED, TINY_SHELF, write_quick


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    return write_quick(tmp_path / "own")


def test_every_factor_is_played_with_its_value(scenario: Path) -> None:
    plan = SweepPlan(seeds=(1,), assumptions=("catalogue_share",), scenario=scenario)
    report = sweep(plan, tell=lambda _: None)
    values = [factor * assumed().catalogue_share for factor in FACTORS]
    assert [row.factor for row in report.rows] == list(FACTORS)
    assert [row.value for row in report.rows] == pytest.approx(values)
    assert report.nominal.f1 == 1.0
    assert "| catalogue_share | 1.000 | 1.000 |" in sweep_markdown(report)


def test_what_is_not_assumed_is_not_swept(scenario: Path) -> None:
    with pytest.raises(ValueError, match="not assumed"):
        sweep(SweepPlan(seeds=(1,), assumptions=("colour",), scenario=scenario), tell=lambda _: None)


def test_the_page_is_made_of_the_kept_reports(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = SetPlan(name=str(scenario.parent), seeds=(1,), ablations=False)
    swept = SweepPlan(seeds=(1,), assumptions=("creep_share",), scenario=scenario)
    monkeypatch.setattr("engine.bench.publish.plans", lambda: [plan])
    monkeypatch.setattr("engine.bench.publish.SWEEP", swept)
    monkeypatch.setattr("engine.bench.publish.SHELF", TINY_SHELF)
    folder, page = tmp_path / "kept", tmp_path / "BENCHMARKS.md"
    write_report(folder, play_set(plan, tell=lambda _: None))
    (folder / "modbus.json").write_bytes(msgspec.json.encode(POLLED))
    told: list[str] = []
    publication = Publication(folder=folder, page=page, root=tmp_path, command="tillfree bench publish", again=False)
    publish(publication, told.append)
    text = page.read_text(encoding="utf-8")
    assert "| own | signal | 1 | 1 | 1.000 |" in text
    assert "| creep_share |" in text
    assert "## Load cells" in text
    assert "| 16 x 64 registers, 50 Hz, 1000 cycles | Tillfree |" in text
    assert "own, signal level" not in told
    assert "modbus" not in told
