"""Patience follows a device between its bounds, and a link reads a device that takes its time."""

import asyncio
import time

import pytest

from drivers.shelf import open_modbus
from drivers.shelf._patience import Patience
from tests.drivers.shelf.test_link import FLOAT32, answering, device, eventually, readings

SLOW_S = 0.45


def network() -> Patience:
    """As a link on a network has it."""
    return Patience(0.2, least_s=0.1, most_s=1.0)


@pytest.mark.parametrize(
    ("took_s", "within_s"), [([0.002] * 40, 0.1), ([0.15] * 40, 0.15), ([0.3], 0.9), ([0.05, 0.25] * 40, 0.55)]
)
def test_it_is_what_the_device_takes_and_a_margin_for_how_much_that_varies(
    took_s: list[float], within_s: float
) -> None:
    patience = network()
    for seconds in took_s:
        patience.answered(seconds)
    assert patience.within_s == pytest.approx(within_s, rel=0.15)


def test_silence_doubles_it_to_the_bound_and_an_answer_ends_that() -> None:
    patience, within_s = network(), []
    for _ in range(4):
        patience.dialled_anew()
        within_s.append(patience.within_s)
    assert within_s == [0.4, 0.8, 1.0, 1.0]
    patience.answered(0.002)
    assert patience.within_s == 0.1


def test_bounds_that_are_alike_make_it_stand() -> None:
    patience = Patience(0.05, least_s=0.05, most_s=0.05)
    patience.answered(3.0)
    patience.dialled_anew()
    assert patience.within_s == 0.05


class Slow(asyncio.Protocol):
    """Answers one request at a time, each after ``SLOW_S``."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._free_s = transport, 0.0

    def data_received(self, data: bytes) -> None:
        """Answer when those before are answered."""
        loop = asyncio.get_running_loop()
        self._free_s = max(self._free_s, loop.time()) + SLOW_S
        loop.call_at(self._free_s, self._answer, data)

    def _answer(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answering(0x4228, 0)(data))


async def test_a_device_that_takes_its_time_is_read_in_the_end_and_then_always() -> None:
    server = await asyncio.get_running_loop().create_server(Slow, "127.0.0.1", 0)
    link = open_modbus("127.0.0.1", server.sockets[0].getsockname()[1], unit=1, profile=FLOAT32, channels=1)
    assert (await eventually(link.read)).grams.tolist() == [42.0]
    assert await readings(link, 2) == ["", ""]
    await link.close()
    server.close()
    await server.wait_closed()


async def test_a_silent_device_delays_no_other() -> None:
    async with device(lambda _request: b"") as silent_port, device(answering(0x4228, 0)) as port:
        silent = open_modbus("127.0.0.1", silent_port, unit=1, profile=FLOAT32, channels=1)
        well = open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=1)
        asked = asyncio.create_task(readings(silent, 3))
        began_s = time.monotonic()
        assert await readings(well, 50) == [""] * 50
        assert time.monotonic() - began_s < 0.6  # what the silent one is given
        assert not asked.done()
        assert all("does not answer" in said for said in await asked)
        await silent.close()
        await well.close()
