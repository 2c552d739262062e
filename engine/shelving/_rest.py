"""What plates are like when nobody touches them: each one's level and its noise, learned and tracked."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats
from engine.shelving._window import SampleWindow, WindowPart

Bools = NDArray[np.bool_]

_SHORT_NS, _SHORT_ROWS = 80_000_000, 3
HOLD_NS, HOLD_ROWS = 400_000_000, 6
_FIRST_REST_NS = 1_000_000_000
# A plate that never comes to rest is believed after this long, noise and all.
_FIRST_REST_LIMIT_NS = 10_000_000_000

_LEVEL_TAU_NS = 2_000_000_000
_NOISE_TAU_NS = 8_000_000_000
_MIN_NOISE_G = 0.25
# A level in doubt is learned quickly, and nothing within so many of its errors is a movement.
_DOUBT_TAU_NS, _DOUBT_LASTS_NS, _DOUBT_SIGMAS = 300_000_000, 1_000_000_000, 3.0
# Expected range of so many Gaussian samples, in standard deviations.
_RANGE_SIGMAS = (1.0, 1.0, 1.13, 1.69, 2.06, 2.33, 2.53)
# Fewer plates than this cannot tell a shaken shelf from a movement on it.
_JOINT_PLATES = 6
# Noticing: a fast change stands out of 80 ms, a small one (it may be a finger's press) only of 400 ms.
FAST_SIGMAS, SLOW_MIN_G = 8.0, 6.0
_STANDS_OUT_G = np.array([[25.0], [SLOW_MIN_G]])
_STANDS_OUT_SIGMAS = np.array([[FAST_SIGMAS], [6.0]])


@dataclass(frozen=True)
class Deviation:
    """Where the plates of one shelf are, against their level at rest; every array is (plates,), in grams.

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


