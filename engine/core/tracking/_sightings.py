"""One camera's people as places on the floor: rays of their joints, where they stand and how sure that is.

A part of the body at a usual height above the floor gives a place: feet exactly, hips, shoulders and head with the
spread of people's heights along the line of sight. All parts are fused, so hidden feet cost accuracy, not the track.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.core.tracking._motion import Covariance
from engine.core.tracking._state import View
from engine.domain import KEYPOINTS, Camera, Floats, PersonSeen, Point2

MIN_SCORE = 0.3
"""A joint scored lower is a guess of the model's, not an observation."""

# Arms are scored low where they matter most, at a shelf; their spread grows as the score falls.
_MIN_SCORES = np.where(np.isin(np.arange(KEYPOINTS), (7, 8, 9, 10)), 0.12, MIN_SCORE)

Flags = NDArray[np.bool_]

_EDGE_PX = 3.0  # a box that ends so near the picture's edge is cut there
_ABSURD_PX = 1e5  # beyond this, and for NaN, a number is a fault of the sender's
_FLATTEST = -0.03  # rays nearer to the horizon meet the floor nowhere useful
_MID_BODY_M = 1.1
_JOINT_PX = 2.5  # spread of a joint with score 1

# Parts: ankles, hips, shoulders, head, the box's bottom, its top and, when nothing else places it, its middle.
_PART_JOINTS = np.zeros((4, KEYPOINTS))
for _row, _joints in enumerate(((15, 16), (11, 12), (5, 6), (0, 1, 2, 3, 4))):
    _PART_JOINTS[_row, list(_joints)] = 1.0
_PART_HEIGHT_M = np.array([0.09, 0.94, 1.42, 1.60, 0.0, 1.74, 1.1])
# Shoppers crouch and lean to low shelves: only feet have a height; other parts tell the line, and cameras that cross
# tell the place. (With the spread of standing people, three shoppers lost their tracks ten times in two minutes.)
_PART_HEIGHT_SIGMA_M = np.array([0.04, 0.25, 0.32, 0.38, 0.02, 0.12, 0.4])
_PART_OFFSET_SIGMA_M = np.array([0.10, 0.10, 0.20, 0.25, 0.12, 0.12, 0.3])
_ONE_SIDE_SIGMA_M = 0.12
_LEAST_VARIANCE_M2 = 0.03**2


MIRRORED = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15])
"""Where each joint's counterpart on the other side of the body stands."""


@dataclass(frozen=True)
class Sighting:
    """A person in one frame: place on the floor with covariance, joints in pixels with scores, and the view to keep.

    ``vague``: too little of the body shows to place it; good for going on with a track, not for starting one.
    """

    foot_m: Point2
    spread: Covariance
    xyxy_px: tuple[float, float, float, float]
    keypoints_px: Floats  # (17, 2)
    scores: Floats  # (17,), 0 where not observed
    view: View
    vague: bool

    def mirrored(self) -> "Sighting":
        """The same person with left and right exchanged: pose models confuse them, from behind above all."""
        rays = self.view.rays[MIRRORED].ravel()
        spread_m = self.view.spreads_m[MIRRORED]
        return replace(
            self,
            keypoints_px=self.keypoints_px[MIRRORED],
            scores=self.scores[MIRRORED],
            view=View(t_ns=self.view.t_ns, ray=tuple(rays.tolist()), spread_m=tuple(spread_m.tolist())),
        )


