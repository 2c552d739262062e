"""The last seconds of a shelf's samples, contiguous in memory so that a window is a view."""

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats


class SampleWindow:
    """A ring written twice, so that the newest rows always lie in one piece."""

    def __init__(self, plates: int, *, rows: int = 512) -> None:
        self._rows = rows
        self._grams = np.zeros((2 * rows, plates))
        self._times_ns = np.zeros(2 * rows, dtype=np.int64)
        self._next = 0
        self._filled = 0

    def push(self, t_ns: int, grams: Floats) -> None:
        """Add one sample (plates,)."""
        for row in (self._next, self._next + self._rows):
            self._grams[row] = grams
            self._times_ns[row] = t_ns
        self._next = (self._next + 1) % self._rows
        self._filled = min(self._filled + 1, self._rows)

    def clear(self) -> None:
        """Forget everything."""
        self._filled = 0

    @property
    def span_ns(self) -> int:
        """From the oldest to the newest sample; 0 when empty."""
        return int(self.times_ns[-1] - self.times_ns[0]) if self._filled else 0

    @property
    def times_ns(self) -> NDArray[np.int64]:
        """Instants of the samples (rows,), oldest first."""
        return self._times_ns[self._stop - self._filled : self._stop]

    @property
    def grams(self) -> Floats:
        """The samples (rows, plates), oldest first."""
        return self._grams[self._stop - self._filled : self._stop]

    def count(self, span_ns: int, *, at_least: int = 1) -> int:
        """How many samples are younger than ``span_ns``; ``at_least`` so many, if there are, when they come seldom."""
        times_ns = self.times_ns
        younger = len(times_ns) - int(times_ns.searchsorted(times_ns[-1] - span_ns, side="right"))
        return min(max(younger, at_least), self._filled)

    def newest(self, rows: int) -> Floats:
        """The last ``rows`` samples (rows, plates), oldest first."""
        return self._grams[self._stop - rows : self._stop]

    @property
    def _stop(self) -> int:
        return self._next + self._rows if self._next else 2 * self._rows
