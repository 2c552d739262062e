"""The naive way, to compare with: feet to the floor, clusters over cameras, constant-velocity filters, one assignment.

Its constants are those of the usual baseline of this measurement; two cameras must agree before anybody is believed.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from engine.bench.tracking._figures import Placed
from engine.bench.tracking._wildtrack import Grid, SurveyedCamera
from engine.domain import Floats

_RADIUS_M, _LEAST_CAMERAS, _LEAST_SCORE = 0.75, 2, 0.3
_EDGE_PX, _BESIDE_M, _NEAR_M = 2.0, 0.3, 0.02
_GATE_M, _GATE_MPS = 0.5, 1.8
_SIGMA_M, _SIGMA_MPS2 = 0.25, 1.2
_FIRST = np.diag([0.1, 0.1, 1.5, 1.5])
_HITS, _COASTS_S = 2, 1.5
_NEVER = 1e4


class NaiveTracker:
    """Feet, clusters, filters."""

    def __init__(self, cameras: Sequence[SurveyedCamera], grid: Grid, step_s: float) -> None:
        self._grounds = [_Ground(camera, grid) for camera in cameras]
        self._filters = _Filters(step_s)

    def step(self, frames: Sequence[Floats]) -> Placed:
        """Who is where, after boxes (N, 5) of all cameras."""
        points, weights = zip(
            *(ground.feet(boxes) for ground, boxes in zip(self._grounds, frames, strict=True)), strict=True
        )
        cameras = np.concatenate([np.full(len(those), number) for number, those in enumerate(points)])
        return self._filters.step(_clusters(np.concatenate(points), np.concatenate(weights), cameras))


class _Ground:
    """One camera's floor."""

    def __init__(self, camera: SurveyedCamera, grid: Grid) -> None:
        self._height_px, self._bounds_m = camera.height, grid.bounds_m
        columns = np.column_stack([camera.rotation[:, :2], camera.shift_m])
        self._H_floor_from_image = np.linalg.inv(np.array(camera.K) @ columns)

    def feet(self, boxes: Floats) -> tuple[Floats, Floats]:
        """Places (N, 2) of the feet and their weights (N,): the farther the floor moves with two pixels, the less."""
        boxes = boxes[(boxes[:, 4] >= _LEAST_SCORE) & (boxes[:, 3] < self._height_px - _EDGE_PX)]
        middle = (boxes[:, 0] + boxes[:, 2]) / 2
        at, above = self._floor(middle, boxes[:, 3]), self._floor(middle, boxes[:, 3] - _EDGE_PX)
        x0, x1, y0, y1 = self._bounds_m
        within = (at > (x0 - _BESIDE_M, y0 - _BESIDE_M)) & (at < (x1 + _BESIDE_M, y1 + _BESIDE_M))
        weight = 1 / (_NEAR_M + np.linalg.norm(above - at, axis=1)) ** 2
        inside = within.all(axis=1)
        return at[inside], weight[inside]

    def _floor(self, x_px: Floats, y_px: Floats) -> Floats:
        at = np.column_stack([x_px, y_px, np.ones(len(x_px))]) @ self._H_floor_from_image.T
        floor: Floats = at[:, :2] / at[:, 2:]
        return floor


def _clusters(points: Floats, weights: Floats, cameras: Floats) -> Floats:
    """Greedily: the surest point first, into the nearest cluster in reach without a point of its camera."""
    centres: list[Floats] = []
    totals: list[float] = []
    members: list[set[int]] = []
    for number in np.argsort(-weights):
        apart = [float(np.linalg.norm(centre - points[number])) for centre in centres]
        camera = int(cameras[number])
        free = [k for k in range(len(centres)) if apart[k] <= _RADIUS_M and camera not in members[k]]
        if not free:
            centres.append(points[number])
            totals.append(float(weights[number]))
            members.append({camera})
            continue
        k = min(free, key=apart.__getitem__)
        total = totals[k] + float(weights[number])
        centres[k] = (centres[k] * totals[k] + points[number] * weights[number]) / total
        totals[k] = total
        members[k].add(camera)
    kept = [centre for centre, seen_by in zip(centres, members, strict=True) if len(seen_by) >= _LEAST_CAMERAS]
    return np.array(kept).reshape(-1, 2)


class _Filters:
    """Kalman filters of constant velocity, all tracks as one batch."""

    def __init__(self, step_s: float) -> None:
        self._gate_m, self._coasts = _GATE_M + _GATE_MPS * step_s, max(1, round(_COASTS_S / step_s))
        self._F = np.eye(4)
        self._F[0, 2] = self._F[1, 3] = step_s
        pushed = np.array([[step_s**2 / 2, 0], [0, step_s**2 / 2], [step_s, 0], [0, step_s]])
        self._Q = pushed @ pushed.T * _SIGMA_MPS2**2
        self._state, self._cov = np.empty((0, 4)), np.empty((0, 4, 4))
        self._ids, self._missed, self._hits = (np.empty(0, dtype=np.intp) for _ in range(3))
        self._next, self._steps = 1, 0

    def step(self, places_m: Floats) -> Placed:
        self._steps += 1
        self._state = self._state @ self._F.T
        self._cov = self._F @ self._cov @ self._F.T + self._Q
        self._missed += 1
        new = places_m[self._correct(places_m)]
        self._state = np.concatenate([self._state, np.column_stack([new, np.zeros((len(new), 2))])])
        self._cov = np.concatenate([self._cov, np.repeat(_FIRST[None], len(new), axis=0)])
        self._ids = np.concatenate([self._ids, np.arange(self._next, self._next + len(new))])
        self._missed = np.concatenate([self._missed, np.zeros(len(new), dtype=np.intp)])
        self._hits = np.concatenate([self._hits, np.ones(len(new), dtype=np.intp)])
        self._next += len(new)
        kept = (self._missed == 0) | ((self._hits >= _HITS) & (self._missed <= self._coasts))
        self._state, self._cov, self._ids = self._state[kept], self._cov[kept], self._ids[kept]
        self._missed, self._hits = self._missed[kept], self._hits[kept]
        shown = (self._missed == 0) & ((self._hits >= _HITS) | (self._steps < _HITS))
        return [
            (int(i), float(x), float(y)) for i, (x, y) in zip(self._ids[shown], self._state[shown, :2], strict=True)
        ]

    def _correct(self, places_m: Floats) -> Floats:
        """Bring tracks to their places; which places nobody has taken, (N,)."""
        free = np.ones(len(places_m), dtype=bool)
        apart = np.linalg.norm(self._state[:, None, :2] - places_m[None], axis=2)
        rows, columns = linear_sum_assignment(np.where(apart > self._gate_m, _NEVER, apart))
        near = apart[rows, columns] <= self._gate_m
        rows, columns = rows[near], columns[near]
        gain = self._cov[rows][:, :, :2] @ np.linalg.inv(self._cov[rows][:, :2, :2] + np.eye(2) * _SIGMA_M**2)
        self._state[rows] += np.einsum("nij,nj->ni", gain, places_m[columns] - self._state[rows, :2])
        self._cov[rows] -= gain @ self._cov[rows][:, :2, :]
        self._missed[rows] = 0
        self._hits[rows] += 1
        free[columns] = False
        return free
