"""A camera's geometry, prepared for many small questions in plain floats, and all cameras' as arrays for large ones."""

import math
from collections.abc import Sequence

import numpy as np

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


class Eyes:
    """Every camera of a store: by id, and as the rows (cameras, 18) that kernels take."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self.by_id: dict[CameraId, Eye] = {camera.camera_id: Eye(camera) for camera in cameras}
        self.row_of = {camera.camera_id: row for row, camera in enumerate(cameras)}
        self.rows: Floats = np.array([eye.row for eye in self.by_id.values()]).reshape(-1, 18)
