"""Whatever OpenCV's FFmpeg opens: RTSP cameras and video files. A file plays at its own pace and starts again."""

import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from drivers.camera._stream import FrameStream
from engine.ports import DeviceError, Image

_OPEN_TIMEOUT_MS = 4000
_READ_TIMEOUT_MS = 2000
# FFmpeg probes a stream for 1.3 to 2.2 s, then delivers what it kept in a burst; those frames are old.
_BURST_GAP_S = 0.010


@dataclass(frozen=True)
class DecodedFrame:
    """A frame that FFmpeg has decoded already."""

    seq: int
    t_ns: int
    picture: Image

    def image_bgr(self, *, at_least_width_px: int = 0) -> Image:
        """Picture (H, W, 3), halved while it stays wide enough."""
        picture = self.picture
        while at_least_width_px and picture.shape[1] // 2 >= at_least_width_px:
            picture = np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        return picture


class OpenCvCamera(FrameStream):
    """The newest frame of an RTSP stream or a video file."""

    def _stream(self) -> None:
        is_file = Path(self._url).is_file()
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_TIMEOUT_MS]
        capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, limits)
        try:
            if not capture.isOpened():
                raise DeviceError("cannot be opened")
            self._read(capture, is_file=is_file)
        finally:
            capture.release()
        if not is_file and not self._stopped.is_set():
            raise DeviceError("the stream ended")

    def _read(self, capture: cv2.VideoCapture, *, is_file: bool) -> None:
        period_s = 1 / (capture.get(cv2.CAP_PROP_FPS) or 25.0)
        last_s = time.monotonic()
        bursting = not is_file
        while not self._stopped.is_set():
            alive, picture = capture.read()
            if not alive:
                return
            now_s = time.monotonic()
            bursting = bursting and now_s - last_s < _BURST_GAP_S
            last_s = now_s
            if not bursting:
                self._deliver(DecodedFrame(self._next_seq(), time.monotonic_ns(), np.asarray(picture, np.uint8)))
            if is_file:
                self._stopped.wait(period_s)


def open_opencv(url: str) -> OpenCvCamera:
    """The camera or file at an address FFmpeg understands."""
    return OpenCvCamera(url)
