"""Has this frame anything in it that the empty scene has not? Asked before any model runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._cells import to_cells

if TYPE_CHECKING:
    from engine.ports import Image

    from ._background import BackgroundPlate

NOISE_SIGMAS = 4.0
SIGMA_PER_MEDIAN = 1.4826  # of a normal distribution's absolute deviations


@dataclass(frozen=True)
class Motion:
    """The gate's verdict on one frame."""

    moved: bool
    changed_share: float  # of the picture, 0 to 1


class MotionGate:
    """Compares with the background, not with the last frame: someone who stands still keeps the gate open."""

    def __init__(self, *, least_share: float = 0.002, least_levels: float = 6.0) -> None:
        self._least_share = least_share
        self._least_levels = least_levels  # grey levels, for a picture without noise

    def judge(self, image_bgr: Image, plate: BackgroundPlate) -> Motion:
        """Verdict on `image_bgr` (H, W, 3); what the plate does not know yet counts as changed.

        The whole picture growing lighter or darker is divided out, and noise raises the bar.
        """
        background, now = plate.cells, to_cells(image_bgr)
        if background is None or background.shape != now.shape:
            return Motion(moved=True, changed_share=1.0)
        known = ~np.isnan(background)
        if not known.any():
            return Motion(moved=True, changed_share=1.0)
        gain = float(np.median((now[known] + 1.0) / (background[known] + 1.0)))
        difference = np.abs(now - background * gain)
        noise_levels = SIGMA_PER_MEDIAN * float(np.median(difference[known]))
        bar = max(self._least_levels, NOISE_SIGMAS * noise_levels)
        changed_share = 1.0 - float((difference <= bar).mean())  # NaN, the unknown, is not <= anything
        return Motion(moved=changed_share > self._least_share, changed_share=changed_share)
