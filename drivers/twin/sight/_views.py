"""What each camera of a store could see of the people in it: joints in the picture, and what hides them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.sight import _geometry
from drivers.twin.sight._fixtures import fixtures_of
from engine.domain import Camera, CameraCalibration, Floats, Store


@dataclass(frozen=True, eq=False)
class View:
    """The people as cameras could see them.

    ``pixels`` (C, N, 17, 2) ideal; ``cause`` (C, N, 17), what hides each joint; ``px_per_m`` (C, N) at the body's
    distance; ``down_rad`` (C, N) below the horizon.
    """

    pixels: Floats
    cause: NDArray[np.int8]
    px_per_m: Floats
    down_rad: Floats

    def arrays(self) -> tuple[Floats, NDArray[np.int8], Floats, Floats]:
        """As the kernels take them."""
        return self.pixels, self.cause, self.px_per_m, self.down_rad


class Viewer:
    """The geometry of some cameras and all fixtures, prepared for many small questions."""

    def __init__(self, store: Store, cameras: Sequence[Camera]) -> None:
        self._fixtures = fixtures_of(store).arrays()
        self.cameras = np.array([_packed(camera.calibration) for camera in cameras]).reshape(-1, 19)
        """As the kernels take them, (C, 19)."""

    def view(self, joints_m: Floats) -> View:
        """What the cameras could see of joints (N, 17, 3)."""
        return View(*_geometry.look(self.cameras, joints_m, self._fixtures))


def _packed(calibration: CameraCalibration) -> Floats:
    focal_px, size = calibration.focal_px, (calibration.width_px, calibration.height_px)
    centre_px = calibration.K_cam[:2, 2]
    lens = (focal_px, *centre_px, *size, calibration.k1, calibration.k2)
    return np.array([*calibration.position_m, *calibration.cam_from_floor[:3, :3].ravel(), *lens])
