"""One weight step from its onset to its settling, and where on the trace it began and ended."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats, PlateMass, Shelf, StepId, WeightProvisional, WeightSettled
from engine.shelving._window import WindowPart

_LEAD_NS = 300_000_000
_TRACE_POINTS = 60
_MIN_TRACE_MS = 20
# The trace has left its old level at this share of the change, and has arrived when it stays within the other.
_ONSET_SHARE = 0.2
# Without samples for longer than this it may have left at any time.
_HOLE_S = 0.15
ARRIVAL_SHARE = 0.1
# Plates that moved less than this of what the most moved one did may only lean or leak.
MOST_SHARE = 0.4


@dataclass
class OpenStep:
    """A step that has not settled. ``plates`` are indices on the shelf, ascending."""

    step_id: StepId
    plates: list[int]
    start_ns: int
    opened_ns: int
    said_g: float
    said_ns: int


@dataclass(frozen=True)
class Movement:
    """Grams by plate index and the standard error of their sum."""

    grams: dict[int, float]
    sigma_g: float

    @property
    def mass_mg(self) -> int:
        """The sum, as the parts are rounded."""
        return sum(_mg(grams) for grams in self.grams.values())

    def by_plate(self, shelf: Shelf) -> tuple[PlateMass, ...]:
        """The parts as facts carry them."""
        return tuple(
            PlateMass(plate_id=shelf.plate_ids[index], mass_mg=_mg(grams))
            for index, grams in sorted(self.grams.items())
        )


@dataclass(frozen=True)
class SumTrace:
    """What some plates together changed by (rows,), against the level before."""

    times_ns: NDArray[np.int64]
    changes_g: Floats

    @property
    def back_ns(self) -> int:
        """When all was as before again."""
        size = np.abs(self.changes_g)
        away = np.flatnonzero(size > max(ARRIVAL_SHARE * float(size.max()), 1.0))
        row = int(away[-1]) + 1 if len(away) else 0
        return int(self.times_ns[min(row, len(size) - 1)])


def provisional(t_ns: int, shelf: Shelf, step: OpenStep, moved: Movement) -> WeightProvisional:
    """The first answer, or a better one, for ``step``."""
    return WeightProvisional(
        t_ns=t_ns,
        step_id=step.step_id,
        shelf_id=shelf.shelf_id,
        start_ns=step.start_ns,
        mass_mg=moved.mass_mg,
        sigma_mg=_mg(moved.sigma_g),
        plates=moved.by_plate(shelf),
    )


def settled(shelf: Shelf, step_id: StepId, moved: Movement, span_ns: tuple[int, int], trace: SumTrace) -> WeightSettled:
    """The final answer for a step that lasted for ``span_ns``, drawn from the samples since."""
    start_ns, end_ns = span_ns
    trace_mg, period_ms, lead_ms = _drawing(trace, start_ns)
    return WeightSettled(
        t_ns=int(trace.times_ns[-1]),
        step_id=step_id,
        shelf_id=shelf.shelf_id,
        start_ns=start_ns,
        end_ns=max(start_ns, end_ns),
        mass_mg=moved.mass_mg,
        sigma_mg=_mg(moved.sigma_g),
        plates=moved.by_plate(shelf),
        trace_mg=trace_mg,
        trace_period_ms=period_ms,
        trace_lead_ms=lead_ms,
    )


def onset_ns(changes_g: Floats, window: WindowPart, moved_g: Floats) -> int:
    """When the first of the plates that moved most left its old level for good, on its way to ``moved_g`` (plates,).

    ``changes_g`` is (rows, plates). Each plate is looked at alone: a hand that leans on one of them hides in their sum
    what had left another before. Not all of ``moved_g`` may be 0.
    """
    size, times_ns = np.abs(moved_g), window.times_ns
    t_s = (times_ns - times_ns[0]) / 1e9
    most = np.flatnonzero(size >= MOST_SHARE * size.max())
    return int(times_ns[0] + round(1e9 * min(left_s(changes_g[:, index] / moved_g[index], t_s) for index in most)))


def left_s(share: Floats, t_s: Floats) -> float:
    """When a plate's change (rows,), as a share of what it will be, last left the old level."""
    before = np.flatnonzero(share < _ONSET_SHARE)
    if not len(before):
        return float(t_s[0])
    row = int(before[-1])
    if row + 1 >= len(share):
        return float(t_s[row])
    if t_s[row + 1] - t_s[row] > _HOLE_S:
        return float(t_s[row] + t_s[row + 1]) / 2
    into = (_ONSET_SHARE - share[row]) / (share[row + 1] - share[row])
    return float(t_s[row] + into * (t_s[row + 1] - t_s[row]))


def _drawing(trace: SumTrace, start_ns: int) -> tuple[tuple[int, ...], int, int]:
    """At most 60 points (mg), their period and how far the first lies before the start (ms)."""
    times_ns, trace_g = trace.times_ns, trace.changes_g
    first_ns = max(int(times_ns[0]), start_ns - _LEAD_NS)
    length_ms = (int(times_ns[-1]) - first_ns) // 1_000_000
    period_ms = max(_MIN_TRACE_MS, -(-length_ms // (_TRACE_POINTS - 1)))
    at_ns = first_ns + np.arange(length_ms // period_ms + 1) * (period_ms * 1_000_000)
    points_g = np.interp((at_ns - first_ns).astype(float), (times_ns - first_ns).astype(float), trace_g)
    return tuple(_mg(grams) for grams in points_g), period_ms, (start_ns - first_ns) // 1_000_000


def _mg(grams: float) -> int:
    return round(float(grams) * 1000)
