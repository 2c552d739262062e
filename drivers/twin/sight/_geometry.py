"""Numba kernel: where the joints of bodies appear in cameras, and what hides each of them.

Bodies hide joints, their own and others', as limbs of usual thickness; nearer to the camera by more than that.
"""
# Numba infers the types of kernels.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

from typing import Any

import numba
import numpy as np

_compiled: Any = numba.njit(cache=True, nogil=True)

CLEAR, ITSELF, ANOTHER, FIXTURE, GLASS, OFF, IN_SHELF = range(7)
"""What stands between a joint and a camera: nothing, the body itself, another body, a fixture, glass; or the joint is
off the picture; or nothing, but the joint is in a shelf."""

CAUSES = 7

_NEAREST_M = 0.15
_JOINTS = 17
# Two joints of a limb (COCO order) and its radius in metres for a torso of _TORSO_M; the head is its ears.
_LIMBS = np.array([
    (3, 4), (5, 11), (6, 12), (5, 12), (6, 11), (5, 7), (6, 8), (7, 9), (8, 10), (11, 13), (12, 14), (13, 15), (14, 16),
])  # fmt: skip
_RADIUS_M = np.array([0.10, 0.11, 0.11, 0.11, 0.11, 0.05, 0.05, 0.045, 0.045, 0.08, 0.08, 0.06, 0.06])
_TORSO_M = 0.50
_CLEARANCE_M = 0.04


@_compiled
def _crosses(panel, eye, ray):
    """Whether the way from the eye along the whole ray crosses a panel."""
    ax, ay, az = panel[3], panel[4], panel[5]
    bx, by, bz = panel[6], panel[7], panel[8]
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    slope = nx * ray[0] + ny * ray[1] + nz * ray[2]
    if abs(slope) < 1e-12:
        return False
    gx, gy, gz = panel[0] - eye[0], panel[1] - eye[1], panel[2] - eye[2]
    share = (nx * gx + ny * gy + nz * gz) / slope
    if share <= 0 or share >= 1:
        return False
    hx, hy, hz = share * ray[0] - gx, share * ray[1] - gy, share * ray[2] - gz
    aa, bb = ax * ax + ay * ay + az * az, bx * bx + by * by + bz * bz
    along_a, along_b = hx * ax + hy * ay + hz * az, hx * bx + hy * by + hz * bz
    return 0 <= along_a <= aa and 0 <= along_b <= bb


@_compiled
def _through(gondola, eye, ray):
    """Whether the way along the ray enters a gondola's box, and whether it ends there."""
    ex, ey = eye[0] - gondola[0], eye[1] - gondola[1]
    start = (-(ex * gondola[2] + ey * gondola[3]), ey * gondola[2] - ex * gondola[3], eye[2])
    step = (-(ray[0] * gondola[2] + ray[1] * gondola[3]), ray[1] * gondola[2] - ray[0] * gondola[3], ray[2])
    low, high = (0.0, -gondola[5] - 0.03, 0.0), (gondola[4], gondola[5] + 0.03, gondola[6])
    enter, leave = 0.0, 1.0
    for axis in range(3):
        if abs(step[axis]) < 1e-9:
            if start[axis] < low[axis] or start[axis] > high[axis]:
                return False, False
        else:
            first, last = (low[axis] - start[axis]) / step[axis], (high[axis] - start[axis]) / step[axis]
            enter, leave = max(enter, min(first, last)), min(leave, max(first, last))
    return enter <= leave, enter <= leave and leave >= 1.0


@_compiled
def _behind(eye, ray, joint, gondolas, shelf_panels, border_panels, floor):
    """CLEAR, FIXTURE, GLASS or IN_SHELF."""
    glass = False
    if joint[0] < floor[0] or joint[1] < floor[1] or joint[0] > floor[2] or joint[1] > floor[3]:
        for panel in border_panels:
            if _crosses(panel, eye, ray):
                if panel[9] == 0:
                    return FIXTURE
                glass = True
    inside = False
    for gondola in gondolas:
        passes, ends = _through(gondola, eye, ray)
        if passes:
            for row in range(int(gondola[7]), int(gondola[8])):
                if _crosses(shelf_panels[row], eye, ray):
                    return FIXTURE
            inside = inside or ends
    if glass:
        return GLASS
    return IN_SHELF if inside else CLEAR


@_compiled
def _project(camera, body, pixels, depth, cause):
    """Pixels and depths of one body's joints, and which are off the picture; False with a joint beside the camera."""
    focal, cx, cy, width, height, k1, k2 = camera[12:19]
    for j in range(_JOINTS):
        x, y, z = body[j, 0] - camera[0], body[j, 1] - camera[1], body[j, 2] - camera[2]
        depth[j] = camera[9] * x + camera[10] * y + camera[11] * z
        if depth[j] < _NEAREST_M:
            return False
        u = (camera[3] * x + camera[4] * y + camera[5] * z) / depth[j]
        v = (camera[6] * x + camera[7] * y + camera[8] * z) / depth[j]
        pixels[j, 0], pixels[j, 1] = u * focal + cx, v * focal + cy
        r2 = u * u + v * v
        gain = 1 + k1 * r2 + k2 * r2 * r2
        seen_x, seen_y = u * gain * focal + cx, v * gain * focal + cy
        turned = 1 + 3 * k1 * r2 + 5 * k2 * r2 * r2 <= 0  # beyond that the lens's formula comes back
        outside = seen_x < 0 or seen_y < 0 or seen_x > width - 1 or seen_y > height - 1
        cause[j] = OFF if turned or outside else CLEAR
    return True


