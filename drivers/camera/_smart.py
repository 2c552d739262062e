"""Smart cameras: devices with a detector of their own that say what they see, one JSON fact a line over TCP."""

import socket
import time
from collections import deque
from functools import partial
from urllib.parse import urlsplit

import msgspec

from drivers.camera._stream import KeptStream
from engine.domain import BodiesTracked, PersonsSeen
from engine.ports import DeviceError

_TIMEOUT_S = 2.0
_KEPT = 64
_LONGEST_LINE = 256 * 1024  # a crowd with all its joints is 20 kB

_Seen = PersonsSeen | BodiesTracked
_decoder: msgspec.json.Decoder[_Seen] = msgspec.json.Decoder(_Seen)


class SmartCamera(KeptStream):
    """What one device has said; when nobody asks, the oldest is forgotten."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._said: deque[_Seen] = deque(maxlen=_KEPT)
        self._thread.start()

    def seen(self) -> tuple[_Seen, ...]:
        """What arrived since the last call."""
        arrived: list[_Seen] = []
        while self._said:
            arrived.append(self._said.popleft())
        return tuple(arrived)

    def _stream(self) -> None:
        address = urlsplit(self._url)
        if address.scheme != "tcp" or not address.hostname or not address.port:
            raise DeviceError("not a tcp://host:port address")
        with (
            socket.create_connection((address.hostname, address.port), timeout=_TIMEOUT_S) as connection,
            connection.makefile("rb") as lines,
        ):
            for line in iter(partial(lines.readline, _LONGEST_LINE), b""):
                if self._stopped.is_set():
                    return
                try:
                    seen = _decoder.decode(line)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                    raise DeviceError(f"said {line[:40]!r} ({error})") from error
                self._said.append(msgspec.structs.replace(seen, t_ns=time.monotonic_ns()))
                self._flowing()
        raise DeviceError("hung up")


def open_smart(url: str) -> SmartCamera:
    """The device at a ``tcp://`` address."""
    return SmartCamera(url)
