"""What reviews buy: how many units are still wrong when a perfect reviewer has looked at the most doubtful first."""

from collections.abc import Iterable

import msgspec
import numpy as np

from engine.bench.scoring._bounds import Estimate, clopper_pearson
from engine.bench.scoring._score import Look, ReviewScore

_RATES = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 250, 350, 500, 750, 1000)


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """At so many looks for 1,000 lines so many lines stay wrong; ``wrong_high`` ends the Clopper-Pearson interval."""

    reviews_per_1000_lines: float
    wrong_share: float
    wrong_high: float


class ReviewCurve:
    """The looks of all trials in one order: the engine's own doubt, greatest first.

    Between looks of the same doubt the order is chance; the curve is then its mean. A look at a step counts as one
    review whatever it mends; where there are no more looks the curve stays level.
    """

    def __init__(self, reviews: Iterable[ReviewScore]) -> None:
        looks: list[Look] = []
        self._lines = wrong = 0
        for review in reviews:
            looks += review.looks
            self._lines, wrong = self._lines + review.lines, wrong + review.wrong
        doubts, at = np.unique([-look.doubt_ppm for look in looks], return_inverse=True)
        looked = np.bincount(at, minlength=len(doubts))
        mended = np.bincount(at, weights=[look.mends for look in looks], minlength=len(doubts))
        self._looked = np.concatenate(([0], np.cumsum(looked)))
        self._wrong = wrong - np.concatenate(([0], np.cumsum(mended)))

    def wrong_at(self, reviews_per_1000_lines: float) -> Estimate:
        """The share of lines still wrong after so many reviews, and its Clopper-Pearson bound."""
        wrong = float(np.interp(reviews_per_1000_lines * self._lines / 1000, self._looked, self._wrong))
        return Estimate(value=wrong / max(1, self._lines), bound=clopper_pearson(wrong, self._lines))

    def points(self) -> tuple[CurvePoint, ...]:
        """The curve at round rates, to where every step has been looked at."""
        last = 1000 * float(self._looked[-1]) / max(1, self._lines)
        rates = [rate for rate in _RATES if rate < last]
        return tuple(self._point(rate) for rate in (*rates, round(last, 1)))

    def _point(self, rate: float) -> CurvePoint:
        wrong = self.wrong_at(rate)
        return CurvePoint(
            reviews_per_1000_lines=rate, wrong_share=round(wrong.value, 6), wrong_high=round(wrong.bound.high, 6)
        )
