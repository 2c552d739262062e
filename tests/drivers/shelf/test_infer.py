"""Registers of made-up devices, with and without a weight, and what is concluded of them."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from drivers.shelf import DeviceProfile, RegisterCodec, parse_profile
from drivers.shelf._draft import Probed, draft
from drivers.shelf._infer import NotFoundError, Seen, infer
from drivers.shelf._numbers import Image

PACKED = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}
KNOWN_G = 1000.0
Written = dict[int, int]


@dataclass
class Device:
    """A device whose channels lie at ``first`` and every ``stride`` registers, in ``order``."""

    type: str = "float32"
    low_first: bool = False
    swapped: bool = False
    grams_per_unit: float = 1.0
    first: int = 4
    stride: int = 2
    order: Sequence[int] = (0, 1, 2, 3)
    function: int = 3
    empty_g: float = 3.0
    sign_bit: int | None = None  # in the register before the channel's; the number is then a magnitude
    noise_g: float = 0.4
    extra: Callable[[int], Written] = lambda _reading: {}
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))

    def registers(self, grams: dict[int, float], reading: int) -> list[int]:
        """All 64 registers."""
        image = [0] * 64
        for channel, position in enumerate(self.order):
            value_g = self.empty_g + grams.get(channel, 0.0) + self.rng.normal(0, self.noise_g)
            at = self.first + position * self.stride
            number = value_g / self.grams_per_unit
            if self.sign_bit is not None:
                image[at - 1] = (1 << self.sign_bit) * (number < 0) | 0x40
                number = abs(number)
            packed = struct.pack(PACKED[self.type], number if self.type == "float32" else round(number))
            words = [
                int.from_bytes(packed[i : i + 2], "little" if self.swapped else "big") for i in range(0, len(packed), 2)
            ]
            for word, value in enumerate(words[::-1] if self.low_first else words):
                image[at + word] = value
        for address, value in self.extra(reading).items():
            image[address] = value & 0xFFFF
        return image

    def image(self, grams: dict[int, float], *, readings: int = 16, since: int = 0) -> list[Image]:
        """Readings of all registers."""
        rows = np.array([self.registers(grams, since + number) for number in range(readings)], dtype=np.uint16)
        return [Image(self.function, np.arange(64), rows)]

    def seen(self, channels: Sequence[int] = (0,), *, below: bool = True) -> Seen:
        """What a probe sees of it."""
        return Seen(
            empty=self.image({}, readings=32),
            loaded={channel: self.image({channel: KNOWN_G}, since=100 * (1 + channel)) for channel in channels},
            below=self.image({channels[0]: -400.0}, since=900) if below else None,
        )


def profile_of(device: Device, channels: Sequence[int] = (0,), *, below: bool = True) -> DeviceProfile:
    """The profile that a probe writes."""
    finding = infer(device.seen(channels, below=below), KNOWN_G)
    return parse_profile(draft(finding, Probed("there", KNOWN_G, 32, frozenset(range(64)))))


def grams(profile: DeviceProfile, device: Device, loaded: dict[int, float], channels: int) -> list[float]:
    """What the profile reads of the device."""
    registers = device.registers(loaded, 5000)
    codec = RegisterCodec(profile, channels)
    answers = [struct.pack(f">{read.count}H", *registers[read.address : read.stop]) for read in codec.reads]
    return [float(value_g) for value_g in codec.decode(answers).grams]


WRITINGS = {
    "floats": Device(),
    "floats, low word first": Device(low_first=True),
    "floats, bytes swapped": Device(swapped=True),
    "floats, all swapped": Device(low_first=True, swapped=True),
    "kilograms, low word first": Device(low_first=True, grams_per_unit=1000.0, empty_g=12.0),
    "kilograms, low word first, from an odd register": Device(
        low_first=True, grams_per_unit=1000.0, empty_g=12.0, first=5
    ),
    "kilograms, high word first, from an odd register": Device(grams_per_unit=1000.0, empty_g=12.0, first=5),
    "kilograms, and much noise": Device(low_first=True, grams_per_unit=1000.0, empty_g=12.0, noise_g=2.5),
    "kilograms": Device(grams_per_unit=1000.0, noise_g=1.0),
    "pounds": Device(grams_per_unit=453.59237, noise_g=1.0),
    "tenths": Device("int32", grams_per_unit=0.1),
    "tenths, low word first": Device("int32", grams_per_unit=0.1, low_first=True),
    "hundredths, more than 16 bits": Device("int32", grams_per_unit=0.01),
    "hundredths, low word first": Device("int32", grams_per_unit=0.01, low_first=True),
    "int16": Device("int16", stride=1),
    "int16, bytes swapped": Device("int16", stride=1, swapped=True),
    "function 4, from 0": Device("int32", function=4, first=0),
    "far below zero": Device("int32", empty_g=-2500.0),
    "upside down": Device("int32", grams_per_unit=-0.1, noise_g=1.0),
    "not calibrated": Device("int32", grams_per_unit=0.0377),
    "magnitude and sign": Device("uint32", stride=3, sign_bit=5),
    "magnitude and sign, 16 bits": Device("uint16", stride=2, sign_bit=0, grams_per_unit=0.5),
}


@pytest.mark.parametrize("device", WRITINGS.values(), ids=WRITINGS)
def test_what_is_concluded_reads_the_device(device: Device) -> None:
    profile = profile_of(device, (0, 1, 2, 3))
    loaded = {0: 250.0, 1: -120.0, 2: 2000.0, 3: 0.0}
    expected = [device.empty_g + loaded[channel] for channel in range(4)]
    assert grams(profile, device, loaded, 4) == pytest.approx(expected, abs=6.0, rel=0.01)
    assert profile.channels.stride == device.stride
    assert profile.weight.word_order == ("low_first" if device.low_first else "high_first")
    assert profile.weight.function == device.function


@pytest.mark.parametrize("name", ["tenths", "tenths, low word first", "int16", "floats"])
def test_one_channel_tells_type_order_and_scale(name: str) -> None:
    device = WRITINGS[name]
    weight = profile_of(device).weight
    assert weight.type == device.type
    assert weight.address == device.first
    assert weight.word_order == ("low_first" if device.low_first else "high_first")
    assert weight.scale_g == pytest.approx(device.grams_per_unit)


def test_channels_that_are_wired_out_of_order_are_found() -> None:
    device = Device(order=(2, 0, 3, 1))
    profile = profile_of(device, (0, 1, 2, 3))
    assert profile.channels.order == (2, 0, 3, 1)
    loaded = {0: 100.0, 1: 200.0, 2: 300.0, 3: 400.0}
    assert grams(profile, device, loaded, 4) == pytest.approx([103.0, 203.0, 303.0, 403.0], abs=3.0)


def test_a_scale_that_is_a_little_out_is_taken_for_what_it_is_meant_to_be() -> None:
    device = Device("int32", grams_per_unit=0.1 * 1.015)
    assert profile_of(device).weight.scale_g == 0.1


def test_counters_clocks_and_noise_are_no_weights() -> None:
    rng = np.random.default_rng(1)

    def busy(reading: int) -> Written:
        return {40: reading * 7, 41: reading // 3, 50: int(rng.integers(0, 65536)), 51: int(rng.integers(0, 300))}

    device = Device("int32", grams_per_unit=0.1, extra=busy)
    assert profile_of(device).weight.address == device.first


def test_nothing_that_goes_with_the_weight_is_said() -> None:
    device = Device()
    with pytest.raises(NotFoundError, match="no number changed with the weight"):
        infer(Seen(empty=device.image({}), loaded={0: device.image({})}), KNOWN_G)


def test_a_plate_that_was_not_pulled_up_is_said() -> None:
    device = Device("uint32")
    seen = Seen(empty=device.image({}), loaded={0: device.image({0: KNOWN_G})}, below=device.image({}))
    with pytest.raises(NotFoundError, match="no number went below zero"):
        infer(seen, KNOWN_G)


def test_what_is_assumed_is_written_into_the_profile() -> None:
    device = Device("int32", grams_per_unit=0.0377)
    finding = infer(device.seen((2,), below=False), KNOWN_G)
    text = draft(finding, Probed("there", KNOWN_G, 32, frozenset(range(64))))
    assert "scale_g is measured" in text
    assert "No weight below zero was seen" in text
    assert "One channel was loaded" in text
    assert parse_profile(text).weight.address == 4
