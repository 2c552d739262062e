"""Known noise is measured as it is, a known ringing is fitted, and the fit is kept as the twin reads it."""

import tomllib
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from drivers.twin.physics import QUANTILES, FittedPlates, fitted_plates
from engine.bench.nanostore import GondolaTrace
from engine.bench.noise import NoiseReport, NoiseRow, Ringing, draw, measure, write_plates
from engine.bench.noise._event import greatest_ringing

HZ = 60
RINGING = Ringing(
    gondola=1,
    shelf=1,
    plate=2,
    t_s=6.0,
    moved_g=-500.0,
    hz=12.0,
    decay_s=0.1,
    ring_share=0.04,
    leak_share=0.02,
    explained=1.0,
)


def test_levels_shaking_steps_and_silence_are_measured() -> None:
    rng = np.random.default_rng(1)
    level_g = np.linspace(0.5, 4.0, 20)
    shaken = np.repeat([1.0, 1.0, 5.0, 1.0], HZ)
    samples = np.round(rng.normal(0, 1, (len(shaken), 20)) * shaken[:, None] * level_g / 0.25) * 0.25
    measured = measure(np.column_stack([samples, np.full(len(samples), 700.0)]), hz=HZ)
    assert measured.silent == 1
    assert measured.calm_seconds == 3
    assert measured.step_g == pytest.approx(0.25)
    assert measured.level_g == pytest.approx(level_g, rel=0.2)
    assert measured.shaken == pytest.approx([1.0, 1.0, 5.0, 1.0], rel=0.2)
    assert np.std(measured.calm) == pytest.approx(1.0, rel=0.1)
    assert np.quantile(np.abs(measured.every), 0.99) > 2 * np.quantile(np.abs(measured.calm), 0.99)


def test_a_known_ringing_is_fitted() -> None:
    t_s = np.arange(12 * HZ) / HZ
    since_s = t_s - RINGING.t_s
    ring = np.where(since_s >= 0, np.exp(-since_s.clip(0) / RINGING.decay_s), 0) * np.sin(2 * np.pi * 12 * since_s)
    shares = np.array([RINGING.leak_share, RINGING.ring_share, 0.01])
    grams = np.random.default_rng(2).normal(0, 0.3, (len(t_s), 3)) + 500 * shares * ring[:, None]
    grams[since_s >= 0, 1] -= 500
    found = greatest_ringing([GondolaTrace(1, t_s, grams[:, None, :].astype(np.float32))])
    assert (found.gondola, found.shelf, found.plate) == (1, 1, 2)
    assert (found.t_s, found.moved_g) == pytest.approx((6.0, -500.0), abs=0.05)
    assert (found.hz, found.decay_s) == pytest.approx((12.0, 0.1), rel=0.1)
    assert (found.ring_share, found.leak_share) == pytest.approx((0.04, 0.02), rel=0.15)
    assert found.explained > 0.9


def test_the_fit_is_kept_as_the_twin_reads_it(tmp_path: Path) -> None:
    noise = msgspec.structs.replace(fitted_plates().noise, level_g=(0.7,) * len(QUANTILES))
    report = NoiseReport(
        plates=3,
        silent=1,
        calm_seconds=4,
        seconds=9,
        gondola_median_g=(0.7,),
        noise=noise,
        ringing=RINGING,
        rows=(NoiseRow(what="level_g", share=0.5, recorded=0.5, simulated=0.55),),
    )
    write_plates(tmp_path / "plates.toml", report, recording="a morning")
    kept = msgspec.convert(tomllib.loads((tmp_path / "plates.toml").read_text()), FittedPlates)
    assert kept.noise == noise
    assert kept.provenance.recording == "a morning"
    assert "3 plates in 4 calm seconds" in kept.provenance.fitted
    assert str(report.rows[0]) == "level_g p50: recorded 0.500, simulated 0.550 (+10.0 %)"


def test_both_distributions_are_drawn(tmp_path: Path) -> None:
    draw(tmp_path / "noise.png", np.linspace(0.3, 3, 50), np.linspace(0.3, 4, 80))
    image = cv2.imread(str(tmp_path / "noise.png"))
    assert image is not None
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 10
