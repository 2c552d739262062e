"""Joints in 3-D: the points nearest to the lines of sight of all cameras that saw them just now.

A weak pull towards the body's axis settles what one camera alone leaves open: the joint is taken to lie where its ray
passes the axis, and the sigma says how little that means.

Numba kernels, as those of the arms: the same in numpy was a fifth of all that an engine does.
"""
# Numba infers the types of kernels.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.tracking._arms import Lines
from engine.core.tracking._kernels import kernel
from engine.core.tracking._state import LEAST_SCORES
from engine.domain import KEYPOINTS, Floats

_JOINT_PX = 2.5  # spread of a joint with score 1
_LEAST_SCORE = 0.1
_MIDDLE_M, _MIDDLE_SIGMA_M = 1.0, 3.0
_OUTLIER, _ENOUGH_VIEWS = 16.0, 3  # squared residual in sigmas, two dimensions
_ONE_VIEW_SIGMA_M = 0.20
_LEAST_SIGMA_M = 0.01
_NO_WEIGHT = 1e-9

# How far a joint is from the body's axis, and how fast it moves against the body.
_REACH_M = np.array([0.15] * 7 + [0.25] * 2 + [0.35] * 2 + [0.12] * 2 + [0.20] * 2 + [0.25] * 2)
_SPEED_MPS = np.array([0.1] * 7 + [0.25] * 2 + [0.35] * 2 + [0.1] * 2 + [0.25] * 2 + [0.5] * 2)


@dataclass(frozen=True)
class Looks:
    """What V cameras saw of T bodies: ``camera`` (T, V) their rows, ``joints_px`` (T, V, 17, 3) with scores.

    ``late_s`` (T, V) is how old each look is and ``range_m`` (T, V) how far away the body was; a body stands at
    ``foot_m`` (T, 2) and moves with ``velocity_mps`` (T, 2).
    """

    camera: NDArray[np.intp]
    joints_px: Floats
    late_s: Floats
    range_m: Floats
    foot_m: Floats
    velocity_mps: Floats


def place_joints(cameras: Floats, looks: Looks) -> tuple[Floats, Floats, Lines]:
    """Joints (T, 17, 3), sigmas (T, 17), 0 where nobody saw the joint, and the lines of sight they are from.

    ``cameras`` are rows as ``Eye.row`` gives them. One outlier among three views is dropped.
    """
    shape = looks.joints_px.shape
    lines = Lines(np.empty(shape), np.empty((*shape[:2], 3)), np.empty(shape[:3]), looks.late_s, np.empty(shape[:2]))
    _look(
        cameras, looks.camera, looks.joints_px, looks.late_s, looks.range_m, looks.velocity_mps, LEAST_SCORES,
        lines.rays, lines.origin, lines.scores, lines.pixel_m,
    )  # fmt: skip
    joints, sigmas = np.empty((shape[0], KEYPOINTS, 3)), np.empty((shape[0], KEYPOINTS))
    given = (lines.rays, lines.origin, lines.scores, lines.late_s, lines.pixel_m)
    _meet(*given, looks.foot_m, _REACH_M, _SPEED_MPS, joints, sigmas)
    return joints, sigmas, lines


@kernel(
    "void(f8[:,::1], i8[:,::1], f8[:,:,:,::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1],"
    " f8[:,:,:,::1], f8[:,:,::1], f8[:,:,::1], f8[:,::1])"
)
def _look(cameras, camera, joints_px, late_s, range_m, velocity, least, rays, origin, scores, pixel_m):
    """Fill in the lines of sight; a score is 0 where nothing was seen.

    A view of a body that has walked on since is a view of the body here from an eye that was moved along.
    """
    for t in range(camera.shape[0]):
        for v in range(camera.shape[1]):
            eye = cameras[camera[t, v]]
            pixel_m[t, v] = _JOINT_PX * range_m[t, v] / eye[0]
            for axis in range(3):
                moved = velocity[t, axis] * late_s[t, v] if axis < 2 else 0.0
                origin[t, v, axis] = eye[15 + axis] + moved
            for j in range(joints_px.shape[2]):
                score = joints_px[t, v, j, 2]
                scores[t, v, j] = min(score, 1.0) if score >= least[j] else 0.0
                x = (joints_px[t, v, j, 0] - eye[2]) / eye[0]
                y = (joints_px[t, v, j, 1] - eye[3]) / eye[1]
                length = np.sqrt(1 + x * x + y * y)
                for axis in range(3):
                    rays[t, v, j, axis] = (x * eye[6 + axis] + y * eye[9 + axis] + eye[12 + axis]) / length