@dataclass
class AtRest:
    """Levels and noise of plates. A plate without a level yet is not ``known``."""

    known: Bools
    level_g: Floats
    noise_g: Floats  # (3, plates): of a sample, and of both means
    learned: Bools
    since_ns: NDArray[np.int64]
    doubt_g: Floats  # how far off the level may be after a step that settled amid shaking
    sigma_g: Floats = field(init=False)
    short_sigma_g: Floats = field(init=False)
    hold_sigma_g: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Name the three noises."""
        self.sigma_g, self.short_sigma_g, self.hold_sigma_g = self.noise_g

    @classmethod
    def unknown(cls, plates: int) -> "AtRest":
        """So many plates, of which nothing is known."""
        none = np.zeros(plates, dtype=np.bool_)
        since_ns = np.zeros(plates, dtype=np.int64)
        return cls(none, np.zeros(plates), np.ones((3, plates)), none.copy(), since_ns, np.zeros(plates))

    def part(self, plates: slice) -> "AtRest":
        """Some of the plates; what is learned of them is learned here too."""
        return AtRest(
            self.known[plates],
            self.level_g[plates],
            self.noise_g[:, plates],
            self.learned[plates],
            self.since_ns[plates],
            self.doubt_g[plates],
        )

    def forget(self, plates: Bools, t_ns: int) -> None:
        """Drop the levels of these plates; their noise is kept."""
        self.known &= ~plates
        self.since_ns[plates] = t_ns

    def learn(self, t_ns: int, window: WindowPart, usable: Bools) -> Bools:
        """Find the level of plates that lack one and have come to rest; says which became known."""
        self.since_ns[~usable] = t_ns
        waiting = usable & ~self.known & (t_ns - self.since_ns >= _FIRST_REST_NS)
        if not waiting.any() or window.span_ns < _FIRST_REST_NS * 9 // 10:
            return np.zeros_like(waiting)
        recent = window.newest(window.count(_FIRST_REST_NS))
        half = len(recent) // 2
        middle = np.median(recent, axis=0)
        spread = 1.4826 * np.median(np.abs(recent - middle), axis=0)
        moved = np.abs(recent[half:].mean(axis=0) - recent[:half].mean(axis=0))
        at_rest = (moved <= np.maximum(5.0, spread)) | (t_ns - self.since_ns > _FIRST_REST_LIMIT_NS)
        became: Bools = waiting & at_rest
        self.level_g[became] = middle[became]
        self._first_noise(became & ~self.learned, spread, moved)
        self.known |= became
        return became

    def least_g(self, shaken: float = 1.0) -> Floats:
        """What the means of 80 and of 400 ms must exceed to be a movement, (2, plates)."""
        least: Floats = np.maximum((_STANDS_OUT_SIGMAS * shaken) * self.noise_g[1:], _STANDS_OUT_G)
        least += _DOUBT_SIGMAS * self.doubt_g
        return least

    def lately(self, window: SampleWindow) -> Floats:
        """Means of the last 80 and 400 ms against the levels, (2, plates); zero where no level is known."""
        means = np.empty_like(self.noise_g[1:])
        for mean, rows in zip(means, (_short(window), held(window)), strict=True):
            np.add.reduce(rows, axis=0, out=mean)
            mean /= len(rows)
        means -= self.level_g
        means *= self.known
        return means

    def deviation(self, window: WindowPart) -> Deviation:
        """Judge how the plates of one shelf move; zero where no level is known."""
        short, hold = _short(window), held(window)
        half = len(hold) // 2
        range_g = (short.max(axis=0) - short.min(axis=0)) * self.known
        return Deviation(
            (_mean(short) - self.level_g) * self.known,
            range_g,
            (_mean(hold) - self.level_g) * self.known,
            np.abs(_mean(hold[half:]) - _mean(hold[:half])) * self.known,
            self._shaken(range_g, len(short)),
            len(short),
            len(hold),
        )

    def restless_g(self, window: WindowPart) -> Floats:
        """How far each plate typically goes from one sample to the next, a step or two left aside; (plates,)."""
        jumps: Floats = np.median(np.abs(np.diff(held(window), axis=0)), axis=0)
        return jumps

    def track(self, age_ns: int, newest_g: Floats, lately_g: Floats, quiet: Bools) -> None:
        """Follow drift and noise of the ``quiet`` plates over ``age_ns`` since the last call.

        Each innovation is clipped at a few sigma: an event that nobody noticed yet moves nothing, heavy tails little.
        """
        gain = min(age_ns / _LEVEL_TAU_NS, 0.5)
        most = 2 * self.short_sigma_g + self.doubt_g
        step = np.minimum(lately_g[0], most)
        np.maximum(step, np.negative(most, out=most), out=step)
        step *= np.where(self.doubt_g > self.hold_sigma_g, min(age_ns / _DOUBT_TAU_NS, 0.5), gain) * quiet
        self.level_g += step
        self.doubt_g *= 1 - min(age_ns / _DOUBT_LASTS_NS, 0.5) * quiet
        seen = np.empty_like(self.noise_g)
        np.subtract(newest_g, self.level_g, out=seen[0])
        seen[0] -= lately_g[0]
        seen[1:] = lately_g
        np.abs(seen, out=seen)
        seen *= 1.25  # times the mean absolute deviation is a standard deviation, and calmer about tails
        np.minimum(seen, 3 * self.noise_g, out=seen)
        seen -= self.noise_g
        seen *= (gain * _LEVEL_TAU_NS / _NOISE_TAU_NS) * quiet
        self.noise_g += seen
        np.maximum(self.noise_g, _MIN_NOISE_G, out=self.noise_g)

    def _first_noise(self, plates: Bools, spread_g: Floats, moved_g: Floats) -> None:
        spread = np.maximum(spread_g, _MIN_NOISE_G)
        self.sigma_g[plates] = spread[plates]
        self.short_sigma_g[plates] = 0.7 * spread[plates]
        self.hold_sigma_g[plates] = np.maximum(0.4 * spread, moved_g / np.sqrt(2))[plates]
        self.learned |= plates

    def _shaken(self, range_g: Floats, rows: int) -> float:
        ratios = (range_g / self.sigma_g)[self.known]
        if len(ratios) < _JOINT_PLATES:
            return 1.0
        ratios.sort()
        return max(1.0, float(ratios[(len(ratios) - 1) // 2]) / _RANGE_SIGMAS[min(rows, len(_RANGE_SIGMAS) - 1)])


def held(window: SampleWindow | WindowPart) -> Floats:
    """The samples (rows, plates) over which a level must hold: 400 ms, longer where samples come seldom."""
    return window.newest(window.count(HOLD_NS, at_least=HOLD_ROWS))


def _short(window: SampleWindow | WindowPart) -> Floats:
    return window.newest(window.count(_SHORT_NS, at_least=_SHORT_ROWS))


def _mean(rows: Floats) -> Floats:
    mean: Floats = np.add.reduce(rows, axis=0) / len(rows)
    return mean
