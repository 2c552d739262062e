"""Between what and what a rate lies: 95 % intervals that know both of chance and of trials that differ.

Two intervals are taken and the wider end of both counts. The percentile bootstrap (Efron, "Bootstrap methods: another
look at the jackknife", 1979) resamples whole trials, so it knows that mistakes come in clusters. The exact binomial
one (Clopper and Pearson, "The use of confidence or fiducial limits", 1934) knows that no mistake in fifty is not
no mistakes.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from scipy.special import betaincinv

from engine.bench.scoring._counts import Counts, Share
from engine.domain import Floats

RESAMPLES = 1000
_SEED = 1979
_TAIL = 0.025


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The ends of a two-sided 95 % interval."""

    low: float
    high: float


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate with its bound."""

    value: float
    bound: Bound


def clopper_pearson(hits: float, of: float) -> Bound:
    """The exact binomial bound of ``hits`` among ``of``; all of [0, 1] when there are none."""
    low = float(betaincinv(hits, of - hits + 1, _TAIL)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, of - hits, 1 - _TAIL)) if hits < of else 1.0
    return Bound(low=low, high=high)


class Resampling:
    """Which trials each of 1,000 resamples holds, the same for every rate of a set."""

    def __init__(self, trials: int) -> None:
        rng = np.random.default_rng([_SEED, trials])
        self.times: Floats = rng.multinomial(trials, np.full(trials, 1 / trials), RESAMPLES).astype(np.float64)

    def share(self, shares: Iterable[Share], *, of_none: float = 1.0) -> Estimate:
        """A share, from one count for each trial; ``of_none`` is its value when there is nothing to count."""
        rows = _rows((share.hits, share.of) for share in shares)
        hits, of = rows.sum(axis=0)
        spread = self.bound(_ratio(self.times @ rows, of_none))
        return _widest(float(_ratio(rows.sum(axis=0), of_none)), spread, clopper_pearson(hits, of))

    def ratio(self, shares: Iterable[Share]) -> Estimate:
        """So many for each of something else, and so without an exact bound; 0 when there is nothing to count."""
        rows = _rows((share.hits, share.of) for share in shares)
        return Estimate(value=float(_ratio(rows.sum(axis=0), 0.0)), bound=self.bound(_ratio(self.times @ rows, 0.0)))

    def f1(self, counts: Sequence[Counts]) -> Estimate:
        """An F1 score, from the counts of each trial.

        Its exact bound is that of the share J of right ones in all that is true or was said: F1 = 2 J / (1 + J).
        """
        rows = _rows((2 * each.right, each.true + each.said) for each in counts)
        twice_right, both = rows.sum(axis=0)
        spread = self.bound(_ratio(self.times @ rows, 1.0))
        exact = clopper_pearson(twice_right / 2, both - twice_right / 2)
        low, high = (2 * end / (1 + end) for end in (exact.low, exact.high))
        return _widest(float(_ratio(rows.sum(axis=0), 1.0)), spread, Bound(low=low, high=high))

    def bound(self, resampled: Floats) -> Bound:
        """The bound that (1000,) resampled values make."""
        low, high = np.quantile(resampled, [_TAIL, 1 - _TAIL])
        return Bound(low=float(low), high=float(high))


def _rows(pairs: Iterable[tuple[int, int]]) -> Floats:
    return np.array(list(pairs), dtype=np.float64).reshape(-1, 2)


def _ratio(rows: Floats, of_none: float) -> Floats:
    """The first of each row for each of the second, (..., 2) to (...)."""
    of = rows[..., 1]
    return np.where(of > 0, rows[..., 0] / np.where(of > 0, of, 1.0), of_none)


def _widest(value: float, *bounds: Bound) -> Estimate:
    low, high = min(bound.low for bound in bounds), max(bound.high for bound in bounds)
    return Estimate(value=value, bound=Bound(low=low, high=high))
