"""A camera's geometry, prepared for many small questions in plain floats, and all cameras' as arrays for large ones."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.domain import Camera, CameraId, Floats, Vector3

_LEAST_DEPTH_M = 0.1


class Eye:
    """One camera."""

    def __init__(self, camera: Camera) -> None:
        calibration = camera.calibration
        self.camera_id = camera.camera_id
        self.position_m: Vector3 = calibration.position_m
        self.focal_px = calibration.focal_px
        self.watches_floor = camera.watches_gondola is None
        self.width_px, self.height_px = calibration.width_px, calibration.height_px
        self._centre_x_px, self._centre_y_px = (float(px) for px in calibration.K_cam[:2, 2])
        right, down, forward = calibration.cam_from_floor[:3, :3].tolist()
        self._axes = (*right, *down, *forward)

    @property
    def row(self) -> tuple[float, ...]:
        """The camera as kernels take it: fx, fy, cx, cy, width, height, rotation row by row, position."""
        centre = self._centre_x_px, self._centre_y_px
        return (self.focal_px, self.focal_px, *centre, self.width_px, self.height_px, *self._axes, *self.position_m)

    def ray(self, x_px: float, y_px: float) -> Vector3:
        """Unit direction in the store frame through an ideal pixel."""
        x, y = (x_px - self._centre_x_px) / self.focal_px, (y_px - self._centre_y_px) / self.focal_px
        rx, ry, rz, dx, dy, dz, fx, fy, fz = self._axes
        scale = 1 / math.sqrt(1 + x * x + y * y)
        return scale * (x * rx + y * dx + fx), scale * (x * ry + y * dy + fy), scale * (x * rz + y * dz + fz)

    def project(self, x_m: float, y_m: float, z_m: float) -> tuple[float, float, float]:
        """Ideal pixel and depth of a store point; a depth below 0.1 m counts as 0.1 m."""
        x, y, z = x_m - self.position_m[0], y_m - self.position_m[1], z_m - self.position_m[2]
        rx, ry, rz, dx, dy, dz, fx, fy, fz = self._axes
        depth = max(fx * x + fy * y + fz * z, _LEAST_DEPTH_M)
        share = self.focal_px / depth
        across, down = rx * x + ry * y + rz * z, dx * x + dy * y + dz * z
        return across * share + self._centre_x_px, down * share + self._centre_y_px, depth

    def turn(self, dx_m: float, dy_m: float, dz_m: float) -> tuple[float, float]:
        """How far a step in the store goes across (to the right) and down as seen from here, in metres."""
        rx, ry, rz, dx, dy, dz, *_ = self._axes
        return rx * dx_m + ry * dy_m + rz * dz_m, dx * dx_m + dy * dy_m + dz * dz_m


@dataclass(frozen=True)
class Rig:
    """Some cameras as arrays, one row each: any shape (...,) of rows does.

    ``origin_m`` (..., 3), ``axes`` (..., 3, 3) right, down and forward in the store frame, ``centre_px`` (..., 2),
    ``focal_px`` (...).
    """

    origin_m: Floats
    axes: Floats
    centre_px: Floats
    focal_px: Floats

    def rows(self, which: NDArray[np.intp]) -> "Rig":
        """The cameras with these rows, in the shape of ``which``."""
        return Rig(self.origin_m[which], self.axes[which], self.centre_px[which], self.focal_px[which])

    def rays(self, points_px: Floats) -> Floats:
        """Unit directions (..., 17, 3) in the store frame through each camera's ideal pixels (..., 17, 2)."""
        across = (points_px - self.centre_px[..., None, :]) / self.focal_px[..., None, None]
        rays: Floats = np.einsum("...ja,...ab->...jb", across, self.axes[..., :2, :])
        rays += self.axes[..., None, 2, :]
        rays /= np.sqrt(1 + np.einsum("...a,...a->...", across, across))[..., None]
        return rays

    def project(self, points_m: Floats) -> tuple[Floats, Floats]:
        """Ideal pixels (..., 17, 2) and depths (..., 17) of store points (..., 17, 3) for each camera."""
        seen = np.einsum("...ja,...ba->...jb", points_m - self.origin_m[..., None, :], self.axes)
        depth = np.maximum(seen[..., 2], _LEAST_DEPTH_M)
        pixels = seen[..., :2] * (self.focal_px[..., None] / depth)[..., None] + self.centre_px[..., None, :]
        return pixels, depth


class Eyes:
    """Every camera of a store, by id and in one rig."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self.by_id: dict[CameraId, Eye] = {camera.camera_id: Eye(camera) for camera in cameras}
        self.row_of = {camera.camera_id: row for row, camera in enumerate(cameras)}
        calibrations = [camera.calibration for camera in cameras]
        self.rig = Rig(
            np.array([calibration.position_m for calibration in calibrations]).reshape(-1, 3),
            np.array([calibration.cam_from_floor[:3, :3] for calibration in calibrations]).reshape(-1, 3, 3),
            np.array([calibration.K_cam[:2, 2] for calibration in calibrations]).reshape(-1, 2),
            np.array([calibration.focal_px for calibration in calibrations]),
        )
