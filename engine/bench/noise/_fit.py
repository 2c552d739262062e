"""Fit ``PlateNoise`` to a recording, let the twin's cells err by it, and compare the two."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from scipy import stats

from drivers.twin.physics import QUANTILES, CellErrors, PlateNoise
from engine.bench.nanostore import GondolaTrace, read_recording
from engine.bench.noise._event import Ringing, greatest_ringing
from engine.bench.noise._measure import GondolaNoise, measure
from engine.domain import Floats

HZ = 60
_LEVELS = (0.1, 0.5, 0.9, 0.99)
_TAILS = (0.5, 0.9, 0.99, 0.999)
_TRIED_FREEDOM = (*np.arange(2.5, 10, 0.25), *np.arange(10, 30, 1.0), *np.arange(30, 101, 10.0))
# What the one movement shows of its own plate is a limp bottle lifted off it; a jar set down rings more, and the twin
# must not be kinder than it has to.
LEAST_RING_SHARE = 0.05
# The recording several times over, so that laws are compared and not luck.
_SIMULATED_RUNS = 8
_OTHER_DRAWS = 1_000_000  # what is compared is not what was levelled by


class NoiseRow(msgspec.Struct, frozen=True, kw_only=True):
    """One quantile, recorded and simulated."""

    what: str
    share: float
    recorded: float
    simulated: float

    @property
    def off(self) -> float:
        """By how much the simulation differs, as a share of what was recorded."""
        return self.simulated / self.recorded - 1

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.what} p{100 * self.share:g}: recorded {self.recorded:.3f}, simulated {self.simulated:.3f}" + (
            f" ({100 * self.off:+.1f} %)"
        )


class NoiseReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was fitted, to how much, and how the twin compares with it."""

    plates: int
    silent: int
    calm_seconds: int  # summed over gondolas
    seconds: int
    gondola_median_g: tuple[float, ...]
    noise: PlateNoise
    ringing: Ringing
    rows: tuple[NoiseRow, ...]


def fit_noise(data: Path, *, seed: int = 0) -> tuple[NoiseReport, Floats, Floats]:
    """Fit to the recording in ``data``; also the levels recorded and simulated, (plates,) grams, for a drawing.

    Raises ``RecordingError``.
    """
    traces = read_recording(data).traces
    recorded = [measure(_live_g(trace), hz=HZ) for trace in traces]
    ringing = greatest_ringing(traces)
    noise = _levelled(_fitted(recorded, ringing), recorded, seed=seed)
    simulated = _simulate(noise, recorded, seed=seed + _OTHER_DRAWS)
    report = NoiseReport(
        plates=sum(len(one.level_g) for one in recorded),
        silent=sum(one.silent for one in recorded),
        calm_seconds=sum(one.calm_seconds for one in recorded),
        seconds=sum(len(one.shaken) for one in recorded),
        gondola_median_g=tuple(float(np.median(one.level_g)) for one in recorded),
        noise=noise,
        ringing=ringing,
        rows=tuple(_rows(recorded, simulated)),
    )
    return report, _levels_g(recorded), _levels_g(simulated)


def _live_g(trace: GondolaTrace) -> Floats:
    shelves = range(1, trace.grams.shape[1] + 1)
    live = [(shelf - 1, plate - 1) for shelf in shelves for plate in trace.live(shelf)]
    return np.stack([trace.grams[:, shelf, plate] for shelf, plate in live], axis=1).astype(np.float64)


def _levels_g(gondolas: Sequence[GondolaNoise]) -> Floats:
    return np.concatenate([one.level_g for one in gondolas])


def _fitted(recorded: Sequence[GondolaNoise], ringing: Ringing) -> PlateNoise:
    shaken = np.concatenate([one.shaken for one in recorded])
    return PlateNoise(
        level_g=_quantiles(_levels_g(recorded)),
        shaken=_quantiles(shaken),
        freedom=_freedom(np.concatenate([one.calm for one in recorded])),
        step_g=round(float(np.median([one.step_g for one in recorded])), 4),
        ring_hz=ringing.hz,
        ring_decay_s=round(ringing.decay_s, 3),
        ring_share=round(max(ringing.ring_share, LEAST_RING_SHARE), 3),
        leak_share=round(ringing.leak_share, 3),
    )


def _levelled(noise: PlateNoise, recorded: Sequence[GondolaNoise], *, seed: int) -> PlateNoise:
    """The same with levels that, once simulated, are measured as recorded: calm seconds are a little shaken too."""
    simulated = _simulate(noise, recorded, seed=seed)
    ratio = float(np.median(_levels_g(recorded)) / np.median(_levels_g(simulated)))
    return msgspec.structs.replace(noise, level_g=tuple(round(level_g * ratio, 3) for level_g in noise.level_g))


def _quantiles(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in np.quantile(values, QUANTILES))


def _freedom(standard: Floats) -> float:
    """The degrees of freedom whose quantiles, at unit variance, differ least from those of standardised samples."""
    wanted = np.log(np.quantile(np.abs(standard), _TAILS))

    def off(freedom: float) -> float:
        unit = stats.t.ppf((1 + np.array(_TAILS)) / 2, freedom) * np.sqrt((freedom - 2) / freedom)
        return float(((np.log(unit) - wanted) ** 2).sum())

    return float(min(_TRIED_FREEDOM, key=off))


def _simulate(noise: PlateNoise, recorded: Sequence[GondolaNoise], *, seed: int) -> list[GondolaNoise]:
    """The same gondolas, as many seconds, several times over, with cells that err as the twin's do."""
    simulated = []
    for number, gondola in enumerate(recorded):
        for run in range(_SIMULATED_RUNS):
            plates = len(gondola.level_g)
            errors = CellErrors(noise, [0] * plates, seed=seed + 1000 * number + run)
            seconds = [errors.draw_g(second, HZ) for second in range(len(gondola.shaken))]
            simulated.append(measure(errors.read_g(np.concatenate(seconds)), hz=HZ))
    return simulated


def _rows(recorded: Sequence[GondolaNoise], simulated: Sequence[GondolaNoise]) -> list[NoiseRow]:
    compared = (
        ("level_g", _LEVELS, [[one.level_g for one in side] for side in (recorded, simulated)]),
        ("shaken", _LEVELS, [[one.shaken for one in side] for side in (recorded, simulated)]),
        ("calm tail", _TAILS, [[np.abs(one.calm) for one in side] for side in (recorded, simulated)]),
        ("whole tail", _TAILS, [[np.abs(one.every) for one in side] for side in (recorded, simulated)]),
    )
    rows = []
    for what, shares, sides in compared:
        left, right = (np.quantile(np.concatenate(side), shares) for side in sides)
        rows += [
            NoiseRow(what=what, share=share, recorded=float(one), simulated=float(other))
            for share, one, other in zip(shares, left, right, strict=True)
        ]
    return rows
