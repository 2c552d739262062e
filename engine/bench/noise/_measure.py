"""What the samples of one gondola's plates say about noise: levels when calm, shaking, tails, step.

The same measure is taken of a recording and of the twin, so that the two can be compared.
"""

from dataclasses import dataclass

import numpy as np

from engine.domain import Floats

# A gondola is calm in the seconds that are no noisier than this against its quietest tenth.
_CALM = 1.5


@dataclass(frozen=True)
class GondolaNoise:
    """The noise of one gondola's plates over whole seconds. Plates that never say anything new are left out."""

    level_g: Floats  # (plates,) standard deviation within calm seconds
    shaken: Floats  # (seconds,) the median plate's noise against that of the calm seconds
    calm_seconds: int  # how many of them the levels rest on
    calm: Floats  # (samples,) of calm seconds, in standard deviations of their plate as it is shaken in that second
    every: Floats  # (samples,) of all seconds, in calm standard deviations: shaking and movements included
    step_g: float
    silent: int


def measure(grams: Floats, *, hz: int) -> GondolaNoise:
    """Measure samples of (rows, plates) grams without gaps; rows beyond the last whole second are left out."""
    talking = np.ptp(grams, axis=0) > 0
    samples = grams[: len(grams) // hz * hz, talking]
    seconds = samples.reshape(-1, hz, samples.shape[1])
    error_g = seconds - seconds.mean(axis=1, keepdims=True)
    variance = error_g.var(axis=1, ddof=1)
    noise_g = np.median(np.sqrt(variance), axis=1)
    calm = noise_g <= _CALM * np.quantile(noise_g, 0.1)
    shaken = noise_g / np.sqrt((noise_g[calm] ** 2).mean())
    level_g = np.sqrt(variance[calm].mean(axis=0))
    moved = level_g > 0  # a plate that only a shaken shelf moves has no calm samples to standardise
    standard = error_g[:, :, moved] / (level_g[moved] * np.sqrt(1 - 1 / hz))
    return GondolaNoise(
        level_g=level_g,
        shaken=shaken,
        calm_seconds=int(calm.sum()),
        calm=(standard / shaken[:, None, None])[calm].ravel(),
        every=standard.ravel(),
        step_g=_step_g(samples),
        silent=int((~talking).sum()),
    )


def _step_g(samples: Floats) -> float:
    """The median over plates of the smallest difference between two readings."""
    distinct = (np.diff(np.unique(plate)) for plate in samples.T)
    return float(np.median([steps.min() for steps in distinct]))
