"""A picture as a coarse grid of grey levels: sensor noise averages out, people do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ports import Image

COLUMNS = 80  # 8 x 8 pixels a cell at 640 x 360: a person far off still covers a dozen


def to_cells(image_bgr: Image) -> NDArray[np.float32]:
    """Mean grey level of each cell (rows, 80)."""
    # Not in bytes: rounded means would hide how noisy the picture is.
    grey = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    size = (COLUMNS, grid_rows(image_bgr))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)


def grid_rows(image_bgr: Image) -> int:
    """Rows of the grid of a picture (H, W, 3)."""
    height, width = image_bgr.shape[:2]
    return max(1, round(float(height * COLUMNS / width)))
