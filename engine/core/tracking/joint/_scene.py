"""What kernels share: cameras, floor, the boxes of a round, and the crowd; and where bodies show in pictures."""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202
# mypy: allow-untyped-defs, allow-untyped-calls

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.core.tracking.joint._compiled import compiled
from engine.core.tracking.joint._gauss import MODES, chance
from engine.domain import Floats

HEIGHT_M, RADIUS_M = 1.80, 0.20
_NEAREST_M = 0.3
_FARTHEST_PX = 2e4
_LEAST_TALL_PX = 5.0

# Share of a body in the picture from which it may be found, and from which it is as good as whole; tall in pixels.
_SHOWN_FROM, _SHOWN_MORE, _TALL_FROM_PX, _TALL_MORE_PX = 0.2, 0.2, 26.0, 8.0
_HIDDEN_BELOW, _HIDDEN_MISSED = 0.55, 0.9
LEAST_FOUND, MOST_FOUND = 0.03, 0.95
_NEVER = 1e-6


class Scene(NamedTuple):
    """What does not change: cameras (C, 18) as fx, fy, cx, cy, width, height, rotation, position; and the floor.

    ``floor`` (ny, nx, 3) is, cell by cell from ``corner`` (x, y, step): metres to the border of the followed area,
    negative outside; log density of people who come in, per m²; and how probably somebody stays half a second.
    ``sight`` (C, ny, nx): whether no fixture hides a body there from the camera.
    """

    camera: Floats
    floor: Floats
    corner: Floats
    sight: NDArray[np.bool_]


class Boxes(NamedTuple):
    """The boxes of a round, those of camera c from ``start[c]`` to ``start[c + 1]``.

    ``value`` (D, 7): x1, y1, x2, y2, log density of inventions, that of inventions and newcomers, log odds that it is a
    person; ``cut`` (D, 4): whether
    the picture's left, right, top and bottom edge cuts the box.
    """

    start: NDArray[np.intp]
    value: Floats
    cut: NDArray[np.bool_]


class Crowd(NamedTuple):
    """Everybody in a round, tracks first, then the newborn; their priors, evidence and boxes.

    Priors by mode: ``mean`` (N, M, 2), ``log_mode`` and ``log_norm`` (N, M), and ``prior`` (N, M, 6): information (3),
    and relative to ``ref`` (N, 2) its pull (2) and log weight. ``logit`` (N,) of existence. In each picture ``shape``
    (C, N, 4) is centre, foot, head and width of the body, ``slope`` (C, N, 6) the derivatives of the first three,
    ``found`` (C, N) how probably it is found, ``clear`` (C, N) the share that nobody hides, ``shown`` (C, N) the share
    in the picture. ``fits`` (D, N, 2, 6) is what each box says, with its foot seen or hidden: information (3), pull
    (2), log factor; ``near`` (D, N) where it says anything. ``box``, ``hidden`` (C, N): the box each one has, or -1,
    and whether it hides the foot.
    """

    mean: Floats
    prior: Floats
    log_mode: Floats
    log_norm: Floats
    ref: Floats
    logit: Floats
    newborn: NDArray[np.bool_]
    shape: Floats
    slope: Floats
    found: Floats
    clear: Floats
    shown: Floats
    fits: Floats
    near: NDArray[np.bool_]
    box: NDArray[np.intp]
    hidden: NDArray[np.intp]


@compiled
def crowd_of(cameras, boxes, count):
    """A crowd of nobody in particular."""
    modes = MODES
    return Crowd(
        np.zeros((count, modes, 2)),
        np.zeros((count, modes, 6)),
        np.full((count, modes), -1e4),
        np.zeros((count, modes)),
        np.zeros((count, 2)),
        np.zeros(count),
        np.zeros(count, dtype=np.bool_),
        np.zeros((cameras, count, 4)),
        np.zeros((cameras, count, 6)),
        np.zeros((cameras, count)),
        np.zeros((cameras, count)),
        np.zeros((cameras, count)),
        np.zeros((boxes, count, 2, 6)),
        np.zeros((boxes, count), dtype=np.bool_),
        np.full((cameras, count), -1),
        np.zeros((cameras, count), dtype=np.intp),
    )


