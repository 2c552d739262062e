"""Controllers to poll, in a process of their own (``__main__``), so that what they use does not count.

Each listens on a port of its own and answers reads from weights that were rendered before; they cost so little that
it is whoever polls them who is measured. pymodbus' own server would take the better part of a core.
"""

import asyncio
import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

import numpy as np

from engine.bench.modbus._load import Load

HOST = "127.0.0.1"

_IMAGES = 16
_NOISE_G = 1.0
_READS = (3, 4)
_ILLEGAL_FUNCTION = 1
_REQUEST = struct.Struct(">HHHBBHH")  # transaction, protocol, length; unit, function, address, count


@contextmanager
def controllers(load: Load) -> Iterator[tuple[int, ...]]:
    """Start the controllers; yields their ports, and ends them."""
    words = [sys.executable, "-m", __package__, str(load.controllers), str(load.channels)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101 - both were asked for
        assert process.stdout is not None  # noqa: S101
        yield tuple(json.loads(process.stdout.readline()))
        process.stdin.close()


class _Controller(asyncio.Protocol):
    """One connection. A cell is never still: each answer holds the next of a round of noisy images."""

    def __init__(self, images: tuple[bytes, ...]) -> None:
        self._images = cycle(images)
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream's transport is one
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        unread = self._unread + data
        while len(unread) >= _REQUEST.size:
            self._transport.write(self._answer(*_REQUEST.unpack_from(unread)))
            unread = unread[_REQUEST.size :]
        self._unread = unread

    def _answer(  # noqa: PLR0913 - a request has these fields
        self, transaction: int, protocol: int, _length: int, unit: int, function: int, address: int, count: int
    ) -> bytes:
        if function not in _READS:
            return struct.pack(">HHHBBB", transaction, protocol, 3, unit, function | 0x80, _ILLEGAL_FUNCTION)
        data = next(self._images)[2 * address : 2 * (address + count)]
        return struct.pack(">HHHBBB", transaction, protocol, 3 + len(data), unit, function, len(data)) + data


def _images(channels: int) -> tuple[bytes, ...]:
    """Float32 grams, high word first."""
    noise_g = np.random.default_rng(1).normal(0.0, _NOISE_G, (_IMAGES, channels))
    return tuple(row.tobytes() for row in (1000.0 * np.arange(1, channels + 1) + noise_g).astype(">f4"))


async def serve(many: int, channels: int) -> None:
    """Print the ports and answer until standard input ends: whoever started us is done, or dead."""
    loop = asyncio.get_running_loop()
    images = _images(channels)
    servers = [await loop.create_server(lambda: _Controller(images), HOST, 0) for _ in range(many)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)  # noqa: T201
    await loop.run_in_executor(None, sys.stdin.read)
