"""A device that says the wrong thing, or nothing: the right fact, then readings again, and no other device is late."""

import asyncio
import random
from collections.abc import Callable

import pytest

from drivers.shelf import open_modbus
from drivers.shelf._network import NetworkWire
from drivers.shelf._wire import WireError
from engine.ports import DeviceError, ShelfLink
from tests.drivers.shelf.peers.devices import DEADLINE_S, FLOAT32, Wrong, float32, reading
from tests.drivers.shelf.peers.scripted import Request, ScriptedDevice, byte_by_byte, says, scripted, silent

BEFORE, AFTER = [1.5, -2.5, 3.25], [100.0, 200.0, 300.0]
GARBAGE = random.Random(4).randbytes(300)


def right(grams: list[float]) -> Callable[[Request], bytes]:
    return lambda request: request.frame(request.right(float32(grams)))


def link_to(device: ScriptedDevice) -> ShelfLink:
    return open_modbus("127.0.0.1", device.port, unit=9, profile=FLOAT32, channels=len(BEFORE))


async def fault_of(link: ShelfLink) -> DeviceError:
    with pytest.raises(DeviceError) as told:
        await link.read()
    return told.value


WRONG: dict[str, Wrong[Request]] = {
    "fewer registers": Wrong(lambda asked: asked.frame(asked.right([7, 7])), "short_answer", "2 registers"),
    "no registers": Wrong(lambda asked: asked.frame(asked.right([])), "short_answer", "0 registers"),
    "more registers": Wrong(lambda asked: asked.frame(asked.right([0] * 8)), "short_answer", "8 registers"),
    "no such registers": Wrong(lambda asked: asked.frame(asked.refusal(2)), "refused", "exception 2"),
    "busy": Wrong(lambda asked: asked.frame(asked.refusal(6)), "refused", "exception 6"),
    "nobody behind the gateway": Wrong(lambda asked: asked.frame(asked.refusal(11)), "refused", "exception 11"),
    "half a register": Wrong(lambda asked: asked.frame(asked.right(float32(BEFORE))[:-1]), "garbled", "bytes"),
    "another function": Wrong(lambda asked: asked.frame(bytes([6, 0, 0, 0, 0])), "garbled", "function 6"),
    "a function and nothing": Wrong(lambda asked: asked.frame(bytes([3])), "garbled"),
    "an exception without a code": Wrong(lambda asked: asked.frame(bytes([0x83])), "garbled"),
    "another transaction": Wrong(
        lambda asked: asked.frame(asked.right(float32(BEFORE)), transaction=asked.transaction + 7),
        "garbled",
        "nobody asked",
    ),
    "no transaction": Wrong(
        lambda asked: asked.frame(asked.right(float32(BEFORE)), transaction=0), "garbled", "nobody asked"
    ),
    "another protocol": Wrong(lambda asked: right(BEFORE)(asked)[:2] + b"HTTP/1.0", "garbled", "not Modbus"),
    "garbage": Wrong(lambda _asked: GARBAGE, "garbled", "not Modbus"),
    "zeros": Wrong(lambda _asked: bytes(300), "garbled", "not Modbus"),
    "half an answer": Wrong(lambda asked: right(BEFORE)(asked)[:11], "garbled", "half an answer"),
    "nothing": Wrong(lambda _asked: b"", "silent", "no answer"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
async def test_what_is_wrong_is_told_and_readings_return(wrong: Wrong[Request]) -> None:
    async with scripted(says(wrong.answer)) as device:
        link = link_to(device)
        error = await fault_of(link)
        assert error.kind == wrong.kind
        assert wrong.said in str(error)
        assert f"127.0.0.1:{device.port} unit 9" in str(error)
        device.behave = says(right(AFTER))
        assert (await reading(link)).grams.tolist() == AFTER
        await link.close()


async def test_an_answer_that_comes_byte_by_byte_is_an_answer() -> None:
    async with scripted(byte_by_byte(right(BEFORE))) as device:
        link = link_to(device)
        for _ in range(5):
            assert (await link.read()).grams.tolist() == BEFORE
        assert device.connections == 1
        await link.close()


async def test_an_answer_that_comes_too_late_is_not_taken_for_the_next() -> None:
    held: list[bytes] = []

    async def hold_the_first(request: Request) -> None:
        if not held:
            held.append(right(BEFORE)(request))
        else:
            request.writer.write(held[0] + right(AFTER)(request))

    async with scripted(hold_the_first) as device:
        link = link_to(device)
        assert (await fault_of(link)).kind == "silent"
        assert (await link.read()).grams.tolist() == AFTER
        assert device.connections == 1
        await link.close()


async def test_an_answer_that_comes_twice_counts_once() -> None:
    async with scripted(says(lambda request: 2 * right(BEFORE)(request))) as device:
        link = link_to(device)
        assert (await link.read()).grams.tolist() == BEFORE
        device.behave = says(right(AFTER))
        assert (await link.read()).grams.tolist() == AFTER
        await link.close()


async def test_a_half_open_connection_is_given_up_for_a_new_one() -> None:
    """The device forgot the connection and says nothing on it; on a new one it answers."""
    async with scripted(says(right(BEFORE))) as device:
        link = link_to(device)
        await link.read()

        async def only_new_connections(request: Request) -> None:
            if device.connections > 1:
                request.writer.write(right(AFTER)(request))

        device.behave = only_new_connections
        assert (await fault_of(link)).kind == "silent"
        assert (await reading(link)).grams.tolist() == AFTER
        assert device.connections == 2
        await link.close()


async def test_a_question_is_not_given_the_patience_of_the_one_before() -> None:
    """Commands may take seconds; the read after one may not."""
    async with scripted(says(right(BEFORE))) as device:
        wire = NetworkWire("127.0.0.1", device.port, unit=9)
        await wire.dial()
        ask = bytes([3, 0, 0, 0, 6])
        await wire.ask(ask, within_s=10 * DEADLINE_S)
        device.behave = silent
        async with asyncio.timeout(DEADLINE_S):
            with pytest.raises(WireError, match="no answer"):
                await wire.ask(ask, within_s=0.05)
        wire.close()


async def test_a_device_that_restarts_in_the_middle_of_an_answer_is_found_again() -> None:
    async with scripted(says(right(BEFORE))) as device:
        link = link_to(device)
        await link.read()

        async def half(request: Request) -> None:
            request.writer.write(right(BEFORE)(request)[:13])
            await request.writer.drain()
            await device.die()

        device.behave = half
        error = await fault_of(link)
        assert error.kind == "unreachable"
        assert (await fault_of(link)).kind == "unreachable"  # it is still starting
        device.behave = says(right(AFTER))
        await device.boot()
        assert (await reading(link)).grams.tolist() == AFTER
        await link.close()


async def test_a_silent_device_delays_no_other() -> None:
    """While one read of a silent device is under way, another device is read again and again."""
    async with scripted(silent) as device, scripted(says(right(BEFORE))) as beside:
        link, other = link_to(device), link_to(beside)
        pending = asyncio.create_task(fault_of(link))
        await device.asked.wait()
        read = 0
        while not pending.done():
            await other.read()
            read += 1
        assert read >= 5
        assert (await pending).kind == "silent"
        await link.close()
        await other.close()