@compiled
def floor_at(scene, x, y, what):
    """A property of the floor at a place; of its nearest cell where that lies off the map."""
    row, column = _cell(scene.corner, scene.floor.shape, x, y)
    return scene.floor[row, column, what]


@compiled
def _cell(corner, shape, x, y):
    column = min(max(round((x - corner[0]) / corner[2]), 0), shape[1] - 1)
    row = min(max(round((y - corner[1]) / corner[2]), 0), shape[0] - 1)
    return row, column


@compiled
def _in_sight(scene, c, x, y):
    row, column = _cell(scene.corner, scene.floor.shape, x, y)
    return scene.sight[c, row, column]


@compiled
def coverage(cameras, corner, count):
    """How many pictures show something of a body, cell by cell of the floor."""
    shape, slope = np.zeros(4), np.zeros(6)
    for c in range(len(cameras)):
        for row in range(count.shape[0]):
            for column in range(count.shape[1]):
                x, y = corner[0] + column * corner[2], corner[1] + row * corner[2]
                if body_at(cameras[c], x, y, shape, slope):
                    across = shape[0] + shape[3] / 2 > 0 and shape[0] - shape[3] / 2 < cameras[c, 4]
                    count[row, column] += across and shape[1] > 0 and shape[2] < cameras[c, 5]


@compiled
def _project(camera, x, y, z):
    """Pixel and depth of a point."""
    dx, dy, dz = x - camera[15], y - camera[16], z - camera[17]
    depth = camera[12] * dx + camera[13] * dy + camera[14] * dz
    depth = max(depth, 1e-3)
    across = (camera[6] * dx + camera[7] * dy + camera[8] * dz) / depth
    down = (camera[9] * dx + camera[10] * dy + camera[11] * dz) / depth
    return camera[0] * across + camera[2], camera[1] * down + camera[3], depth


@compiled
def body_at(camera, x, y, shape, slope):
    """Where a body at (x, y) shows: fills ``shape`` and ``slope``; whether it does at all."""
    dx, dy = x - camera[15], y - camera[16]
    away = max(math.sqrt(dx * dx + dy * dy), 1e-3)
    px, py = RADIUS_M * dx / away, RADIUS_M * dy / away
    foot_u, foot_v, foot_z = _project(camera, x, y, 0.0)
    head_u, _, head_z = _project(camera, x, y, HEIGHT_M)
    far = 1.0 if camera[17] > HEIGHT_M else -1.0
    _, head_v, rim_z = _project(camera, x + far * px, y + far * py, HEIGHT_M)
    shape[:] = (-1e4, -1e4, -1.05e4, 20.0)
    slope[:] = 0.0
    if min(foot_z, rim_z) < _NEAREST_M or foot_v - head_v < _LEAST_TALL_PX:
        return False
    if max(abs(foot_u), abs(head_u)) > _FARTHEST_PX or max(abs(foot_v), abs(head_v)) > _FARTHEST_PX:
        return False
    left, right = 1e9, -1e9
    for z in (0.0, HEIGHT_M):
        for side in (-1.0, 1.0):
            u, _, _ = _project(camera, x - side * py, y + side * px, z)
            left, right = min(left, u), max(right, u)
    shape[0], shape[1], shape[2], shape[3] = (left + right) / 2, foot_v, head_v, right - left
    for axis in range(2):
        forward = camera[12 + axis]
        foot_x = camera[0] * (camera[6 + axis] - (foot_u - camera[2]) / camera[0] * forward) / foot_z
        head_x = camera[0] * (camera[6 + axis] - (head_u - camera[2]) / camera[0] * forward) / head_z
        slope[axis] = (foot_x + head_x) / 2
        slope[2 + axis] = camera[1] * (camera[9 + axis] - (foot_v - camera[3]) / camera[1] * forward) / foot_z
        slope[4 + axis] = camera[1] * (camera[9 + axis] - (head_v - camera[3]) / camera[1] * forward) / rim_z
    return True


