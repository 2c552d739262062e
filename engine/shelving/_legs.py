"""The movements that one plate's trace shows: how many, when, and how much each weighs.

A trace is fitted with smooth ramps between plateaus. Every ramp brings what comes with it in the recording of a live
store: the press of a hand before it and the plate's ringing after it. As many ramps are kept as the trace needs, by
the Bayesian information criterion (Schwarz 1978).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

import numpy as np
from scipy.signal import find_peaks

from engine.domain import Floats

# A hand presses about so long before goods move, which takes it one of these times; resting arms come and go slower.
_PRESS_S = 0.14
_RAMPS_S = (0.04, 0.08, 0.14, 0.25)
_USUAL_RAMP = 1
_FIFTH = 0.287  # of the time that a ramp takes, a fifth of the way is done: 3 x^2 - 2 x^3
# Ringing as fitted to the recording (resources/physics/plates.toml).
_RING_HZ, _RING_DECAY_S = 11.0, 0.05
# What hands press with, and how much of a change rings; both come with either sign.
_PRESS_G, _RING_SHARE = 40.0, 0.05
_MOST_G = 20_000.0  # a plate's capacity
# A ramp shows in the change over this long, either way.
_HALF_S = 0.04
_STANDS_OUT_SIGMAS, _STANDS_OUT_SHARE = 5.0, 0.14
_MOST_LEGS, _MOST_ROWS = 5, 360
# So many samples of a swaying hand tell as much as one.
_ALIKE = 8.0
# How finely their instants are sought, and how often at most with each step.
_STEPS_S = (0.016, 0.008, 0.004, 0.002)
# Nearer than this two ramps are one: no hand takes twice so soon.
_APART_S, _OVERLAP_S = 0.1, 0.02
# No ramp is quite like another: what is left of a change is no news below this share of it.
_SHAPE_SHARE = 0.004
_ROUNDS, _ROUGHLY = 3, 1
# Where one more is looked for.
_SCAN_S = 0.025
_CERTAIN_SIGMAS, _LEAST_SHARE = 5.0, 0.06
_COLUMNS = 4  # of each leg: ramp, press and ringing in two phases; its start and length are fitted too
_FITTED = _COLUMNS + 2
# Errors of instants and lengths are told by so small a change of them; they are about so large where nothing tells.
_NEAR_S, _UNTOLD_S = 0.002, 0.03

Ramp = tuple[float, int]
"""Where a ramp starts, in seconds, and which of the lengths it has."""


@dataclass(frozen=True)
class Leg:
    """One movement on one plate, from when a fifth of it has happened; instants in seconds, as the trace's."""

    start_s: float
    end_s: float
    grams: float
    sigma_g: float


