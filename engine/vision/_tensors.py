"""Pixels into input tensors, as the manifest's preprocessing says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ports import Image

    from ._manifest import Preprocessing


class TensorWriter:
    """Fills one preallocated input tensor; the caller uses it before the next call."""

    def __init__(self, preprocessing: Preprocessing) -> None:
        if preprocessing.layout != "nchw":
            raise ValueError("pixels are written channel by channel")
        levels = np.arange(256, dtype=np.float32)
        pairs = zip(preprocessing.mean, preprocessing.std, strict=True)
        self._tables = [(levels - mean) / std for mean, std in pairs]  # a look-up costs less than arithmetic
        self._channels = (0, 1, 2) if preprocessing.channels == "bgr" else (2, 1, 0)

    def write(self, image_bgr: Image, tensor: NDArray[np.float32]) -> None:
        """Normalise `image_bgr` (H, W, 3) into `tensor` (3, H, W)."""
        planes = cv2.split(image_bgr)
        for row, (channel, table) in enumerate(zip(self._channels, self._tables, strict=True)):
            cv2.LUT(planes[channel], table, dst=tensor[row])


class Letterbox:
    """Fits pictures into a fixed canvas at its top left, keeping their shape."""

    def __init__(self, height_px: int, width_px: int, fill: int) -> None:
        self._canvas: Image = np.full((height_px, width_px, 3), fill, np.uint8)
        self._fill = fill
        self._used = (height_px, width_px)

    def fit(self, image_bgr: Image) -> tuple[Image, float]:
        """The canvas (overwritten by the next call) and the pixels it has per pixel of the picture."""
        height, width = self._canvas.shape[:2]
        scale = min(height / image_bgr.shape[0], width / image_bgr.shape[1])
        size = (min(height, round(image_bgr.shape[0] * scale)), min(width, round(image_bgr.shape[1] * scale)))
        if size != self._used:
            self._canvas[:] = self._fill
            self._used = size
        # Averaging pays only where linear interpolation would skip pixels.
        interpolation = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
        self._canvas[: size[0], : size[1]] = cv2.resize(image_bgr, size[::-1], interpolation=interpolation)
        return self._canvas, scale


def crop(image_bgr: Image, xyxy_px: NDArray[np.floating[Any]], size: tuple[int, int], fill: int) -> Image:
    """The rectangle, stretched to `size` (height, width); where it leaves the picture it is grey.

    A larger rectangle is averaged on the way down when it shrinks to less than half, so that no pixel is skipped.
    """
    x0, y0, x1, y1 = (float(value) for value in xyxy_px)
    shrink = min((x1 - x0) / size[1], (y1 - y0) / size[0])
    if shrink > 2.0:
        return _crop_large(image_bgr, (x0, y0, x1, y1), size, fill)
    scale_x, scale_y = size[1] / max(x1 - x0, 1e-3), size[0] / max(y1 - y0, 1e-3)
    matrix = np.array([[scale_x, 0.0, -x0 * scale_x], [0.0, scale_y, -y0 * scale_y]])
    border = (fill, fill, fill)
    return np.asarray(cv2.warpAffine(image_bgr, matrix, size[::-1], borderValue=border), np.uint8)


def _crop_large(image_bgr: Image, xyxy: tuple[float, float, float, float], size: tuple[int, int], fill: int) -> Image:
    x0, y0, x1, y1 = (round(value) for value in xyxy)
    canvas = np.full((y1 - y0, x1 - x0, 3), fill, np.uint8)
    height, width = image_bgr.shape[:2]
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    if left < right and top < bottom:
        canvas[top - y0 : bottom - y0, left - x0 : right - x0] = image_bgr[top:bottom, left:right]
    return np.asarray(cv2.resize(canvas, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
