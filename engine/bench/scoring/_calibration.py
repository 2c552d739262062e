"""Whether the engine's probabilities are what they say: the reliability of its cart lines.

The expected calibration error is that of Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using
Bayesian binning", 2015, with bins that hold equally many lines.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from engine.bench.scoring._bounds import Bound, Estimate, Resampling, clopper_pearson
from engine.bench.scoring._score import SaidLine
from engine.domain import Floats

_BINS = 10


class ReliabilityBin(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of like probability: the mean of what was said, the share that is right, and its exact 95 % bound."""

    lines: int
    said: float
    right: float
    right_low: float
    right_high: float


def reliability(lines: Sequence[Sequence[SaidLine]], resampling: Resampling) -> tuple[Estimate, list[ReliabilityBin]]:
    """The expected calibration error of the lines of each trial, bootstrapped over trials, and its table.

    Ten bins of equal mass; lines that say the same stay in one bin, the one where their middle falls.
    """
    trial_of = np.array([trial for trial, said in enumerate(lines) for _ in said], dtype=np.intp)
    said = np.array([line.probability_ppm / 1e6 for each in lines for line in each])
    right = np.array([line.right for each in lines for line in each], dtype=np.float64)
    if not len(said):
        return Estimate(value=0.0, bound=Bound(low=0.0, high=1.0)), []
    bin_of = _bins(said)
    sums = np.zeros((3, len(lines), _BINS))  # lines, what was said, what is right; by trial and bin
    for at, values in enumerate((np.ones(len(said)), said, right)):
        np.add.at(sums[at], (trial_of, bin_of), values)
    bound = resampling.bound(_error(*(resampling.times @ each for each in sums)))
    whole = sums.sum(axis=1)
    return Estimate(value=float(_error(*whole)), bound=bound), [_bin(row) for row in whole.T.tolist() if row[0] > 0]


def _bins(said: Floats) -> np.ndarray:
    _, at, counts = np.unique(said, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(said)
    return np.minimum((middle * _BINS).astype(np.intp), _BINS - 1)[at]


def _error(lines: Floats, said: Floats, right: Floats) -> Floats:
    """The mean over the lines of how far their bin is off."""
    return np.asarray(np.abs(said - right).sum(axis=-1) / np.maximum(lines.sum(axis=-1), 1.0))


def _bin(row: Sequence[float]) -> ReliabilityBin:
    lines, said, right = row
    exact = clopper_pearson(right, lines)
    return ReliabilityBin(
        lines=int(lines),
        said=round(said / lines, 6),
        right=round(right / lines, 6),
        right_low=round(exact.low, 6),
        right_high=round(exact.high, 6),
    )