def legs_of(t_s: Floats, changes_g: Floats, *, sigma_g: float, least_g: float) -> tuple[Leg, ...]:
    """The movements in a plate's trace (rows,) against the level before it, in order; ``sigma_g`` is a sample's noise.

    Less than ``least_g`` is no movement. Empty when none stands out.
    """
    every = -(-len(t_s) // _MOST_ROWS)
    if every > 1:  # a hand that leant for long: means of so many samples will do
        rows = len(t_s) // every * every
        t_s, changes_g = (values[-rows:].reshape(-1, every).mean(axis=1) for values in (t_s, changes_g))
        sigma_g /= every**0.5
    trace = _Trace(t_s, changes_g, float(np.hypot(sigma_g, _SHAPE_SHARE * np.abs(changes_g).max(initial=0))))
    ramps = trace.stand_out()
    if not ramps:
        return ()
    fit = trace.refined(ramps)
    fit = _fewer(trace, fit, least_g)
    fit = _more(trace, fit, least_g)
    return _told(fit, trace.errors_g(fit))


@dataclass(frozen=True)
class _Fit:
    ramps: tuple[Ramp, ...]
    grams: Floats
    sigma_g: Floats
    misfit: float

    def slightest(self, least_g: float) -> tuple[int, bool]:
        """Which of the legs is the least certain, and whether it is too small or uncertain to be one."""
        size = np.abs(self.grams)
        least = np.maximum(least_g, np.maximum(_CERTAIN_SIGMAS * self.sigma_g, _LEAST_SHARE * size.max()))
        worst = int(np.argmin(size / least))
        return worst, bool(size[worst] < least[worst])


def _told(fit: _Fit, sigma_g: Floats) -> tuple[Leg, ...]:
    rows = zip(fit.ramps, fit.grams.tolist(), sigma_g.tolist(), strict=True)
    return tuple(
        Leg(start_s + _FIFTH * _RAMPS_S[takes], start_s + _RAMPS_S[takes], grams, error_g)
        for (start_s, takes), grams, error_g in rows
    )


def _fewer(trace: "_Trace", fit: _Fit, least_g: float) -> _Fit:
    """Without the legs that the trace does not need."""
    while len(fit.ramps) > 1:
        worst, slight = fit.slightest(least_g)
        tried = [worst] if slight else range(len(fit.ramps))
        roughly = [trace.refined(_without(fit.ramps, at), _STEPS_S[:_ROUGHLY]) for at in tried]
        best = trace.refined(min(roughly, key=lambda one: one.misfit).ramps)
        if not slight and trace.needs(fit, best):
            return fit
        fit = best
    return fit


def _more(trace: "_Trace", fit: _Fit, least_g: float) -> _Fit:
    """With one more leg if the trace needs it."""
    if len(fit.ramps) == _MOST_LEGS or trace.explained_by(fit):
        return fit
    first_s, last_s = float(trace.t_s[0]), float(trace.t_s[-1])
    places = [(at_s, _USUAL_RAMP) for at_s in np.arange(first_s, last_s, _SCAN_S).tolist()]
    tried = [trace.fitted(ramps) for ramps in (sorted([*fit.ramps, place]) for place in places) if _are_apart(ramps)]
    if not tried:
        return fit
    best = trace.refined(min(tried, key=lambda one: one.misfit).ramps)
    _, slight = best.slightest(least_g)
    return best if trace.needs(best, fit) and not slight else fit


def _are_apart(ramps: Sequence[Ramp]) -> bool:
    return all(other[0] - one[0] >= max(_APART_S, _RAMPS_S[one[1]] - _OVERLAP_S) for one, other in pairwise(ramps))


def _without(ramps: Sequence[Ramp], at: int) -> list[Ramp]:
    return [*ramps[:at], *ramps[at + 1 :]]


@dataclass
class _Trace:
    t_s: Floats
    changes_g: Floats
    sigma_g: float
    _columns: dict[Ramp, Floats] = field(default_factory=dict)
    _prior: Floats = field(init=False)
    _near: float = field(init=False)

    def __post_init__(self) -> None:
        """Weigh what is expected of presses and ringing as so many samples."""
        ring_g = _RING_SHARE * float(np.abs(self.changes_g).max(initial=1.0))
        expected_g = np.array([_MOST_G, _PRESS_G, ring_g, ring_g])
        self._near = float((self.sigma_g * _NEAR_S / _UNTOLD_S) ** 2)
        self._prior = np.tile((self.sigma_g / expected_g) ** 2, _MOST_LEGS + 1)

    def stand_out(self) -> list[Ramp]:
        """Where the trace goes up or down as goods do; the largest of them, in order."""
        t_s, changes_g = self.t_s, self.changes_g
        half_s = max(_HALF_S, float(np.median(np.diff(t_s))))
        risen_g = np.interp(t_s + half_s, t_s, changes_g) - np.interp(t_s - half_s, t_s, changes_g)
        least_g = max(_STANDS_OUT_SIGMAS * self.sigma_g, _STANDS_OUT_SHARE * float(np.abs(risen_g).max(initial=0)))
        peaks: list[int] = []
        for sign in (1, -1):
            found, _ = find_peaks(np.pad(sign * risen_g, 1), height=least_g, prominence=least_g)
            peaks += (found - 1).tolist()
        largest = sorted(peaks, key=lambda row: -abs(risen_g[row]))[:_MOST_LEGS]
        return [(float(t_s[row]) - _RAMPS_S[_USUAL_RAMP] / 2, _USUAL_RAMP) for row in sorted(largest)]

    def refined(self, ramps: Sequence[Ramp], steps_s: Sequence[float] = _STEPS_S) -> _Fit:
        """The best fit near these ramps, as these steps find it."""
        best = self.fitted(ramps)
        for step_s in steps_s:
            for _ in range(_ROUNDS):
                before = best
                for at in range(len(ramps)):
                    for other in _beside(best.ramps[at], step_s):
                        others = [*best.ramps[:at], other, *best.ramps[at + 1 :]]
                        tried = self.fitted(others) if _are_apart(others) else best
                        if tried.misfit < best.misfit:
                            best = tried
                if best is before:
                    break
        return best

    def fitted(self, ramps: Sequence[Ramp]) -> _Fit:
        """The least squares with these ramps."""
        columns = np.concatenate([self._columns_of(ramp) for ramp in ramps])
        squares = columns @ columns.T
        prior = self._prior[: len(squares)]
        squares.flat[:: len(squares) + 1] += prior
        inverse = np.linalg.inv(squares)
        weights = inverse @ (columns @ self.changes_g)
        off_g = self.changes_g - weights @ columns
        misfit = float(off_g @ off_g + prior @ (weights * weights))
        sigma_g = np.sqrt(self._noise(misfit, len(ramps)) * inverse.flat[:: _COLUMNS * (len(inverse) + 1)])
        return _Fit(tuple(ramps), weights[::_COLUMNS], sigma_g, misfit)

    def errors_g(self, fit: _Fit) -> Floats:
        """How sure the legs' grams are where their instants and lengths are no surer than the trace makes them."""
        grams = np.repeat(fit.grams, 2)[:, None]
        moved = [
            _ramp(self.t_s - start_s - later_s, _RAMPS_S[takes] + longer_s) - _ramp(self.t_s - start_s, _RAMPS_S[takes])
            for start_s, takes in fit.ramps
            for later_s, longer_s in ((_NEAR_S, 0.0), (0.0, _NEAR_S))
        ]
        columns = np.concatenate([*(self._columns_of(ramp) for ramp in fit.ramps), grams * np.array(moved)])
        squares = columns @ columns.T
        own = _COLUMNS * len(fit.ramps)
        squares.flat[:: len(squares) + 1] += np.append(self._prior[:own], np.full(len(moved), self._near))
        inverse = np.linalg.inv(squares)
        noise = self._noise(fit.misfit, len(fit.ramps))
        return np.sqrt(noise * inverse.diagonal()[:own:_COLUMNS])

    def explained_by(self, fit: _Fit) -> bool:
        """Whether what is left is noise."""
        return fit.misfit < 2 * self.sigma_g**2 * len(self.t_s)

    def needs(self, fit: _Fit, simpler: _Fit) -> bool:
        """Whether a fit is so much better than one with fewer legs that it is worth them."""
        legs = len(fit.ramps) - len(simpler.ramps)
        noise = self._noise(fit.misfit, len(fit.ramps))
        return (simpler.misfit - fit.misfit) / noise > _FITTED * legs * log(len(self.t_s))

    def _noise(self, misfit: float, legs: int) -> float:
        """Variance of a sample, were they independent: a hand's swaying is much alike from one to the next."""
        left = misfit / max(1, len(self.t_s) - _FITTED * legs)
        return self.sigma_g**2 + _ALIKE * max(0.0, left - self.sigma_g**2)

    def _columns_of(self, ramp: Ramp) -> Floats:
        """What a movement of one gram may look like, (4, rows): the ramp, then per gram the press and the ringing."""
        columns = self._columns.get(ramp)
        if columns is None:
            since_s, takes_s = self.t_s - ramp[0], _RAMPS_S[ramp[1]]
            pressed = np.sin(np.pi * np.clip(since_s / _PRESS_S + 1, 0.0, 1.0)) ** 2
            after_s = np.maximum(since_s - takes_s, 0.0)
            rung = np.exp(-after_s / _RING_DECAY_S) * (since_s >= takes_s)
            phase = 2 * np.pi * _RING_HZ * after_s
            columns = np.stack([_ramp(since_s, takes_s), pressed, rung * np.sin(phase), rung * np.cos(phase)])
            self._columns[ramp] = columns
        return columns


def _ramp(since_s: Floats, takes_s: float) -> Floats:
    """From 0 to 1, smoothly."""
    share = np.clip(since_s / takes_s, 0.0, 1.0)
    way: Floats = share * share * (3 - 2 * share)
    return way


def _beside(ramp: Ramp, step_s: float) -> list[Ramp]:
    start_s, takes = ramp
    middle_s = start_s + _RAMPS_S[takes] / 2
    wider = [(middle_s - _RAMPS_S[other] / 2, other) for other in (takes - 1, takes + 1) if 0 <= other < len(_RAMPS_S)]
    return [(start_s - step_s, takes), (start_s + step_s, takes), *wider]
