"""A camera that is handed its frames."""

from dataclasses import dataclass

import numpy as np
import simplejpeg

from engine.ports import DeviceFaultKind, Frame, Image


@dataclass(frozen=True)
class GivenFrame:
    """A JPEG that a pacer gave."""

    seq: int
    t_ns: int
    jpeg: bytes

    def image_bgr(self, *, at_least_width_px: int = 0) -> Image:
        """Picture (H, W, 3), decoded at the smallest of JPEG's own scales that is wide enough."""
        try:
            picture: Image = simplejpeg.decode_jpeg(
                self.jpeg, colorspace="BGR", fastdct=True, min_width=at_least_width_px, min_height=0
            )
        except ValueError:
            return np.zeros((0, 0, 3), np.uint8)
        return picture


class GivenCamera:
    """The link of a camera whose frames come in messages."""

    fault = ""
    fault_kind: DeviceFaultKind = "unreachable"

    def __init__(self) -> None:
        self._frame: Frame | None = None

    def give(self, frame: Frame) -> None:
        """The newest frame from now on."""
        self._frame = frame

    def newest(self, *, after_seq: int) -> Frame | None:
        """The newest frame if it is newer than ``after_seq``."""
        return self._frame if self._frame is not None and self._frame.seq > after_seq else None

    def close(self) -> None:
        """Nothing is open."""
