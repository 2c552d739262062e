"""Which person of a frame is which track: one assignment over place, joints and the cost of leaving either alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from engine.core.tracking._sightings import MIRRORED, Eye, Flags, Sighting
from engine.core.tracking._state import TrackMemory
from engine.domain import KEYPOINTS, Floats

_GATE = 18.0  # squared Mahalanobis distance in two dimensions: one true pair in 8,000 lies beyond
_ALONE = 26.0  # cost of a track without a person
_TENTATIVE = 4.0  # an established track is believed first
_USUAL_AREA_M4 = 1e-4  # determinant of a covariance of 10 cm each way
_OUT = 1e6
_SKELETON_S = 1.0  # an older skeleton says nothing
_JOINT_M = 0.08  # how far a joint moves between frames
_JOINT_PX = 4.0
_JOINT_CAP = 9.0
_JOINT_WEIGHT = 1.5
_JOINTS_UNKNOWN = 2.5  # what a right pair's joints cost on average
_LEAST_JOINTS = 3
_MIRROR_SURE = 1.0  # a mirror image must fit so much better
_SURE = 4.0  # a pairing that beats the next best by less is in doubt


@dataclass(frozen=True)
class Pairing:
    """A track and its person, by index.

    ``doubtful``: another pairing explains the frame about as well. ``mirrored``: left and right are exchanged.
    """

    track: int
    sighting: int
    doubtful: bool
    mirrored: bool


def associate(
    eye: Eye, tracks: Sequence[TrackMemory], sightings: Sequence[Sighting], *, t_ns: int
) -> tuple[Pairing, ...]:
    """The cheapest pairing of tracks, carried on to ``t_ns`` or later, with the persons of one frame."""
    if not tracks or not sightings:
        return ()
    cost = _place_cost(tracks, sightings, t_ns)
    near = cost < _OUT
    if not near.any():
        return ()
    joints, mirrored = _joint_cost(eye, tracks, sightings, t_ns)
    cost = np.where(near, cost + _JOINT_WEIGHT * joints, _OUT)
    alone = np.where(np.eye(len(tracks), dtype=bool), _ALONE, 2 * _OUT)
    rows, columns = linear_sum_assignment(np.concatenate([cost, alone], axis=1))
    taken = {int(row): int(column) for row, column in zip(rows, columns, strict=True) if column < len(sightings)}
    return tuple(
        Pairing(row, column, _is_doubtful(cost, tracks, taken, row), bool(mirrored[row, column]))
        for row, column in taken.items()
        if cost[row, column] < _OUT
    )


def _place_cost(tracks: Sequence[TrackMemory], sightings: Sequence[Sighting], t_ns: int) -> Floats:
    rows = []
    for track in tracks:
        (x, y), (axx, axy, ayy) = track.motion.place(t_ns)
        first = 0.0 if track.confirmed else _TENTATIVE
        row = []
        for sighting in sightings:
            dx, dy = sighting.foot_m[0] - x, sighting.foot_m[1] - y
            sxx, sxy, syy = axx + sighting.spread[0], axy + sighting.spread[1], ayy + sighting.spread[2]
            det = sxx * syy - sxy * sxy
            far = (syy * dx * dx - 2 * sxy * dx * dy + sxx * dy * dy) / det
            row.append(far + math.log(det / _USUAL_AREA_M4) + first if far < _GATE else _OUT)
        rows.append(row)
    return np.array(rows)


def _joint_cost(
    eye: Eye, tracks: Sequence[TrackMemory], sightings: Sequence[Sighting], t_ns: int
) -> tuple[Floats, Flags]:
    """Error of the tracks' last skeletons in this picture, and whether the mirror image fits, (tracks, sightings)."""
    joints, sigmas = np.zeros((len(tracks), KEYPOINTS, 3)), np.zeros((len(tracks), KEYPOINTS))
    for row, track in enumerate(tracks):
        skeleton = track.skeleton
        if skeleton is None or (t_ns - skeleton.t_ns) * 1e-9 > _SKELETON_S:
            continue
        (x, y), _ = track.motion.place(t_ns)
        joints[row] = skeleton.joints + np.array((x - skeleton.foot_m[0], y - skeleton.foot_m[1], 0.0))
        sigmas[row] = skeleton.sigmas_m
    points_px, depth_m = eye.project(joints)
    variance = (eye.focal_px / depth_m) ** 2 * (sigmas**2 + _JOINT_M**2) + _JOINT_PX**2
    seen_px = np.stack([sighting.keypoints_px for sighting in sightings])
    scores = np.stack([sighting.scores for sighting in sightings])
    seen_px = np.concatenate([seen_px, seen_px[:, MIRRORED]])
    scores = np.concatenate([scores, scores[:, MIRRORED]])
    apart = points_px[:, None] - seen_px[None]
    error = np.minimum((apart * apart).sum(axis=3) / variance[:, None], _JOINT_CAP)
    weight = np.where(sigmas[:, None] > 0, scores[None], 0.0)
    straight, mirrored = np.split(_mean_where_known(error, weight), 2, axis=1)
    turned = mirrored + _MIRROR_SURE < straight
    return np.where(turned, mirrored, straight), turned


def _mean_where_known(error: Floats, weight: Floats) -> Floats:
    known = (weight > 0).sum(axis=2) >= _LEAST_JOINTS
    mean = (weight * error).sum(axis=2) / np.maximum(weight.sum(axis=2), 1e-9)
    return np.where(known, mean, _JOINTS_UNKNOWN)


def _is_doubtful(cost: Floats, tracks: Sequence[TrackMemory], taken: dict[int, int], row: int) -> bool:
    """Whether exchanging this track's person with another established track's costs next to nothing."""
    column = taken[row]
    for other, track in enumerate(tracks):
        if other == row or not track.confirmed:
            continue
        theirs = taken.get(other)
        if theirs is None:
            more = cost[other, column] - cost[row, column]
        else:
            more = cost[other, column] + min(cost[row, theirs], _ALONE) - cost[row, column] - cost[other, theirs]
        if more < _SURE:
            return True
    return False
