"""Motion blur: what moved while the shutter was open is smeared along its way across the picture.

A pixel gathers along the greatest movement near it, as a reconstruction filter does: what covers it for a part of the
exposure lends its colour, and what it leaves uncovered shows the picture behind (after McGuire et al., A Reconstruction
Filter for Plausible Motion Blur, I3D 2012).
"""

# Numba infers the types of kernels; one call must carry a whole frame's arrays.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math
from typing import Any

import numba
import numpy as np

TILE_PX = 20
"""Side of the tiles that share a movement; none is longer than two of them, half before and half after."""
NOWHERE_PX = 1 << 20
"""First column of a row where nothing moves; the last is as far the other way."""
_LONGEST_PX = 2.0 * TILE_PX
_LEAST_PX = 1.7  # of the canvas, about one of a small picture: less is not seen
_PX_PER_TAP = 5.0
_MOST_TAPS = 8

_compiled: Any = numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")


@_compiled
def smears(points, velocities, camera, shutter_s):
    """Movement (N, 2) in pixels of points (N, 3) with velocities (N, 3) in m/s while the shutter is open."""
    out = np.zeros((len(points), 2), np.float32)
    ends = np.empty((2, 3))
    for i in range(len(points)):
        for end in range(2):
            share = (end - 0.5) * shutter_s
            for k in range(3):
                ends[end, k] = camera[k, 3]
                for j in range(3):
                    ends[end, k] += camera[k, j] * (points[i, j] + share * velocities[i, j])
        if min(ends[0, 2], ends[1, 2]) < 0.3:
            continue
        dx = ends[1, 0] / ends[1, 2] - ends[0, 0] / ends[0, 2]
        dy = ends[1, 1] / ends[1, 2] - ends[0, 1] / ends[0, 2]
        cut = min(1.0, _LONGEST_PX / (math.sqrt(dx * dx + dy * dy) + 1e-6))
        out[i, 0], out[i, 1] = dx * cut, dy * cut
    return out


@_compiled
def longest_px(smear):
    """The longest of movements (N, 2), 0 when none would be seen."""
    longest2 = np.float32(0)
    for i in range(len(smear)):
        longest2 = max(longest2, smear[i, 0] * smear[i, 0] + smear[i, 1] * smear[i, 1])
    return math.sqrt(longest2) if longest2 > _LEAST_PX * _LEAST_PX else 0.0


@_compiled
def trace(rect, first_key, face_at, bary, faces, corners, smear, tiles, ends):
    """Write the movement of every pixel whose face is one of these; corners: of their corners (N, 2).

    smear: (H, W) its length squared; tiles: (rows, columns, 3) the greatest of each tile, x, y and length squared;
    ends: (H, 2) the first and last column of each row where anything moves.
    """
    for y in range(rect[1], rect[3]):
        row = y // TILE_PX
        first, last = ends[y, 0], ends[y, 1]
        for x in range(rect[0], rect[2]):
            m = face_at[y, x] - first_key
            if m < 0 or m >= len(faces):
                continue
            u, v = bary[y, x, 0], bary[y, x, 1]
            w = np.float32(1) - u - v
            a, b, c = faces[m, 0], faces[m, 1], faces[m, 2]
            dx = w * corners[a, 0] + u * corners[b, 0] + v * corners[c, 0] + np.float32(1e-6)  # never quite at rest
            dy = w * corners[a, 1] + u * corners[b, 1] + v * corners[c, 1]
            first, last = min(first, x), max(last, x)
            column, length2 = x // TILE_PX, dx * dx + dy * dy
            smear[y, x] = length2
            if length2 > tiles[row, column, 2]:
                tiles[row, column, 0], tiles[row, column, 1], tiles[row, column, 2] = dx, dy, length2
        ends[y, 0], ends[y, 1] = first, last


@_compiled
def _nearby(tiles, row, column):
    """The greatest movement x, y, length squared of a tile and its neighbours."""
    dx, dy, length2 = tiles[row, column, 0], tiles[row, column, 1], tiles[row, column, 2]
    for r in range(max(row - 1, 0), min(row + 2, tiles.shape[0])):
        for c in range(max(column - 1, 0), min(column + 2, tiles.shape[1])):
            if tiles[r, c, 2] > length2:
                dx, dy, length2 = tiles[r, c, 0], tiles[r, c, 1], tiles[r, c, 2]
    return dx, dy, length2


