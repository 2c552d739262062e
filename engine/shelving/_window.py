"""The last seconds of samples, contiguous in memory so that a window is a view."""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats


class SampleWindow:
    """A ring written twice, so that the newest rows always lie in one piece."""

    def __init__(self, plates: int, *, rows: int = 1024) -> None:
        self._rows = rows
        self._grams = np.zeros((2 * rows, plates))
        self._times_ns = [0] * (2 * rows)
        self._next = 0
        self._stop = 2 * rows
        self._filled = 0

    def push(self, t_ns: int, grams: Floats) -> None:
        """Add one sample (plates,)."""
        row, again = self._next, self._next + self._rows
        self._grams[row] = grams
        self._grams[again] = grams
        self._times_ns[row] = self._times_ns[again] = t_ns
        self._next = (row + 1) % self._rows
        self._stop = again + 1
        self._filled = min(self._filled + 1, self._rows)

    def clear(self) -> None:
        """Forget everything."""
        self._filled = 0

    def part(self, plates: slice) -> "WindowPart":
        """These plates' columns, now and later."""
        return WindowPart(self, plates)

    @property
    def span_ns(self) -> int:
        """From the oldest to the newest sample; 0 when empty."""
        return self._times_ns[self._stop - 1] - self._times_ns[self._stop - self._filled] if self._filled else 0

    @property
    def times_ns(self) -> NDArray[np.int64]:
        """Instants of the samples (rows,), oldest first."""
        return np.array(self._times_ns[self._stop - self._filled : self._stop], dtype=np.int64)

    @property
    def grams(self) -> Floats:
        """The samples (rows, plates), oldest first."""
        return self.newest(self._filled)

    def count(self, span_ns: int, *, at_least: int = 1) -> int:
        """How many samples are younger than ``span_ns``; ``at_least`` so many, if there are, when they come seldom."""
        times_ns, stop = self._times_ns, self._stop
        younger = stop - bisect_right(times_ns, times_ns[stop - 1] - span_ns, stop - self._filled, stop)
        return min(max(younger, at_least), self._filled)

    def newest(self, rows: int) -> Floats:
        """The last ``rows`` samples (rows, plates), oldest first."""
        return self._grams[self._stop - rows : self._stop]


@dataclass(frozen=True)
class WindowPart:
    """The samples of some plates that lie side by side."""

    whole: SampleWindow
    plates: slice

    @property
    def span_ns(self) -> int:
        """From the oldest to the newest sample; 0 when empty."""
        return self.whole.span_ns

    @property
    def times_ns(self) -> NDArray[np.int64]:
        """Instants of the samples (rows,), oldest first."""
        return self.whole.times_ns

    @property
    def grams(self) -> Floats:
        """The samples (rows, plates), oldest first."""
        return self.whole.grams[:, self.plates]

    def count(self, span_ns: int, *, at_least: int = 1) -> int:
        """How many samples are younger than ``span_ns``, or ``at_least``."""
        return self.whole.count(span_ns, at_least=at_least)

    def newest(self, rows: int) -> Floats:
        """The last ``rows`` samples (rows, plates), oldest first."""
        return self.whole.newest(rows)[:, self.plates]