class Eye:
    """A camera's geometry, prepared for many small questions."""

    def __init__(self, camera: Camera) -> None:
        calibration = camera.calibration
        self.camera_id = camera.camera_id
        self.position_m = calibration.position_m
        self.focal_px = calibration.focal_px
        self.watches_floor = camera.watches_gondola is None
        self.width_px, self.height_px = calibration.width_px, calibration.height_px
        self._centre_px = calibration.K_cam[:2, 2].copy()
        self._cam_from_floor = calibration.cam_from_floor[:3, :3].copy()
        self._origin = np.array(calibration.position_m)

    def rays(self, points_px: Floats) -> Floats:
        """Unit directions (..., 3) in the store frame through ideal pixels (..., 2)."""
        across = (points_px - self._centre_px) / self.focal_px
        right, down, forward = self._cam_from_floor
        rays = across[..., :1] * right + across[..., 1:] * down + forward
        unit: Floats = rays / np.sqrt((rays * rays).sum(axis=-1, keepdims=True))
        return unit

    def project(self, points_m: Floats) -> tuple[Floats, Floats]:
        """Ideal pixels (..., 2) and depths (...) of store points (..., 3); depths <= 0.1 m count as 0.1 m."""
        seen = (points_m - self._origin) @ self._cam_from_floor.T
        depth = np.maximum(seen[..., 2], 0.1)
        return seen[..., :2] / depth[..., None] * self.focal_px + self._centre_px, depth

    def sightings(self, persons: tuple[PersonSeen, ...], t_ns: int) -> list[Sighting]:
        """Each person who can be placed on the floor, however vaguely."""
        if not persons:
            return []
        blank = (0.0,) * (3 * KEYPOINTS)
        joints = np.array([person.keypoints or blank for person in persons]).reshape(-1, KEYPOINTS, 3)
        boxes = np.array([person.xyxy_px for person in persons])
        sane = (np.abs(joints) < _ABSURD_PX).all(axis=2)
        sane_box = (np.abs(boxes) < _ABSURD_PX).all(axis=1)
        points_px = np.where(sane[..., None], joints[..., :2], 0.0)
        scores = np.where(sane & (joints[..., 2] >= _MIN_SCORES), np.minimum(joints[..., 2], 1.0), 0.0)
        feet, spreads, placed, vague = self._place(points_px, scores, np.where(sane_box[:, None], boxes, 0.0))
        rays = self.rays(points_px).reshape(len(persons), -1)
        to_body = np.hypot(feet[:, 0] - self._origin[0], feet[:, 1] - self._origin[1])
        range_m = np.hypot(to_body, self._origin[2] - _MID_BODY_M)[:, None]
        spread_m = np.where(scores > 0, _JOINT_PX / np.maximum(scores, 0.1) * range_m / self.focal_px, 0.0)
        return [
            Sighting(
                foot_m=(float(feet[i, 0]), float(feet[i, 1])),
                spread=(float(spreads[i, 0]), float(spreads[i, 1]), float(spreads[i, 2])),
                xyxy_px=person.xyxy_px,
                keypoints_px=points_px[i],
                scores=scores[i],
                view=View(t_ns=t_ns, ray=tuple(rays[i].tolist()), spread_m=tuple(spread_m[i].tolist())),
                vague=bool(vague[i]),
            )
            for i, person in enumerate(persons)
            if placed[i] and sane_box[i]
        ]

    def _place(self, points_px: Floats, scores: Floats, boxes: Floats) -> tuple[Floats, Floats, Flags, Flags]:
        """Places (N, 2), covariances (N, 3), whether there is one and whether it is vague (N,)."""
        parts_px, used, sigma_px, one_sided = self._parts(points_px, scores, boxes)
        rays = self.rays(parts_px)
        down = np.minimum(rays[..., 2], _FLATTEST)
        used = used & (rays[..., 2] < _FLATTEST) & (self._origin[2] - 0.2 > _PART_HEIGHT_M)
        range_m = (_PART_HEIGHT_M - self._origin[2]) / down
        grounds = self._origin[:2] + rays[..., :2] * range_m[..., None]
        level = np.sqrt(np.maximum(1e-12, 1 - rays[..., 2] ** 2))
        toward = rays[..., :2] / level[..., None]
        offset = _PART_OFFSET_SIGMA_M**2 + one_sided * _ONE_SIDE_SIGMA_M**2
        across = (range_m * sigma_px / self.focal_px) ** 2 + offset
        along = (range_m * sigma_px / self.focal_px / down) ** 2 + (_PART_HEIGHT_SIGMA_M * level / down) ** 2 + offset
        used = _without_hidden_feet(used, grounds, along, self._origin)
        vague = np.asarray(~used[:, :6].any(axis=1))
        used[:, 6] &= vague
        feet, spread = _fused(grounds, toward, np.where(used, 1 / across, 0.0), np.where(used, 1 / along, 0.0))
        return feet, spread, np.asarray(used.any(axis=1)), vague

    def _parts(self, points_px: Floats, scores: Floats, boxes: Floats) -> tuple[Floats, Flags, Floats, Flags]:
        """Each part's pixel (N, 7, 2), whether to use it, its spread in pixels, whether half of it is missing."""
        weight = scores @ _PART_JOINTS.T
        seen = weight > 0
        joints_px = (scores[:, None, :, None] * _PART_JOINTS[None, :, :, None] * points_px[:, None]).sum(axis=2)
        joints_px = joints_px / np.maximum(weight, 1e-9)[..., None]
        middle = (boxes[:, 0] + boxes[:, 2]) / 2
        levels = np.stack([boxes[:, 3], boxes[:, 1], (boxes[:, 1] + boxes[:, 3]) / 2], 1)
        box_px = np.stack([np.repeat(middle[:, None], 3, axis=1), levels], axis=2)
        only_box = ~(seen[:, 0] | seen[:, 1] | seen[:, 2])
        always = np.ones(len(boxes), bool)
        whole = np.stack([boxes[:, 3] < self.height_px - _EDGE_PX, boxes[:, 1] > _EDGE_PX, always], 1)
        height_px = (boxes[:, 3] - boxes[:, 1])[:, None]
        sigma_px = np.concatenate([np.full(seen.shape, 3.0), np.repeat(2 + 0.03 * height_px, 3, axis=1)], axis=1)
        lone = ((scores > 0) @ _PART_JOINTS.T == 1) & (np.arange(4) < 3)
        one_sided = np.concatenate([lone, np.zeros((len(boxes), 3), bool)], axis=1)
        used = np.concatenate([seen, whole & only_box[:, None]], axis=1)
        return np.concatenate([joints_px, box_px], axis=1), used, sigma_px, one_sided


