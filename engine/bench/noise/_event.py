"""What a movement shakes: the ringing of its plate and of those beside it, from the greatest change in a recording.

One event gives one frequency, one decay and a share for each plate; it says nothing of how they vary.
"""

from collections.abc import Sequence
from itertools import product

import msgspec
import numpy as np

from engine.bench.nanostore import GondolaTrace
from engine.domain import Floats

_ENDS_S = 2.0
_ARRIVED = 0.05
_RINGING_S = 0.4
_BESIDE = 2
_TRIED_HZ = np.arange(4.0, 28.0, 0.5)
_TRIED_DECAY_S = np.arange(0.03, 0.31, 0.01)


class Ringing(msgspec.Struct, frozen=True, kw_only=True):
    """How plates rang after a movement; shares of the moved mass, the greatest of the plates that they stand for."""

    gondola: int
    shelf: int
    plate: int
    t_s: float
    moved_g: float
    hz: float
    decay_s: float
    ring_share: float  # the plate itself
    leak_share: float  # up to two plates away
    explained: float  # share of the variance around the new levels


def greatest_ringing(traces: Sequence[GondolaTrace]) -> Ringing:
    """Fit a decaying sine, common to the plates but for size and phase, to what follows the greatest lasting change."""
    moved_g, trace, shelf, plate = max(
        ((_change_g(trace, shelf, plate), trace, shelf, plate) for trace, shelf, plate in _places(traces)),
        key=lambda found: abs(found[0]),
    )
    own_g = trace.grams[:, shelf - 1, plate - 1].astype(np.float64)
    last_g = np.median(own_g[trace.t_s > trace.t_s[-1] - _ENDS_S])
    arrived = int(np.flatnonzero(np.abs(own_g - last_g) > _ARRIVED * abs(moved_g))[-1]) + 1
    t_s = trace.t_s - trace.t_s[arrived]
    rows = (t_s >= 0) & (t_s < _RINGING_S)
    near = [other for other in trace.live(shelf) if abs(other - plate) <= _BESIDE]
    grams = trace.grams[rows][:, shelf - 1, np.array(near) - 1].astype(np.float64)
    hz, decay_s = min(product(_TRIED_HZ, _TRIED_DECAY_S), key=lambda tried: _fit(t_s[rows], grams, *tried)[1])
    size_g, rest = _fit(t_s[rows], grams, hz, decay_s)
    own = near.index(plate)
    return Ringing(
        gondola=trace.gondola,
        shelf=shelf,
        plate=plate,
        t_s=float(trace.t_s[arrived]),
        moved_g=moved_g,
        hz=float(hz),
        decay_s=float(decay_s),
        ring_share=float(size_g[own] / abs(moved_g)),
        leak_share=float(np.delete(size_g, own).max(initial=0.0) / abs(moved_g)),
        explained=1 - rest / float(((grams - grams.mean(axis=0)) ** 2).sum()),
    )


def _places(traces: Sequence[GondolaTrace]) -> list[tuple[GondolaTrace, int, int]]:
    return [
        (trace, shelf, plate)
        for trace in traces
        for shelf in range(1, trace.grams.shape[1] + 1)
        for plate in trace.live(shelf)
    ]


def _change_g(trace: GondolaTrace, shelf: int, plate: int) -> float:
    grams = trace.grams[:, shelf - 1, plate - 1]
    first, last = trace.t_s < trace.t_s[0] + _ENDS_S, trace.t_s > trace.t_s[-1] - _ENDS_S
    return float(np.median(grams[last]) - np.median(grams[first]))


def _fit(t_s: Floats, grams: Floats, hz: float, decay_s: float) -> tuple[Floats, float]:
    """Greatest swing of every plate, (plates,), and the squares that are left."""
    swing = np.exp(-t_s / decay_s)[:, None] * np.stack([np.sin(2 * np.pi * hz * t_s), np.cos(2 * np.pi * hz * t_s)], 1)
    design = np.column_stack([np.ones_like(t_s), swing])
    weights = np.linalg.lstsq(design, grams, rcond=None)[0]
    size_g: Floats = np.hypot(weights[1], weights[2])
    return size_g, float(((grams - design @ weights) ** 2).sum())
