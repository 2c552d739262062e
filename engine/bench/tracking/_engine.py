"""The engine's own tracker, as it runs in a store, given the cameras and boxes of a recording."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from engine.bench.tracking._figures import Placed
from engine.bench.tracking._wildtrack import SurveyedCamera
from engine.core.tracking import FloorTracker
from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    Floats,
    PersonSeen,
    PersonsSeen,
    Store,
)

Bounds = tuple[float, float, float, float]
"""Least and greatest x, least and greatest y of a floor, in metres."""


class Surveyed(CameraCalibration, frozen=True, kw_only=True, dict=True):
    """A calibration with a principal point and a roll of its own. Pixels are square."""

    principal_px: tuple[float, float]
    turn: tuple[tuple[float, float, float], ...]

    @cached_property
    def K_cam(self) -> Floats:
        """Intrinsics, (3, 3)."""
        x_px, y_px = self.principal_px
        return np.array([[self.focal_px, 0, x_px], [0, self.focal_px, y_px], [0, 0, 1.0]])

    @cached_property
    def cam_from_floor(self) -> Floats:
        """Rigid transform of the store frame into the camera's, (4, 4)."""
        transform = np.eye(4)
        transform[:3, :3] = self.turn
        transform[:3, 3] = -transform[:3, :3] @ self.position_m
        return transform


class EngineTracker:
    """``FloorTracker`` with its defaults. ``shape_px`` (cameras, 2) are pictures' widths and heights."""

    def __init__(self, cameras: Sequence[SurveyedCamera], bounds_m: Bounds, step_s: float) -> None:
        x0, x1, y0, y1 = bounds_m
        self._store = Store(
            name="recording",
            currency="EUR",
            floor_m=((x0, y0), (x1, y0), (x1, y1), (x0, y1)),
            gates=(),
            gondolas=(),
            shelves=(),
            plates=(),
            facings=(),
            products=(),
            cameras=tuple(_mounted(camera) for camera in cameras),
        )
        self._squeeze = [camera.K[0][0] / camera.K[1][1] for camera in cameras]
        self._tracker, self._step_ns, self._steps = FloorTracker(self._store), round(step_s * 1e9), 0

    def facts(self, frames: Sequence[Floats]) -> tuple[PersonsSeen, ...]:
        """The boxes (N, 5) of all cameras at the next instant as perception would report them."""
        self._steps += 1
        return tuple(
            PersonsSeen(
                t_ns=self._steps * self._step_ns,
                camera_id=camera.camera_id,
                frame_seq=self._steps,
                persons=tuple(
                    PersonSeen(xyxy_px=(x1, y1 * squeeze, x2, y2 * squeeze), score=score)
                    for x1, y1, x2, y2, score in boxes.tolist()
                ),
            )
            for camera, squeeze, boxes in zip(self._store.cameras, self._squeeze, frames, strict=True)
        )

    def observe(self, facts: Sequence[PersonsSeen]) -> Placed:
        """Who is where after the frames of one instant."""
        for fact in facts:
            self._tracker.observe(fact)
        return [(int(track.track_id), *track.foot_m) for track in self._tracker.tracks if track.confirmed]

    def step(self, frames: Sequence[Floats]) -> Placed:
        """Who is where, after boxes (N, 5) of all cameras."""
        return self.observe(self.facts(frames))


def _mounted(camera: SurveyedCamera) -> Camera:
    """The camera with pictures squeezed until their pixels are square."""
    (focal_px, _, x_px), (_, tall_px, y_px), _ = camera.K
    squeeze = focal_px / tall_px
    position = -camera.rotation.T @ camera.shift_m
    calibration = Surveyed(
        width_px=camera.width,
        height_px=round(camera.height * squeeze),
        focal_px=focal_px,
        position_m=(float(position[0]), float(position[1]), float(position[2])),
        look_at_m=tuple((position + camera.rotation[2]).tolist()),
        principal_px=(x_px, y_px * squeeze),
        turn=tuple(map(tuple, camera.rotation.tolist())),
    )
    return Camera(camera_id=CameraId(camera.name), calibration=calibration)
