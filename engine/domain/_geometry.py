"""Cameras and the store frame: metres, x and y on the floor, z up.

Points are ``(N, 3)`` float64 in metres; pixels are ``(N, 2)`` with x right and y down, the centre of the
top-left pixel at (0, 0). *Ideal* pixels are those of a pinhole camera without lens distortion: facts carry
ideal pixels only, so that nothing behind perception knows about lenses.
"""

from functools import cached_property
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Vector3 = tuple[float, float, float]

# Fixed-point rounds of the inverse distortion; five reach 1e-6 px at the corner of a 95 degree lens with k1 = -0.1.
_UNDISTORT_ROUNDS = 12


class CameraCalibration(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Intrinsics, Brown radial distortion (k1, k2 as OpenCV defines them) and pose of one camera.

    ``position_m`` is the optical centre in the store frame; ``look_at_m`` any point on the optical axis;
    the picture is upright (no roll).
    """

    width_px: Annotated[int, msgspec.Meta(gt=0)]
    height_px: Annotated[int, msgspec.Meta(gt=0)]
    focal_px: Annotated[float, msgspec.Meta(gt=0)]
    position_m: Vector3
    look_at_m: Vector3
    k1: float = 0.0
    k2: float = 0.0

    @cached_property
    def K_cam(self) -> Floats:
        """Intrinsics, (3, 3), principal point at the centre of the picture."""
        centre_x_px, centre_y_px = (self.width_px - 1) / 2, (self.height_px - 1) / 2
        return np.array([[self.focal_px, 0, centre_x_px], [0, self.focal_px, centre_y_px], [0, 0, 1.0]])

    @cached_property
    def cam_from_floor(self) -> Floats:
        """Rigid transform of the store frame into the camera's (x right, y down, z forward), (4, 4)."""
        position = np.array(self.position_m)
        forward = np.array(self.look_at_m) - position
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        rotation = np.stack([right, np.cross(forward, right), forward])
        transform = np.eye(4)
        transform[:3, :3] = rotation
        transform[:3, 3] = -rotation @ position
        return transform

    def project(self, points_m: Floats) -> Floats:
        """Ideal pixels (N, 2) of store points (N, 3); NaN for points behind the camera."""
        in_cam = points_m @ self.cam_from_floor[:3, :3].T + self.cam_from_floor[:3, 3]
        depth_m = np.where(in_cam[:, 2] > 1e-3, in_cam[:, 2], np.nan)
        centre_px: Floats = self.K_cam[:2, 2]
        return in_cam[:, :2] / depth_m[:, None] * self.focal_px + centre_px

    def distort(self, ideal_px: Floats) -> Floats:
        """Pixels in the camera's real picture (N, 2) for ideal pixels (N, 2)."""
        centre_px = self.K_cam[:2, 2]
        ray = (ideal_px - centre_px) / self.focal_px
        distorted: Floats = ray * self._radial_gain(ray) * self.focal_px + centre_px
        return distorted

    def undistort(self, picture_px: Floats) -> Floats:
        """Ideal pixels (N, 2) for pixels of the camera's real picture (N, 2)."""
        centre_px = self.K_cam[:2, 2]
        distorted = (picture_px - centre_px) / self.focal_px
        ray = distorted
        for _ in range(_UNDISTORT_ROUNDS):
            ray = distorted / self._radial_gain(ray)
        return ray * self.focal_px + centre_px

    def rays(self, ideal_px: Floats) -> Floats:
        """Unit directions in the store frame (N, 3) through ideal pixels (N, 2); all start at ``position_m``."""
        in_cam = np.column_stack([(ideal_px - self.K_cam[:2, 2]) / self.focal_px, np.ones(len(ideal_px))])
        rays: Floats = in_cam @ self.cam_from_floor[:3, :3]
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
        return rays

    def _radial_gain(self, ray: Floats) -> Floats:
        r2 = np.sum(ray * ray, axis=1, keepdims=True)
        gain: Floats = 1 + self.k1 * r2 + self.k2 * r2 * r2
        return gain
