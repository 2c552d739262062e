"""Device profiles: where a transmitter keeps its weights and how they are written, as TOML and not as code."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from engine.ports import SettingsError

NumberType = Literal["int16", "uint16", "int32", "uint32", "float32"]

_MOST_REGISTERS = 125  # MODBUS Application Protocol 1.1b3, 6.3


class ProfileError(SettingsError):
    """A device profile is wrong; the message names file, key and remedy."""


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class WeightSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[weight]``: the first channel's weight. ``address`` counts from 0; ``scale_g`` is grams per unit.

    ``no_reading`` lists raw values that stand for a cell that is missing or broken.
    """

    function: Literal[3, 4]
    address: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
    type: NumberType
    word_order: Literal["high_first", "low_first"] = "high_first"
    scale_g: float = 1.0
    no_reading: tuple[int, ...] = ()

    @property
    def registers(self) -> int:
        """How many registers one weight takes."""
        return 1 if self.type in ("int16", "uint16") else 2


class ChannelsSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[channels]``: registers from one channel's weight to the next, and how many channels a device has at most."""

    stride: Annotated[int, msgspec.Meta(ge=1)]
    most: Annotated[int, msgspec.Meta(ge=1)]


class LimitsSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[limits]``: what the device stands."""

    registers_per_read: Annotated[int, msgspec.Meta(ge=2, le=_MOST_REGISTERS)] = _MOST_REGISTERS


class DeviceProfile(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of a profile."""

    weight: WeightSection
    channels: ChannelsSection
    limits: LimitsSection = LimitsSection()

    def __post_init__(self) -> None:
        if self.channels.stride < self.weight.registers:
            raise ValueError(f"stride: {self.channels.stride}, but a {self.weight.type} takes {self.weight.registers}")
        last = self.weight.address + (self.channels.most - 1) * self.channels.stride + self.weight.registers - 1
        if last > 0xFFFF:
            raise ValueError(f"most: the last of {self.channels.most} channels lies beyond register 65535")


def read_profile(file: Path) -> DeviceProfile:
    """Read and check a profile. Raises ``ProfileError``."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), DeviceProfile)
    except FileNotFoundError:
        raise ProfileError(f"{file}: there is no such device profile. Name one that is there") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{file}: not TOML: {error}. Mend it there") from None
    except msgspec.ValidationError as error:
        problem, _, key = str(error).partition(" - at ")
        raise ProfileError(f"{file}: {key.strip('`') or '$'}: {problem}. Mend that key") from None
