"""The estimator of the shelves that one controller samples: samples in, weight facts out.

Most of the time nothing moves, so most samples are only compared with the levels. Everything is *looked* at 20 times a
second, and at every sample while something stirs or a step is open.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.domain import (
    Floats,
    PlateId,
    SensorFault,
    SensorRecovered,
    Shelf,
    ShelfBaseline,
    WeightProvisional,
    WeightSettled,
)
from engine.shelving._health import ABSURD_G, PlateHealth, shelf_columns
from engine.shelving._movements import ShelfMovements
from engine.shelving._rest import AtRest
from engine.shelving._window import SampleWindow
from engine.shelving._zero import ZeroDrift

ShelfFact = WeightProvisional | WeightSettled | ShelfBaseline | SensorFault | SensorRecovered

# Longer without samples, and a movement may have passed unseen; shorter, and it is one step at an uncertain instant.
_GAP_NS = 900_000_000
# So for readings that are repeated: of what they should have been nothing is known.
_REPEATED_NS = 500_000_000
# Levels and noise take seconds to learn, and a small change must hold for 400 ms: so often is plenty.
_LOOK_NS = 45_000_000
# A sample far from its level stays in the mean of 80 ms, or of three samples, for less than this.
_STIR_NS = 150_000_000


class ShelvesEstimator:
    """Turns samples of all plates of some shelves into steps, baselines and faults; 20 to 60 samples a second."""

    def __init__(self, shelves: Sequence[Shelf], *, drifted_g: Mapping[PlateId, float] | None = None) -> None:
        """``drifted_g`` is how far zeros had wandered when that was last kept."""
        self._columns = shelf_columns(shelves)
        plates = self._columns[-1].stop if shelves else 0
        self._plates = plates
        self._health = PlateHealth(shelves)
        self._zero = ZeroDrift(shelves, drifted_g or {})
        self._window = SampleWindow(plates)
        self._rest = AtRest.unknown(plates)
        self._shelves = [
            ShelfMovements(shelf, self._window.part(part), self._rest.part(part), self._health.usable[part])
            for shelf, part in zip(shelves, self._columns, strict=True)
        ]
        self._stale_ns: dict[int, int] = {}  # by shelf that repeats itself: when it last did not
        self._t_ns: int | None = None
        self._looked_ns = self._stirred_ns = 0
        self._watchful = True  # look at every sample
        self._calm_g = np.zeros(plates)  # what plates at rest read
        self._least_g = np.zeros((2, plates))  # how far off is a movement at once, and how far when it holds

    @property
    def drifted_g(self) -> dict[PlateId, float]:
        """How far each plate's zero has wandered since it was last zeroed; worth keeping over restarts."""
        return self._zero.by_plate_g

    def observe(self, t_ns: int, grams: Floats) -> tuple[ShelfFact, ...]:
        """Take one sample of all plates, (plates,) grams in the shelves' order, NaN where there is none.

        ``t_ns`` never goes back. Each provisional is settled under its step id, with no plates when nothing stayed; it
        may be said again, better, before.
        """
        near = np.abs(grams - self._calm_g) <= self._least_g[0]  # a missing reading is not
        if np.count_nonzero(near) < len(near):
            self._stirred_ns = t_ns
        if self._watchful or t_ns - self._looked_ns >= _LOOK_NS or t_ns - self._stirred_ns < _STIR_NS:
            return tuple(self._look(t_ns, grams))
        self._health.note(t_ns, grams)
        self._window.push(t_ns, grams)
        self._t_ns = t_ns
        return ()

    def _look(self, t_ns: int, grams: Floats) -> list[ShelfFact]:
        health, rest = self._health, self._rest
        facts: list[ShelfFact] = [*health.check(t_ns, grams), *self._resumed(t_ns)]
        self._t_ns = t_ns
        self._window.push(t_ns, health.held_g)
        if health.troubled:
            rest.forget(~health.usable, t_ns)
        known = np.count_nonzero(rest.known)
        if known < self._plates:
            for shelf in self._believed():
                shelf.learn(t_ns)
        facts += self._sense(t_ns)
        learning = known < np.count_nonzero(health.usable)
        self._watchful = bool(learning) or bool(self._stale_ns) or any(shelf.open for shelf in self._shelves)
        if known < self._plates or self._looked_ns == t_ns:
            self._aim()
        return facts

    def _resumed(self, t_ns: int) -> list[ShelfFact]:
        """Start over where samples have been missing for too long."""
        facts: list[ShelfFact] = []
        if self._t_ns is None or t_ns - self._t_ns > _GAP_NS:
            for shelf in self._shelves:
                facts += shelf.start_over(t_ns)
            self._window.clear()
            self._looked_ns = t_ns
        if not (self._health.troubled or self._stale_ns):
            return facts
        for index, stale in enumerate(self._health.stale):
            if stale:
                self._stale_ns.setdefault(index, t_ns if self._t_ns is None else self._t_ns)
            elif t_ns - self._stale_ns.pop(index, t_ns) > _REPEATED_NS:
                facts += self._shelves[index].start_over(t_ns)
        return facts

    def _sense(self, t_ns: int) -> list[ShelfFact]:
        rest = self._rest
        lately_g, quiet = rest.lately(self._window), rest.known.copy()
        stirs = np.abs(lately_g) > self._least_g
        stirred = np.count_nonzero(stirs) > 0
        facts: list[ShelfFact] = []
        shelves = self._believed()
        for shelf in shelves:
            if shelf.open or (stirred and stirs[:, shelf.plates].any()):
                told, busy = shelf.sense(t_ns)
                quiet[shelf.plates] &= ~busy
                facts += told
        if t_ns - self._looked_ns >= _LOOK_NS:
            if facts:
                lately_g = rest.lately(self._window)  # a step that settled has changed the levels
            for index in self._stale_ns:
                quiet[self._shelves[index].plates] = False
            before_g = rest.level_g.copy()
            rest.track(t_ns - self._looked_ns, self._health.held_g, lately_g, quiet)
            facts += self._zero.follow(t_ns, before_g, rest.level_g, rest.known)
            self._looked_ns = t_ns
        for shelf in shelves:
            if t_ns >= shelf.baseline_ns:
                facts += shelf.tell_baseline(t_ns)
        return facts

    def _aim(self) -> None:
        """Set what the next samples are compared with; of a plate without a level anything is expected."""
        rest = self._rest
        self._calm_g, self._least_g = rest.level_g, rest.least_g()
        if np.count_nonzero(rest.known) < self._plates:
            self._calm_g = np.where(rest.known, rest.level_g, 0.0)
            self._least_g[0, ~rest.known] = ABSURD_G

    def _believed(self) -> list[ShelfMovements]:
        """The shelves whose readings are news."""
        if not self._stale_ns:
            return self._shelves
        return [shelf for index, shelf in enumerate(self._shelves) if index not in self._stale_ns]