@kernel()
def _solve(rays, origin, weight, foot, pull, point, off):
    """Fill in the point (3,) nearest to V rays and the axis and how far ``off`` (V,) each is, and give its variance.

    ``off`` is the squared distance times the ray's weight; the variance is the mean per axis.
    """
    total = weight.sum()
    xx, yy, zz = total + pull, total + pull, total + 1 / _MIDDLE_SIGMA_M**2
    xy, xz, yz = 0.0, 0.0, 0.0
    tx, ty, tz = pull * foot[0], pull * foot[1], _MIDDLE_M / _MIDDLE_SIGMA_M**2
    for v in range(len(weight)):
        w = weight[v]
        if w == 0:
            continue
        rx, ry, rz = rays[v, 0], rays[v, 1], rays[v, 2]
        ox, oy, oz = origin[v, 0], origin[v, 1], origin[v, 2]
        along = ox * rx + oy * ry + oz * rz
        xx, yy, zz = xx - w * rx * rx, yy - w * ry * ry, zz - w * rz * rz
        xy, xz, yz = xy - w * rx * ry, xz - w * rx * rz, yz - w * ry * rz
        tx, ty, tz = tx + w * (ox - along * rx), ty + w * (oy - along * ry), tz + w * (oz - along * rz)
    ixx, ixy, ixz = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    iyy, iyz, izz = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    det = xx * ixx + xy * ixy + xz * ixz
    point[0] = (ixx * tx + ixy * ty + ixz * tz) / det
    point[1] = (ixy * tx + iyy * ty + iyz * tz) / det
    point[2] = (ixz * tx + iyz * ty + izz * tz) / det
    for v in range(len(weight)):
        dx, dy, dz = point[0] - origin[v, 0], point[1] - origin[v, 1], point[2] - origin[v, 2]
        along = dx * rays[v, 0] + dy * rays[v, 1] + dz * rays[v, 2]
        off[v] = weight[v] * max(dx * dx + dy * dy + dz * dz - along * along, 0.0)
    return (ixx + iyy + izz) / det / 3


@kernel(
    "void(f8[:,:,:,::1], f8[:,:,::1], f8[:,:,::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], f8[::1],"
    " f8[:,:,::1], f8[:,::1])"
)
def _meet(rays, origin, scores, late_s, pixel_m, foot, reach_m, speed_mps, joints, sigmas):
    """Fill in joints (T, 17, 3) and sigmas (T, 17)."""
    views = origin.shape[1]
    weight, off = np.empty(views), np.empty(views)
    for t in range(joints.shape[0]):
        for j in range(joints.shape[1]):
            seen = 0
            for v in range(views):
                blur_m2 = (pixel_m[t, v] / max(scores[t, v, j], _LEAST_SCORE)) ** 2
                blur_m2 += (speed_mps[j] * late_s[t, v]) ** 2
                weight[v] = 1 / (blur_m2 + _NO_WEIGHT) if scores[t, v, j] > 0 else 0.0
                seen += scores[t, v, j] > 0
            pull = 1 / reach_m[j] ** 2
            variance = _solve(rays[t, :, j], origin[t], weight, foot[t], pull, joints[t, j], off)
            if seen >= _ENOUGH_VIEWS and off.max() > _OUTLIER:
                weight[off.argmax()] = 0.0
                seen -= 1
                variance = _solve(rays[t, :, j], origin[t], weight, foot[t], pull, joints[t, j], off)
            excess = max(off.sum() / max(2 * seen - 3, 1), 1.0)
            least_m = _ONE_VIEW_SIGMA_M if seen == 1 else _LEAST_SIGMA_M
            sigmas[t, j] = max(np.sqrt(variance * excess), least_m) if seen else 0.0
