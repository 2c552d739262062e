"""A sheet to draw figures on: text, lines and dots in pixels, and axes that map values to them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

Colour = tuple[int, int, int]
Point = tuple[float, float]

INK: Colour = (72, 62, 54)  # blue, green, red
QUIET: Colour = (150, 142, 136)
GRID: Colour = (236, 233, 230)
OURS: Colour = (150, 92, 32)
OURS_PALE: Colour = (238, 224, 208)
THEIRS: Colour = (96, 148, 208)

_SHIFT = 4
_BEFORE = {"left": 0.0, "middle": 0.5, "right": 1.0}


class Sheet:
    """White paper of a size in pixels."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._image = np.full((height_px, width_px, 3), 255, dtype=np.uint8)
        self._font = cv2.FontFace("sans")

    def write(
        self,
        text: str,
        at_px: Point,
        *,
        size_px: int = 15,
        colour: Colour = INK,
        side: Literal["left", "middle", "right"] = "left",
    ) -> None:
        """Text whose baseline begins, is centred or ends at a point."""
        weight = 500 if size_px > 16 else 400
        _, _, width_px, _ = cv2.getTextSize((0, 0), text, (0, 0), self._font, size_px, weight)
        start_px = round(at_px[0] - _BEFORE[side] * width_px), round(at_px[1])
        cv2.putText(self._image, text, start_px, colour, self._font, size_px, weight)

    def line(self, *through_px: Point, colour: Colour = INK, width_px: int = 1) -> None:
        """A line through points."""
        cv2.polylines(self._image, [_fixed(through_px)], False, colour, width_px, cv2.LINE_AA, _SHIFT)

    def fill(self, *corners_px: Point, colour: Colour) -> None:
        """A filled polygon."""
        cv2.fillPoly(self._image, [_fixed(corners_px)], colour, cv2.LINE_AA, _SHIFT)

    def dot(self, at_px: Point, *, radius_px: float = 4.5, colour: Colour = OURS, hollow: bool = False) -> None:
        """A dot; hollow: a ring on white."""
        centre, radius = _fixed([at_px])[0], round(radius_px * 2**_SHIFT)
        middle = (int(centre[0]), int(centre[1]))
        cv2.circle(self._image, middle, radius, (255, 255, 255) if hollow else colour, -1, cv2.LINE_AA, _SHIFT)
        if hollow:
            cv2.circle(self._image, middle, radius, colour, 2, cv2.LINE_AA, _SHIFT)

    def save(self, file: Path) -> None:
        """Write a PNG. Raises ``OSError``."""
        file.write_bytes(cv2.imencode(".png", self._image)[1].tobytes())


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Values from ``low`` to ``high`` along pixels from ``start_px`` to ``end_px``; what is outside goes to the end."""

    low: float
    high: float
    start_px: float
    end_px: float
    logarithmic: bool = False

    def px(self, value: float) -> float:
        """Where a value is."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.logarithmic:
            low, high, at = float(np.log(low)), float(np.log(high)), float(np.log(at))
        return self.start_px + (at - low) / (high - low) * (self.end_px - self.start_px)


def _fixed(points_px: "list[Point] | tuple[Point, ...]") -> np.ndarray:
    """Pixels as the fixed-point integers that drawing between pixels takes."""
    return np.asarray(np.round(np.array(points_px) * 2**_SHIFT), dtype=np.int32)