@compiled
def look(scene, crowd, missed):
    """Project everybody from their reference points, and say how probably each camera finds them."""
    cameras, count = crowd.found.shape
    rect = np.empty((count, 5))
    for c in range(cameras):
        camera = scene.camera[c]
        for i in range(count):
            seen = body_at(camera, crowd.ref[i, 0], crowd.ref[i, 1], crowd.shape[c, i], crowd.slope[c, i])
            seen &= _in_sight(scene, c, crowd.ref[i, 0], crowd.ref[i, 1])
            crowd.shown[c, i] = _clip(camera, crowd.shape[c, i], rect[i]) if seen else 0.0
            rect[i, 4] = (rect[i, 2] - rect[i, 0]) * (rect[i, 3] - rect[i, 1])
        for i in range(count):
            clear = 1.0
            if crowd.shown[c, i] > 0:
                for j in range(count):
                    if j != i and crowd.shown[c, j] > 0 and crowd.shape[c, j, 1] > crowd.shape[c, i, 1]:
                        clear *= 1 - chance(crowd.logit[j]) * _covered(rect[i], rect[j])
            crowd.clear[c, i] = clear
            found = detectable(crowd.shown[c, i], clear, missed)
            crowd.found[c, i] = found


@compiled
def _clip(camera, shape, rect):
    """The body's box within the picture, into ``rect``; the share that shows, 0 where too little to be found."""
    x1, x2 = shape[0] - shape[3] / 2, shape[0] + shape[3] / 2
    rect[0], rect[2] = min(max(x1, 0.0), camera[4]), min(max(x2, 0.0), camera[4])
    rect[1], rect[3] = min(max(shape[2], 0.0), camera[5]), min(max(shape[1], 0.0), camera[5])
    whole = max((x2 - x1) * (shape[1] - shape[2]), 1.0)
    share = (rect[2] - rect[0]) * (rect[3] - rect[1]) / whole
    broad = min(max((share - _SHOWN_FROM) / _SHOWN_MORE, 0.0), 1.0)
    tall = min(max((rect[3] - rect[1] - _TALL_FROM_PX) / _TALL_MORE_PX, 0.0), 1.0)
    return broad * tall


@compiled
def _covered(rect, other):
    """The share of one clipped box that another covers."""
    wide = min(rect[2], other[2]) - max(rect[0], other[0])
    tall = min(rect[3], other[3]) - max(rect[1], other[1])
    return min(wide * tall / max(rect[4], 1.0), 1.0) if wide > 0 and tall > 0 else 0.0


@compiled
def detectable(shown, clear, missed):
    """How probably a body is found that shows and is clear to such shares."""
    if shown <= 0:
        return _NEVER
    hidden = min(max((_HIDDEN_BELOW - clear) / _HIDDEN_BELOW, 0.0), 1.0)
    return min(max(shown * (1 - missed) * (1 - _HIDDEN_MISSED * hidden), LEAST_FOUND), MOST_FOUND)


@compiled
def look_alone(scene, crowd, lone, missed):
    """The same for the one body of a crowd of its own, whom those of another crowd may hide."""
    rect, other = np.empty(5), np.empty(5)
    for c in range(len(lone.found)):
        camera = scene.camera[c]
        clear = 1.0
        seen = body_at(camera, lone.ref[0, 0], lone.ref[0, 1], lone.shape[c, 0], lone.slope[c, 0])
        seen &= _in_sight(scene, c, lone.ref[0, 0], lone.ref[0, 1])
        lone.shown[c, 0] = _clip(camera, lone.shape[c, 0], rect) if seen else 0.0
        if lone.shown[c, 0] > 0:
            rect[4] = (rect[2] - rect[0]) * (rect[3] - rect[1])
            for j in range(len(crowd.ref)):
                if crowd.shown[c, j] > 0 and crowd.shape[c, j, 1] > lone.shape[c, 0, 1]:
                    _clip(camera, crowd.shape[c, j], other)
                    clear *= 1 - chance(crowd.logit[j]) * _covered(rect, other)
        lone.clear[c, 0] = clear
        lone.found[c, 0] = detectable(lone.shown[c, 0], clear, missed)
