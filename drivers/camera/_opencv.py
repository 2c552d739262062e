"""Whatever OpenCV opens: RTSP cameras, USB cameras and video files. A file plays at its own pace and starts again."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np

from drivers.camera._capture_clock import CaptureClock
from drivers.camera._rtsp import why_not
from drivers.camera._stream import FrameStream
from engine.ports import DeviceError, Image

Transport = Literal["auto", "tcp", "udp"]

_OPEN_TIMEOUT_MS = 4000
_READ_TIMEOUT_MS = 1500  # OpenCV waits so long twice
# FFmpeg probes a stream for 1.1 to 2.2 s, then delivers what it kept in a burst: old frames, that come faster than
# they were taken.
_BURST_PACE = 0.5
_USUAL_HZ = 25.0
_OPTIONS_VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_OPTIONS: dict[Transport, str] = {
    "auto": "rtsp_flags;prefer_tcp",
    "tcp": "rtsp_transport;tcp",
    "udp": "rtsp_transport;udp",
}


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


class _FfmpegOptions:
    """OpenCV passes FFmpeg what the process's environment says while a stream is opened.

    Streams with the same options are opened side by side, one with others when those are open.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._opening = 0

    @contextmanager
    def set_to(self, options: str) -> Iterator[None]:
        """Hold the options while opening."""
        with self._changed:
            self._changed.wait_for(lambda: not self._opening or os.environ.get(_OPTIONS_VARIABLE) == options)
            os.environ[_OPTIONS_VARIABLE] = options
            self._opening += 1
        try:
            yield
        finally:
            with self._changed:
                self._opening -= 1
                self._changed.notify_all()


_ffmpeg_options = _FfmpegOptions()


class RtspCamera(FrameStream):
    """The newest frame of an RTSP stream."""

    def __init__(self, url: str, transport: Transport) -> None:
        self._transport = transport
        super().__init__(url)

    def _stream(self) -> None:
        with _ffmpeg_options.set_to(_OPTIONS[self._transport]):
            capture = _open_ffmpeg(self._url)
        try:
            if not capture.isOpened():
                raise why_not(self._url)
            self._read(capture)
        finally:
            capture.release()

    def _read(self, capture: cv2.VideoCapture) -> None:
        self.codec = _codec(capture)
        clock = CaptureClock()
        stamp_ns, arrived_ns = _stamp_ns(capture), time.monotonic_ns()
        bursting = True
        while not self._stopped.is_set():
            alive, picture = capture.read()
            if not alive:
                raise _ended(time.monotonic_ns() - arrived_ns)
            before_ns, arrived_before_ns = stamp_ns, arrived_ns
            stamp_ns, arrived_ns = _stamp_ns(capture), time.monotonic_ns()
            t_ns = clock.capture_ns(stamp_ns, arrived_ns)
            if bursting:
                taken_ns = stamp_ns - before_ns if stamp_ns > before_ns else 1e9 / _USUAL_HZ
                bursting = arrived_ns - arrived_before_ns < _BURST_PACE * taken_ns
            if not bursting:
                self._deliver(DecodedFrame(self._next_seq(), t_ns, np.asarray(picture, np.uint8)))


class UsbCamera(FrameStream):
    """The newest frame of a camera on this host's USB."""

    def _stream(self) -> None:
        parts = urlsplit(self._url)
        wishes = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if not Path(parts.path).is_char_device():
            raise DeviceError("no such device", remedy="plug it in, or name another of /dev/video*")
        if not os.access(parts.path, os.R_OK | os.W_OK):
            raise DeviceError("not allowed", kind="refused", remedy="let the engine's user into the group video")
        capture = cv2.VideoCapture(parts.path, cv2.CAP_V4L2, _usb_settings(wishes))
        try:
            if not capture.isOpened():
                raise DeviceError("it is no camera, or somebody else uses it", kind="refused")
            self.codec = _codec(capture)
            while not self._stopped.is_set():
                alive, picture = capture.read()
                if not alive:
                    raise DeviceError("no picture comes", kind="silent")
                self._deliver(DecodedFrame(self._next_seq(), time.monotonic_ns(), np.asarray(picture, np.uint8)))
        finally:
            capture.release()


class VideoFile(FrameStream):
    """The frames of a file, at its own pace, again and again."""

    def _stream(self) -> None:
        capture = _open_ffmpeg(self._url)
        try:
            if not capture.isOpened():
                problem = "no such file" if not Path(self._url).exists() else "no video that can be read"
                raise DeviceError(f"cannot be opened: {problem}", remedy="correct the url in store.toml")
            self.codec = _codec(capture)
            period_s = 1 / (capture.get(cv2.CAP_PROP_FPS) or _USUAL_HZ)
            alive, picture = capture.read()
            while alive and not self._stopped.is_set():
                self._deliver(DecodedFrame(self._next_seq(), time.monotonic_ns(), np.asarray(picture, np.uint8)))
                self._stopped.wait(period_s)
                alive, picture = capture.read()
        finally:
            capture.release()


def open_opencv(url: str, *, transport: Transport = "auto") -> FrameStream:
    """The camera at an ``rtsp://`` address or at ``usb:/dev/videoN?width=W&height=H&fps=F``, or the file of that name.

    ``transport`` is RTSP's: "auto" is TCP where the camera has it, else UDP.
    """
    scheme = url.partition(":")[0]
    if scheme in ("rtsp", "rtsps"):
        return RtspCamera(url, transport)
    return UsbCamera(url) if scheme == "usb" else VideoFile(url)


def _open_ffmpeg(url: str) -> cv2.VideoCapture:
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_TIMEOUT_MS]
    limits += [cv2.CAP_PROP_N_THREADS, 1]  # each further one holds a picture back
    return cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)


def _usb_settings(wishes: dict[str, str]) -> list[int]:
    """What to ask of the device; pictures as JPEG, since raw ones fill a USB 2 line at 640 x 480."""
    settings = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")]
    known = {"width": cv2.CAP_PROP_FRAME_WIDTH, "height": cv2.CAP_PROP_FRAME_HEIGHT, "fps": cv2.CAP_PROP_FPS}
    for name, value in wishes.items():
        if name not in known or not value.isdigit():
            raise DeviceError(f"{name}={value} is no setting", remedy="give width, height and fps as whole numbers")
        settings += [known[name], int(value)]
    return settings


def _codec(capture: cv2.VideoCapture) -> str:
    """The format's four letters, as FFmpeg or the device says them."""
    letters = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    return letters.to_bytes(4, "little").decode("ascii", errors="replace").strip("\0 ").lower()


def _ended(silent_ns: int) -> DeviceError:
    if silent_ns > _READ_TIMEOUT_MS * 1e6 * 0.9:
        return DeviceError(f"no picture came for {silent_ns / 1e9:.1f} s", kind="silent")
    return DeviceError("the stream ended", kind="unreachable")


def _stamp_ns(capture: cv2.VideoCapture) -> int:
    """The camera's own time of the newest picture, from RTP."""
    return int(capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
