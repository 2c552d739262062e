"""Joints and hands in 3-D: weighted least squares over the rays of all cameras that saw the body just now.

A weak pull towards the body's axis settles what one camera alone leaves open: the joint is taken to lie where its ray
passes the axis, and the sigma says how little that means.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from engine.core.tracking._arms import place_arms
from engine.core.tracking._eye import Eye, Eyes
from engine.core.tracking._joints import Looks, place_joints
from engine.core.tracking._misfit import Pairs, misfit
from engine.core.tracking._motion import Motion
from engine.core.tracking._state import HandSample, Side, Skeleton, TrackMemory, View
from engine.domain import KEYPOINTS, CameraId, Floats, Vector3

VIEW_KEPT_NS = 250_000_000
SKELETON_NS = 1_000_000_000
"""An older skeleton says nothing."""

_WRISTS = (9, 10)
_SIDES = ((5, 6), (11, 12), (13, 14))

_BEYOND_WRIST = 0.35  # the middle of the hand lies so much of a forearm further
_LONGEST_FOREARM_M = 0.34
_LONGEST_ARM_M = 1.1
_NO_ELBOW_SIGMA_M = 0.06
_OUTVOTED = 6  # so many more mirrored views than others: it is the skeleton that has its sides wrong


def carried(skeleton: Skeleton, motion: Motion, t_ns: int) -> Floats:
    """The joints moved along with the body to ``t_ns``, at or before the motion's instant; (17, 3)."""
    (x, y), _ = motion.place(t_ns)
    moved: Floats = skeleton.joints + np.array((x - skeleton.foot_m[0], y - skeleton.foot_m[1], 0.0))
    return moved


def keep_views(track: TrackMemory, t_ns: int) -> None:
    """Drop the views that are too old at ``t_ns`` to say where a joint is."""
    track.views = {c: view for c, view in track.views.items() if abs(t_ns - view.t_ns) <= VIEW_KEPT_NS}
    track.fresh = [camera_id for camera_id in track.fresh if camera_id in track.views]


def turn_views(tracks: Sequence[TrackMemory], eyes: Eyes, *, t_ns: int) -> None:
    """Exchange left and right in the fresh views whose mirror image fits the skeleton plainly better."""
    crossed = []
    for track in tracks:
        if track.skeleton is None or t_ns - track.skeleton.t_ns > SKELETON_NS:
            continue
        for camera_id in track.fresh:
            view = track.views[camera_id]
            if _is_crossed(eyes.by_id[camera_id], track.skeleton, view):
                crossed.append((track, track.skeleton, camera_id, view))
            else:
                track.mirror_votes = max(0, track.mirror_votes - 1)
    if not crossed:
        return
    pairs = Pairs(
        np.array([eyes.row_of[camera_id] for _, _, camera_id, _ in crossed]),
        np.array([carried(skeleton, track.motion, view.t_ns) for track, skeleton, _, view in crossed]),
        np.array([skeleton.sigmas_m for _, skeleton, _, _ in crossed]),
        np.array([view.joints for _, _, _, view in crossed]),
    )
    _, turned = misfit(eyes.rows, pairs)
    for (track, _, camera_id, view), other in zip(crossed, turned.tolist(), strict=True):
        if camera_id in track.views:
            _vote(track, camera_id, view, turned=other)


def _is_crossed(eye: Eye, skeleton: Skeleton, view: View) -> bool:
    """Whether the view's trunk and knees run from left to right the other way than the skeleton's.

    Of two points L, R seen at l, r, exchanging l and r lessens the squared error by -2 (L - R)(l - r): what does not
    cross needs no closer look.
    """
    along = 0.0
    for left, right in _SIDES:
        if skeleton.sigma_m[left] > 0 and skeleton.sigma_m[right] > 0 and view.saw(left) and view.saw(right):
            (lx, ly, lz), (rx, ry, rz) = skeleton.joint(left), skeleton.joint(right)
            across, down = eye.turn(lx - rx, ly - ry, lz - rz)
            along += across * (view.joint_px[3 * left] - view.joint_px[3 * right])
            along += down * (view.joint_px[3 * left + 1] - view.joint_px[3 * right + 1])
    return along < 0


