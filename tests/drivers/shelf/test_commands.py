"""Zero, tare and span, step by step, on devices that want it their way."""

import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import resources
from drivers.shelf import open_modbus
from engine.ports import DeviceError, ShelfCommand, ShelfDevice
from tests.drivers.shelf.test_link import device

PROFILES = Path(resources.__file__).parent / "profiles"


@dataclass
class Wear:
    """What was spent, and whether there is anything left."""

    spent: list[tuple[int, int]] = field(default_factory=list)
    worn: bool = False

    def spend(self, writes: int, *, per_day: int) -> None:
        """Count, or refuse."""
        if self.worn:
            raise DeviceError("worn for today")
        self.spent.append((writes, per_day))


@dataclass
class Device:
    """Registers that can be read, and written with functions 6 and 16; ``react`` is what it does about a write."""

    registers: dict[int, int]
    react: Callable[[dict[int, int]], None] = lambda _registers: None
    writes: list[bytes] = field(default_factory=list)
    refuses: int = 0

    def answer(self, pdu: bytes) -> bytes:
        """Answer a request."""
        function, address, count = struct.unpack_from(">BHH", pdu)
        if function in (3, 4):
            values = [self.registers.get(at, 0) for at in range(address, address + count)]
            self.react(self.registers)
            return struct.pack(f">BB{count}H", function, 2 * count, *values)
        if self.refuses:
            return bytes([function | 0x80, self.refuses])
        self.writes.append(pdu)
        written = [count] if function == 6 else struct.unpack(f">{count}H", pdu[6:])
        self.registers.update(zip(range(address, address + len(written)), written, strict=True))
        self.react(self.registers)
        return pdu[:5]

    def framed(self, request: bytes) -> bytes:
        """Answer a request in its frame."""
        pdu = self.answer(request[7:])
        return request[:4] + (len(pdu) + 1).to_bytes(2, "big") + request[6:7] + pdu


@asynccontextmanager
async def serving(there: Device, profile: str, *, channels: int = 1) -> AsyncIterator[ShelfDevice]:
    """A link to the device, described by a profile that ships, or by a file."""
    file = Path(profile) if profile.endswith(".toml") else PROFILES / f"{profile}.toml"
    async with device(there.framed) as port:
        link = open_modbus("127.0.0.1", port, unit=1, profile=file, channels=channels)
        yield link
        await link.close()


async def test_command_and_weight_go_out_in_one_request_and_the_end_is_waited_for() -> None:
    looks: list[int] = []

    def calibrate(registers: dict[int, int]) -> None:
        if registers.get(9) == 220:
            looks.append(registers[12])
            registers[12] = 4 if len(looks) < 5 else 1

    there, wear = Device({2: 0b10, 12: 1}, calibrate), Wear()
    async with serving(there, "baykon-mx08") as link:
        await link.command(ShelfCommand.SPAN, 0, wear=wear, known_g=3000.0)
    assert [write.hex() for write in there.writes] == ["100009" + "000306" + "00dc00000bb8"]  # as the manual has it
    assert len(looks) >= 5
    assert wear.spent == [(1, 27)]  # 100,000 writes in ten years


async def test_every_channel_has_its_own_command_register() -> None:
    there = Device({1004 + 7 * channel: 0b10 for channel in range(8)})
    async with serving(there, "baykon-mx08-all", channels=8) as link:
        await link.command(ShelfCommand.TARE, 5, wear=Wear())
    assert [write.hex() for write in there.writes] == ["10" + f"{1061 + 5:04x}" + "0001" + "02" + "0002"]


async def test_a_handshake_is_waited_for_both_ways() -> None:
    seen: list[int] = []

    def handshake(registers: dict[int, int]) -> None:
        seen.append(registers[0])
        registers[5] = 0xC000 if registers[0] == 0x40 and seen.count(0x40) > 2 else 0x8000

    there = Device({0: 0, 4: 0, 5: 0x8000}, handshake)
    async with serving(there, "hbm-wtx") as link:
        await link.command(ShelfCommand.ZERO, 0, wear=Wear())
    assert [write.hex() for write in there.writes] == ["0600000040", "0600000000"]
    assert seen.count(0x40) > 2


AGAIN = """
[device]
name = "a scale that zeroes when its command register leaves 0"
manual = "none"
revision = "1"
trust = "generic"
[weight]
function = 3
address = 10
type = "int16"
[channels]
stride = 1
most = 2
[commands.zero]
steps = [{ address = 0, write = [0] }, { address = 0, write = [1] }]
[commands.span]
steps = [{ address = 4, write = ["weight"] }, { address = 0, equals = 7, within_s = 0.05 }]
"""


@pytest.fixture
def again(tmp_path: Path) -> str:
    file = tmp_path / "again.toml"
    file.write_text(AGAIN)
    return str(file)


async def test_zero_is_written_before_a_command_is_repeated(again: str) -> None:
    there = Device({})
    async with serving(there, again, channels=2) as link:
        for _ in range(2):
            await link.command(ShelfCommand.ZERO, 1, wear=Wear())
    assert [write[-1] for write in there.writes] == [0, 1, 0, 1]


async def test_a_step_that_never_comes_is_told(again: str) -> None:
    async with serving(Device({}), again) as link:
        with pytest.raises(DeviceError, match=r"0x0000 in register 0 for 0\.05 s: check its profile") as error:
            await link.command(ShelfCommand.SPAN, 0, wear=Wear(), known_g=500.0)
        assert error.value.kind == "refused"


async def test_memory_that_is_worn_for_today_is_not_written() -> None:
    there = Device({2: 0b10, 12: 1})
    async with serving(there, "baykon-mx08") as link:
        with pytest.raises(DeviceError, match="worn for today"):
            await link.command(ShelfCommand.SPAN, 0, wear=Wear(worn=True), known_g=3000.0)
        await link.command(ShelfCommand.ZERO, 0, wear=Wear(worn=True))  # wears nothing
    assert [write[-1] for write in there.writes] == [1]


@pytest.mark.parametrize(
    ("status", "command", "known_g", "said"),
    [
        (0b110, ShelfCommand.ZERO, None, "channel 0 moves: keep hands off it"),
        (0b000, ShelfCommand.ZERO, None, r"channel 0 has a fault \(invalid\): mend that first"),
        (0b010, ShelfCommand.SPAN, None, "a span needs the weight"),
        (0b010, ShelfCommand.SPAN, 1e12, "no int32"),
    ],
)
async def test_what_cannot_be_done_now_is_refused_before_anything_is_written(
    status: int, command: ShelfCommand, known_g: float | None, said: str
) -> None:
    there, wear = Device({2: status, 12: 1}), Wear()
    async with serving(there, "baykon-mx08") as link:
        with pytest.raises(DeviceError, match=said):
            await link.command(command, 0, wear=wear, known_g=known_g)
    assert there.writes == []
    assert wear.spent == []


async def test_what_the_profile_does_not_know_is_refused_by_name() -> None:
    async with serving(Device({201: 2}), "dini-argeo-dgt4x") as link:
        with pytest.raises(DeviceError, match=r"cannot be told to tare: add \[commands\.tare\] to its profile"):
            await link.command(ShelfCommand.TARE, 0, wear=Wear())


async def test_a_device_that_refuses_is_heard() -> None:
    async with serving(Device({2: 0b10}, refuses=4), "baykon-mx08") as link:
        with pytest.raises(DeviceError, match="exception 4: it failed at it") as error:
            await link.command(ShelfCommand.ZERO, 0, wear=Wear())
        assert error.value.kind == "refused"
