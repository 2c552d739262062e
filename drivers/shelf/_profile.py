"""Device profiles: where a transmitter keeps its weights and how they are written, as TOML and not as code."""

import math
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from drivers.shelf._commands import CommandSection, CommandsSection
from drivers.shelf._place import Bits, Place, Section
from engine.ports import CellFaultKind, SettingsError, ShelfCommand

NumberType = Literal["int16", "uint16", "int32", "uint32", "float32"]
Order = Literal["high_first", "low_first"]
Trust = Literal["vendor", "driver", "page", "measured", "generic"]

_MOST_REGISTERS = 125  # MODBUS Application Protocol 1.1b3, 6.3
_DAYS_OF_A_DEVICE = 3650


class ProfileError(SettingsError):
    """A device profile is wrong; the message names file, key and remedy."""


class DeviceSection(Section, frozen=True, kw_only=True):
    """``[device]``: what is described, and by which document.

    ``trust``: ``vendor`` is the maker's manual or code, ``page`` an excerpt of it, ``driver`` somebody's driver,
    ``measured`` what a probe of the device found, ``generic`` no device in particular.
    """

    name: str
    manual: str
    revision: str
    trust: Trust


class Flag(Bits, frozen=True, kw_only=True):
    """True where the bits say ``when``. Without an address of its own they are in the register of ``[status]``."""

    when: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_codes("when", (self.when,))


class Faults(Bits, frozen=True, kw_only=True):
    """What the bits stand for: each number in ``kinds`` is a fault of the cell, every other is none."""

    kinds: dict[int, CellFaultKind]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_codes("kinds", self.kinds)


class Factor(Bits, frozen=True, kw_only=True):
    """What the number is multiplied by: ``values`` for each code, or without them 10 to the power of minus the code."""

    bits: Annotated[int, msgspec.Meta(ge=1, le=16)] = 16
    values: dict[int, float] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.address is None and self.manual is None:
            raise ValueError("a factor needs address or manual")
        self.require_codes("values", self.values or ())


