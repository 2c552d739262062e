"""Who in a picture may have a hand at a plate: only there do hands decide anything, and are worth a closer look."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.domain import CameraCalibration, Floats, Plate

_MIDDLE_M = 0.9  # above the floor, of the body whose box this is
_REACH_M = 1.25  # from where somebody seems to stand to the middle of a plate: an arm, and what the place errs by
_DOWNWARD = -0.1


class Shelves:
    """The plates of a store."""

    def __init__(self, plates: Sequence[Plate]) -> None:
        self._places_m: Floats = np.array([plate.centre_m[:2] for plate in plates]).reshape(-1, 2)

    def near(
        self, calibration: CameraCalibration, xyxy_px: NDArray[np.float32], width_px: int, *, most: int
    ) -> NDArray[np.bool_]:
        """For each box (N, 4), in a picture of that width, whether it is one of the ``most`` within reach of a plate.

        Places are those on the floor below the boxes' middles; who is seen from below or level is near nothing.
        """
        near = np.zeros(len(xyxy_px), bool)
        if len(near) and len(self._places_m):
            middle_px = (xyxy_px[:, :2].astype(np.float64) + xyxy_px[:, 2:]) / 2
            away_m = self._away_m(calibration, middle_px, width_px)
            first = np.argsort(away_m, kind="stable")[:most]
            near[first] = away_m[first] < _REACH_M
        return near

    def _away_m(self, calibration: CameraCalibration, middle_px: Floats, width_px: int) -> Floats:
        # Pixel centres: half a pixel in before scaling, half a pixel out after it.
        native_px = (middle_px + 0.5) * (calibration.width_px / width_px) - 0.5
        rays = calibration.rays(calibration.undistort(native_px))
        position_m = np.array(calibration.position_m)
        range_m = (_MIDDLE_M - position_m[2]) / np.minimum(rays[:, 2], _DOWNWARD)
        stands_m = position_m[:2] + range_m[:, None] * rays[:, :2]
        away_m: Floats = np.linalg.norm(stands_m[:, None] - self._places_m, axis=2).min(axis=1)
        return np.where((rays[:, 2] < _DOWNWARD) & (range_m > 0), away_m, np.inf)
