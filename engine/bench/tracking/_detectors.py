"""Simulated detectors on annotated boxes: who is missed, how boxes err, and what is taken for a person.

The same profiles, seeds and draws as in the harness that measured the peers, so that figures can stand side by side.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.bench.tracking._wildtrack import UNSEEN, Wildtrack
from engine.domain import Floats

Frames = list[list[Floats]]
"""By instant and camera: boxes with their scores, (N, 5): x1, y1, x2, y2, score."""

_CELL_PX = 8  # what hides what is counted on a raster this coarse
_LEAST_SHOWN, _LEAST_TALL_PX = 0.3, 30.0  # less of a person is not even annotated well
_LEAST_BOX_PX = (4.0, 12.0)
_HALF_HIDDEN, _CUT_BELOW = 0.5, 0.6


@dataclass(frozen=True)
class Detector:
    """What a detector does wrong.

    ``missed`` of those in full sight and ``hidden_missed`` more of those in no sight; ``x_sigma`` of the foot in box
    widths, ``y_sigma`` of bottom and top in box heights, ``size_sigma`` of the logarithm of the width; ``invented``
    boxes a frame; ``cut`` of the boxes of half-hidden people end above their feet.
    """

    number: int
    missed: float = 0.0
    hidden_missed: float = 0.0
    x_sigma: float = 0.0
    y_sigma: float = 0.0
    size_sigma: float = 0.0
    invented: float = 0.0
    cut: float = 0.0


DETECTORS = {
    "clean": Detector(0),
    "typical": Detector(2, 0.05, 0.9, 0.06, 0.015, 0.03, 0.3, 0.2),
    "hard": Detector(1, 0.15, 0.9, 0.12, 0.035, 0.06, 1.0, 0.4),
}


def detect(recording: Wildtrack, detector: Detector, seed: int) -> Frames:
    """What the detector says of every frame."""
    rng = np.random.default_rng([seed, detector.number])
    shown = [[_shown(instant.boxes_px[:, c]) for c in range(len(recording.cameras))] for instant in recording.instants]
    everybody = [np.concatenate([frames[c] for frames in shown]) for c in range(len(recording.cameras))]
    sizes = [np.array([camera.width, camera.height], dtype=np.float64) for camera in recording.cameras]
    return [
        [_frame(boxes, everybody[c], (detector, sizes[c]), rng) for c, boxes in enumerate(frames)] for frames in shown
    ]


def visibility(boxes: Floats, size_px: Floats) -> Floats:
    """The share of each box (N, 4) within the picture that no box with a lower bottom edge covers, (N,)."""
    raster = np.zeros((int(size_px[1]) // _CELL_PX, int(size_px[0]) // _CELL_PX), dtype=bool)
    seen = np.zeros(len(boxes))
    for number in np.argsort(-boxes[:, 3]):
        x1, y1, x2, y2 = (_clipped(boxes[number], size_px) / _CELL_PX).round().astype(int)
        region = raster[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
        seen[number] = 1 - region.mean() if region.size else 0.0
        region[:] = True
    return seen


def _shown(boxes: Floats) -> Floats:
    shown: Floats = boxes[(boxes != UNSEEN).any(axis=1)]
    return shown


def _clipped(boxes: Floats, size_px: Floats) -> Floats:
    clipped: Floats = np.clip(boxes, 0, np.tile(size_px, 2))
    return clipped


def _area(boxes: Floats) -> Floats:
    area: Floats = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return area


def _frame(boxes: Floats, everybody: Floats, of: tuple[Detector, Floats], rng: np.random.Generator) -> Floats:
    detector, size_px = of
    inside = _clipped(boxes, size_px)
    tall = inside[:, 3] - inside[:, 1] >= _LEAST_TALL_PX
    boxes = boxes[(_area(inside) / np.maximum(_area(boxes), 1) > _LEAST_SHOWN) & tall]
    if detector.number == DETECTORS["clean"].number:
        return np.column_stack([_clipped(boxes, size_px), np.full(len(boxes), 0.95)])
    seen = visibility(boxes, size_px)
    found = np.concatenate([_seen(boxes, seen, of, rng), _invented(everybody, of, rng)])
    width, height = found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]
    found = found[(width > _LEAST_BOX_PX[0]) & (height > _LEAST_BOX_PX[1])]
    shuffled: Floats = found[rng.permutation(len(found))]
    return shuffled


def _seen(boxes: Floats, seen: Floats, of: tuple[Detector, Floats], rng: np.random.Generator) -> Floats:
    detector, size_px = of
    hidden = np.clip((_HALF_HIDDEN - seen) / _HALF_HIDDEN, 0, 1)
    found = rng.random(len(boxes)) >= detector.missed + (1 - detector.missed) * detector.hidden_missed * hidden
    boxes, seen = boxes[found], seen[found]
    count = len(boxes)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    foot_x = (boxes[:, 0] + boxes[:, 2]) / 2 + rng.normal(0, 1, count) * detector.x_sigma * width
    foot_y = boxes[:, 3] + rng.normal(0, 1, count) * detector.y_sigma * height
    top = boxes[:, 1] + rng.normal(0, 1, count) * detector.y_sigma * height
    cut: NDArray[np.bool_] = (seen < _CUT_BELOW) & (rng.random(count) < detector.cut)
    foot_y = foot_y - cut * rng.uniform(0.05, 0.35, count) * height
    width = width * np.exp(rng.normal(0, detector.size_sigma, count))
    scores = np.clip(rng.normal(0.5 + 0.42 * seen, 0.10), 0.05, 0.99)
    placed = np.column_stack([foot_x - width / 2, top, foot_x + width / 2, foot_y])
    return np.column_stack([_clipped(placed, size_px), scores])


def _invented(everybody: Floats, of: tuple[Detector, Floats], rng: np.random.Generator) -> Floats:
    """Boxes of people of other instants, about where those stood."""
    detector, size_px = of
    count = rng.poisson(detector.invented)
    boxes = everybody[rng.integers(0, len(everybody), count)].copy()
    height = (boxes[:, 3] - boxes[:, 1])[:, None]
    boxes += np.tile(rng.normal(0, 0.5, (count, 2)) * height, 2)
    return np.column_stack([_clipped(boxes, size_px), np.clip(rng.normal(0.4, 0.12, count), 0.05, 0.95)])
