"""One camera's people as places on the floor: where they stand and how sure that is.

A part of the body at a usual height above the floor gives a place: feet exactly, hips, shoulders and head with the
spread of people's heights along the line of sight. All parts are fused, so hidden feet cost accuracy, not the track.
Everything is in plain floats: a frame holds a few people, and arrays of a few numbers cost more than they save.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from engine.core.tracking._eye import Eye
from engine.core.tracking._motion import Covariance
from engine.core.tracking._state import MIN_SCORE, View
from engine.domain import PersonSeen, Point2

_ABSURD_PX = 1e5  # beyond this, and for NaN, a number is a fault of the sender's
_EDGE_PX = 3.0  # a box that ends so near the picture's edge is cut there
_FLATTEST = -0.03  # rays nearer to the horizon meet the floor nowhere useful
_CLEAR_M = 0.2  # an eye must hang so much above a part to place it
_MID_BODY_M = 1.1
_JOINT_SIGMA_PX = 3.0
_ONE_SIDE_SIGMA_M, _LOOSE_SIGMA_M = 0.12, 0.05  # of joints with score 1
_FITTING = 2.0  # squared distance of feet from the body above, in sigmas
_LEAST_VARIANCE_M2 = 0.03**2
_HIDDEN_SIGMAS = 2.5


class _Part(msgspec.Struct, frozen=True):
    """A part of the body that places it: its height, the spreads along and across the sight, and its joints.

    ``starts``: where the joints stand in a flattened list of 17 times x, y and score.
    """

    height_m: float
    height_sigma_m: float
    offset_sigma_m: float
    starts: tuple[int, ...] = ()


# Heights and spreads are those of people who now and then crouch and lean to low shelves: only feet have a height,
# other parts tell the line, and cameras that cross tell the place.
_ANKLES = _Part(0.09, 0.04, 0.10, (45, 48))
_HIPS = _Part(0.86, 0.14, 0.07, (33, 36))
_SHOULDERS = _Part(1.34, 0.22, 0.10, (15, 18))
_HEAD = _Part(1.52, 0.27, 0.15, (0, 3, 6, 9, 12))
_JOINT_PARTS = (_HEAD, _SHOULDERS, _HIPS, _ANKLES)
# Of the box: its bottom, its top and, when nothing else places it, its middle.
_BOTTOM = _Part(0.0, 0.02, 0.12)
_TOP = _Part(1.74, 0.12, 0.12)
_MIDDLE = _Part(1.1, 0.4, 0.3)


class Sighting(msgspec.Struct, frozen=True):
    """A person in one frame: place on the floor with covariance, and the view of its joints, where any were reported.

    ``vague``: too little of the body shows to place it; good for going on with a track, not for starting one.
    """

    t_ns: int
    foot_m: Point2
    spread: Covariance
    xyxy_px: tuple[float, float, float, float]
    view: View | None
    vague: bool


class _Ground(msgspec.Struct, frozen=True):
    """Where a part puts the body, and what that says: unit direction of the sight and variances across and along it."""

    x: float
    y: float
    toward_x: float
    toward_y: float
    across: float
    along: float


def sightings(eye: Eye, persons: Iterable[PersonSeen], t_ns: int) -> list[Sighting]:
    """Each person who can be placed on the floor, however vaguely."""
    found = []
    for person in persons:
        if not all(-_ABSURD_PX < px < _ABSURD_PX for px in person.xyxy_px):
            continue
        keypoints = _sane(person.keypoints)
        grounds, vague = _grounds(eye, person.xyxy_px, keypoints)
        if not grounds:
            continue
        foot_m, spread = _fused(grounds)
        view = None
        if keypoints:
            away_m = math.hypot(foot_m[0] - eye.position_m[0], foot_m[1] - eye.position_m[1])
            range_m = math.hypot(away_m, eye.position_m[2] - _MID_BODY_M)
            view = View(t_ns=t_ns, joint_px=keypoints, range_m=range_m)
        found.append(Sighting(t_ns, foot_m, spread, person.xyxy_px, view, vague))
    return found


def _sane(keypoints: tuple[float, ...]) -> tuple[float, ...]:
    """The same joints, those with an absurd number in them unseen."""
    if not keypoints or (math.isfinite(sum(keypoints)) and -_ABSURD_PX < min(keypoints) <= max(keypoints) < _ABSURD_PX):
        return keypoints
    sane: list[float] = []
    for at in range(0, len(keypoints), 3):
        joint = keypoints[at : at + 3]
        sane += joint if all(-_ABSURD_PX < number < _ABSURD_PX for number in joint) else (0.0, 0.0, 0.0)
    return tuple(sane)


def _grounds(
    eye: Eye, xyxy_px: tuple[float, float, float, float], keypoints: tuple[float, ...]
) -> tuple[list[_Ground], bool]:
    """What each usable part says; and whether nothing but the box's middle could be used."""
    grounds = []
    by_joints = False
    for part in _JOINT_PARTS if keypoints else ():
        joint = _middle_of(part.starts, keypoints)
        if joint is None:
            continue
        x_px, y_px, loose_m = joint
        by_joints |= part is not _HEAD
        ground = _ground(eye, part, (x_px, y_px), _JOINT_SIGMA_PX, loose_m=loose_m)
        if ground is not None:
            grounds.append(ground)
            if part is _ANKLES and len(grounds) > 1:
                grounds = _doubted(grounds)
    if not by_joints:
        grounds += _box_grounds(eye, xyxy_px)
    if grounds:
        return grounds, False
    x1, y1, x2, y2 = xyxy_px
    middle = _ground(eye, _MIDDLE, ((x1 + x2) / 2, (y1 + y2) / 2), _box_sigma_px(y2 - y1))
    return ([middle] if middle is not None and not by_joints else []), True


