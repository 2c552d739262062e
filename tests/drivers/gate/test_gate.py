"""Gates: the line codec as a table, the link over a real server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gate import GateLineError, decode_line, open_gate
from engine.ports import DeviceError, GateReading


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        (b"TOKEN abc.def.ghi\n", GateReading(t_ns=5, token="abc.def.ghi")),
        (b"TOKEN abc\r\n", GateReading(t_ns=5, token="abc")),
        (b"PASS in\n", GateReading(t_ns=5, passage="in")),
        (b"PASS out\n", GateReading(t_ns=5, passage="out")),
    ],
)
def test_lines_a_gate_says(line: bytes, reading: GateReading) -> None:
    assert decode_line(line, t_ns=5) == reading


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"TOKEN\n", b"TOKEN \n", b"PASS\n", b"PASS up\n", b"pass in\n", b"OPEN 1\n", b"PASS \xff\n"]
)
def test_lines_no_gate_says(line: bytes) -> None:
    with pytest.raises(GateLineError):
        decode_line(line, t_ns=5)


@given(st.binary(max_size=60))
def test_garbage_raises_nothing_worse(line: bytes) -> None:
    try:
        reading = decode_line(line, t_ns=1)
    except GateLineError:
        return
    assert bool(reading.token) != bool(reading.passage)


class Server:
    """A gate that says ``lines`` to each client and hangs up."""

    def __init__(self, *lines: bytes) -> None:
        self._lines = lines
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> "Server":
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _meet(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.writelines(self._lines)
        await writer.drain()
        writer.close()


async def heard(readings: AsyncIterator[GateReading]) -> tuple[list[str], str]:
    """What a gate said until it was lost, and the error then."""
    said: list[str] = []
    try:
        async for reading in readings:
            said.append(reading.token or reading.passage)
    except DeviceError as error:
        return said, str(error)
    raise AssertionError("readings ended without an error")


async def test_readings_come_until_the_gate_hangs_up_and_nonsense_is_counted() -> None:
    async with Server(b"TOKEN t1\nPA", b"SS in\nHELLO\n\xff\nPASS out\nTOKEN hal") as server:
        gate = open_gate("127.0.0.1", server.port)
        for rounds in (1, 2):  # the same link may be read again
            said, error = await heard(gate.readings())
            assert said == ["t1", "in", "out"]  # half a token is none
            assert error == f"gate 127.0.0.1:{server.port}: hung up; check its power"
            assert gate.lines_skipped == 2 * rounds


async def test_a_line_without_end_is_an_error_and_not_kept() -> None:
    async with Server(b"PASS in\n" + b"x" * 100_000) as server:
        said, error = await heard(open_gate("127.0.0.1", server.port).readings())
    assert said == ["in"]
    assert error.startswith(f"gate 127.0.0.1:{server.port}: ")
    assert "limit" in error


async def test_a_gate_that_is_not_there_is_an_error_that_names_it() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    said, error = await heard(open_gate("127.0.0.1", port).readings())
    assert said == []
    assert error.startswith(f"gate 127.0.0.1:{port}: ")
    assert error.endswith("check its power, cable and address")