class WeightSection(Place, frozen=True, kw_only=True):
    """``[weight]``: the first channel's weight. ``scale_g`` is grams per unit.

    ``no_reading`` lists raw values that stand for a cell that is missing or broken. With ``sign`` the number is a
    magnitude and that flag says negative. ``high`` are further bits of the number, above those of its registers.
    """

    type: NumberType
    word_order: Order = "high_first"
    byte_order: Order = "high_first"
    scale_g: float = 1.0
    no_reading: tuple[int, ...] = ()
    sign: Flag | None = None
    high: Bits | None = None
    factor: tuple[Factor, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_place()
        if self.scale_g == 0 or not math.isfinite(self.scale_g):
            raise ValueError(f"scale_g: {self.scale_g} makes nothing of a number")
        if self.high is not None and self.registers != 1:
            raise ValueError(f"high: goes above an int16 or uint16, not above {self.type}")

    @property
    def registers(self) -> int:
        """How many registers one weight takes."""
        return 1 if self.type in ("int16", "uint16") else 2


class StatusSection(Place, frozen=True, kw_only=True):
    """``[status]``: the register in which a channel says how it is."""

    stable: Flag | None = None
    valid: Flag | None = None
    fault: tuple[Faults, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_place()


class HeartbeatSection(Place, frozen=True, kw_only=True):
    """``[heartbeat]``: a register that changes as long as the device weighs; ``still_s`` is too long without."""

    still_s: Annotated[float, msgspec.Meta(gt=0)] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_place()


class ChannelsSection(Section, frozen=True, kw_only=True):
    """``[channels]``: registers from one channel's to the next, how many there are at most, and their order.

    ``order`` lists, for the channels 0, 1 ... as they are numbered on the device, their places in the registers.
    """

    stride: Annotated[int, msgspec.Meta(ge=1)]
    most: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    order: tuple[Annotated[int, msgspec.Meta(ge=0)], ...] = ()

    def __post_init__(self) -> None:
        if self.order and sorted(self.order) != list(range(self.most)):
            raise ValueError(f"order: must name each of 0 to {self.most - 1} once")


class Block(Place, frozen=True, kw_only=True):
    """Registers that the device gives all together or not at all."""

    count: Annotated[int, msgspec.Meta(ge=1, le=_MOST_REGISTERS)]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_place()


class LimitsSection(Section, frozen=True, kw_only=True):
    """``[limits]``: what the device stands.

    A read goes over at most ``gap_registers`` that nothing here describes. An answer to a read begins within
    ``answer_s``, to a step of a command within ``command_s``; without ``answer_s`` within 0.05 s on a serial bus, and
    on a network within what the device has lately taken, 0.1 to 1 s. ``eeprom_writes`` is how many writes of settings
    its memory stands.
    """

    registers_per_read: Annotated[int, msgspec.Meta(ge=2, le=_MOST_REGISTERS)] = _MOST_REGISTERS
    gap_registers: Annotated[int, msgspec.Meta(ge=0)] = 16
    block: tuple[Block, ...] = ()
    answer_s: Annotated[float, msgspec.Meta(gt=0, le=5)] | None = None
    command_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 2.0
    eeprom_writes: Annotated[int, msgspec.Meta(ge=1)] = 100_000

    @property
    def eeprom_writes_per_day(self) -> int:
        """How many a day let the memory last for ten years."""
        return max(1, self.eeprom_writes // _DAYS_OF_A_DEVICE)


class DeviceProfile(Section, frozen=True, kw_only=True):
    """The whole of a profile."""

    device: DeviceSection
    weight: WeightSection
    channels: ChannelsSection
    status: StatusSection | None = None
    heartbeat: HeartbeatSection | None = None
    limits: LimitsSection = LimitsSection()
    commands: CommandsSection = CommandsSection()

    def __post_init__(self) -> None:
        weight, channels = self.weight, self.channels
        stride = weight.stride if weight.stride is not None else channels.stride
        if stride < weight.registers:
            raise ValueError(f"stride: {stride}, but a {weight.type} takes {weight.registers}")
        if weight.wire_address + (channels.most - 1) * stride + weight.registers - 1 > 0xFFFF:
            raise ValueError(f"most: the last of {channels.most} channels lies beyond register 65535")
        if weight.wire_function is None:
            raise ValueError("weight: function: say 3 (holding registers) or 4 (input registers)")
        if any(block.count > self.limits.registers_per_read for block in self.limits.block):
            raise ValueError("limits: a block is longer than registers_per_read")
        if self.status is None and any(bits is not None and bits.placeless for bits in (weight.sign, weight.high)):
            raise ValueError("weight: sign and high need an address of their own, or a [status]")

    def steps_for(self, command: ShelfCommand) -> CommandSection | None:
        """How the device is told; None where it cannot be."""
        of = {
            ShelfCommand.ZERO: self.commands.zero,
            ShelfCommand.TARE: self.commands.tare,
            ShelfCommand.SPAN: self.commands.span,
        }
        return of[command]

    def step_of(self, place: Place) -> int:
        """Registers from one channel's place to the next one's."""
        return self.channels.stride if place.stride is None else place.stride

    def function_of(self, place: Place) -> int:
        """The function that reads a place: its own, else that of the weight."""
        return place.wire_function or self.weight.wire_function or 3


def read_profile(file: Path) -> DeviceProfile:
    """Read and check a profile. Raises ``ProfileError``."""
    try:
        return parse_profile(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProfileError(f"{file}: there is no such device profile. Name one that is there") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{file}: not TOML: {error}. Mend it there") from None
    except msgspec.ValidationError as error:
        problem, _, key = str(error).partition(" - at ")
        raise ProfileError(f"{file}: {key.strip('`') or '$'}: {problem}. Mend that key") from None


def parse_profile(text: str) -> DeviceProfile:
    """A profile from TOML. Raises ``tomllib.TOMLDecodeError`` and ``msgspec.ValidationError``."""
    return msgspec.convert(tomllib.loads(text), DeviceProfile, str_keys=True)