@_compiled
def _limb_radii(body, depth, focal_px, radius_m, radius_px):
    """Fill in how thick a body's limbs are, (13,) each; returns the greatest in pixels."""
    torso2 = 0.0
    for axis in range(3):
        torso2 += (body[5, axis] + body[6, axis] - body[11, axis] - body[12, axis]) ** 2
    most_px = 0.0
    for limb in range(len(_LIMBS)):
        radius_m[limb] = _RADIUS_M[limb] * np.sqrt(torso2) / 2 / _TORSO_M
        middle_m = (depth[_LIMBS[limb, 0]] + depth[_LIMBS[limb, 1]]) / 2
        radius_px[limb] = radius_m[limb] * focal_px / middle_m
        most_px = max(most_px, radius_px[limb])
    return most_px


@_compiled
def _hides(pixels, depth, radius_m, radius_px, x, y, z, skipped):
    """Whether a limb of a body lies before a pixel at depth z; limbs that end in the joint ``skipped`` do not count."""
    for limb in range(len(_LIMBS)):
        a, b = _LIMBS[limb, 0], _LIMBS[limb, 1]
        if skipped in (a, b):
            continue
        ux, uy = pixels[b, 0] - pixels[a, 0], pixels[b, 1] - pixels[a, 1]
        px, py = x - pixels[a, 0], y - pixels[a, 1]
        share = min(max((px * ux + py * uy) / max(ux * ux + uy * uy, 1e-9), 0.0), 1.0)
        dx, dy = px - share * ux, py - share * uy
        if dx * dx + dy * dy < radius_px[limb] * radius_px[limb]:
            there_m = depth[a] + share * (depth[b] - depth[a])
            if there_m + radius_m[limb] + _CLEARANCE_M < z:
                return True
    return False


@_compiled
def _behind_bodies(pixels, depth, cause, radius_m, radius_px, extent):
    """Mark the joints (N, 17) that bodies hide; a negative depth of the first joint leaves a body out."""
    for n in range(len(pixels)):
        if depth[n, 0] < 0:
            continue
        for j in range(_JOINTS):
            if cause[n, j] != CLEAR and cause[n, j] != IN_SHELF:
                continue
            x, y, z = pixels[n, j, 0], pixels[n, j, 1], depth[n, j]
            for other in range(len(pixels)):
                if depth[other, 0] < 0 or x < extent[other, 0] or x > extent[other, 2]:
                    continue
                if y < extent[other, 1] or y > extent[other, 3] or (other == n and cause[n, j] == ANOTHER):
                    continue
                skipped = j if other == n else -1
                if _hides(pixels[other], depth[other], radius_m[other], radius_px[other], x, y, z, skipped):
                    cause[n, j] = ITSELF if other == n else ANOTHER


@_compiled
def _look(camera, joints, fixtures, pixels, cause, px_per_m, down_rad):
    """As ``look``, for one camera."""
    gondolas, shelf_panels, border_panels, floor = fixtures
    count, eye, ray = len(joints), camera[:3], np.empty(3)
    depth, extent = np.empty((count, _JOINTS)), np.empty((count, 4))
    radius_m, radius_px = np.empty((count, len(_LIMBS))), np.empty((count, len(_LIMBS)))
    for n in range(count):
        middle = (joints[n, 5] + joints[n, 6] + joints[n, 11] + joints[n, 12]) / 4 - camera[:3]
        distance_m = np.sqrt((middle * middle).sum())
        px_per_m[n], down_rad[n] = camera[12] / distance_m, np.arcsin(-middle[2] / distance_m)
        if not _project(camera, joints[n], pixels[n], depth[n], cause[n]):
            depth[n, 0] = -1.0
            pixels[n] = 0.0
            cause[n] = OFF
            continue
        for j in range(_JOINTS):
            if cause[n, j] != OFF:
                for axis in range(3):
                    ray[axis] = joints[n, j, axis] - camera[axis]
                cause[n, j] = _behind(eye, ray, joints[n, j], gondolas, shelf_panels, border_panels, floor)
        most_px = _limb_radii(joints[n], depth[n], camera[12], radius_m[n], radius_px[n])
        extent[n, 0], extent[n, 1] = pixels[n, :, 0].min() - most_px, pixels[n, :, 1].min() - most_px
        extent[n, 2], extent[n, 3] = pixels[n, :, 0].max() + most_px, pixels[n, :, 1].max() + most_px
    _behind_bodies(pixels, depth, cause, radius_m, radius_px, extent)


@_compiled
def look(cameras, joints, fixtures):
    """How the joints (N, 17, 3) of N bodies appear in cameras (C, 19), and what hides them.

    A camera: position (3), rows of the rotation (9), focal length, centre x and y, width, height, k1, k2. fixtures: as
    in ``Fixtures``. Returns ideal pixels (C, N, 17, 2), causes (C, N, 17), pixels per metre at the body and its angle
    below the horizon (C, N). Of a body with a joint beside or behind a camera all joints are off its picture.
    """
    shape = (len(cameras), len(joints))
    pixels, cause = np.empty((*shape, _JOINTS, 2)), np.empty((*shape, _JOINTS), np.int8)
    px_per_m, down_rad = np.empty(shape), np.empty(shape)
    for c in range(len(cameras)):
        _look(cameras[c], joints, fixtures, pixels[c], cause[c], px_per_m[c], down_rad[c])
    return pixels, cause, px_per_m, down_rad
