"""One weight step from its onset to its settling, and where on the trace it began and ended."""

from dataclasses import dataclass

import numpy as np

from engine.domain import Floats, PlateMass, Shelf, ShelfId, StepId, WeightProvisional, WeightSettled
from engine.shelving._window import WindowPart

_LEAD_NS = 300_000_000
_TRACE_POINTS = 60
_MIN_TRACE_MS = 20
# The trace has left its old level at this share of the change, and has arrived when it stays within the other.
_ONSET_SHARE = 0.2
_ARRIVAL_SHARE = 0.1
# Plates that moved less than this of what the most moved one did may only lean or leak.
_MOST_SHARE = 0.4


@dataclass
class OpenStep:
    """A step that has not settled. ``plates`` are indices on the shelf, ascending."""

    step_id: StepId
    plates: list[int]
    start_ns: int
    opened_ns: int
    said_g: float
    said_ns: int
    changed_ns: int


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


def step_id(shelf_id: ShelfId, start_ns: int) -> StepId:
    """Unique over restarts: two steps of a shelf never start at one instant."""
    return StepId(f"{shelf_id}@{start_ns}")


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


def settled(shelf: Shelf, step: OpenStep, moved: Movement, window: WindowPart, level_g: Floats) -> WeightSettled:
    """The final answer for ``step``, timed and drawn from the samples since."""
    changes_g = window.grams[:, step.plates] - level_g[step.plates]
    moved_g = np.array([moved.grams.get(index, 0.0) for index in step.plates])
    times_ns = window.times_ns
    start_ns = onset_ns(changes_g, window, moved_g) if moved_g.any() else step.start_ns
    trace_mg, period_ms, lead_ms = _drawing(changes_g.sum(axis=1), window, start_ns)
    return WeightSettled(
        t_ns=int(times_ns[-1]),
        step_id=step.step_id,
        shelf_id=shelf.shelf_id,
        start_ns=start_ns,
        end_ns=max(start_ns, _arrival_ns(changes_g, window, moved_g)),
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
    size = np.abs(moved_g)
    most = np.flatnonzero(size >= _MOST_SHARE * size.max())
    return min(_left_ns(changes_g[:, index] / moved_g[index], window) for index in most)


def _left_ns(share: Floats, window: WindowPart) -> int:
    """When a plate's change (rows,), as a share of what it will be, last left the old level."""
    before = np.flatnonzero(share < _ONSET_SHARE)
    times_ns = window.times_ns
    if not len(before):
        return int(times_ns[0])
    row = int(before[-1])
    if row + 1 >= len(share):
        return int(times_ns[row])
    into = (_ONSET_SHARE - share[row]) / (share[row + 1] - share[row])
    return int(times_ns[row] + into * (times_ns[row + 1] - times_ns[row]))


def _way_g(changes_g: Floats, moved_g: Floats) -> Floats:
    """How far the plates are on their way, together (rows,): what leaves one plate makes up for nothing that comes."""
    way_g: Floats = changes_g @ np.sign(moved_g)
    return way_g


def _arrival_ns(changes_g: Floats, window: WindowPart, moved_g: Floats) -> int:
    way_g = _way_g(changes_g, moved_g) if moved_g.any() else changes_g.sum(axis=1)
    off = np.abs(way_g - np.abs(moved_g).sum())
    away = np.flatnonzero(off > max(_ARRIVAL_SHARE * float(np.abs(way_g).max()), 1.0))
    row = int(away[-1]) + 1 if len(away) else 0
    return int(window.times_ns[min(row, len(off) - 1)])


def _drawing(trace_g: Floats, window: WindowPart, start_ns: int) -> tuple[tuple[int, ...], int, int]:
    """At most 60 points (mg), their period and how far the first lies before the start (ms)."""
    times_ns = window.times_ns
    first_ns = max(int(times_ns[0]), start_ns - _LEAD_NS)
    length_ms = (int(times_ns[-1]) - first_ns) // 1_000_000
    period_ms = max(_MIN_TRACE_MS, -(-length_ms // (_TRACE_POINTS - 1)))
    at_ns = first_ns + np.arange(length_ms // period_ms + 1) * (period_ms * 1_000_000)
    points_g = np.interp((at_ns - first_ns).astype(float), (times_ns - first_ns).astype(float), trace_g)
    return tuple(_mg(grams) for grams in points_g), period_ms, (start_ns - first_ns) // 1_000_000


def _mg(grams: float) -> int:
    return round(float(grams) * 1000)
