"""Modbus RTU over pseudo-terminals, against libmodbus: several devices on one bus, and what goes wrong on one."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from drivers.shelf import open_modbus_rtu
from drivers.shelf._framing import serial_frame
from engine.ports import DeviceError, SerialLine, ShelfLink, ShelfSamples
from tests.drivers.shelf.peers.bus import Bus, serial_bus, whole
from tests.drivers.shelf.peers.devices import FLOAT32, PATIENT, Peer, Wrong, float32, reading

UNITS = (3, 17, 247)


def grams_of(unit: int) -> list[float]:
    return [unit + channel / 8 for channel in range(4)]


def link_to(path: Path, unit: int, *, profile: Path = PATIENT) -> ShelfLink:
    line = SerialLine(device=path, baud=115200, parity="none")
    return open_modbus_rtu(line, unit=unit, profile=profile, channels=4)


async def close(*links: ShelfLink) -> None:
    for link in links:
        await link.close()


@contextlib.asynccontextmanager
async def scales(program: Path, *units: int) -> AsyncIterator[Bus]:
    """A bus with a libmodbus device for each unit."""
    async with contextlib.AsyncExitStack() as running:
        bus = running.enter_context(serial_bus(len(units)))
        for unit, path in zip(units, bus.devices, strict=True):
            await running.enter_async_context(Peer((program,), unit=unit).serve(float32(grams_of(unit)), at=path))
        yield bus


@contextlib.contextmanager
def answering(path: Path, unit: int) -> Iterator[None]:
    """A device of ours: libmodbus takes what follows a question to nobody for its answer, and so loses its own."""
    loop = asyncio.get_running_loop()
    registers = struct.pack(">8H", *float32(grams_of(unit)))
    with path.open("r+b", buffering=0) as line:

        def answer() -> None:
            if line.read(64)[:1] == bytes([unit]):
                line.write(serial_frame(unit, bytes([3, len(registers)]) + registers))

        loop.add_reader(line, answer)
        yield
        loop.remove_reader(line)


async def test_several_devices_on_a_bus_are_read_at_once(libmodbus_program: Path) -> None:
    async with scales(libmodbus_program, *UNITS) as bus:
        links = [link_to(bus.path, unit) for unit in UNITS]
        for _ in range(10):
            read = await asyncio.gather(*(link.read() for link in links))
            assert [samples.grams.tolist() for samples in read] == [grams_of(unit) for unit in UNITS]
        await close(*links)
        assert sorted(asked[0] for asked in bus.asked) == sorted(10 * UNITS)


async def test_registers_that_are_not_there_are_told(libmodbus_program: Path) -> None:
    async with scales(libmodbus_program, 3) as bus:
        line = SerialLine(device=bus.path, baud=115200, parity="none")
        link = open_modbus_rtu(line, unit=3, profile=PATIENT, channels=5)
        with pytest.raises(DeviceError, match="exception 2") as told:
            await link.read()
        assert told.value.kind == "refused"
        await link.close()


async def test_an_answer_that_comes_byte_by_byte_is_an_answer(libmodbus_program: Path) -> None:
    async with scales(libmodbus_program, 3) as bus:
        bus.spoil = lambda said: (bytes([byte]) for byte in said)
        link = link_to(bus.path, 3)
        for _ in range(5):
            assert (await link.read()).grams.tolist() == grams_of(3)
        await link.close()


async def test_an_answer_may_take_longer_than_its_beginning() -> None:
    """At 9600 baud 16 channels take 71 ms, more than a bus waits for somebody who says nothing."""
    with serial_bus(1) as bus, answering(bus.devices[0], 3):
        bus.spoil = lambda said: (bytes([byte]) for byte in said)
        bus.gap_s = 0.005
        link = link_to(bus.path, 3, profile=FLOAT32)
        assert (await link.read()).grams.tolist() == grams_of(3)
        assert len(bus.asked) == 1
        await link.close()


SPOILT: dict[str, Wrong[bytes]] = {
    "a flipped bit": Wrong(lambda said: said[:5] + bytes([said[5] ^ 1]) + said[6:], "garbled", "check sum"),
    "another unit": Wrong(lambda said: serial_frame(4, said[1:-2]), "garbled", "unit 4"),
    "half an answer": Wrong(lambda said: said[: len(said) // 2], "garbled", "half an answer"),
    "an echo before it": Wrong(lambda said: serial_frame(3, bytes(5)) + said, "garbled"),
    "noise": Wrong(lambda said: b"\xff" * len(said), "garbled"),
    "nothing": Wrong(lambda _said: b"", "silent", "no answer"),
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
async def test_what_is_wrong_is_told_and_the_device_asked_again_at_once(
    libmodbus_program: Path, spoilt: Wrong[bytes]
) -> None:
    async with scales(libmodbus_program, 3) as bus:
        link = link_to(bus.path, 3, profile=FLOAT32)
        assert (await reading(link)).grams.tolist() == grams_of(3)
        bus.spoil = lambda said: (spoilt.answer(said),)
        with pytest.raises(DeviceError) as told:
            await link.read()
        assert told.value.kind == spoilt.kind
        assert spoilt.said in str(told.value)
        assert f"{bus.path} unit 3" in str(told.value)
        bus.spoil = whole
        asked = len(bus.asked)
        with contextlib.suppress(DeviceError):
            await link.read()
        assert len(bus.asked) == asked + 1
        assert (await reading(link)).grams.tolist() == grams_of(3)
        await link.close()


async def test_a_unit_that_is_not_there_is_asked_seldom_and_keeps_the_bus_for_the_others() -> None:
    with serial_bus(1) as bus, answering(bus.devices[0], 3):
        absent, there = link_to(bus.path, 9, profile=FLOAT32), link_to(bus.path, 3)
        for _ in range(60):
            read, missing = await asyncio.gather(there.read(), absent.read(), return_exceptions=True)
            assert isinstance(read, ShelfSamples), read
            assert read.grams.tolist() == grams_of(3)
            assert isinstance(missing, DeviceError)
            assert missing.kind == "silent"
        await close(absent, there)
        units = [asked[0] for asked in bus.asked]
        assert units.count(3) == 60
        assert units.count(9) <= 15


async def test_a_device_that_restarts_is_found_again(libmodbus_program: Path) -> None:
    with serial_bus(1) as bus:
        link = link_to(bus.path, 3, profile=FLOAT32)
        peer = Peer((libmodbus_program,), unit=3)
        async with peer.serve(float32(grams_of(3)), at=bus.devices[0]):
            assert (await reading(link)).grams.tolist() == grams_of(3)
        with pytest.raises(DeviceError) as told:
            await link.read()
        assert told.value.kind == "silent"
        async with peer.serve(float32(grams_of(5)), at=bus.devices[0]):
            assert (await reading(link)).grams.tolist() == grams_of(5)
        await link.close()


async def test_an_adapter_that_is_pulled_out_and_plugged_in_is_found_again(
    libmodbus_program: Path, tmp_path: Path
) -> None:
    """A store names a serial adapter by a link that follows it to its new place."""
    adapter = tmp_path / "ttyScales"
    async with scales(libmodbus_program, 3) as bus:
        adapter.symlink_to(bus.path)
        link = link_to(adapter, 3)
        assert (await link.read()).grams.tolist() == grams_of(3)
        adapter.unlink()
    with pytest.raises(DeviceError, match="ttyScales") as told:
        await link.read()
    assert told.value.kind == "unreachable"
    async with scales(libmodbus_program, 3) as bus:
        adapter.symlink_to(bus.path)
        assert (await reading(link)).grams.tolist() == grams_of(3)
    await link.close()
