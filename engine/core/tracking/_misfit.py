"""How well the joints that cameras saw fit a body that is known."""

import numpy as np
from numpy.typing import NDArray

from engine.core.tracking._eye import Rig
from engine.core.tracking._state import ARMS, MIN_ARM_SCORE, MIN_SCORE, MIRRORED
from engine.domain import KEYPOINTS, Floats

Flags = NDArray[np.bool_]

_MIN_SCORES = np.where(np.isin(np.arange(KEYPOINTS), ARMS), MIN_ARM_SCORE, MIN_SCORE)
_JOINT_M = 0.08  # how far a joint moves between frames
_JOINT_PX = 4.0
_CAP = 9.0
_LEAST_JOINTS = 3
_MIRROR_SURE = 1.0  # a mirror image must fit so much better

UNKNOWN_MISFIT = 2.5
"""What the joints of a right pair cost on average."""
MOST_MISFIT = _CAP


def observed(joints_px: Floats) -> tuple[Floats, Floats]:
    """Pixels (..., 17, 2) and scores (..., 17) of reported joints (..., 17, 3); a score is 0 where nothing was seen."""
    scores = joints_px[..., 2]
    return joints_px[..., :2], np.minimum(scores, 1.0) * (scores >= _MIN_SCORES)


def misfit(rig: Rig, bodies_m: Floats, sigmas_m: Floats, joints_px: Floats) -> tuple[Floats, Flags]:
    """Mean squared error, in sigmas and capped, of bodies against what cameras reported; and whether turned ones fit.

    One pair a row: cameras, bodies (P, 17, 3) with sigmas (P, 17), 0 where a joint is unknown, and reports (P, 17, 3).
    """
    points_px, depth_m = rig.project(bodies_m)
    variance = (rig.focal_px[:, None] / depth_m) ** 2 * (sigmas_m**2 + _JOINT_M**2) + _JOINT_PX**2
    seen_px, scores = observed(joints_px)
    both_px = np.stack([seen_px, seen_px[:, MIRRORED]])
    weight = np.stack([scores, scores[:, MIRRORED]]) * (sigmas_m > 0)
    apart = points_px - both_px
    error = np.minimum(np.einsum("spja,spja->spj", apart, apart) / variance, _CAP)
    total = weight.sum(axis=2)
    mean = np.einsum("spj,spj->sp", weight, error) / np.maximum(total, 1e-9)
    known = np.count_nonzero(weight, axis=2) >= _LEAST_JOINTS
    straight, mirrored = np.where(known, mean, UNKNOWN_MISFIT)
    turned = mirrored + _MIRROR_SURE < straight
    return np.where(turned, mirrored, straight), turned
