"""Shadows of people on the floor: soft ones at the feet and below the body, and what the ceiling's lamps cast.

A person is a handful of balls. Seen from the floor a ball hides a share of a lamp; the lamps are panels, so what is
higher up casts a wider and weaker shadow, and above the hips none that anybody would see.
"""

# Numba infers the types of kernels; one call must carry a whole frame's arrays.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._lens import Picture, Rect
from drivers.twin.render._pose import JOINTS, Posed
from drivers.twin.render._raster import NEAR_M

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_CELL_M = 0.04
_LAMP_RADIUS_M = 0.3
_LEAST_SHARE = 0.03  # of the floor's light; a lamp that matters less casts no shadow
_FOOT = (0.20, 0.5)  # radius and strength of the soft shadow where a foot stands, and below the body
_BODY = (0.55, 0.45)
# Joints, how far from the first to the second, and the radius of a ball there.
_BALLS = (
    ("ankle", "knee", 0.1, 0.06), ("ankle", "knee", 0.55, 0.06), ("knee", "hip", 0.0, 0.07),
    ("knee", "hip", 0.45, 0.08), ("knee", "hip", 0.9, 0.11), ("hip", "shoulder", 0.25, 0.13),
)  # fmt: skip
_LOW = [JOINTS.index(f"{side}_{low}") for side in ("left", "right") for low, *_ in _BALLS]
_HIGH = [JOINTS.index(f"{side}_{high}") for side in ("left", "right") for _, high, *_ in _BALLS]
_SHARE, _RADIUS_M = (np.array([ball[k] for ball in _BALLS] * 2, float)[:, None] for k in (2, 3))
_SEEN = 0.985  # of a picture value; what darkens it less is left out
_AMBIENT = 0.36 + 0.17 * 2  # of an upward surface, as ``_raster`` lights it

_compiled: Any = numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")


@dataclass(frozen=True, eq=False)
class ShadowMap:
    """What is left of the floor's picture value (rows along y, columns along x), 1 in the open.

    low_m: x and y of the first cell's middle; cells are ``_CELL_M`` apart.
    """

    left: Floats
    low_m: Doubles

    @property
    def corners_m(self) -> Floats:
        """The map's outline on the floor (4, 3)."""
        rows, columns = self.left.shape
        x0, y0 = self.low_m
        x1, y1 = x0 + (columns - 1) * _CELL_M, y0 + (rows - 1) * _CELL_M
        return np.array([(x0, y0, 0), (x1, y0, 0), (x1, y1, 0), (x0, y1, 0)], np.float32)


def shadow_of(posed: Posed, lamps: Floats, *, cast: bool) -> ShadowMap:
    """The shadow of a body; ``cast``: what lamps cast beside what is always there."""
    hips = (posed.joint("left_hip") + posed.joint("right_hip")) / 2
    soft = np.array([
        (*posed.joint("left_ankle")[:2], *_FOOT), (*posed.joint("right_ankle")[:2], *_FOOT), (*hips[:2], *_BODY)
    ])  # fmt: skip
    discs = _discs(_balls(posed), lamps.astype(float), hips) if cast else np.zeros((0, 5))
    spots = np.concatenate([soft[:, :3], discs[:, :3]])
    low = (spots[:, :2] - spots[:, 2:]).min(axis=0) - _CELL_M
    high = (spots[:, :2] + spots[:, 2:]).max(axis=0) + _CELL_M
    columns, rows = np.ceil((high - low) / _CELL_M).astype(int) + 1
    return _cropped(_painted((rows, columns), low, soft, discs), low)


def darken_floor(rect: Rect, canvas_from_floor: Doubles, nearness: Floats, shadow: ShadowMap, out: Picture) -> None:
    """Put a shadow on the pixels of the rectangle that show the floor z = 0; canvas_from_floor: the camera (3, 4)."""
    corners = shadow.corners_m @ canvas_from_floor[:, :3].T + canvas_from_floor[:, 3]
    before = corners[:, 2].min() > NEAR_M
    outline = corners[:, :2] / corners[:, 2:] if before else corners[:0, :2]
    # The third row of the inverse is 1 / depth: nearness runs evenly over the picture of a plane.
    cell_from_px = np.linalg.inv(canvas_from_floor[:, [0, 1, 3]])
    cell_from_px[:2] = (cell_from_px[:2] - np.outer(shadow.low_m, cell_from_px[2])) / _CELL_M
    _darken(rect, outline, cell_from_px.astype(np.float32), nearness, shadow.left, out)


def _cropped(left: Floats, low_m: Doubles) -> ShadowMap:
    """The part of a map that anybody would see."""
    rows, columns = (np.flatnonzero(left.min(axis=axis) < _SEEN) for axis in (1, 0))
    top, first = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    part = np.ascontiguousarray(left[top : rows[-1] + 2, first : columns[-1] + 2])
    return ShadowMap(part, low_m + _CELL_M * np.array([first, top]))