@_compiled
def _source(own2, other2, gone2):
    """What a pixel shows at a tap: 0 itself, 1 what is at the tap, 2 what is behind; movements and way squared."""
    far = np.float32(0.3)  # a little over a half, squared
    if own2 > 0:
        # Covered by another part of the body, or left behind, or still there.
        return 1 if other2 > 0 else (2 if gone2 <= far * own2 else 0)
    return 1 if other2 > 0 and gone2 <= far * other2 else 0


@_compiled
def _taps(dx, dy, taps):
    """Where along a way to look: columns and rows from the pixel, and the way there squared. Returns their number."""
    length2 = dx * dx + dy * dy
    count = min(int(math.sqrt(length2) / _PX_PER_TAP) + 2, _MOST_TAPS)
    for k in range(count):
        t = (k + 0.5) / count - 0.5
        taps[k, 0], taps[k, 1], taps[k, 2] = round(-dx * t), round(-dy * t), t * t * length2
    return count


@_compiled
def _gather(y, first, end, rect, taps, nearness, smear, colour, behind, out):
    """Mean of the taps (K, 3) through each pixel from ``first`` to before ``end`` of a row, into out (H, W, 3)."""
    step, half = np.float32(1 / len(taps)), np.float32(0.5)
    for x in range(first, end):
        own2, near = smear[y, x], nearness[y, x]
        blue = green = red = np.float32(0)
        for k in range(len(taps)):
            qx = min(max(x + int(taps[k, 0]), rect[0]), rect[2] - 1)
            qy = min(max(y + int(taps[k, 1]), rect[1]), rect[3] - 1)
            source = _source(own2, smear[qy, qx], taps[k, 2])
            if source == 2:
                blue, green, red = blue + behind[y, x, 0], green + behind[y, x, 1], red + behind[y, x, 2]
                continue
            if source == 0 or (own2 == 0 and nearness[qy, qx] < near):
                qy, qx = y, x
            blue, green, red = blue + colour[qy, qx, 0], green + colour[qy, qx, 1], red + colour[qy, qx, 2]
        i, j = y - rect[1], x - rect[0]
        out[i, j, 0] = np.uint8(blue * step + half)
        out[i, j, 1] = np.uint8(green * step + half)
        out[i, j, 2] = np.uint8(red * step + half)


@_compiled
def _span(row, half_x, half_y, rect, ends):
    """Columns (first, end) of a row of tiles to which anything that moves within half a way can get."""
    first, end = rect[2], rect[0]
    top, bottom = row * TILE_PX - half_y, (row + 1) * TILE_PX + half_y
    for y in range(max(top, rect[1]), min(bottom, rect[3])):
        first, end = min(first, ends[y, 0] - half_x), max(end, ends[y, 1] + half_x + 1)
    return max(first, rect[0]), min(end, rect[2])


@_compiled
def blur(rect, nearness, smear, tiles, ends, behind, colour):
    """Smear a rectangle of the picture in place by what ``trace`` left there; behind: it without what moves."""
    out = colour[rect[1] : rect[3], rect[0] : rect[2]].copy()
    taps = np.empty((_MOST_TAPS, 3), np.float32)
    for row in range(rect[1] // TILE_PX, (rect[3] - 1) // TILE_PX + 1):
        for column in range(rect[0] // TILE_PX, (rect[2] - 1) // TILE_PX + 1):
            dx, dy, length2 = _nearby(tiles, row, column)
            if length2 < _LEAST_PX * _LEAST_PX:
                continue
            if tiles[row, column, 2] > 0.25 * length2:
                dx, dy = tiles[row, column, 0], tiles[row, column, 1]
            count = _taps(dx, dy, taps)
            first, end = _span(row, int(abs(dx) / 2) + 2, int(abs(dy) / 2) + 2, rect, ends)
            first, end = max(column * TILE_PX, first), min((column + 1) * TILE_PX, end)
            for y in range(max(row * TILE_PX, rect[1]), min((row + 1) * TILE_PX, rect[3])):
                _gather(y, first, end, rect, taps[:count], nearness, smear, colour, behind, out)
    colour[rect[1] : rect[3], rect[0] : rect[2]] = out


@_compiled
def forget(rect, smear, tiles, ends):
    """Clear a rectangle that has been smeared."""
    smear[rect[1] : rect[3], rect[0] : rect[2]] = 0
    tiles[rect[1] // TILE_PX : rect[3] // TILE_PX + 1, rect[0] // TILE_PX : rect[2] // TILE_PX + 1] = 0
    ends[rect[1] : rect[3], 0], ends[rect[1] : rect[3], 1] = NOWHERE_PX, -NOWHERE_PX
