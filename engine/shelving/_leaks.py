"""What leaks from plates of open steps to the plates near them: boards bend, and products touch."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats
from engine.shelving._rest import AtRest, Deviation
from engine.shelving._split import LEAK_PLATES, LEAK_SHARE
from engine.shelving._step import OpenStep

Bools = NDArray[np.bool_]

# How quickly a leak is followed.
_LEAK_TAU_NS = 600_000_000


@dataclass
class Leaks:
    """Follows what leaks on one shelf while steps are ``open``; ``rest`` is the shelf's own part."""

    plates: int
    rest: AtRest
    open: Sequence[OpenStep]
    grams: Floats = field(default_factory=lambda: np.zeros(0))  # what has leaked to each plate
    _most_g: Floats = field(default_factory=lambda: np.zeros(0))
    _felt_ns: int = 0

    def felt(self, t_ns: int, now: Deviation) -> Deviation:
        """Keep the most that has weighed on plates of open steps, and follow what leaks from it as long as it does."""
        short_g = now.short_g
        if not self.open:
            self._most_g, self.grams, self._felt_ns = np.zeros_like(short_g), np.zeros_like(short_g), t_ns
            return now
        beside = self.pressed()
        for step in self.open:
            beside[step.plates] = False
            self._most_g[step.plates] = np.maximum(self._most_g[step.plates], np.abs(short_g[step.plates]))
        beside &= np.abs(self.grams + short_g) <= self.most_g(np.zeros_like(short_g))
        more_g = min((t_ns - self._felt_ns) / _LEAK_TAU_NS, 0.5) * beside * short_g
        self._felt_ns = t_ns
        return self._shifted(now, more_g)

    def ended(self, now: Deviation) -> Deviation:
        """When a step has ended nothing is left of what leaked but what plates of other steps may leak."""
        pressed, size = self.pressed(), np.abs(self.grams + now.hold_g)
        theirs = pressed & (size <= self.most_g(np.zeros_like(size)))
        return self._shifted(now, np.where(theirs, now.hold_g, np.where(pressed, 0.0, -self.grams)))

    def pressed(self) -> Bools:
        """Plates of open steps, and those that what moves there may leak to; (plates,)."""
        pressed = np.zeros(self.plates, dtype=np.bool_)
        for step in self.open:
            for plate in step.plates:
                near = self.around(plate)
                pressed[near.start : near.stop] = True
        return pressed

    def most_g(self, size: Floats) -> Floats:
        """The most that may leak to each plate from changes of ``size`` (plates,) and from the open steps."""
        most_g = size.copy()
        for step in self.open:
            most_g[step.plates] = np.maximum(most_g[step.plates], self._most_g[step.plates])
        leaked: Floats = LEAK_SHARE * sum_beside(most_g)
        return leaked

    def around(self, plate: int) -> range:
        """The plate and those that it may leak to."""
        return range(max(plate - LEAK_PLATES, 0), min(plate + LEAK_PLATES + 1, self.plates))

    def _shifted(self, now: Deviation, grams: Floats) -> Deviation:
        """Count so much more as leaked, and say where the plates are beside it."""
        self.grams += grams
        self.rest.level_g += grams
        return replace(now, hold_g=now.hold_g - grams, short_g=now.short_g - grams)


def greatest_beside(size: Floats) -> Floats:
    """The largest value within two plates of each, itself left out."""
    greatest = np.zeros_like(size)
    for shift in range(1, min(LEAK_PLATES + 1, len(size))):
        np.maximum(greatest[shift:], size[:-shift], out=greatest[shift:])
        np.maximum(greatest[:-shift], size[shift:], out=greatest[:-shift])
    return greatest


def sum_beside(size: Floats) -> Floats:
    """The sum within two plates of each, itself left out."""
    total = np.zeros_like(size)
    for shift in range(1, min(LEAK_PLATES + 1, len(size))):
        total[shift:] += size[:-shift]
        total[:-shift] += size[shift:]
    return total
