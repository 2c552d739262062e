"""The boxes of a round as kernels take them."""

from collections.abc import Sequence

import numpy as np

from engine.core.tracking.joint._scene import Boxes
from engine.domain import Floats, PersonSeen

_ABSURD_PX = 1e5  # beyond this, and for NaN, a number is a fault of the sender's
_EDGE_PX = 1.0
# Log odds that a box is a person, by its score: what usual detectors' scores are worth.
_SLOPE, _EVEN, _LEAST, _MOST = 14.0, 0.60, -4.0, 5.0
# Boxes a frame that are nobody's, and boxes of people who are not followed yet.
_INVENTED, _NEWCOMERS = 0.5, 0.08
_ACROSS, _LEAST_TALL_PX = 0.4, 20.0


def boxes_of(frames: Sequence[Sequence[PersonSeen]], cameras: Floats) -> Boxes:
    """The boxes of one frame for each row of ``cameras`` (C, 18)."""
    rows: list[tuple[float, ...]] = []
    edges: list[tuple[bool, ...]] = []
    counts = [0]
    for persons, camera in zip(frames, cameras.tolist(), strict=True):
        wide, tall = camera[4], camera[5]
        before = len(rows)
        for person in persons:
            x1, y1, x2, y2 = person.xyxy_px
            if all(-_ABSURD_PX < px < _ABSURD_PX for px in (x1, y1, x2, y2, person.score)) and x1 < x2 and y1 < y2:
                rows.append((x1, y1, x2, y2, person.score, wide * tall))
                edges.append((x1 < _EDGE_PX, x2 > wide - _EDGE_PX, y1 < _EDGE_PX, y2 > tall - _EDGE_PX))
        counts.append(len(rows) - before)
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    odds = np.clip(_SLOPE * (table[:, 4] - _EVEN), _LEAST, _MOST)
    spread = -np.log(_ACROSS * table[:, 5] * np.maximum(table[:, 3] - table[:, 1], _LEAST_TALL_PX))
    invented = spread + np.log(_INVENTED) - odds
    nobody = spread + np.log(_INVENTED * np.exp(-odds) + _NEWCOMERS)
    value = np.column_stack([table[:, :4], invented, nobody, odds])
    return Boxes(np.cumsum(counts), value, np.array(edges, dtype=np.bool_).reshape(-1, 4))
