"""What a shelf is like when nobody touches it: each plate's level and its noise, learned and tracked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats
from engine.shelving._window import SampleWindow

Bools = NDArray[np.bool_]

_SHORT_NS, _SHORT_ROWS = 80_000_000, 3
_HOLD_NS, _HOLD_ROWS = 400_000_000, 8
_FIRST_REST_NS = 1_000_000_000
# A plate that never comes to rest is believed after this long, noise and all.
_FIRST_REST_LIMIT_NS = 10_000_000_000

_LEVEL_TAU_NS = 2_000_000_000
_NOISE_TAU_NS = 8_000_000_000
_MIN_NOISE_G = 0.25
# Expected range of so many Gaussian samples, in standard deviations.
_RANGE_SIGMAS = (1.0, 1.0, 1.13, 1.69, 2.06, 2.33, 2.53)
# Fewer plates than this cannot tell a shaken shelf from a movement on it.
_JOINT_PLATES = 6


@dataclass(frozen=True)
class Deviation:
    """Where the plates are, against their level at rest; every array is (plates,), in grams.

    ``short_g`` is the mean of the last 80 ms, ``range_g`` its spread, ``hold_g`` the mean of the last 400 ms and
    ``settling_g`` how much its two halves differ. ``shaken`` >= 1 says how much the whole shelf vibrates.
    """

    short_g: Floats
    range_g: Floats
    hold_g: Floats
    settling_g: Floats
    shaken: float
    short_rows: int
    hold_rows: int


class ShelfAtRest:
    """Levels and noise of one shelf's plates. A plate without a level yet is not ``known``."""

    def __init__(self, plates: int) -> None:
        self.known: Bools = np.zeros(plates, dtype=np.bool_)
        self.level_g = np.zeros(plates)
        self._noise_g = np.ones((3, plates))
        self.sigma_g, self.short_sigma_g, self.hold_sigma_g = self._noise_g  # of a sample and of both means
        self._learned: Bools = np.zeros(plates, dtype=np.bool_)
        self._since_ns = np.zeros(plates, dtype=np.int64)

    def forget(self, plates: Bools, t_ns: int) -> None:
        """Drop the levels of these plates; their noise is kept."""
        self.known &= ~plates
        self._since_ns[plates] = t_ns

    def learn(self, t_ns: int, window: SampleWindow, usable: Bools) -> Bools:
        """Find the level of plates that lack one and have come to rest; says which became known."""
        self._since_ns[~usable] = t_ns
        waiting = usable & ~self.known & (t_ns - self._since_ns >= _FIRST_REST_NS)
        if not waiting.any() or window.span_ns < _FIRST_REST_NS * 9 // 10:
            return np.zeros_like(waiting)
        recent = window.newest(window.count(_FIRST_REST_NS))
        half = len(recent) // 2
        middle = np.median(recent, axis=0)
        spread = 1.4826 * np.median(np.abs(recent - middle), axis=0)
        moved = np.abs(recent[half:].mean(axis=0) - recent[:half].mean(axis=0))
        at_rest = (moved <= np.maximum(5.0, spread)) | (t_ns - self._since_ns > _FIRST_REST_LIMIT_NS)
        became: Bools = waiting & at_rest
        self.level_g[became] = middle[became]
        self._first_noise(became & ~self._learned, spread)
        self.known |= became
        return became

    def deviation(self, window: SampleWindow) -> Deviation:
        """Compare the newest samples with the levels; zero where no level is known."""
        short = window.newest(window.count(_SHORT_NS, at_least=_SHORT_ROWS))
        hold = held(window)
        half = len(hold) // 2
        older, newer = _mean(hold[:half]), _mean(hold[half:])
        share = half / len(hold)
        level = self.level_g
        range_g = (short.max(axis=0) - short.min(axis=0)) * self.known
        return Deviation(
            (_mean(short) - level) * self.known,
            range_g,
            (share * older + (1 - share) * newer - level) * self.known,
            np.abs(newer - older) * self.known,
            self._shaken(range_g, len(short)),
            len(short),
            len(hold),
        )

    def restless_g(self, window: SampleWindow) -> Floats:
        """How far each plate typically goes from one sample to the next, a step or two left aside; (plates,)."""
        jumps: Floats = np.median(np.abs(np.diff(held(window), axis=0)), axis=0)
        return jumps

    def track(self, age_ns: int, newest_g: Floats, now: Deviation, quiet: Bools) -> None:
        """Follow drift and noise of the ``quiet`` plates over ``age_ns`` since the last call.

        Each innovation is clipped at a few sigma: an event that nobody noticed yet moves nothing, heavy tails little.
        """
        gain = min(age_ns / _LEVEL_TAU_NS, 0.5) * quiet
        clip = 2 * self.short_sigma_g
        self.level_g += gain * np.minimum(np.maximum(now.short_g, -clip), clip)
        innovation = np.stack((newest_g - self.level_g - now.short_g, now.short_g, now.hold_g))
        # 1.25 times the mean absolute deviation is a standard deviation, and calmer about tails.
        seen = np.minimum(1.25 * np.abs(innovation), 3 * self._noise_g)
        self._noise_g += gain * (_LEVEL_TAU_NS / _NOISE_TAU_NS) * (seen - self._noise_g)
        np.maximum(self._noise_g, _MIN_NOISE_G, out=self._noise_g)

    def _first_noise(self, plates: Bools, spread_g: Floats) -> None:
        spread = np.maximum(spread_g, _MIN_NOISE_G)
        self.sigma_g[plates] = spread[plates]
        self.short_sigma_g[plates] = 0.7 * spread[plates]
        self.hold_sigma_g[plates] = 0.4 * spread[plates]
        self._learned |= plates

    def _shaken(self, range_g: Floats, rows: int) -> float:
        ratios = (range_g / self.sigma_g)[self.known]
        if len(ratios) < _JOINT_PLATES:
            return 1.0
        ratios.sort()
        return max(1.0, float(ratios[(len(ratios) - 1) // 2]) / _RANGE_SIGMAS[min(rows, len(_RANGE_SIGMAS) - 1)])


def held(window: SampleWindow) -> Floats:
    """The samples (rows, plates) over which a level must hold: 400 ms, longer where samples come seldom."""
    return window.newest(window.count(_HOLD_NS, at_least=_HOLD_ROWS))


def _mean(rows: Floats) -> Floats:
    mean: Floats = np.add.reduce(rows, axis=0) / len(rows)
    return mean