def _without_hidden_feet(used: Flags, grounds: Floats, along: Floats, origin: Floats) -> Flags:
    """Drop a box's bottom where its top says that the body stands nearer: something hides the feet."""
    both = used[:, 4] & used[:, 5]
    distance = np.sqrt(((grounds[:, 4:6] - origin[:2]) ** 2).sum(axis=2))
    hidden = both & (distance[:, 0] - distance[:, 1] > 2.5 * np.sqrt(along[:, 4] + along[:, 5]))
    used = used.copy()
    used[:, 4] &= ~hidden
    return used


def _fused(grounds: Floats, toward: Floats, across: Floats, along: Floats) -> tuple[Floats, Floats]:
    """One place (N, 2) and covariance (N, 3) of all parts' places, known to ``1/across`` and ``1/along`` the sight."""
    extra = along - across
    xx = across + extra * toward[..., 0] ** 2
    xy = extra * toward[..., 0] * toward[..., 1]
    yy = across + extra * toward[..., 1] ** 2
    pull_x = (xx * grounds[..., 0] + xy * grounds[..., 1]).sum(axis=1)
    pull_y = (xy * grounds[..., 0] + yy * grounds[..., 1]).sum(axis=1)
    xx, xy, yy = xx.sum(axis=1), xy.sum(axis=1), yy.sum(axis=1)
    det = xx * yy - xy * xy
    det = np.where(det > 0, det, 1.0)  # nothing known: the caller leaves it out
    feet = np.stack([yy * pull_x - xy * pull_y, xx * pull_y - xy * pull_x], axis=1) / det[:, None]
    spread = np.stack([yy / det + _LEAST_VARIANCE_M2, -xy / det, xx / det + _LEAST_VARIANCE_M2], axis=1)
    return feet, spread
