"""The twin's plates err as a real store's do, and what ships is what the command fits."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.twin.physics import fitted_plates
from engine.bench.noise import NoiseReport, fit_noise
from engine.cli._bench import app


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    """The recording."""
    return shared_data / "nanostore" / "benchmark-1"


@pytest.fixture(scope="module")
def report(folder: Path) -> NoiseReport:
    """The fit."""
    return fit_noise(folder, seed=7)[0]


def test_the_simulated_noise_agrees_with_the_recorded(report: NoiseReport) -> None:
    off = {(row.what, row.share): abs(row.off) for row in report.rows}
    assert off["level_g", 0.5] < 0.1
    assert off["level_g", 0.9] < 0.1
    assert max(off.values()) < 0.2


def test_it_rests_on_every_plate_that_says_anything(report: NoiseReport) -> None:
    assert (report.plates, report.silent) == (247, 31)
    assert report.noise.step_g == pytest.approx(0.241, abs=0.001)


def test_the_ringing_is_that_of_the_one_movement(report: NoiseReport) -> None:
    event = report.ringing
    assert (event.gondola, event.shelf, event.plate) == (1, 5, 11)
    assert event.moved_g == pytest.approx(-622.9, abs=2.5)
    assert 0.01 < event.leak_share < 0.05


def test_what_ships_is_what_the_command_fits(folder: Path, tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("report.json", "noise.png", "plates.toml")]
    arguments = ["--data", str(folder), "--json", files[0], "--plot", files[1], "--out", files[2]]
    result = CliRunner().invoke(app, ["fit-noise", *arguments])
    assert result.exit_code == 0, result.output
    assert "level_g p50: recorded 0.694" in result.output
    assert (tmp_path / "noise.png").stat().st_size > 1000
    kept = (tmp_path / "plates.toml").read_text().partition("[noise]")[2]
    shipped = Path(__file__).parents[2] / "resources" / "physics" / "plates.toml"
    assert kept == shipped.read_text().partition("[noise]")[2]
    assert fitted_plates().provenance.recording == "benchmark-1"