def _doubted(grounds: list[_Ground]) -> list[_Ground]:
    """The grounds, less sure along the sight where the last, of the ankles, does not fit those of the body above.

    Hidden ankles are reported on what hides them, further off; who crouches seems nearer by all but the ankles.
    """
    *others, feet = grounds
    weight = sum(1 / ground.along for ground in others)
    apart = sum(
        ((feet.x - ground.x) * feet.toward_x + (feet.y - ground.y) * feet.toward_y) / ground.along for ground in others
    )
    doubt = (apart / weight) ** 2 / _FITTING - feet.along - 1 / weight
    if doubt <= 0:
        return grounds
    less = 1 + doubt * weight
    return [
        *(msgspec.structs.replace(ground, along=ground.along * less) for ground in others),
        msgspec.structs.replace(feet, along=feet.along + doubt),
    ]


def _middle_of(starts: Sequence[int], keypoints: tuple[float, ...]) -> tuple[float, float, float] | None:
    """The mean pixel of a part's joints, weighted by score, and how loosely it belongs to the body, in metres."""
    weight = x_sum = y_sum = 0.0
    seen = 0
    for start in starts:
        x, y, score = keypoints[start : start + 3]
        if score >= MIN_SCORE:
            score = min(score, 1.0)
            weight += score
            x_sum += score * x
            y_sum += score * y
            seen += 1
    if not seen:
        return None
    loose_m = _ONE_SIDE_SIGMA_M if seen == 1 and len(starts) == 2 else _LOOSE_SIGMA_M
    return x_sum / weight, y_sum / weight, loose_m * seen / weight


def _box_grounds(eye: Eye, xyxy_px: tuple[float, float, float, float]) -> list[_Ground]:
    """What the box's bottom and top say; no bottom where the top says that the body stands nearer: hidden feet."""
    x1, y1, x2, y2 = xyxy_px
    middle_px, sigma_px = (x1 + x2) / 2, _box_sigma_px(y2 - y1)
    bottom = top = None
    if y2 < eye.height_px - _EDGE_PX:
        bottom = _ground(eye, _BOTTOM, (middle_px, y2), sigma_px)
    if y1 > _EDGE_PX:
        top = _ground(eye, _TOP, (middle_px, y1), sigma_px)
    if bottom is not None and top is not None:
        ox, oy, _ = eye.position_m
        further_m = math.hypot(bottom.x - ox, bottom.y - oy) - math.hypot(top.x - ox, top.y - oy)
        if further_m > _HIDDEN_SIGMAS * math.sqrt(bottom.along + top.along):
            bottom = None
    return [ground for ground in (bottom, top) if ground is not None]


def _box_sigma_px(height_px: float) -> float:
    return 2 + 0.03 * height_px


def _ground(eye: Eye, part: _Part, at_px: Point2, sigma_px: float, *, loose_m: float = 0.0) -> _Ground | None:
    ox, oy, oz = eye.position_m
    rx, ry, rz = eye.ray(*at_px)
    if rz >= _FLATTEST or oz - _CLEAR_M <= part.height_m:
        return None
    range_m = (part.height_m - oz) / rz
    level = math.sqrt(max(1e-12, 1 - rz * rz))
    offset = part.offset_sigma_m**2 + loose_m * loose_m
    blur_m = range_m * sigma_px / eye.focal_px
    across = blur_m * blur_m + offset
    along = (blur_m * blur_m + (part.height_sigma_m * level) ** 2) / (rz * rz) + offset
    return _Ground(ox + rx * range_m, oy + ry * range_m, rx / level, ry / level, across, along)


def _fused(grounds: Sequence[_Ground]) -> tuple[Point2, Covariance]:
    """One place and covariance of all parts' places."""
    xx = xy = yy = pull_x = pull_y = 0.0
    for ground in grounds:
        across, along = 1 / ground.across, 1 / ground.along
        extra = along - across
        ixx = across + extra * ground.toward_x * ground.toward_x
        ixy = extra * ground.toward_x * ground.toward_y
        iyy = across + extra * ground.toward_y * ground.toward_y
        pull_x += ixx * ground.x + ixy * ground.y
        pull_y += ixy * ground.x + iyy * ground.y
        xx += ixx
        xy += ixy
        yy += iyy
    det = xx * yy - xy * xy
    foot_m = (yy * pull_x - xy * pull_y) / det, (xx * pull_y - xy * pull_x) / det
    return foot_m, (yy / det + _LEAST_VARIANCE_M2, -xy / det, xx / det + _LEAST_VARIANCE_M2)