def _balls(posed: Posed) -> Doubles:
    """Balls (n, 4) x, y, z, radius."""
    joints_m = posed.joints_m
    return np.hstack([(1 - _SHARE) * joints_m[_LOW] + _SHARE * joints_m[_HIGH], _RADIUS_M])


@_compiled
def _discs(balls, lamps, under):
    """Shadows (n, 5) of balls: x, y, radius, share of the floor's light that is missing, number of the lamp."""
    light = np.empty(len(lamps))
    for i in range(len(lamps)):
        dx, dy, dz = lamps[i, 0] - under[0], lamps[i, 1] - under[1], lamps[i, 2]
        d2 = dx * dx + dy * dy + dz * dz
        facing = dz / math.sqrt(d2)
        light[i] = lamps[i, 3] / (0.8 + d2) * (facing + 0.15) / 1.15 * facing
    total = _AMBIENT + light.sum()
    out = np.empty((len(lamps) * len(balls), 5))
    count = 0
    for i in range(len(lamps)):
        for j in range(len(balls)):
            z, radius = max(balls[j, 2], 0.03), balls[j, 3]
            height = lamps[i, 2]
            hidden = min(1.0, (radius * height / (_LAMP_RADIUS_M * z)) ** 2)
            share = light[i] / total * hidden
            if share < _LEAST_SHARE or z > 0.8 * height:
                continue
            away = height / (height - z)
            for k in range(2):
                out[count, k] = lamps[i, k] + (balls[j, k] - lamps[i, k]) * away
            out[count, 2] = radius * away + _LAMP_RADIUS_M * (away - 1)
            out[count, 3], out[count, 4] = share, i
            count += 1
    return out[:count]


@_compiled
def _painted(shape, low, soft, discs):
    left, lamp = np.ones(shape, np.float32), np.zeros(shape, np.float32)
    for i in range(len(discs)):
        _spot(lamp, low, discs[i], discs[i, 3])
        if i + 1 == len(discs) or discs[i + 1, 4] != discs[i, 4]:
            left -= lamp
            lamp[:] = 0
    left = np.sqrt(left)
    gain = np.zeros(shape, np.float32)
    for i in range(len(soft)):
        gain[:] = 0
        _spot(gain, low, soft[i], soft[i, 3])
        left *= 1 - gain
    return left


@_compiled
def _spot(grid, low, disc, strength):
    """Raise the cells under a disc to a smooth spot of that strength."""
    x, y, radius = (disc[0] - low[0]) / _CELL_M, (disc[1] - low[1]) / _CELL_M, disc[2] / _CELL_M
    for row in range(max(0, int(y - radius)), min(grid.shape[0], int(y + radius) + 2)):
        for column in range(max(0, int(x - radius)), min(grid.shape[1], int(x + radius) + 2)):
            inside = 1 - ((row - y) ** 2 + (column - x) ** 2) / (radius * radius)
            if inside > 0:
                grid[row, column] = max(grid[row, column], np.float32(strength * inside * inside))


@_compiled
def _row_span(outline, y, span):
    """Narrow the span (first, end) of columns to those inside a convex outline (4, 2) at row y."""
    low, high = 1e9, -1e9
    for k in range(4):
        x0, y0, x1, y1 = outline[k - 1, 0], outline[k - 1, 1], outline[k, 0], outline[k, 1]
        if min(y0, y1) <= y <= max(y0, y1) and y0 != y1:
            x = x0 + (x1 - x0) * (y - y0) / (y1 - y0)
            low, high = min(low, x), max(high, x)
    return max(span[0], math.ceil(max(low, -1e6))), min(span[1], math.floor(min(high, 1e6)) + 1)


@_compiled
def _darken(rect, outline, cell_from_px, nearness, left, out):
    """cell_from_px: homography (3, 3) to columns and rows of the map, third row the nearness of the floor."""
    one, rows, columns = np.float32(1), np.float32(left.shape[0] - 1), np.float32(left.shape[1] - 1)
    h = cell_from_px
    for y in range(rect[1], rect[3]):
        start, end = rect[0], rect[2]
        if len(outline):
            start, end = _row_span(outline, y, (start, end))
        line = h[:, 1] * np.float32(y) + h[:, 2]
        for x in range(start, end):
            near = h[2, 0] * np.float32(x) + line[2]
            if abs(nearness[y, x] - near) > np.float32(0.01) * near:
                continue
            depth = one / near
            column, row = (h[0, 0] * np.float32(x) + line[0]) * depth, (h[1, 0] * np.float32(x) + line[1]) * depth
            if column < 0 or column >= columns or row < 0 or row >= rows:
                continue
            i, j = int(row), int(column)
            if left[i, j] > np.float32(_SEEN) and left[i + 1, j + 1] > np.float32(_SEEN):
                continue
            v, u = row - np.float32(i), column - np.float32(j)
            upper = left[i, j] + u * (left[i, j + 1] - left[i, j])
            lower = left[i + 1, j] + u * (left[i + 1, j + 1] - left[i + 1, j])
            gain = upper + v * (lower - upper)
            for k in range(3):
                out[y, x, k] = np.uint8(np.float32(out[y, x, k]) * gain + np.float32(0.5))
