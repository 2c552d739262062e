"""Joints and hands in 3-D: weighted least squares over the rays of all cameras that saw the body just now.

A weak pull towards the body's axis settles what one camera alone leaves open: the joint is taken to lie where its ray
passes the axis, and the sigma says how little that means.
"""

from collections.abc import Sequence

import numpy as np

from engine.core.tracking._sightings import Eye
from engine.core.tracking._state import HandSample, Side, Skeleton, TrackMemory
from engine.domain import KEYPOINTS, CameraId, Floats, Vector3

VIEW_KEPT_NS = 250_000_000

_WRISTS = (9, 10)
_REACH_M = np.array([0.15] * 7 + [0.25] * 2 + [0.35] * 2 + [0.12] * 2 + [0.20] * 2 + [0.25] * 2)
_SPEED_MPS = np.array([0.1] * 7 + [0.25] * 2 + [0.35] * 2 + [0.1] * 2 + [0.25] * 2 + [0.5] * 2)  # against the body
_MIDDLE_M, _MIDDLE_SIGMA_M = 1.0, 3.0
_OUTLIER = 16.0  # squared residual in sigmas, two dimensions
_ONE_VIEW_SIGMA_M = 0.20
_LEAST_SIGMA_M = 0.01

_BEYOND_WRIST = 0.35  # the middle of the hand lies so much of a forearm further
_LONGEST_FOREARM_M = 0.34
_LONGEST_ARM_M = 1.1


def build_skeletons(tracks: Sequence[TrackMemory], eyes: dict[CameraId, Eye], *, t_ns: int) -> tuple[Skeleton, ...]:
    """Each track's joints at ``t_ns`` from its views, which are carried along with the body."""
    cameras = sorted({camera_id for track in tracks for camera_id in track.views})
    shape = (len(tracks), len(cameras), KEYPOINTS)
    rays, spread = np.zeros((*shape, 3)), np.zeros(shape)
    origin, age_s, foot = np.zeros((*shape[:2], 3)), np.zeros(shape[:2]), np.zeros((shape[0], 2))
    for row, track in enumerate(tracks):
        (foot[row, 0], foot[row, 1]), _ = track.motion.place(t_ns)
        for column, camera_id in enumerate(cameras):
            view = track.views.get(camera_id)
            if view is None:
                continue
            late_s = (t_ns - view.t_ns) * 1e-9
            x, y, z = eyes[camera_id].position_m
            origin[row, column] = x + track.motion.vx * late_s, y + track.motion.vy * late_s, z
            rays[row, column], spread[row, column], age_s[row, column] = view.rays, view.spreads_m, abs(late_s)
    weight = np.where(spread > 0, 1 / (spread**2 + (_SPEED_MPS * age_s[..., None]) ** 2 + 1e-9), 0.0)
    joints, sigmas = _intersect(rays, origin, weight, foot)
    return tuple(
        Skeleton(
            t_ns=t_ns,
            foot_m=(float(foot[row, 0]), float(foot[row, 1])),
            joint_m=tuple(joints[row].ravel().tolist()),
            sigma_m=tuple(sigmas[row].tolist()),
        )
        for row in range(len(tracks))
    )


def _intersect(rays: Floats, origin: Floats, weight: Floats, foot: Floats) -> tuple[Floats, Floats]:
    """Joints (T, 17, 3) and sigmas (T, 17), 0 where nobody saw the joint; one outlier among three views is dropped."""
    joints, variance = _solve(rays, origin, weight, foot)
    misfit = weight * _off_ray2(joints, rays, origin)
    views = (weight > 0).sum(axis=1)
    worst = misfit.argmax(axis=1)
    wrong = (views >= 3) & (misfit.max(axis=1) > _OUTLIER)
    if wrong.any():
        drop = wrong[:, None] & (np.arange(weight.shape[1])[None, :, None] == worst[:, None])
        weight = np.where(drop, 0.0, weight)
        joints, variance = _solve(rays, origin, weight, foot)
        misfit = weight * _off_ray2(joints, rays, origin)
        views = (weight > 0).sum(axis=1)
    excess = misfit.sum(axis=1) / np.maximum(2 * views - 3, 1)
    sigmas = np.sqrt(variance * np.maximum(excess, 1.0))
    sigmas = np.maximum(sigmas, np.where(views == 1, _ONE_VIEW_SIGMA_M, _LEAST_SIGMA_M))
    return joints, np.where(views > 0, sigmas, 0.0)


