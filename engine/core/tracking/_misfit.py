"""How well the joints that cameras saw fit a body that is known."""
# Numba infers the types of kernels.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.tracking._kernels import kernel
from engine.core.tracking._state import LEAST_SCORES
from engine.domain import Floats

Flags = NDArray[np.bool_]

UNKNOWN_MISFIT = 2.5
"""What the joints of a right pair cost on average."""
MOST_MISFIT = 9.0

_JOINT_M = 0.08  # how far a joint moves between frames
_JOINT_PX = 4.0
_LEAST_DEPTH_M = 0.1
_LEAST_JOINTS = 3
_MIRROR_SURE = 1.0  # a mirror image must fit so much better


@dataclass(frozen=True)
class Pairs:
    """P bodies, each with what a camera reported of somebody.

    ``camera`` (P,) are rows of cameras, ``bodies_m`` (P, 17, 3) have ``sigmas_m`` (P, 17), 0 where a joint is unknown,
    and ``joints_px`` (P, 17, 3) are pixels with scores.
    """

    camera: NDArray[np.intp]
    bodies_m: Floats
    sigmas_m: Floats
    joints_px: Floats


def misfit(cameras: Floats, pairs: Pairs) -> tuple[Floats, Flags]:
    """Mean squared error of each pair (P,), in sigmas and capped; and whether its mirror image fits plainly better.

    ``cameras`` are rows as ``Eye.row`` gives them; where a mirror image fits better, the error is that image's.
    """
    errors, turned = np.empty(len(pairs.camera)), np.empty(len(pairs.camera), np.bool_)
    _compare(cameras, pairs.camera, pairs.bodies_m, pairs.sigmas_m, pairs.joints_px, LEAST_SCORES, errors, turned)
    return errors, turned


@kernel()
def _error(eye, body, sigma_m, report, least, image):
    """The mean error of one pair, or of its mirror image, in which joints have the pixels of their counterparts."""
    total, weight, known = 0.0, 0.0, 0
    for j in range(len(body)):
        at = j if image == 0 or j == 0 else j + 1 if j % 2 else j - 1
        score = report[at, 2]
        if sigma_m[j] <= 0 or score < least[at]:
            continue
        dx, dy, dz = body[j, 0] - eye[15], body[j, 1] - eye[16], body[j, 2] - eye[17]
        depth = max(eye[12] * dx + eye[13] * dy + eye[14] * dz, _LEAST_DEPTH_M)
        share = eye[0] / depth
        x = (eye[6] * dx + eye[7] * dy + eye[8] * dz) * share + eye[2] - report[at, 0]
        y = (eye[9] * dx + eye[10] * dy + eye[11] * dz) * share + eye[3] - report[at, 1]
        variance = share * share * (sigma_m[j] ** 2 + _JOINT_M**2) + _JOINT_PX**2
        score = min(score, 1.0)
        total += score * min((x * x + y * y) / variance, MOST_MISFIT)
        weight += score
        known += 1
    return total / weight if known >= _LEAST_JOINTS else UNKNOWN_MISFIT


@kernel("void(f8[:,::1], i8[::1], f8[:,:,::1], f8[:,::1], f8[:,:,::1], f8[::1], f8[::1], b1[::1])")
def _compare(cameras, camera, bodies, sigmas, reports, least, errors, turned):
    """Fill in what ``misfit`` gives."""
    means = np.empty(2)
    for p in range(len(camera)):
        for image in range(2):
            means[image] = _error(cameras[camera[p]], bodies[p], sigmas[p], reports[p], least, image)
        turned[p] = means[1] + _MIRROR_SURE < means[0]
        errors[p] = means[1] if turned[p] else means[0]
