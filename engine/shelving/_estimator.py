"""The estimator of one shelf: samples in, weight facts out.

A movement is noticed when some plates hold a new level for 80 ms that neither their noise, nor the whole shelf's
shaking, nor leakage from a neighbour explains; it is settled when they have been still for 400 ms. Plates that
move together are one step, plates that move apart or at other times are steps of their own.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.domain import (
    Floats,
    PlateMass,
    SensorFault,
    SensorRecovered,
    Shelf,
    ShelfBaseline,
    WeightProvisional,
    WeightSettled,
)
from engine.shelving._health import PlateHealth
from engine.shelving._rest import Deviation, ShelfAtRest, held
from engine.shelving._step import Movement, OpenStep, onset_ns, provisional, settled, step_id
from engine.shelving._window import SampleWindow

ShelfFact = WeightProvisional | WeightSettled | ShelfBaseline | SensorFault | SensorRecovered
Bools = NDArray[np.bool_]

# Longer without samples, and a movement may have passed unseen.
_GAP_NS = 500_000_000
_BASELINE_NS = 60_000_000_000
# Levels and noise take seconds to learn; every third sample is plenty.
_TRACK_NS = 45_000_000
# Noticing: a fast change stands out of 80 ms, a small one (it may be a finger's press) only of 400 ms.
_FAST_MIN_G, _FAST_SIGMAS = 25.0, 8.0
_SLOW_MIN_G, _SLOW_SIGMAS = 6.0, 6.0
_BESIDE_MIN_G, _BESIDE_SIGMAS = 12.0, 4.0
_FLAT_SIGMAS, _FLAT_SHARE = 6.0, 0.1
# A plate that rings jumps from sample to sample; a new level stands out of the mean of so many jumps.
_RESTLESS = 9.0
# A neighbour within two plates takes over up to this share of a change: products touch, boards bend.
_LEAK_SHARE, _LEAK_PLATES = 0.03, 2
# Plates side by side whose changes start closer than this belong to one item.
_JOIN_NS = 150_000_000
_REVISE_NS = 100_000_000
# Settling: noise as at rest, up to this factor, or a ringing this small beside the change (a hand that rests sways
# more); a plate that stays noisy is believed after the limit.
_REST_SIGMAS, _REST_SHARE = 2.5, 0.005
_CONFIRM_NS = 200_000_000
_CERTAIN_SIGMAS = 7.0
_SETTLE_LIMIT_NS = 5_000_000_000


class ShelfEstimator:
    """Turns the samples of one shelf's plates into steps, baselines and faults; 20 to 60 samples a second."""

    def __init__(self, shelf: Shelf) -> None:
        plates = len(shelf.plate_ids)
        self._shelf = shelf
        self._window = SampleWindow(plates)
        self._health = PlateHealth(shelf)
        self._rest = ShelfAtRest(plates)
        self._open: list[OpenStep] = []
        self._usable: Bools = np.ones(plates, dtype=np.bool_)
        self._t_ns: int | None = None
        self._resuming = True
        self._baseline_ns = 0
        self._last_start_ns = 0
        self._tracked_ns = 0

    def observe(self, t_ns: int, grams: Floats) -> tuple[ShelfFact, ...]:
        """Take one sample of all plates, (plates,) grams in the shelf's order, NaN where there is none.

        ``t_ns`` never goes back. Each provisional is settled under its step id, with no plates when nothing stayed; it
        may be said again, better, before.
        """
        checked = self._health.check(t_ns, grams)
        facts: list[ShelfFact] = list(checked.facts)
        age_ns = 0 if self._t_ns is None else t_ns - self._t_ns
        if checked.stale:
            return tuple(facts)
        if self._t_ns is None or age_ns > _GAP_NS:
            facts += self._start_over(t_ns)
            self._tracked_ns = t_ns
        self._t_ns = t_ns
        self._usable = checked.usable
        if not self._usable.all():
            self._rest.forget(~self._usable, t_ns)
        self._window.push(t_ns, checked.grams)
        if self._rest.learn(t_ns, self._window, self._usable).any():
            self._resuming = True
        if self._rest.known.any():
            facts += self._sense(t_ns, checked.grams)
        facts += self._tell_baseline(t_ns)
        return tuple(facts)

    def _sense(self, t_ns: int, newest_g: Floats) -> list[ShelfFact]:
        now = self._rest.deviation(self._window)
        size = np.abs(now.short_g)
        noticed, moving = self._notice(now, size)
        facts: list[ShelfFact] = []
        if noticed.any():
            facts += self._begin(t_ns, now, noticed & ~_awaiting(moving, size))
        for step in list(self._open):
            said = self._follow(t_ns, step, now)
            if said:
                facts += said
                now = self._rest.deviation(self._window)  # a step that settled has changed the levels
        if t_ns - self._tracked_ns < _TRACK_NS:
            return facts
        quiet = self._rest.known & ~noticed & ~moving
        for step in self._open:
            quiet[step.plates] = False
        self._rest.track(t_ns - self._tracked_ns, newest_g, now, quiet)
        self._tracked_ns = t_ns
        return facts

    def _notice(self, now: Deviation, size: Floats) -> tuple[Bools, Bools]:
        """Plates that hold a new level, and plates on their way to one."""
        rest, shaken = self._rest, now.shaken
        fast = size > np.maximum(_FAST_MIN_G, _FAST_SIGMAS * shaken * rest.short_sigma_g)
        hold_size = np.abs(now.hold_g)
        slow = hold_size > np.maximum(_SLOW_MIN_G, _SLOW_SIGMAS * shaken * rest.hold_sigma_g)
        if not (fast.any() or slow.any()):
            return fast, fast
        leaked = _LEAK_SHARE * _greatest_beside(size)
        fast &= size > leaked
        slow &= (hold_size > leaked) & (now.settling_g < 0.3 * hold_size) & (size > 0.5 * hold_size)
        restless_g = _RESTLESS * rest.restless_g(self._window)
        fast &= size > restless_g / np.sqrt(now.short_rows)
        slow &= hold_size > restless_g / np.sqrt(now.hold_rows)
        flat = now.range_g <= np.maximum(_FLAT_SIGMAS * rest.sigma_g, _FLAT_SHARE * size)
        return (fast & flat) | slow, fast & ~flat

    def _begin(self, t_ns: int, now: Deviation, noticed: Bools) -> list[ShelfFact]:
        for step in self._open:
            noticed[step.plates] = False
        facts: list[ShelfFact] = []
        for run in _runs(np.flatnonzero(noticed)):
            plates = self._widened(run, now)
            start_ns = self._onset_ns(plates, now.short_g)
            if self._join(plates, start_ns):
                continue
            start_ns = self._last_start_ns = max(start_ns, self._last_start_ns + 1)
            moved = self._movement(plates, now.short_g, self._short_sigma_g(now))
            step = OpenStep(
                step_id(self._shelf.shelf_id, start_ns),
                plates,
                start_ns,
                opened_ns=t_ns,
                said_g=moved.mass_mg / 1000,
                said_ns=t_ns,
                changed_ns=t_ns,
            )
            self._open.append(step)
            facts.append(provisional(t_ns, self._shelf, step, moved))
        return facts

    def _widened(self, plates: list[int], now: Deviation) -> list[int]:
        """With the plates beside them that moved too: beside a movement, less is noise."""
        size = np.abs(now.short_g)
        moved = size > np.maximum(_BESIDE_MIN_G, _BESIDE_SIGMAS * now.shaken * self._rest.short_sigma_g)
        moved &= size > _LEAK_SHARE * _greatest_beside(size)
        edge = {plates[0] - 1, plates[-1] + 1} & set(range(len(size)))
        return sorted({*plates, *(index for index in edge if moved[index] and not self._is_open(index))})

    def _join(self, plates: list[int], start_ns: int) -> bool:
        """Whether these plates belong to a step that is open beside them; if so it now has them."""
        for step in self._open:
            beside = plates[0] - 1 in step.plates or plates[-1] + 1 in step.plates
            if beside and abs(start_ns - step.start_ns) <= _JOIN_NS:
                step.plates = sorted({*step.plates, *plates})
                return True
        return False

    def _follow(self, t_ns: int, step: OpenStep, now: Deviation) -> list[ShelfFact]:
        """Improve on what was said of an open step, or settle it."""
        plates, rest = step.plates, self._rest
        tolerance_g = np.maximum(3.0, 4 * now.shaken * rest.hold_sigma_g[plates])
        if (now.settling_g[plates] > tolerance_g).any():
            step.changed_ns = t_ns
            return self._revise(t_ns, step, now)
        if t_ns - step.opened_ns < _CONFIRM_NS:
            return []
        sd_g = held(self._window)[:, plates].std(axis=0)
        calm_g = np.maximum(_REST_SIGMAS * now.shaken * rest.sigma_g[plates], _REST_SHARE * np.abs(now.hold_g[plates]))
        calm = (sd_g <= calm_g).all()
        if not calm and t_ns - step.changed_ns < _SETTLE_LIMIT_NS:
            return self._revise(t_ns, step, now)
        return self._settle(t_ns, step, now)

    def _revise(self, t_ns: int, step: OpenStep, now: Deviation) -> list[ShelfFact]:
        plates = step.plates
        total_g = float(now.short_g[plates].sum())
        off_g = abs(total_g - step.said_g)
        doubt_g = max(_BESIDE_MIN_G, 0.1 * abs(total_g), _FAST_SIGMAS * float(self._rest.short_sigma_g[plates].max()))
        flat = now.range_g[plates] <= np.maximum(
            _FLAT_SIGMAS * self._rest.sigma_g[plates], _FLAT_SHARE * np.abs(now.short_g[plates])
        )
        if off_g <= doubt_g * now.shaken or abs(total_g) <= doubt_g or not flat.all():
            return []
        if t_ns - step.said_ns < _REVISE_NS:
            return []
        moved = self._movement(plates, now.short_g, self._short_sigma_g(now))
        step.said_g, step.said_ns = total_g, t_ns
        return [provisional(t_ns, self._shelf, step, moved)]

    def _settle(self, t_ns: int, step: OpenStep, now: Deviation) -> list[ShelfFact]:
        self._open.remove(step)
        rest = self._rest
        size = np.abs(now.hold_g)
        sigma_g = np.hypot(now.shaken * rest.hold_sigma_g, now.settling_g / 2)
        ringing_g = _RESTLESS / 2 * rest.restless_g(self._window) / np.sqrt(now.hold_rows)
        least_g = np.maximum(np.maximum(_SLOW_MIN_G / 2, ringing_g), _CERTAIN_SIGMAS * sigma_g)
        leaked_g = _LEAK_SHARE * _greatest_beside(size)
        stayed = (size > least_g) & (size > leaked_g) & rest.known
        plates = [index for index in self._reach(step) if stayed[index]]
        moved = self._movement(plates, now.hold_g, sigma_g)
        if abs(moved.mass_mg) < 3000 * moved.sigma_g and len(plates) == 1:
            plates, moved = [], self._movement([], now.hold_g, sigma_g)
        fact = settled(self._shelf, step, moved, self._window, rest.level_g)
        small = size <= np.maximum(leaked_g, _SLOW_MIN_G)  # what is more is a movement of its own
        beside = [index for index in self._beside(step) if index in plates or small[index]]
        rest.level_g[beside] += now.hold_g[beside]
        rest.level_g[step.plates] += now.hold_g[step.plates]
        self._baseline_ns = 0
        return [fact]

    def _movement(self, plates: list[int], grams: Floats, sigma_g: Floats) -> Movement:
        """Sum over the plates; its error knows noise, restlessness and that a neighbour's leak may belong to it."""
        if not plates:
            return Movement({}, float(np.sqrt(np.mean(sigma_g**2))))
        taken = set(plates)
        near = {index for plate in plates for index in self._around(plate)} - taken
        most_g = _LEAK_SHARE * abs(float(grams[plates].sum()))
        leaked_g = sum(min(max(float(grams[index]), -most_g), most_g) for index in near if not self._is_open(index))
        variance = 2 * float((sigma_g[plates] ** 2).sum())  # of the level before, and of the one after
        # Any share of the leak, from none to all, is as likely.
        variance += leaked_g**2 / 12
        return Movement({index: float(grams[index]) for index in plates}, float(np.sqrt(variance)))

    def _short_sigma_g(self, now: Deviation) -> Floats:
        noise: Floats = np.hypot(now.shaken * self._rest.short_sigma_g, now.range_g / 4)
        return noise

    def _around(self, plate: int) -> range:
        return range(max(plate - _LEAK_PLATES, 0), min(plate + _LEAK_PLATES + 1, len(self._shelf.plate_ids)))

    def _beside(self, step: OpenStep) -> list[int]:
        """Plates near the step's that no open step has, ascending."""
        near = {index for plate in step.plates for index in self._around(plate)}
        return sorted(index for index in near - set(step.plates) if not self._is_open(index))

    def _reach(self, step: OpenStep) -> list[int]:
        """The step's plates and those directly beside it that no open step has."""
        edge = {step.plates[0] - 1, step.plates[-1] + 1} & set(self._beside(step))
        return sorted({*step.plates, *edge})

    def _is_open(self, plate: int) -> bool:
        return any(plate in step.plates for step in self._open)

    def _onset_ns(self, plates: list[int], short_g: Floats) -> int:
        trace_g = (self._window.grams[:, plates] - self._rest.level_g[plates]).sum(axis=1)
        return onset_ns(trace_g, self._window, float(short_g[plates].sum()))

    def _start_over(self, t_ns: int) -> list[ShelfFact]:
        """After a gap: end open steps on what was known last, then wait for rest."""
        facts: list[ShelfFact] = []
        if self._open:
            now = self._rest.deviation(self._window)
            last = replace(now, hold_g=now.short_g, settling_g=now.range_g / 2, hold_rows=now.short_rows)
            for step in list(self._open):
                facts += self._settle(t_ns, step, last)
            facts.append(self._baseline(t_ns, resumed=False))
        self._window.clear()
        self._rest.forget(np.ones(len(self._shelf.plate_ids), dtype=np.bool_), t_ns)
        self._resuming = True
        return facts

    def _tell_baseline(self, t_ns: int) -> list[ShelfFact]:
        if self._open or not self._rest.known.any() or not self._rest.known[self._usable].all():
            return []
        if not self._resuming and self._baseline_ns and t_ns - self._baseline_ns < _BASELINE_NS:
            return []
        fact = self._baseline(t_ns, resumed=self._resuming)
        self._baseline_ns, self._resuming = t_ns, False
        return [fact]

    def _baseline(self, t_ns: int, *, resumed: bool) -> ShelfBaseline:
        plates = tuple(
            PlateMass(plate_id=self._shelf.plate_ids[index], mass_mg=round(float(self._rest.level_g[index]) * 1000))
            for index in np.flatnonzero(self._rest.known)
        )
        return ShelfBaseline(t_ns=t_ns, shelf_id=self._shelf.shelf_id, plates=plates, resumed=resumed)


def _awaiting(moving: Bools, size: Floats) -> Bools:
    """Plates whose direct neighbour is still on its way with a tenth of their change or more."""
    way_g = np.where(moving, size, 0.0)
    beside = np.zeros_like(way_g)
    beside[1:] = way_g[:-1]
    np.maximum(beside[:-1], way_g[1:], out=beside[:-1])
    waiting: Bools = beside > 0.1 * size
    return waiting


def _greatest_beside(size: Floats) -> Floats:
    """The largest value within two plates of each, itself left out."""
    greatest = np.zeros_like(size)
    for shift in range(1, min(_LEAK_PLATES + 1, len(size))):
        np.maximum(greatest[shift:], size[:-shift], out=greatest[shift:])
        np.maximum(greatest[:-shift], size[shift:], out=greatest[:-shift])
    return greatest


def _runs(indices: NDArray[np.intp]) -> list[list[int]]:
    """Split ascending indices where they are not next to each other."""
    plates = [int(index) for index in indices]
    cuts = [0, *(at for at, (one, two) in enumerate(pairwise(plates), start=1) if two - one > 1), len(plates)]
    return [plates[first:last] for first, last in pairwise(cuts) if first < last]