def _vote(track: TrackMemory, camera_id: CameraId, view: View, *, turned: bool) -> None:
    """Take a view's word for its sides, or the skeleton's; outvoted for long, the skeleton has its sides wrong."""
    track.mirror_votes = max(0, track.mirror_votes + (1 if turned else -1))
    if track.mirror_votes >= _OUTVOTED:
        track.mirror_votes, track.skeleton = 0, None
        track.views, track.fresh = {camera_id: view}, [camera_id]
    elif turned:
        track.views[camera_id] = view.mirrored()


def build_skeletons(tracks: Sequence[TrackMemory], eyes: Eyes, *, t_ns: int) -> tuple[Skeleton, ...]:
    """Each track's joints at ``t_ns`` from its views, which are carried along with the body."""
    shape = (len(tracks), max(len(track.views) for track in tracks))
    joints_px = np.zeros((*shape, KEYPOINTS, 3))
    camera, late_s, range_m = np.zeros(shape, dtype=np.intp), np.zeros(shape), np.zeros(shape)
    for row, track in enumerate(tracks):
        for column, (camera_id, view) in enumerate(track.views.items()):
            joints_px[row, column] = view.joints
            camera[row, column] = eyes.row_of[camera_id]
            late_s[row, column], range_m[row, column] = (t_ns - view.t_ns) * 1e-9, view.range_m
    foot = [track.motion.place(t_ns)[0] for track in tracks]
    velocity = np.array([(track.motion.vx, track.motion.vy) for track in tracks])
    looks = Looks(camera, joints_px, late_s, range_m, np.array(foot), velocity)
    joints, sigmas = place_arms(*place_joints(eyes.rows, looks))
    return tuple(
        Skeleton(t_ns=t_ns, foot_m=foot_m, joint_m=tuple(joint_m), sigma_m=tuple(sigma_m))
        for foot_m, joint_m, sigma_m in zip(
            foot, joints.reshape(len(tracks), -1).tolist(), sigmas.tolist(), strict=True
        )
    )


def hands_of(skeleton: Skeleton, views: Iterable[View]) -> tuple[HandSample, ...]:
    """The hands whose wrists these views saw, where they fit on this body."""
    views = tuple(views)
    hands = []
    for side, wrist in zip(Side, _WRISTS, strict=True):
        if skeleton.sigma_m[wrist] > 0 and any(view.saw(wrist) for view in views):
            hand = _hand(skeleton, side, wrist)
            if hand is not None:
                hands.append(hand)
    return tuple(hands)


def _hand(skeleton: Skeleton, side: Side, wrist: int) -> HandSample | None:
    elbow, shoulder = wrist - 2, wrist - 4
    x, y, z = skeleton.joint(wrist)
    sigma_m = skeleton.sigma_m[wrist]
    if skeleton.sigma_m[elbow] > 0:
        ex, ey, ez = skeleton.joint(elbow)
        length_m = math.dist((x, y, z), (ex, ey, ez))
        share = _BEYOND_WRIST * min(1.0, _LONGEST_FOREARM_M / max(length_m, 1e-6))
        x, y, z = x + share * (x - ex), y + share * (y - ey), z + share * (z - ez)
        sigma_m = math.hypot((1 + share) * sigma_m, share * skeleton.sigma_m[elbow])
    else:
        sigma_m += _NO_ELBOW_SIGMA_M
    held_at = skeleton.joint(shoulder) if skeleton.sigma_m[shoulder] > 0 else (*skeleton.foot_m, z)
    if math.dist((x, y, z), held_at) > _LONGEST_ARM_M:
        return None
    return HandSample(t_ns=skeleton.t_ns, side=side, position_m=to_mm((x, y, z)), sigma_m=round(sigma_m, 3))


def to_mm(point_m: Sequence[float]) -> Vector3:
    """A point rounded to whole millimetres; what leaves the tracker is decided on, so it must not depend on noise."""
    x, y, z = point_m
    return round(x, 3), round(y, 3), round(z, 3)
