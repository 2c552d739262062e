"""When something happened, and how many grams: moving mean and moving deviation of every shelf's weight."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.domain import Floats

# As published, for samples at 60 Hz: a second. The value of a window stands at the sample in its middle.
_WINDOW, _MIDDLE = 60, 30
# A shelf is active while its weight's deviation within the window exceeds this.
_ACTIVE_G = 20.0
# An event is this many windows active in a row, and the means at both their ends differ by more than this.
_LEAST_WINDOWS, _LEAST_CHANGE_G = 30, 10.0
# How many samples are looked at in one go, beside those of the windows before: for speed, of no effect.
_BLOCK = 120


@dataclass(frozen=True, kw_only=True)
class Event:
    """A change of a shelf's weight while it was active; ``peak_ns`` is when it deviated most."""

    shelf: int  # its number in the store
    begin_ns: int
    peak_ns: int
    end_ns: int
    deltas_g: Floats  # (plates of the shelf,)

    @property
    def delta_g(self) -> float:
        """The change of the shelf."""
        return float(self.deltas_g.sum())

    def only(self, plates: list[int]) -> "Event":
        """The part of it on these plates of the shelf."""
        deltas_g = np.zeros_like(self.deltas_g)
        deltas_g[plates] = self.deltas_g[plates]
        return replace(self, deltas_g=deltas_g)


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Windows in a row in which a shelf is active; means are of its plates in the first and the last of them."""

    shelf: int
    windows: int
    begin_ns: int
    peak_ns: int
    end_ns: int
    peak_g: float
    first_g: Floats
    last_g: Floats

    def then(self, other: "_Run") -> "_Run":
        """This run and the one that goes on from it."""
        peak = other if other.peak_g > self.peak_g else self
        return replace(
            self,
            windows=self.windows + other.windows,
            peak_ns=peak.peak_ns,
            peak_g=peak.peak_g,
            end_ns=other.end_ns,
            last_g=other.last_g,
        )

    def events(self) -> list[Event]:
        """The event that it is, if it is one."""
        deltas_g = self.last_g - self.first_g
        if self.windows < _LEAST_WINDOWS or abs(deltas_g.sum()) <= _LEAST_CHANGE_G:
            return []
        return [
            Event(
                shelf=self.shelf,
                begin_ns=self.begin_ns,
                peak_ns=self.peak_ns,
                end_ns=self.end_ns,
                deltas_g=deltas_g,
            )
        ]


class WeightTrigger:
    """Grams of all plates in, events out."""

    def __init__(self, shelves: Sequence[NDArray[np.intp]]) -> None:
        """``shelves`` are the columns of each shelf's plates among the grams."""
        self._shelves = shelves
        self._rows_g = np.zeros((_WINDOW - 1 + _BLOCK, sum(map(len, shelves))))
        self._t_ns: list[int] = []
        self._open: dict[int, _Run] = {}

    def weigh(self, t_ns: int, grams: Floats) -> list[Event]:
        """Take a sample of all plates, (plates,), NaN counting as nothing. Events come when a block is full."""
        self._rows_g[len(self._t_ns)] = grams
        self._t_ns.append(t_ns)
        return self.flush() if len(self._t_ns) == len(self._rows_g) else []

    def flush(self) -> list[Event]:
        """The events that ended in what has been weighed and not been looked at yet."""
        rows = len(self._t_ns)
        done = rows - _WINDOW + 1
        if done <= 0:
            return []
        rows_g = np.nan_to_num(self._rows_g[:rows], nan=0.0)
        events = self._look(rows_g, self._t_ns[_MIDDLE : _MIDDLE + done])
        self._rows_g[: rows - done] = self._rows_g[done:rows].copy()
        del self._t_ns[:done]
        return events

    def unfinished(self) -> list[Event]:
        """The events that go on, as they are if nothing more is weighed."""
        return [event for run in self._open.values() for event in run.events()]

    def _look(self, rows_g: Floats, middle_ns: list[int]) -> list[Event]:
        shelf_g = np.stack([rows_g[:, columns].sum(axis=1) for columns in self._shelves])
        spread_g = sliding_window_view(shelf_g, _WINDOW, axis=1).std(axis=2)  # (shelves, windows)
        events: list[Event] = []
        for shelf in sorted({*np.flatnonzero((spread_g > _ACTIVE_G).any(axis=1)).tolist(), *self._open}):
            plates_g = sliding_window_view(rows_g[:, self._shelves[shelf]], _WINDOW, axis=0)
            for run in self._runs(shelf, spread_g[shelf], plates_g, middle_ns):
                events += run.events()
        return events

    def _runs(self, shelf: int, spread_g: Floats, plates_g: Floats, middle_ns: list[int]) -> list[_Run]:
        """Runs of a shelf that ended within a block: ``spread_g`` (windows,), ``plates_g`` (windows, plates, 60)."""
        active = spread_g > _ACTIVE_G
        edges = np.flatnonzero(np.diff(active, prepend=False, append=False)).reshape(-1, 2)
        open_run, ended = self._open.pop(shelf, None), []
        if open_run is not None and not active[0]:
            ended.append(open_run)
            open_run = None
        for first, after in edges.tolist():
            peak = first + int(spread_g[first:after].argmax())
            run = _Run(
                shelf=shelf,
                windows=after - first,
                begin_ns=middle_ns[first],
                peak_ns=middle_ns[peak],
                end_ns=middle_ns[after - 1],
                peak_g=float(spread_g[peak]),
                first_g=plates_g[first].mean(axis=1),
                last_g=plates_g[after - 1].mean(axis=1),
            )
            if first == 0 and open_run is not None:
                run = open_run.then(run)
            if after == len(active):
                self._open[shelf] = run
            else:
                ended.append(run)
        return ended
