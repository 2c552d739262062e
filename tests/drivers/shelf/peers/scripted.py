"""A Modbus TCP device of our own that misbehaves as it is told: it says bytes, or nothing, or hangs up."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

_HEADER = struct.Struct(">HHHB")
_READ = struct.Struct(">BHH")


@dataclass(frozen=True)
class Request:
    """A request to read registers, and the connection it came on."""

    transaction: int
    unit: int
    function: int
    count: int
    writer: asyncio.StreamWriter

    def frame(self, pdu: bytes, *, transaction: int | None = None, unit: int | None = None) -> bytes:
        """An answer, framed for this request unless told otherwise."""
        transaction = self.transaction if transaction is None else transaction
        return _HEADER.pack(transaction & 0xFFFF, 0, len(pdu) + 1, self.unit if unit is None else unit) + pdu

    def right(self, registers: Sequence[int]) -> bytes:
        """The protocol unit of an answer that holds these registers."""
        return struct.pack(f">BB{len(registers)}H", self.function, 2 * len(registers), *registers)

    def refusal(self, code: int) -> bytes:
        """The protocol unit of an exception."""
        return bytes([self.function | 0x80, code])


Behaviour = Callable[[Request], Awaitable[None]]


class ScriptedDevice:
    """Each request gets the behaviour that ``behave`` is at that moment; ``port`` is kept while it is down."""

    def __init__(self, behave: Behaviour) -> None:
        """Not listening yet."""
        self.behave = behave
        self.port = 0
        self.connections = 0
        self.requests = 0
        self.asked = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._talking: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def boot(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def die(self) -> None:
        """Reset every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._talking.values():
            writer.transport.abort()
        for task in [task for task in self._talking if task is not asyncio.current_task()]:
            await task

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._talking[task] = writer
        try:
            while True:
                transaction, _, _, unit = _HEADER.unpack(await reader.readexactly(_HEADER.size))
                function, _, count = _READ.unpack(await reader.readexactly(_READ.size))
                self.requests += 1
                self.asked.set()
                await self.behave(Request(transaction, unit, function, count, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del self._talking[task]
            writer.transport.abort()


@contextlib.asynccontextmanager
async def scripted(behave: Behaviour) -> AsyncIterator[ScriptedDevice]:
    """A device that is up."""
    device = ScriptedDevice(behave)
    await device.boot()
    try:
        yield device
    finally:
        await device.die()


def says(answer: Callable[[Request], bytes]) -> Behaviour:
    """Say these bytes at once."""

    async def behave(request: Request) -> None:
        request.writer.write(answer(request))

    return behave


def byte_by_byte(answer: Callable[[Request], bytes]) -> Behaviour:
    """Say these bytes, each in a packet of its own."""

    async def behave(request: Request) -> None:
        for byte in answer(request):
            request.writer.write(bytes([byte]))
            await request.writer.drain()
            await asyncio.sleep(0)

    return behave


async def silent(_request: Request) -> None:
    """Say nothing, and keep the connection."""
