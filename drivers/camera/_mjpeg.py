"""MJPEG over HTTP: multipart/x-mixed-replace, as most IP cameras offer it. Frames stay JPEG until somebody looks."""

import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO
from urllib.parse import urlsplit

import numpy as np
import simplejpeg

from drivers.camera._address import login_of
from drivers.camera._login import NO_LOGIN, WRONG_LOGIN, authorisation
from drivers.camera._stream import FrameStream
from engine.ports import DeviceError, Image

_TIMEOUT_S = 2.0
_LONGEST_LINE = 1024
_LONGEST_NUMBER = 12
_LARGEST_JPEG = 16 * 1024 * 1024


class MultipartReader:
    """Iterates over the JPEG parts of a multipart body. Raises ``DeviceError`` on anything else."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        """Each part's bytes; ends where the body ends, also in the middle of a part."""
        while (length := self._next_length()) is not None:
            jpeg = self._body.read(length)
            if len(jpeg) < length:
                return
            yield jpeg

    def _next_length(self) -> int | None:
        length: int | None = None
        in_head = False
        for raw in iter(partial(self._body.readline, _LONGEST_LINE), b""):
            line = raw.strip()
            if line and not line.startswith(b"--") and b":" not in line:
                raise DeviceError(f"expected a part of a stream, got {line[:40]!r}")
            if not line and length is not None:
                return length
            if not line and in_head:
                raise DeviceError("a part does not say its length")
            in_head = bool(line)
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = _length(value.strip())
        return None


def _length(value: bytes) -> int:
    if not value.isdigit() or len(value) > _LONGEST_NUMBER or int(value) > _LARGEST_JPEG:
        raise DeviceError(f"a part of {value[:20]!r} bytes")
    return int(value)


@dataclass(frozen=True)
class JpegFrame:
    """A frame as it came."""

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


class MjpegCamera(FrameStream):
    """The newest frame of one HTTP stream."""

    def _stream(self) -> None:
        parts = urlsplit(self._url)
        if parts.scheme != "http" or not parts.hostname:
            raise DeviceError("not an http:// address")
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=_TIMEOUT_S)
        try:
            response = self._ask(connection, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
            self.codec = "jpeg"
            for jpeg in MultipartReader(response):
                self._deliver(JpegFrame(self._next_seq(), time.monotonic_ns(), jpeg))
                if self._stopped.is_set():
                    return
            raise DeviceError("the stream ended")
        except http.client.HTTPException as error:
            raise DeviceError(f"not HTTP: {error!r}", kind="garbled") from error
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection, target: str) -> http.client.HTTPResponse:
        connection.request("GET", target)
        response = connection.getresponse()
        login = login_of(self._url)
        if response.status == http.client.UNAUTHORIZED and login is not None:
            challenges = response.headers.get_all("WWW-Authenticate", [])
            said = authorisation(challenges, login, method="GET", uri=target)
            if said is not None:
                response.close()
                connection.close()
                connection.request("GET", target, headers={"Authorization": said})
                response = connection.getresponse()
        if response.status == http.client.OK:
            return response
        remedy = ""
        if response.status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
            remedy = WRONG_LOGIN if login is not None else NO_LOGIN
        raise DeviceError(f"HTTP {response.status} {response.reason}", kind="refused", remedy=remedy)


def open_mjpeg(url: str) -> MjpegCamera:
    """The camera at an ``http://`` address."""
    return MjpegCamera(url)
