"""The lens of one camera: between the undistorted canvas and the picture, by the calibration that the engine uses."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.domain import CameraCalibration

Picture = NDArray[np.uint8]
Rect = tuple[int, int, int, int]
"""x0, y0, x1, y1, end exclusive."""

_SUPERSAMPLED_WIDTH_PX = 960  # up to this width a canvas pixel is smaller than the camera's
_SUPERSAMPLING = 1.75
_VIGNETTE = 0.20


class Lens:
    """Between the undistorted canvas and the camera's distorted picture."""

    def __init__(self, calibration: CameraCalibration) -> None:
        self._calibration = calibration
        width, height = calibration.width_px, calibration.height_px
        self._scale = _SUPERSAMPLING if width <= _SUPERSAMPLED_WIDTH_PX else 1.0
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).reshape(-1, 2).astype(float)
        ideal = calibration.undistort(grid)
        self._origin = np.floor(ideal.min(axis=0)) - 1
        extent = np.ceil(ideal.max(axis=0)) + 1 - self._origin
        self.canvas_shape = (int(extent[1] * self._scale) + 1, int(extent[0] * self._scale) + 1)
        self.canvas_focal_px = calibration.focal_px * self._scale
        canvas = ((ideal - self._origin) * self._scale).reshape(height, width, 2).astype(np.float32)
        self._map, self._fraction = cv2.convertMaps(canvas[..., 0], canvas[..., 1], cv2.CV_16SC2)
        centre = calibration.K_cam[:2, 2]
        falloff = np.square((grid - centre) / centre).sum(axis=1).reshape(height, width, 1) / 2
        self._vignette = np.repeat((255 * (1 - _VIGNETTE * falloff)).astype(np.uint8), 3, axis=2)
        self._centre = (centre - self._origin) * self._scale
        k = calibration.K_cam.copy()
        k[:2, 2] -= self._origin
        k[:2] *= self._scale
        self.canvas_from_floor = k @ calibration.cam_from_floor[:3]

    def copy_into(self, canvas: Picture, rect: Rect, picture: Picture) -> Rect:
        """Refresh the part of the picture that shows a rectangle of the canvas; returns that part."""
        x0, y0, x1, y1 = part = self.picture_rect(rect)
        if x0 < x1 and y0 < y1:
            seen = cv2.remap(canvas, self._map[y0:y1, x0:x1], self._fraction[y0:y1, x0:x1], cv2.INTER_LINEAR)
            picture[y0:y1, x0:x1] = cv2.multiply(seen, self._vignette[y0:y1, x0:x1], scale=1 / 255)
        return part

    def picture_rect(self, rect: Rect) -> Rect:
        """Bounds in the picture of a canvas rectangle, a pixel wider for the interpolation.

        The lens moves points along rays from its centre: bounds are reached at corners, or beside the centre.
        """
        x0, y0, x1, y1 = rect
        x, y = min(max(self._centre[0], x0), x1), min(max(self._centre[1], y0), y1)
        border = np.array([(x0, y0), (x0, y), (x0, y1), (x, y0), (x, y1), (x1, y0), (x1, y), (x1, y1)])
        seen = self._calibration.distort(border / self._scale + self._origin)
        low, high = np.floor(seen.min(axis=0)).astype(int) - 1, np.ceil(seen.max(axis=0)).astype(int) + 2
        width, height = self._calibration.width_px, self._calibration.height_px
        return max(int(low[0]), 0), max(int(low[1]), 0), min(int(high[0]), width), min(int(high[1]), height)
