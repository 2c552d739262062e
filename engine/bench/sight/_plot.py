"""Draw measured figures against simulated ones: misses by what is in sight, errors by joint."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from engine.bench.sight._residuals import SightRow

_ROW_PX, _BAR_PX, _TEXT_PX, _MARGIN_PX = 26, 420, 330, 24
_MEASURED_BGR, _SIMULATED_BGR, _INK_BGR = (40, 40, 200), (190, 110, 20), (60, 60, 60)


def draw_rows(file: Path, rows: Sequence[SightRow]) -> None:
    """Write a PNG with two bars for each row but the scores', all to the greatest of their unit. Raises ``OSError``."""
    shown = [row for row in rows if "score" not in row.what]
    height_px = _ROW_PX * (len(shown) + 1) + 2 * _MARGIN_PX
    image = np.full((height_px, _TEXT_PX + _BAR_PX + 130 + 2 * _MARGIN_PX, 3), 255, np.uint8)
    _write(image, "measured", (_MARGIN_PX + _TEXT_PX, _MARGIN_PX + 8), _MEASURED_BGR)
    _write(image, "simulated", (_MARGIN_PX + _TEXT_PX + 90, _MARGIN_PX + 8), _SIMULATED_BGR)
    for at, row in enumerate(shown, start=1):
        top_px = _MARGIN_PX + at * _ROW_PX
        _write(image, row.what, (_MARGIN_PX, top_px + 12), _INK_BGR)
        greatest = max(max(other.measured, other.simulated) for other in shown if _unit(other) == _unit(row))
        for lower_px, value, colour in ((0, row.measured, _MEASURED_BGR), (9, row.simulated, _SIMULATED_BGR)):
            left_px = _MARGIN_PX + _TEXT_PX
            length_px = round(_BAR_PX * max(value, 0.0) / max(greatest, 1e-9))
            cv2.rectangle(image, (left_px, top_px + lower_px), (left_px + length_px, top_px + lower_px + 7), colour, -1)
        numbers = f"{row.measured:.3f} {row.simulated:.3f}"
        _write(image, numbers, (_MARGIN_PX + _TEXT_PX + _BAR_PX + 8, top_px + 12), _INK_BGR)
    file.write_bytes(cv2.imencode(".png", image)[1].tobytes())


def _unit(row: SightRow) -> str:
    if "error m" in row.what:
        return "m"
    return "frames" if "frames missed" in row.what else "share"


def _write(image: np.ndarray, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)
