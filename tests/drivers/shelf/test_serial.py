"""A bus of several devices over a pseudo-terminal: who asks when, who is silent, who is cut off."""

import asyncio
import contextlib
import os
import pty
import struct
import time
import tty
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import resources
from drivers.shelf import open_modbus_rtu
from drivers.shelf._framing import serial_frame
from engine.ports import DeviceError, SerialLine, SettingsError, ShelfDevice

FLOAT32 = Path(resources.__file__).parent / "profiles" / "generic-float32.toml"
DEADLINE_S = 10.0


@dataclass
class Bus:
    """Devices on a line, by unit: each answers a read with its grams as float32, or with raw bytes."""

    descriptor: int
    device: Path
    grams: dict[int, float] = field(default_factory=dict)
    raw: dict[int, bytes] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def line(self, baud: int = 115200) -> SerialLine:
        return SerialLine(device=self.device, baud=baud, parity="none")

    def open(self, unit: int) -> ShelfDevice:
        return open_modbus_rtu(self.line(), unit=unit, profile=FLOAT32, channels=1)

    def listen(self) -> None:
        """Answer a request of 8 bytes."""
        request = os.read(self.descriptor, 512)
        unit = request[0]
        assert request == serial_frame(unit, bytes([3, 0, 0, 0, 2]))
        self.asked.append(unit)
        if unit in self.raw:
            os.write(self.descriptor, self.raw[unit])
        elif unit in self.grams:
            os.write(self.descriptor, serial_frame(unit, b"\x03\x04" + struct.pack(">f", self.grams[unit])))


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    ours, theirs = pty.openpty()
    tty.setraw(ours)
    there = Bus(ours, Path(os.ttyname(theirs)))
    loop = asyncio.get_running_loop()
    loop.add_reader(ours, there.listen)
    yield there
    loop.remove_reader(ours)
    for descriptor in (ours, theirs):
        with contextlib.suppress(OSError):
            os.close(descriptor)


async def test_devices_share_a_bus_and_take_turns(bus: Bus) -> None:
    bus.grams = {1: 10.5, 2: -20.0, 7: 70.0}
    links = [bus.open(unit) for unit in bus.grams]
    readings = await asyncio.gather(*(link.read() for _ in range(5) for link in links))
    assert [reading.grams[0] for reading in readings] == 5 * [10.5, -20.0, 70.0]
    assert bus.asked == 5 * [1, 2, 7]
    for link in links:
        await link.close()


async def test_a_silent_device_is_left_alone_and_the_others_go_on(bus: Bus) -> None:
    bus.grams = {1: 10.5}
    well, silent = bus.open(1), bus.open(2)
    with pytest.raises(DeviceError, match="unit 2 does not answer") as error:
        await silent.read()
    assert error.value.kind == "silent"
    started_s = time.monotonic()
    for _ in range(20):
        await well.read()
        with pytest.raises(DeviceError):
            await silent.read()
    assert time.monotonic() - started_s < 1.0
    assert bus.asked.count(2) <= 4


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (serial_frame(1, b"\x03\x04\x00\x00\x00\x00")[:-1] + b"\x00", "garbled"),
        (serial_frame(1, b"\x03\x04\x00\x00\x00\x00")[:5], "garbled"),
        (serial_frame(2, b"\x03\x04\x00\x00\x00\x00"), "garbled"),
        (serial_frame(1, b"\x03\x02\x00\x00"), "short_answer"),
        (serial_frame(1, b"\x83\x02"), "refused"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_told(bus: Bus, raw: bytes, kind: str) -> None:
    bus.raw = {1: raw}
    with pytest.raises(DeviceError) as error:
        await bus.open(1).read()
    assert error.value.kind == kind


async def test_an_answer_after_garbage_is_read(bus: Bus) -> None:
    bus.raw, bus.grams = {1: b"\x01\x99\x00"}, {1: 5.0}
    link = bus.open(1)
    with pytest.raises(DeviceError):
        await link.read()
    bus.raw = {}
    deadline_s = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline_s:
        try:
            assert (await link.read()).grams[0] == 5.0
            break
        except DeviceError:
            await asyncio.sleep(0.01)
    else:
        pytest.fail("never read again")


async def test_a_line_that_is_gone_is_said_and_found_again(bus: Bus, tmp_path: Path) -> None:
    absent = SerialLine(device=tmp_path / "ttyUSB0")
    link = open_modbus_rtu(absent, unit=1, profile=FLOAT32, channels=1)
    with pytest.raises(DeviceError, match="ttyUSB0: No such file") as error:
        await link.read()
    assert error.value.kind == "unreachable"
    absent.device.symlink_to(bus.device)
    bus.grams = {1: 3.0}
    async with asyncio.timeout(DEADLINE_S):
        while True:
            with contextlib.suppress(DeviceError):
                assert (await link.read()).grams[0] == 3.0
                break
            await asyncio.sleep(0.01)


async def test_a_file_is_no_line(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a line")
    with pytest.raises(DeviceError, match=r"notes\.txt is no serial line"):
        await open_modbus_rtu(SerialLine(device=file), unit=1, profile=FLOAT32, channels=1).read()


def test_devices_of_a_bus_must_agree_about_it(bus: Bus) -> None:
    first = open_modbus_rtu(bus.line(), unit=1, profile=FLOAT32, channels=1)
    with pytest.raises(SettingsError, match="other settings"):
        open_modbus_rtu(bus.line(9600), unit=2, profile=FLOAT32, channels=1)
    assert first is not None


def test_a_speed_that_no_line_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"serial\.baud: 12345"):
        open_modbus_rtu(SerialLine(device=tmp_path / "x", baud=12345), unit=1, profile=FLOAT32, channels=1)
