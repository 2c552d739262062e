"""Poses a body: gait, reaching with as much lean, step and crouch as it takes, and the true joints.

Compiled underneath, so that the scenario may ask for joints at the sampling rate of the shelves.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._body import BONE_ROW, Body
from drivers.twin.render._skeleton import effort_of, points_of, solve

STRIDE_M = 1.4  # floor covered by one turn (2 pi) of the gait phase, for feet that do not slide

JOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_hand", "right_hand",
)  # fmt: skip
_JOINT_BONES = (
    "LeftArm", "RightArm", "LeftForeArm", "RightForeArm", "LeftHand", "RightHand",
    "LeftUpLeg", "RightUpLeg", "LeftLeg", "RightLeg", "LeftFoot", "RightFoot",
)  # fmt: skip

_POINT_BONES = np.array([BONE_ROW[name] for name in ("Head",) * 5 + _JOINT_BONES + ("LeftHand", "RightHand")])

Point3 = tuple[float, float, float]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Where a shopper stands and what its hands do.

    (x_m, y_m): store frame, under the hips before any step a reach takes; yaw_rad: heading, 0 along x and
    counter-clockwise; gait_phase_rad grows by 2 pi each STRIDE_M walked. A hand goes the share ``*_reach_weight``
    (0..1) of the way from its natural place to ``*_reach_m`` (store frame), and ``*_reach_rate_hz`` is how fast that
    share grows. ``crouch`` and ``lean``: how deep the knees are bent and how far the trunk is forward, 0..1, beside
    what a reach takes.
    """

    body_index: int
    x_m: float
    y_m: float
    yaw_rad: float
    gait_phase_rad: float = 0.0
    speed_mps: float = 0.0
    left_reach_m: Point3 | None = None
    right_reach_m: Point3 | None = None
    left_reach_weight: float = 1.0
    right_reach_weight: float = 1.0
    crouch: float = 0.0
    lean: float = 0.0
    left_reach_rate_hz: float = 0.0
    right_reach_rate_hz: float = 0.0

    @property
    def moves(self) -> bool:
        """Whether a moment ago it was another."""
        return self.speed_mps != 0 or self.left_reach_rate_hz != 0 or self.right_reach_rate_hz != 0

    def before(self, lapse_s: float) -> "Pose":
        """The pose so long ago, had all gone on as it goes now."""
        walked_m = self.speed_mps * lapse_s
        return replace(
            self,
            x_m=self.x_m - walked_m * math.cos(self.yaw_rad),
            y_m=self.y_m - walked_m * math.sin(self.yaw_rad),
            gait_phase_rad=self.gait_phase_rad - walked_m / STRIDE_M * 2 * math.pi,
            left_reach_weight=self.left_reach_weight - self.left_reach_rate_hz * lapse_s,
            right_reach_weight=self.right_reach_weight - self.right_reach_rate_hz * lapse_s,
        )


@dataclass(frozen=True, eq=False)
class Posed:
    """A body in a pose. turns (22, 3, 3) and shifts_m (22, 3) take rest points of each bone to the store frame."""

    turns: _Floats
    shifts_m: _Floats
    joints_m: _Floats

    def joint(self, name: str) -> _Floats:
        """Store-frame position (3,) of one of JOINTS."""
        return np.asarray(self.joints_m[JOINTS.index(name)])


def put_in_pose(body: Body, pose: Pose) -> Posed:
    """The posed skeleton; ten or twenty microseconds, and a tenth of a millisecond when a reach begins."""
    targets = np.zeros((2, 3))
    weights = np.zeros(2)
    reaches = ((pose.left_reach_m, pose.left_reach_weight), (pose.right_reach_m, pose.right_reach_weight))
    for side, (target, weight) in enumerate(reaches):
        if target is not None:
            targets[side] = target
            weights[side] = min(max(weight, 0.0), 1.0)
    root = np.array([pose.x_m, pose.y_m, pose.yaw_rad])
    gait = (pose.gait_phase_rad, min(max(pose.speed_mps, 0.0) / 1.1, 1.2), pose.crouch, pose.lean)
    effort = -1.0
    for side in (0, 1):
        if weights[side] > 0 and weights[1 - side] == 0:
            effort = _effort(body, (pose.x_m, pose.y_m, pose.yaw_rad), gait, side, reaches[side][0] or (0.0, 0.0, 0.0))
    turns, shifts = solve(body.joints_m, body.hand_centres_m, root, np.array(gait), targets, weights, effort)
    return Posed(turns, shifts, points_of(_POINT_BONES, _points(body), turns, shifts))


@lru_cache(maxsize=256)
def _effort(body: Body, root: Point3, gait: tuple[float, float, float, float], side: int, target_m: Point3) -> float:
    """The effort of one hand's reach: found once, as long as nobody moves but the arm."""
    targets, weights = np.zeros((2, 3)), np.zeros(2)
    targets[side], weights[side] = target_m, 1.0
    return float(effort_of(body.joints_m, body.hand_centres_m, np.array(root), np.array(gait), targets, weights))


@lru_cache(maxsize=64)
def _points(body: Body) -> _Floats:
    """Rest places of JOINTS, (19, 3)."""
    limbs = body.joints_m[[BONE_ROW[name] for name in _JOINT_BONES]]
    return np.concatenate([body.face_points_m, limbs, body.hand_centres_m])


def joints(body: Body, pose: Pose) -> _Floats:
    """True joints (19, 3) in the store frame, metres, in the order of JOINTS, without skinning."""
    return put_in_pose(body, pose).joints_m


def arm_reach_m(body: Body) -> float:
    """Length from shoulder to palm with the arm stretched; leaning and crouching add to it."""
    shoulder, elbow = body.joints_m[BONE_ROW["LeftArm"]], body.joints_m[BONE_ROW["LeftForeArm"]]
    return float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(body.hand_centres_m[0] - elbow))
