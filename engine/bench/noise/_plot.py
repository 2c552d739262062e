"""Draw two noise distributions over each other: share of plates against standard deviation in grams."""

from pathlib import Path

import cv2
import numpy as np

from engine.domain import Floats

_SIZE_PX = (480, 720)
_MARGIN_PX = 60
_RANGE_G = (0.05, 20.0)
_RECORDED_BGR, _SIMULATED_BGR, _INK_BGR = (40, 40, 200), (190, 110, 20), (60, 60, 60)


def draw(file: Path, recorded_g: Floats, simulated_g: Floats) -> None:
    """Write a PNG with both cumulative distributions, grams on a logarithmic axis. Raises ``OSError``."""
    image = np.full((*_SIZE_PX, 3), 255, dtype=np.uint8)
    for mark_g in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0):
        (x, bottom), (_, top) = _point(mark_g, 0.0), _point(mark_g, 1.0)
        cv2.line(image, (x, bottom), (x, top), (225, 225, 225), 1)
        _write(image, f"{mark_g:g} g", (x - 16, bottom + 20), _INK_BGR)
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        (left, y), (right, _) = _point(_RANGE_G[0], share), _point(_RANGE_G[1], share)
        cv2.line(image, (left, y), (right, y), (225, 225, 225), 1)
        _write(image, f"{share:.0%}", (8, y + 4), _INK_BGR)
    for at, (name, levels_g, colour) in enumerate(
        (("recorded", recorded_g, _RECORDED_BGR), ("simulated", simulated_g, _SIMULATED_BGR))
    ):
        shares = np.linspace(0, 1, 201)
        points = [_point(value, share) for value, share in zip(np.quantile(levels_g, shares), shares, strict=True)]
        cv2.polylines(image, [np.array(points, dtype=np.int32)], False, colour, 2, cv2.LINE_AA)
        _write(image, f"{name}, {len(levels_g)} plates", (_MARGIN_PX + 10, 80 + 20 * at), colour)
    _write(image, "share of plates no noisier than this when calm", (_MARGIN_PX, 30), _INK_BGR)
    file.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def _point(grams: float, share: float) -> tuple[int, int]:
    low, high = np.log(_RANGE_G)
    across = (np.log(np.clip(grams, *_RANGE_G)) - low) / (high - low)
    height, width = (side - 2 * _MARGIN_PX for side in _SIZE_PX)
    return _MARGIN_PX + round(float(across) * width), _MARGIN_PX + round((1 - share) * height)


def _write(image: np.ndarray, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
