"""The link against a Modbus server over loopback, against silence, and against a device that answers short."""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

import resources
from drivers.shelf import ProfileError, open_modbus
from engine.ports import DeviceError, ShelfLink, ShelfSamples

PROFILES = Path(resources.__file__).parent / "profiles"
FLOAT32 = PROFILES / "generic-float32.toml"
DEADLINE_S = 10.0


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def image(grams: list[float]) -> list[int]:
    """Registers of float32 grams, high word first."""
    return [word for value in grams for word in struct.unpack(">HH", struct.pack(">f", value))]


@contextlib.asynccontextmanager
async def controller(port: int, registers: list[int], *, unit: int = 1) -> AsyncIterator[None]:
    """A Modbus TCP server that holds these registers."""
    device = SimDevice(unit, simdata=[SimData(0, values=registers, datatype=DataType.REGISTERS)])
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    try:
        yield
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


class Raw(asyncio.Protocol):
    """A connection whose every request of 12 bytes is answered with ``answer(request)``."""

    def __init__(self, answer: Callable[[bytes], bytes], connections: set[asyncio.Transport]) -> None:
        self._answer = answer
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(transport)

    def data_received(self, data: bytes) -> None:
        """Answer."""
        self._transport.write(self._answer(data))


@contextlib.asynccontextmanager
async def device(answer: Callable[[bytes], bytes]) -> AsyncIterator[int]:
    """A raw TCP device; yields its port."""
    connections: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Raw(answer, connections), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for connection in connections:
            connection.abort()
        server.close()
        await server.wait_closed()


async def eventually(read: Callable[[], Awaitable[ShelfSamples]]) -> ShelfSamples:
    """The first reading that succeeds before the deadline."""
    deadline_s = time.monotonic() + DEADLINE_S
    while True:
        try:
            return await read()
        except DeviceError:
            if time.monotonic() > deadline_s:
                raise
            await asyncio.sleep(0)


async def readings(link: ShelfLink, count: int) -> list[str]:
    """What the link said in ``count`` tries: "" for a reading."""
    said = []
    for _ in range(count):
        try:
            await link.read()
            said.append("")
        except DeviceError as error:
            said.append(str(error))
    return said


async def test_a_hundred_channels_are_read_in_blocks() -> None:
    grams = [float(value) - 50.25 for value in range(100)]
    port = free_port()
    async with controller(port, image(grams), unit=7):
        link = open_modbus("127.0.0.1", port, unit=7, profile=FLOAT32, channels=100)
        before_ns = time.monotonic_ns()
        samples = await link.read()
        assert samples.grams.tolist() == grams
        assert before_ns <= samples.t_ns <= time.monotonic_ns()
        await link.close()


async def test_a_controller_that_dies_is_missed_and_found_again() -> None:
    port = free_port()
    link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=2)
    with pytest.raises(DeviceError, match="cannot be reached"):
        await link.read()
    async with controller(port, image([1.0, 2.0])):
        assert (await eventually(link.read)).grams.tolist() == [1.0, 2.0]
    with pytest.raises(DeviceError, match=f"127.0.0.1:{port} unit 1"):
        await link.read()
    async with controller(port, image([3.0, 4.0])):
        assert (await eventually(link.read)).grams.tolist() == [3.0, 4.0]
    await link.close()


async def test_registers_that_are_not_there_are_said_and_the_connection_kept() -> None:
    port = free_port()
    async with controller(port, image([1.0])):
        link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=2)
        said = await readings(link, 2)
        assert all("check its profile" in message for message in said)
        await link.close()


async def test_a_short_answer_is_no_reading() -> None:
    def two_registers(request: bytes) -> bytes:
        return request[:4] + bytes([0, 7]) + request[6:8] + bytes([4, 0, 0, 0, 0])

    async with device(two_registers) as port:
        link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=3)
        (said,) = await readings(link, 1)
        assert "2 registers" in said
        await link.close()


async def test_a_silent_device_costs_little_time_and_is_dialled_anew() -> None:
    async with device(lambda _request: b"") as port:
        link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=2)
        started_s = time.monotonic()
        said = await readings(link, 4)
        assert time.monotonic() - started_s < 2.0
        assert ["does not answer" in message for message in said] == [True, True, True, False]
        await link.close()


async def test_garbage_is_no_reading() -> None:
    async with device(lambda _request: bytes(range(200, 230))) as port:
        link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=2)
        assert "" not in await readings(link, 4)
        await link.close()


def test_more_channels_than_the_profile_has_is_refused_before_dialling() -> None:
    with pytest.raises(ProfileError, match="channels"):
        open_modbus("127.0.0.1", 1, unit=1, profile=FLOAT32, channels=5000)
