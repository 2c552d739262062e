"""IP cameras as a store has them: MJPEG over HTTP, one path a camera, and smart cameras that say one JSON fact a line.

Slow clients lose frames, never delay the others.
"""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import msgspec

from engine.domain import CameraId, PersonsSeen

_BOUNDARY = b"tillfree-frame"
_HEAD = (
    b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nConnection: close\r\n"
    b"Content-Type: multipart/x-mixed-replace; boundary=" + _BOUNDARY + b"\r\n\r\n"
)
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass(eq=False)
class _Newest:
    """The newest payload of one camera and the means to wait for it."""

    payload: bytes = b""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, payload: bytes) -> None:
        self.payload = payload
        self.arrived.set()
        self.arrived = asyncio.Event()

    async def next(self) -> bytes:
        await self.arrived.wait()
        return self.payload


class _Streaming(ABC):
    """A listening device; each connection is served until somebody hangs up."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self, host: str, port: int) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._meet, host, port)

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.close()

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Stream to one client."""

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # clients come and go, and asyncio logs what a connection's task raises
        finally:
            self._writers.discard(writer)
            writer.close()


class MjpegServer(_Streaming):
    """Serves the newest JPEG of each camera at ``http://host:port/CAMERA``."""

    def __init__(self, camera_ids: list[CameraId]) -> None:
        super().__init__()
        self._newest = {f"/{camera_id}": _Newest() for camera_id in camera_ids}

    def publish(self, camera_id: CameraId, jpeg: bytes) -> None:
        """Hand a frame to whoever watches that camera."""
        self._newest[f"/{camera_id}"].put(jpeg)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        newest = self._newest.get(request.split(b" ")[1].decode())
        writer.write(_HEAD if newest else _NOT_FOUND)
        while newest and not writer.is_closing():
            jpeg = await newest.next()
            writer.write(b"--%b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (_BOUNDARY, len(jpeg)))
            writer.write(jpeg + b"\r\n")
            await writer.drain()


class SmartCamera(_Streaming):
    """A camera with a detector of its own: each line is a ``PersonsSeen`` as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self._newest = _Newest()

    def publish(self, seen: PersonsSeen) -> None:
        """Say what is seen now."""
        self._newest.put(msgspec.json.encode(seen) + b"\n")

    async def _serve(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(await self._newest.next())
            await writer.drain()
