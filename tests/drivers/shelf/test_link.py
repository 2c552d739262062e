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
    calls: list[bytes] = []

    def swallow(request: bytes) -> bytes:
        calls.append(request)
        return b""

    async with device(swallow) as port:
        link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=2)
        started_s = time.monotonic()
        said = await readings(link, 10)
        assert time.monotonic() - started_s < 2.0
        assert len(calls) == 3
        assert all("does not answer" in message for message in said)
        await link.close()


def answering(*registers: int) -> Callable[[bytes], bytes]:
    """A device that answers whatever it is asked with these registers."""
    body = bytes([2 * len(registers)]) + image16(*registers)

    def answer(request: bytes) -> bytes:
        return request[:4] + (2 + len(body)).to_bytes(2, "big") + request[6:8] + body

    return answer


def image16(*registers: int) -> bytes:
    return struct.pack(f">{len(registers)}H", *registers)


async def failure(link: ShelfLink) -> DeviceError:
    """How the link fails, which it must."""
    with pytest.raises(DeviceError) as error:
        await link.read()
    await link.close()
    return error.value


def refusing(request: bytes) -> bytes:
    return request[:4] + bytes([0, 3, request[6], request[7] | 0x80, 2])


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (answering(1, 2, 3, 4), "short_answer", "check its profile and channels"),
        (answering(), "short_answer", "0 registers from 0, 2 were asked for"),
        (refusing, "refused", "exception 2: it has no such registers: check its profile"),
        (lambda _request: b"", "silent", "check its power and its unit number"),
        (lambda _request: bytes(range(200, 230)), "garbled", "not Modbus TCP"),
        (lambda request: request[:7] + b"\x07\x00\x00\x00\x00", "garbled", "function 7, not 3"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_told_with_its_remedy(
    answer: Callable[[bytes], bytes], kind: str, said: str
) -> None:
    async with device(answer) as port:
        error = await failure(open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=1))
    assert error.kind == kind
    assert said in str(error)


async def test_answers_to_other_questions_are_passed_over() -> None:
    right = answering(0x4228, 0)

    def stale_then_right(request: bytes) -> bytes:
        return right(b"\x12\x34" + request[2:]) + right(request)

    async with device(stale_then_right) as port:
        link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=1)
        assert (await link.read()).grams.tolist() == [42.0]
        await link.close()


async def test_a_connection_that_is_lost_within_an_answer_is_made_anew() -> None:
    right, seen = answering(0x4228, 0), []

    def half_then_whole(request: bytes) -> bytes:
        seen.append(request)
        return right(request)[:9] if len(seen) == 1 else right(request)

    connections: set[asyncio.Transport] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: Rebooting(half_then_whole, connections), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    link = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=1)
    with pytest.raises(DeviceError, match="hung up") as error:
        await link.read()
    assert error.value.kind == "unreachable"
    assert (await eventually(link.read)).grams.tolist() == [42.0]
    await link.close()
    server.close()
    await server.wait_closed()


class Rebooting(Raw):
    """Hangs up after half an answer."""

    def data_received(self, data: bytes) -> None:
        """Answer, and fall over if that was half of it."""
        answer = self._answer(data)
        self._transport.write(answer)
        if len(answer) < 13:
            self._transport.close()


HEARTBEAT = """
[device]
name = "a scale with a pulse"
manual = "none"
revision = "1"
trust = "generic"
[weight]
function = 3
address = 0
type = "int16"
[channels]
stride = 1
most = 1
[heartbeat]
address = 1
still_s = 0.05
"""


async def test_a_heartbeat_that_stands_still_is_told_until_it_beats_again(tmp_path: Path) -> None:
    profile = tmp_path / "pulse.toml"
    profile.write_text(HEARTBEAT)
    beat = [0]

    def answer(request: bytes) -> bytes:
        return answering(5, beat[0])(request)

    async with device(answer) as port:
        link = open_modbus("127.0.0.1", port, unit=1, profile=profile, channels=1)
        assert (await link.read()).grams.tolist() == [5.0]
        deadline_s = time.monotonic() + DEADLINE_S
        said = ""
        while not said and time.monotonic() < deadline_s:
            (said,) = await readings(link, 1)
        assert "register 1 stands still: restart it" in said
        beat[0] = 1
        assert (await link.read()).grams.tolist() == [5.0]
        await link.close()


def test_more_channels_than_the_profile_has_is_refused_before_dialling() -> None:
    with pytest.raises(ProfileError, match="channels"):
        open_modbus("127.0.0.1", 1, unit=1, profile=FLOAT32, channels=5000)
