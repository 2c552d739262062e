"""Commands reach devices of other people's making: what a profile says is written stands in their registers."""

from pathlib import Path

import pytest

from drivers.shelf import open_modbus, open_modbus_rtu
from engine.ports import DeviceError, SerialLine, ShelfCommand, ShelfDevice
from tests.drivers.shelf.peers.bus import serial_bus
from tests.drivers.shelf.peers.devices import Peer

# Two weights, three words that commands go to, each for one channel after the other, and nothing more.
REGISTERS = [500, 700, 0, 0, 0, 0, 0, 0]

PROFILE = """
[device]
name = "a scale of the tests"
manual = "none"
revision = "1"
trust = "generic"

[weight]
function = 3
address = 0
type = "int16"

[channels]
stride = 1
most = 8

[limits]
answer_s = 5.0

[commands.zero]
steps = [
    { address = 2, stride = 3, write = [17], with_function = 6 },
    { address = 3, stride = 3, write = [18, "weight"], with_function = 16 },
    { address = 2, stride = 3, bits = 8, equals = 17, within_s = 5.0 },
]

[commands.tare]
steps = [{ address = 2, stride = 3, write = [1] }, { address = 8, write = [1] }]
"""


class NoWear:
    """The profile above wears nothing."""

    def spend(self, writes: int, *, per_day: int) -> None:
        """Never asked."""
        raise AssertionError(writes, per_day)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    file = tmp_path / "scale.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return file


async def obey(device: ShelfDevice) -> None:
    """The steps are done in their order for the channel they are meant for, and for no other."""
    await device.command(ShelfCommand.ZERO, 1, wear=NoWear(), known_g=250.0)
    assert (await device.read()).grams.tolist() == [500, 700, 0, 0, 0, 17, 18, 250]


async def refuse(device: ShelfDevice) -> None:
    """A step that the device refuses is told; those before it are done."""
    with pytest.raises(DeviceError, match="exception 2") as told:
        await device.command(ShelfCommand.TARE, 0, wear=NoWear())
    assert told.value.kind == "refused"
    assert (await device.read()).grams.tolist()[2] == 1


async def test_over_tcp(tcp_peer: Peer, profile: Path) -> None:
    async with tcp_peer.serve(REGISTERS) as port:
        device = open_modbus("127.0.0.1", port, unit=tcp_peer.unit, profile=profile, channels=len(REGISTERS))
        await obey(device)
        await device.close()


async def test_over_tcp_a_refusal_is_told(libmodbus_program: Path, profile: Path) -> None:
    """By libmodbus; jsmodbus ends at a write beyond its registers."""
    async with Peer((libmodbus_program,)).serve(REGISTERS) as port:
        device = open_modbus("127.0.0.1", port, unit=1, profile=profile, channels=len(REGISTERS))
        await refuse(device)
        await device.close()


async def test_over_a_serial_line(libmodbus_program: Path, profile: Path) -> None:
    with serial_bus(1) as bus:
        async with Peer((libmodbus_program,), unit=3).serve(REGISTERS, at=bus.devices[0]):
            line = SerialLine(device=bus.path, baud=115200, parity="none")
            device = open_modbus_rtu(line, unit=3, profile=profile, channels=len(REGISTERS))
            await obey(device)
            await refuse(device)
            await device.close()