def _solve(rays: Floats, origin: Floats, weight: Floats, foot: Floats) -> tuple[Floats, Floats]:
    """Points nearest to all rays and the body's axis (T, 17, 3), and their mean variance per axis (T, 17)."""
    pull = 1 / _REACH_M**2
    upright = 1 / _MIDDLE_SIGMA_M**2
    weighted = weight[..., None] * rays
    information = -np.einsum("tcja,tcjb->tjab", weighted, rays)
    total = weight.sum(axis=1)
    along = (origin[:, :, None] * rays).sum(axis=3)
    target = np.einsum("tcj,tca->tja", weight, origin) - (weighted * along[..., None]).sum(axis=1)
    for axis in (0, 1):
        information[..., axis, axis] += total + pull
        target[..., axis] += pull * foot[:, axis, None]
    information[..., 2, 2] += total + upright
    target[..., 2] += upright * _MIDDLE_M
    covariance = np.linalg.inv(information)
    joints = (covariance * target[..., None, :]).sum(axis=3)
    return joints, np.trace(covariance, axis1=2, axis2=3) / 3


def _off_ray2(joints: Floats, rays: Floats, origin: Floats) -> Floats:
    """Squared distances of joints from rays, (T, C, 17)."""
    from_eye = joints[:, None] - origin[:, :, None]
    along = (from_eye * rays).sum(axis=3)
    off = from_eye - along[..., None] * rays
    squared: Floats = (off * off).sum(axis=3)
    return squared


def hands_of(skeleton: Skeleton, scores: Floats) -> tuple[HandSample, ...]:
    """The hands whose wrists the newest frame saw, where they fit on this body."""
    hands = []
    for side, wrist in zip(Side, _WRISTS, strict=True):
        if scores[wrist] > 0 and skeleton.sigma_m[wrist] > 0:
            hand = _hand(skeleton, side, wrist)
            if hand is not None:
                hands.append(hand)
    return tuple(hands)


def _hand(skeleton: Skeleton, side: Side, wrist: int) -> HandSample | None:
    elbow, shoulder = wrist - 2, wrist - 4
    joints, sigmas = skeleton.joints, skeleton.sigmas_m
    hand, sigma_m = joints[wrist], float(sigmas[wrist])
    if sigmas[elbow] > 0:
        forearm = joints[wrist] - joints[elbow]
        length_m = float(np.sqrt((forearm * forearm).sum()))
        share = _BEYOND_WRIST * min(1.0, _LONGEST_FOREARM_M / max(length_m, 1e-6))
        hand = hand + share * forearm
        sigma_m = float(np.hypot((1 + share) * sigma_m, share * sigmas[elbow]))
    else:
        sigma_m += 0.06
    held_at = joints[shoulder] if sigmas[shoulder] > 0 else np.array((*skeleton.foot_m, hand[2]))
    reach = hand - held_at
    if float(np.sqrt((reach * reach).sum())) > _LONGEST_ARM_M:
        return None
    return HandSample(t_ns=skeleton.t_ns, side=side, position_m=to_mm(hand.tolist()), sigma_m=round(sigma_m, 3))


def to_mm(point_m: Sequence[float]) -> Vector3:
    """A point rounded to whole millimetres; what leaves the tracker is decided on, so it must not depend on noise."""
    x, y, z = point_m
    return round(x, 3), round(y, 3), round(z, 3)
