"""The movements on one shelf, from its first sign to its settling.

A movement is noticed when some plates hold a new level for 80 ms that neither their noise, nor the whole shelf's
shaking, nor leakage from a neighbour explains; it is settled when they have been still for 400 ms. Plates that
move together are one step, plates that move apart or at other times are steps of their own.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.domain import (
    Floats,
    PlateMass,
    Shelf,
    ShelfBaseline,
    StepId,
    WeightProvisional,
    WeightSettled,
    step_id,
)
from engine.shelving._calm import Calm
from engine.shelving._leaks import Leaks, greatest_beside, sum_beside
from engine.shelving._rest import FAST_SIGMAS, SLOW_MIN_G, AtRest, Deviation
from engine.shelving._split import JOIN_S, LEAK_SHARE, PlateTrace, taken_apart
from engine.shelving._step import Movement, OpenStep, SumTrace, onset_ns, provisional, settled
from engine.shelving._window import WindowPart

WeightFact = WeightProvisional | WeightSettled | ShelfBaseline
Bools = NDArray[np.bool_]

_BASELINE_NS = 60_000_000_000
_BESIDE_MIN_G, _BESIDE_SIGMAS = 12.0, 4.0
_FLAT_SIGMAS, _FLAT_SHARE = 6.0, 0.1
# A plate that rings jumps from sample to sample; a new level stands out of the mean of so many jumps.
_RESTLESS = 9.0
# Where products touch, up to this share of the greatest change beside a plate stays there.
_STAYING_SHARE = 0.03
# How well a leak is known.
_LEAK_ERROR = 0.1
_REVISE_NS = 100_000_000
_CONFIRM_NS = 200_000_000
_CERTAIN_SIGMAS = 7.0
_SETTLE_LIMIT_NS = 30_000_000_000
# So many steps of a shelf may have to be told from each other.
_REMEMBERED = 256


@dataclass
class ShelfMovements:
    """Follows what moves on one shelf, and says so; ``window``, ``rest`` and ``usable`` are the shelf's own part."""

    shelf: Shelf
    window: WindowPart
    rest: AtRest
    usable: Bools
    open: list[OpenStep] = field(default_factory=list)
    baseline_ns: int = 0  # when the next one is due
    _resuming: bool = True
    _leaks: Leaks = field(init=False)
    _starts_ns: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def __post_init__(self) -> None:
        """Let what leaks be followed."""
        self._leaks = Leaks(len(self.shelf.plate_ids), self.rest, self.open)

    @property
    def plates(self) -> slice:
        """Where the shelf's plates lie among those that are sampled together."""
        return self.window.plates

    def learn(self, t_ns: int) -> None:
        """Find the levels of plates that lack one."""
        if self.rest.learn(t_ns, self.window, self.usable).any():
            self._resuming, self.baseline_ns = True, 0

    def sense(self, t_ns: int) -> tuple[list[WeightFact], Bools]:
        """Judge the newest sample; also which plates are not at rest, (plates,)."""
        now = self._leaks.felt(t_ns, self.rest.deviation(self.window))
        size = np.abs(now.short_g)
        noticed, moving = self._notice(now, size)
        facts: list[WeightFact] = []
        if noticed.any():
            facts += self._begin(t_ns, now, noticed & ~_awaiting(moving, size))
        for step in list(self.open):
            said = self._follow(t_ns, step, now)
            if said:
                facts += said
                now = self.rest.deviation(self.window)  # a step that settled has changed the levels
        busy = noticed | moving
        return facts, busy | self._leaks.pressed()  # what leaks is no drift

    def start_over(self, t_ns: int) -> list[WeightFact]:
        """After a gap: end open steps on what was known last, then wait for rest."""
        facts: list[WeightFact] = []
        if self.open:
            now = self.rest.deviation(self.window)
            last = replace(now, hold_g=now.short_g, settling_g=now.range_g / 2, hold_rows=now.short_rows)
            for step in list(self.open):
                facts += self._settle(t_ns, step, last)
            facts.append(self._baseline(t_ns, resumed=False))
        self.rest.forget(np.ones(len(self.shelf.plate_ids), dtype=np.bool_), t_ns)
        self._resuming, self.baseline_ns = True, 0
        return facts

    def tell_baseline(self, t_ns: int) -> list[WeightFact]:
        """The levels of the shelf when one is due and it is at rest."""
        known = self.rest.known
        if t_ns < self.baseline_ns or self.open or not known.any() or not known[self.usable].all():
            return []
        fact = self._baseline(t_ns, resumed=self._resuming)
        self.baseline_ns, self._resuming = t_ns + _BASELINE_NS, False
        return [fact]

    def _notice(self, now: Deviation, size: Floats) -> tuple[Bools, Bools]:
        """Plates that hold a new level, and plates on their way to one."""
        rest = self.rest
        hold_size = np.abs(now.hold_g)
        least_fast_g, least_slow_g = rest.least_g(now.shaken)
        fast, slow = size > least_fast_g, hold_size > least_slow_g
        if not (fast.any() or slow.any()):
            return fast, fast
        leaked = self._leaks.most_g(size)
        fast &= size > leaked + least_fast_g
        slow &= (hold_size > leaked + least_slow_g) & (now.settling_g < 0.3 * hold_size) & (size > 0.5 * hold_size)
        restless_g = _RESTLESS * rest.restless_g(self.window)
        fast &= size > restless_g / np.sqrt(now.short_rows)
        slow &= hold_size > restless_g / np.sqrt(now.hold_rows)
        flat = now.range_g <= np.maximum(_FLAT_SIGMAS * rest.sigma_g, _FLAT_SHARE * size)
        return (fast & flat) | slow, fast & ~flat

    def _begin(self, t_ns: int, now: Deviation, noticed: Bools) -> list[WeightFact]:
        for step in self.open:
            noticed[step.plates] = False
        facts: list[WeightFact] = []
        for run in _runs(np.flatnonzero(noticed)):
            plates = self._widened(run, now)
            start_ns = self._onset_ns(plates, now.short_g)
            if self._join(plates, start_ns):
                continue
            moved = self._movement(plates, now.short_g, self._short_sigma_g(now))
            step = OpenStep(
                self._new_id(start_ns),
                plates,
                start_ns,
                opened_ns=t_ns,
                said_g=moved.mass_mg / 1000,
                said_ns=t_ns,
            )
            self.open.append(step)
            facts.append(provisional(t_ns, self.shelf, step, moved))
        return facts

    def _widened(self, plates: list[int], now: Deviation) -> list[int]:
        """With the plates beside them that moved too: beside a movement, less is noise."""
        size = np.abs(now.short_g)
        moved = size > np.maximum(_BESIDE_MIN_G, _BESIDE_SIGMAS * now.shaken * self.rest.short_sigma_g)
        moved &= size > LEAK_SHARE * sum_beside(size)
        edge = {plates[0] - 1, plates[-1] + 1} & set(range(len(size)))
        return sorted({*plates, *(index for index in edge if moved[index] and not self._is_open(index))})

    def _join(self, plates: list[int], start_ns: int) -> bool:
        """Whether these plates belong to a step that is open beside them; if so it now has them."""
        for step in self.open:
            beside = plates[0] - 1 in step.plates or plates[-1] + 1 in step.plates
            if beside and abs(start_ns - step.start_ns) <= JOIN_S * 1e9:
                step.plates = sorted({*step.plates, *plates})
                return True
        return False

    def _follow(self, t_ns: int, step: OpenStep, now: Deviation) -> list[WeightFact]:
        """Improve on what was said of an open step, or settle it."""
        plates, rest = step.plates, self.rest
        tolerance_g = np.maximum(3.0, 4 * now.shaken * rest.hold_sigma_g[plates])
        if (now.settling_g[plates] > tolerance_g).any():
            return self._revise(t_ns, step, now)
        if t_ns - step.opened_ns < _CONFIRM_NS:
            return []
        aside = [index for index in np.flatnonzero(rest.known).tolist() if not self._is_open(index)]
        calm = Calm(self.window, rest, now, aside).on(plates)
        if not calm and t_ns - step.opened_ns < _SETTLE_LIMIT_NS:  # a plate that stays noisy is believed at last
            return self._revise(t_ns, step, now)
        return self._settle(t_ns, step, now)

    def _revise(self, t_ns: int, step: OpenStep, now: Deviation) -> list[WeightFact]:
        plates = step.plates
        total_g = float(now.short_g[plates].sum())
        off_g = abs(total_g - step.said_g)
        doubt_g = max(_BESIDE_MIN_G, 0.1 * abs(total_g), FAST_SIGMAS * float(self.rest.short_sigma_g[plates].max()))
        flat = now.range_g[plates] <= np.maximum(
            _FLAT_SIGMAS * self.rest.sigma_g[plates], _FLAT_SHARE * np.abs(now.short_g[plates])
        )
        if off_g <= doubt_g * now.shaken or abs(total_g) <= doubt_g or not flat.all():
            return []
        if t_ns - step.said_ns < _REVISE_NS:
            return []
        moved = self._movement(plates, now.short_g, self._short_sigma_g(now))
        step.said_g, step.said_ns = total_g, t_ns
        return [provisional(t_ns, self.shelf, step, moved)]

    def _settle(self, t_ns: int, step: OpenStep, now: Deviation) -> list[WeightFact]:
        self.open.remove(step)
        now, rest = self._leaks.ended(now), self.rest
        size = np.abs(now.hold_g)
        sigma_g = np.hypot(now.shaken * rest.hold_sigma_g, now.settling_g / 2)
        sigma_g = np.hypot(sigma_g, _LEAK_ERROR * np.abs(self._leaks.grams))
        ringing_g = _RESTLESS / 2 * rest.restless_g(self.window) / np.sqrt(now.hold_rows)
        least_g = np.maximum(np.maximum(SLOW_MIN_G / 2, ringing_g), _CERTAIN_SIGMAS * sigma_g)
        leaked_g = np.maximum(_STAYING_SHARE * greatest_beside(size), self._leaks.most_g(np.zeros_like(size)))
        stayed = (size > least_g) & (size > leaked_g) & rest.known
        plates = [index for index in self._reach(step) if stayed[index]]
        if len(plates) == 1 and size[plates[0]] < 3 * self._movement(plates, now.hold_g, sigma_g).sigma_g:
            plates = []
        facts = self._told(step, plates, now, sigma_g)
        small = size <= np.maximum(leaked_g, SLOW_MIN_G)  # what is more is a movement of its own
        pressed = self._leaks.pressed()
        beside = [index for index in self._beside(step) if index in plates or (small[index] and not pressed[index])]
        rest.level_g[beside] += now.hold_g[beside]
        own = [index for index in step.plates if index in plates or not pressed[index]]
        rest.level_g[own] += now.hold_g[own]
        rest.doubt_g[own] = sigma_g[own]
        self.baseline_ns = 0
        return facts

    def _told(self, step: OpenStep, plates: list[int], now: Deviation, sigma_g: Floats) -> list[WeightFact]:
        """What stayed on these plates: one step, or several that overlapped."""
        times_ns = self.window.times_ns
        changes_g = self.window.grams - self.rest.level_g
        drawn = SumTrace(times_ns, changes_g[:, step.plates].sum(axis=1))
        traces = [
            PlateTrace(
                index,
                changes_g[:, index],
                index in plates,
                float(now.hold_g[index]),
                float(sigma_g[index]),
                float(now.shaken * self.rest.sigma_g[index]),
            )
            for index in sorted({*plates, *step.plates})
        ]
        parts = taken_apart(times_ns, traces, start_ns=step.start_ns, least_g=_BESIDE_MIN_G)
        if not parts:
            nothing = self._movement([], now.hold_g, sigma_g)
            return [settled(self.shelf, step.step_id, nothing, (step.start_ns, drawn.back_ns), drawn)]
        facts: list[WeightFact] = []
        for number, part in enumerate(parts):
            grams, part_sigma_g = now.hold_g.copy(), sigma_g.copy()
            for index, part_g in part.grams.items():
                grams[index], part_sigma_g[index] = part_g, part.sigma_g[index]
            moved = self._movement(sorted(part.grams), grams, part_sigma_g)
            told_id = step.step_id if number == 0 else self._new_id(part.start_ns)
            facts.append(settled(self.shelf, told_id, moved, (part.start_ns, part.end_ns), drawn))
        return facts

    def _new_id(self, start_ns: int) -> StepId:
        """An id for a step that starts then: two steps of a shelf never start at one instant."""
        while start_ns in self._starts_ns:
            start_ns += 1
        self._starts_ns.append(start_ns)
        return step_id(self.shelf.shelf_id, start_ns)

    def _movement(self, plates: list[int], grams: Floats, sigma_g: Floats) -> Movement:
        """Sum over the plates; its error knows noise, restlessness and that a neighbour's leak may belong to it."""
        if not plates:
            return Movement({}, float(np.sqrt(np.mean(sigma_g**2))))
        taken = set(plates)
        near = {index for plate in plates for index in self._leaks.around(plate)} - taken
        most_g = _STAYING_SHARE * abs(float(grams[plates].sum()))
        leaked_g = sum(min(max(float(grams[index]), -most_g), most_g) for index in near if not self._is_open(index))
        variance = 2 * float((sigma_g[plates] ** 2).sum())  # of the level before, and of the one after
        # Any share of the leak, from none to all, is as likely.
        variance += leaked_g**2 / 12
        return Movement({index: float(grams[index]) for index in plates}, float(np.sqrt(variance)))

    def _short_sigma_g(self, now: Deviation) -> Floats:
        noise: Floats = np.hypot(now.shaken * self.rest.short_sigma_g, now.range_g / 4)
        return noise

    def _beside(self, step: OpenStep) -> list[int]:
        """Plates near the step's that no open step has, ascending."""
        near = {index for plate in step.plates for index in self._leaks.around(plate)}
        return sorted(index for index in near - set(step.plates) if not self._is_open(index))

    def _reach(self, step: OpenStep) -> list[int]:
        """The step's plates and those directly beside it that no open step has."""
        edge = {step.plates[0] - 1, step.plates[-1] + 1} & set(self._beside(step))
        return sorted({*step.plates, *edge})

    def _is_open(self, plate: int) -> bool:
        return any(plate in step.plates for step in self.open)

    def _onset_ns(self, plates: list[int], short_g: Floats) -> int:
        return onset_ns(self.window.grams[:, plates] - self.rest.level_g[plates], self.window, short_g[plates])

    def _baseline(self, t_ns: int, *, resumed: bool) -> ShelfBaseline:
        plates = tuple(
            PlateMass(plate_id=self.shelf.plate_ids[index], mass_mg=round(float(self.rest.level_g[index]) * 1000))
            for index in np.flatnonzero(self.rest.known)
        )
        return ShelfBaseline(t_ns=t_ns, shelf_id=self.shelf.shelf_id, plates=plates, resumed=resumed)


def _awaiting(moving: Bools, size: Floats) -> Bools:
    """Plates whose direct neighbour is still on its way with a tenth of their change or more."""
    way_g = np.where(moving, size, 0.0)
    beside = np.zeros_like(way_g)
    beside[1:] = way_g[:-1]
    np.maximum(beside[:-1], way_g[1:], out=beside[:-1])
    waiting: Bools = beside > 0.1 * size
    return waiting


def _runs(indices: NDArray[np.intp]) -> list[list[int]]:
    """Split ascending indices where they are not next to each other."""
    plates = [int(index) for index in indices]
    cuts = [0, *(at for at, (one, two) in enumerate(pairwise(plates), start=1) if two - one > 1), len(plates)]
    return [plates[first:last] for first, last in pairwise(cuts) if first < last]
