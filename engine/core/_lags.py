"""How far each camera lags behind the scales, from ordinary trade: hands at plates against the steps they cause.

A reach goes in, something changes, and it comes out again: the middle of a reach, as one camera sees it, lies that
camera's lag behind the step. One reach says so to a third of a second, since nobody takes at the very middle; the
median of many says it to their root.
"""

import math
from collections import deque

import msgspec
import numpy as np

from engine.domain import Camera, CameraId, Floats, PersonsSeen, Plate, PlateId, Store, WeightSettled

_BEFORE_NS, _AFTER_NS = 1_300_000_000, 1_800_000_000
_KEPT_NS = 8_000_000_000
_MOST_STEPS = 1000
_FEWEST_STEPS = 30
_SURE_JOINT = 0.3
_HAND_BEYOND_WRIST = 0.35  # of the forearm
_AT_PLATE_M, _LEFT_M = 0.35, 0.15  # the nearest that a hand must come; so much further away it is out
_SLOWEST_S = 2.0
_FEWEST_LOOKS = 15
_WRIST_ELBOW = ((9, 7), (10, 8))
_SIGMA_PER_MAD = 1.4826  # of a normal distribution
_MEDIAN_COSTS = 1.2533  # its median's standard deviation over its mean's
_SYSTEMATIC_S = 0.02  # by which middles of reaches and steps differ for all: measured on the simulated store


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """A camera's lag and its standard deviation, from so many steps."""

    lag_s: float
    sigma_s: float
    steps: int


class _Place(msgspec.Struct, frozen=True):
    """Where a camera sees the goods of a plate."""

    x_px: float
    y_px: float
    px_per_m: float


class LagEstimator:
    """Learns the lags of a store's cameras from its facts, in the journal's order."""

    def __init__(self, store: Store) -> None:
        self._places = {
            camera.camera_id: {
                plate.plate_id: place for plate in store.plates if (place := _place(camera, plate)) is not None
            }
            for camera in store.cameras
        }
        self._seen: dict[CameraId, deque[PersonsSeen]] = {camera: deque() for camera in self._places}
        self._due: dict[CameraId, deque[tuple[int, PlateId]]] = {camera: deque() for camera in self._places}
        self._offsets_s: dict[CameraId, deque[float]] = {camera: deque(maxlen=_MOST_STEPS) for camera in self._places}

    def take(self, fact: object) -> None:
        """Take in a fact; those that tell nothing of lags change nothing."""
        if isinstance(fact, PersonsSeen) and fact.camera_id in self._seen:
            self._look(fact)
        elif isinstance(fact, WeightSettled) and fact.mass_mg and fact.plates:
            plate_id = max(fact.plates, key=lambda plate: abs(plate.mass_mg)).plate_id
            for camera_id, places in self._places.items():
                if plate_id in places:
                    self._due[camera_id].append((fact.start_ns, plate_id))

    def lags(self) -> dict[CameraId, Lag]:
        """Of the cameras that have seen enough."""
        return {
            camera_id: _lag(np.array(offsets_s))
            for camera_id, offsets_s in self._offsets_s.items()
            if len(offsets_s) >= _FEWEST_STEPS
        }

    def _look(self, fact: PersonsSeen) -> None:
        seen, due = self._seen[fact.camera_id], self._due[fact.camera_id]
        seen.append(fact)
        while seen[0].t_ns < fact.t_ns - _KEPT_NS:
            seen.popleft()
        while due and due[0][0] + _AFTER_NS < fact.t_ns:
            start_ns, plate_id = due.popleft()
            window = [each for each in seen if -_BEFORE_NS <= each.t_ns - start_ns <= _AFTER_NS]
            middle_s = _middle_s(window, self._places[fact.camera_id][plate_id], start_ns)
            if middle_s is not None:
                self._offsets_s[fact.camera_id].append(middle_s)


def _lag(offsets_s: Floats) -> Lag:
    median_s = float(np.median(offsets_s))
    mad_s = float(np.median(np.abs(offsets_s - median_s)))
    chance_s = _MEDIAN_COSTS * _SIGMA_PER_MAD * mad_s / math.sqrt(len(offsets_s))
    return Lag(lag_s=median_s, sigma_s=math.hypot(chance_s, _SYSTEMATIC_S), steps=len(offsets_s))


def _place(camera: Camera, plate: Plate) -> _Place | None:
    calibration = camera.calibration
    x_m, y_m, z_m = plate.centre_m
    ahead_m = 0.2 * plate.depth_m  # goods are taken from the front
    at_m = np.array([x_m + ahead_m * math.cos(plate.yaw_rad), y_m + ahead_m * math.sin(plate.yaw_rad), z_m + 0.08])
    x_px, y_px = calibration.project(at_m[None, :])[0].tolist()
    if not (0 <= x_px < calibration.width_px and 0 <= y_px < calibration.height_px):  # nor for NaN
        return None
    depth_m = float(calibration.cam_from_floor[2, :3] @ at_m + calibration.cam_from_floor[2, 3])
    return _Place(x_px, y_px, calibration.focal_px / depth_m)


def _middle_s(window: list[PersonsSeen], place: _Place, start_ns: int) -> float | None:
    """The middle of the reach to a place after the step's start; None where no reach can be made out."""
    near = [(each.t_ns, one_m) for each in window if (one_m := _nearest_m(each, place)) is not None]
    if len(near) < _FEWEST_LOOKS:
        return None
    at_s = np.array([(t_ns - start_ns) / 1e9 for t_ns, _ in near])
    away_m = np.array([each for _, each in near])
    deepest = int(np.argmin(away_m))
    out_m = away_m[deepest] + _LEFT_M
    outside = np.flatnonzero(away_m >= out_m)
    at = int(np.searchsorted(outside, deepest))
    if away_m[deepest] > _AT_PLATE_M or not 0 < at < len(outside):
        return None
    left, right = int(outside[at - 1]), int(outside[at])
    began_s, ended_s = (
        float(np.interp(out_m, away_m[[inner, outer]], at_s[[inner, outer]]))
        for outer, inner in ((left, left + 1), (right, right - 1))
    )
    return (began_s + ended_s) / 2 if ended_s - began_s < _SLOWEST_S else None


def _nearest_m(seen: PersonsSeen, place: _Place) -> float | None:
    """How far anybody's nearest hand is from the place, across the line of sight."""
    nearest_px = math.inf
    for person in seen.persons:
        joints = person.keypoints
        for wrist, elbow in _WRIST_ELBOW if joints else ():
            x, y, score = joints[3 * wrist : 3 * wrist + 3]
            from_x, from_y, elbow_score = joints[3 * elbow : 3 * elbow + 3]
            if min(score, elbow_score) >= _SURE_JOINT:
                hand_x, hand_y = x + _HAND_BEYOND_WRIST * (x - from_x), y + _HAND_BEYOND_WRIST * (y - from_y)
                nearest_px = min(nearest_px, math.hypot(hand_x - place.x_px, hand_y - place.y_px))
    return nearest_px / place.px_per_m if nearest_px < math.inf else None
