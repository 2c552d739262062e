"""Register images to grams and back, by table and by property."""

import math
import struct
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.shelf import CodecError, DeviceProfile, Reading, RegisterCodec, ShortAnswerError
from engine.ports import CellFault

PACKED = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}
DEVICE = {"name": "a scale", "manual": "none", "revision": "1", "trust": "generic"}


def profile(type_: str = "float32", *, stride: int = 2, **rest: Any) -> DeviceProfile:  # noqa: ANN401
    """A profile of up to 1000 channels from register 0; what is no part of its own belongs to ``[weight]``."""
    parts: dict[str, Any] = {key: rest.pop(key) for key in ("status", "heartbeat", "limits") if key in rest}
    order = rest.pop("order", ())
    weight = {"function": 3, "address": 0, "type": type_, **rest}
    channels = {"stride": stride, "most": len(order) or 1000, "order": order}
    described: dict[str, Any] = {"device": DEVICE, "weight": weight, "channels": channels, **parts}
    return msgspec.convert(described, DeviceProfile)


def image(*registers: int) -> bytes:
    """Registers as they come over the wire."""
    return struct.pack(f">{len(registers)}H", *registers)


def decode(described: DeviceProfile, *registers: int, channels: int = 1) -> Reading:
    """What a device says whose registers from the first read's address on are these."""
    codec = RegisterCodec(described, channels)
    first = codec.reads[0].address
    return codec.decode([image(*registers)[2 * (r.address - first) : 2 * (r.stop - first)] for r in codec.reads])


def words(type_: str, value: float, *, low_first: bool = False, swapped: bool = False) -> list[int]:
    """Registers of one number, packed by the standard library."""
    packed = struct.pack(PACKED[type_], value)
    registers = [int.from_bytes(packed[at : at + 2], "little" if swapped else "big") for at in range(0, len(packed), 2)]
    return registers[::-1] if low_first else registers


DECIMALS = {"address": 2, "shift": 4, "bits": 3}
UNIT = {"address": 2, "shift": 7, "bits": 2, "values": {0: 1000.0, 1: 1.0}}
SIGN = {"address": 2, "shift": 5}


@pytest.mark.parametrize(
    ("described", "registers", "grams"),
    [
        pytest.param(profile(), [0xC148, 0x0000], -12.5, id="float high word first"),
        pytest.param(profile(word_order="low_first"), [0x0000, 0xC148], -12.5, id="float low word first"),
        pytest.param(profile(byte_order="low_first"), [0x48C1, 0x0000], -12.5, id="float bytes swapped"),
        pytest.param(
            profile(word_order="low_first", byte_order="low_first"), [0x0000, 0x48C1], -12.5, id="float little-endian"
        ),
        pytest.param(profile("int32", scale_g=0.1), [0xFFFF, 0xE7AB], -622.9, id="int32"),
        pytest.param(profile("int32", word_order="low_first", scale_g=0.1), [0xE7AB, 0xFFFF], -622.9, id="int32 CDAB"),
        pytest.param(profile("uint32"), [0x0001, 0x0000], 65536.0, id="uint32"),
        pytest.param(profile("int16", stride=1, scale_g=0.5), [0xFFFE], -1.0, id="int16"),
        pytest.param(profile("int16", stride=1, byte_order="low_first"), [0xFEFF], -2.0, id="int16 bytes swapped"),
        pytest.param(profile("uint16", stride=1), [0xFFFE], 65534.0, id="uint16"),
        pytest.param(profile("int32", no_reading=[-(2**31)]), [0x8000, 0x0000], math.nan, id="no reading"),
        pytest.param(profile(), [0x7FC0, 0x0000], math.nan, id="NaN"),
        pytest.param(profile(), [0x7F80, 0x0001], math.nan, id="signalling NaN"),
        pytest.param(profile("uint32", stride=3, sign=SIGN), [0, 5000, 0x0020], -5000.0, id="magnitude, negative"),
        pytest.param(profile("uint32", stride=3, sign=SIGN), [0, 5000, 0xFFDF], 5000.0, id="magnitude, positive"),
        pytest.param(
            profile("uint32", stride=3, sign={**SIGN, "when": 0}), [0, 5000, 0], -5000.0, id="inverted sign bit"
        ),
        pytest.param(
            profile("uint16", stride=2, high={"address": 1, "shift": 9}), [0x86A0, 0x0200], 100_000.0, id="17 bits"
        ),
        pytest.param(
            profile("int16", stride=2, high={"address": 1, "shift": 9}), [0xFFFF, 0x0200], -1.0, id="17 bits, signed"
        ),
        pytest.param(
            profile("int16", stride=2, high={"address": 1, "shift": 9}),
            [0xFFFF, 0x0000],
            65535.0,
            id="17 bits, not negative",
        ),
        pytest.param(profile("int32", stride=3, factor=[DECIMALS]), [0, 12345, 0x0020], 123.45, id="decimals"),
        pytest.param(
            profile("int32", stride=3, factor=[DECIMALS, UNIT]), [0, 12345, 0x0030], 12345.0, id="decimals of kilograms"
        ),
        pytest.param(
            profile("int32", stride=2, factor=[{**DECIMALS, "address": 1000, "stride": 0, "function": 4}]),
            None,
            123.45,
            id="decimals for all, elsewhere",
        ),
    ],
)
def test_one_channel(described: DeviceProfile, registers: list[int] | None, grams: float) -> None:
    if registers is None:  # the weight in one read, what it is multiplied by in another
        reading = RegisterCodec(described, 1).decode([image(0, 12345), image(0x0020)])
    else:
        reading = decode(described, *registers)
    assert reading.grams.tolist() == [pytest.approx(grams, nan_ok=True)]
    assert reading.faults == ()


def test_a_manuals_numbers_are_found_on_the_wire() -> None:
    of_manual = {40001: (3, 0), 40064: (3, 63), 400064: (3, 63), 30005: (4, 4), 465536: (3, 65535)}
    for manual, (function, address) in of_manual.items():
        (read,) = RegisterCodec(profile(address=None, function=None, manual=manual, type="int16", order=(0,)), 1).reads
        assert (read.function, read.address) == (function, address)
    assert reads(profile(address=None, manual=64), 1) == [(63, 2)]


STATUS = {
    "address": 2,
    "valid": {"shift": 1},
    "stable": {"shift": 2, "when": 0},
    "fault": [{"shift": 13, "bits": 3, "kinds": {1: "adc_range", 2: "overload", 6: "supply"}}],
}


@pytest.mark.parametrize(
    ("status", "grams", "stable", "fault"),
    [
        (0b0000_0010, 10.0, True, None),
        (0b0000_0110, 10.0, False, None),
        (0b0000_0000, math.nan, True, "invalid"),
        (0b0100_0000_0000_0010, math.nan, True, "overload"),
        (0b0010_0000_0000_0100, math.nan, False, "adc_range"),
        (0b1110_0000_0000_0010, 10.0, True, None),
    ],
)
def test_what_the_status_says(status: int, grams: float, stable: bool, fault: str | None) -> None:
    described = profile("int32", stride=3, status=STATUS)
    reading = decode(described, 0, 7, 0b10, 0, 10, status, channels=2)
    assert reading.grams.tolist() == pytest.approx([7.0, grams], nan_ok=True)
    assert reading.stable is not None
    assert reading.stable.tolist() == [True, stable]
    assert [(each.channel, each.kind) for each in reading.faults] == ([(1, fault)] if fault else [])


def test_an_unknown_unit_is_a_fault_and_no_weight() -> None:
    reading = decode(profile("int32", stride=3, factor=[UNIT]), 0, 5, 3 << 7)
    assert math.isnan(reading.grams[0])
    assert reading.faults == (CellFault(channel=0, kind="unknown_unit"),)


def test_channels_come_in_the_order_that_is_said() -> None:
    reading = decode(profile("int16", stride=1, order=(2, 0, 1)), 10, 11, 12, channels=3)
    assert reading.grams.tolist() == [12.0, 10.0, 11.0]


def test_the_heartbeat_is_told() -> None:
    described = profile("int16", stride=1, heartbeat={"address": 3})
    assert decode(described, 1, 2, 0, 77, channels=2).heartbeat == 77
    assert decode(profile("int16", stride=1), 1).heartbeat is None


# --- reads --------------------------------------------------------------------------------------------------------


def reads(described: DeviceProfile, channels: int) -> list[tuple[int, int]]:
    """Where each read begins and how long it is."""
    return [(read.address, read.count) for read in RegisterCodec(described, channels).reads]


def test_reads_stay_under_the_devices_limit_and_cover_every_channel() -> None:
    described = profile(stride=3, limits={"registers_per_read": 32}, address=100, function=4)
    assert reads(described, 25) == [(100, 32), (133, 32), (166, 8)]
    assert {read.function for read in RegisterCodec(described, 25).reads} == {4}


def test_three_hundred_channels_take_five_full_reads() -> None:
    assert [count for _, count in reads(profile(), 300)] == [124, 124, 124, 124, 104]


def test_a_read_goes_over_no_more_than_the_device_lets_it() -> None:
    assert reads(profile(stride=20, limits={"gap_registers": 18}), 3) == [(0, 42)]
    assert reads(profile(stride=20, limits={"gap_registers": 17}), 3) == [(0, 2), (20, 2), (40, 2)]


def test_a_block_that_is_given_whole_or_not_at_all_is_read_whole() -> None:
    block = {"address": 4, "count": 6}
    assert reads(profile(address=6, limits={"block": [block]}), 1) == [(4, 6)]
    assert reads(profile(address=2, limits={"block": [block]}), 5) == [(2, 2), (4, 6), (10, 2)]


def test_sign_and_weight_are_read_at_one_instant() -> None:
    described = profile("uint32", stride=3, sign=SIGN, limits={"registers_per_read": 7})
    assert reads(described, 4) == [(0, 6), (6, 6)]


def test_more_channels_than_the_device_has_is_refused() -> None:
    with pytest.raises(ValueError, match="1001 channels"):
        RegisterCodec(profile(), 1001)


def test_a_register_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="register 65536 is read"):
        RegisterCodec(profile("int16", stride=1, heartbeat={"address": 65535}, status={"address": 65535}), 2)


@st.composite
def scattered(draw: st.DrawFn) -> DeviceProfile:
    """A profile whose registers lie wherever they like."""
    at = st.integers(0, 300)
    place = st.fixed_dictionaries({"address": at, "stride": st.integers(0, 9)})
    block = st.fixed_dictionaries({"address": at, "count": st.integers(1, 4)})
    limits = {
        "registers_per_read": draw(st.integers(4, 125)),
        "gap_registers": draw(st.integers(0, 20)),
        "block": draw(st.lists(block, max_size=3)),
    }
    status = {**draw(place), "stable": draw(place), "fault": [{"kinds": {1: "overload"}, **draw(place)}]}
    extra = {"sign": {"shift": 3}, "factor": [draw(place)]}
    width = draw(st.integers(2, 7))
    order = draw(st.permutations(range(6)))
    heartbeat = draw(place)
    return profile(
        "uint32",
        address=draw(at),
        stride=width,
        order=order,
        limits=limits,
        status=status,
        heartbeat=heartbeat,
        **extra,
    )


@given(scattered(), st.integers(1, 6), st.randoms(use_true_random=False))
def test_wherever_registers_lie_each_is_read_and_found(described: DeviceProfile, channels: int, random: Random) -> None:
    codec = RegisterCodec(described, channels)
    longest = max([described.limits.registers_per_read, *(block.count for block in described.limits.block)])
    assert all(read.count <= longest for read in codec.reads)
    registers = [random.randrange(0x10000) for _ in range(600)]
    reading = codec.decode([image(*registers[read.address : read.stop]) for read in codec.reads])
    assert reading.heartbeat == registers[described.heartbeat.wire_address] if described.heartbeat else False
    weight, status, (factor,) = described.weight, described.status, described.weight.factor
    assert status is not None
    for channel, position in enumerate(codec.positions):
        at = weight.wire_address + position * described.channels.stride
        number = float(registers[at] << 16 | registers[at + 1])
        negative = registers[status.wire_address + position * (status.stride or 0)] >> 3 & 1
        power = registers[factor.wire_address + position * (factor.stride or 0)]
        if math.isnan(reading.grams[channel]):
            assert any(fault.channel == channel for fault in reading.faults)
        else:
            assert reading.grams[channel] == pytest.approx((-number if negative else number) * 10.0 ** -min(power, 400))


# --- and back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("described", "registers", "grams", "written"),
    [
        (profile("int32", scale_g=0.1), [0, 0], 500.0, (0, 5000)),
        (profile("int32", word_order="low_first"), [0, 0], 100_000.0, (0x86A0, 1)),
        (profile("float32", byte_order="low_first"), [0, 0], -12.5, (0x48C1, 0)),
        (profile("int32", stride=3, factor=[DECIMALS, UNIT]), [0, 0, 0x0020], 2500.0, (0, 250)),
    ],
)
def test_a_known_weight_is_written_as_the_device_writes_it(
    described: DeviceProfile, registers: list[int], grams: float, written: tuple[int, ...]
) -> None:
    assert RegisterCodec(described, 1).encode(grams, 0, [image(*registers)]) == written


def test_a_weight_that_the_number_cannot_hold_is_refused() -> None:
    with pytest.raises(CodecError, match="40000 g is no int16"):
        RegisterCodec(profile("int16", stride=1), 1).encode(40_000.0, 0, [image(0)])


# --- what is not what was asked for -------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [b"", b"\x00", b"\x00\x01", b"\x00\x01\x00", bytes(6)])
def test_an_answer_that_is_not_two_registers_is_short(answer: bytes) -> None:
    with pytest.raises(ShortAnswerError, match="2 were asked for"):
        RegisterCodec(profile(), 1).decode([answer])


@st.composite
def channel_values(draw: st.DrawFn) -> tuple[str, list[float]]:
    """A number type and values it can hold."""
    type_ = draw(st.sampled_from(sorted(PACKED)))
    if type_ == "float32":
        one: st.SearchStrategy[float] = st.floats(width=32, allow_nan=False)
    else:
        bits, signed = int(type_[-2:]), type_.startswith("int")
        low = -(2 ** (bits - 1)) if signed else 0
        one = st.integers(low, low + 2**bits - 1).map(float)
    return type_, draw(st.lists(one, min_size=1, max_size=90))


@given(channel_values(), st.integers(0, 3), st.integers(4, 125), st.booleans(), st.booleans())
def test_what_is_encoded_is_decoded(
    values: tuple[str, list[float]], gap: int, registers_per_read: int, low_first: bool, swapped: bool
) -> None:
    type_, numbers = values
    registers: list[int] = []
    for number in numbers:
        plain = number if type_ == "float32" else int(number)
        registers += words(type_, plain, low_first=low_first, swapped=swapped) + [0xABCD] * gap
    order, bytes_ = ("low_first" if each else "high_first" for each in (low_first, swapped))
    stride = len(registers) // len(numbers)
    limits = {"registers_per_read": registers_per_read}
    described = profile(type_, stride=stride, limits=limits, word_order=order, byte_order=bytes_)
    assert decode(described, *registers, channels=len(numbers)).grams.tolist() == numbers
    codec = RegisterCodec(described, len(numbers))
    assert all(read.count <= registers_per_read for read in codec.reads)
    blank = [bytes(2 * read.count) for read in codec.reads]
    assert list(codec.encode(numbers[0], 0, blank)) == registers[: len(registers) // len(numbers) - gap]


RICH = profile(
    "int16",
    stride=4,
    high={"address": 1, "bits": 3},
    sign={"address": 2, "shift": 15},
    no_reading=[7],
    factor=[{"address": 3}, {**UNIT, "address": 1}],
    status={**STATUS, "address": 2},
    heartbeat={"address": 40},
)


@given(st.lists(st.binary(max_size=40), max_size=4), st.sampled_from([profile(), profile("int16"), RICH]))
def test_garbage_is_grams_or_a_codec_error(answers: list[bytes], described: DeviceProfile) -> None:
    try:
        grams = RegisterCodec(described, 3).decode(answers)
    except CodecError:
        return
    assert grams.grams.shape == (3,)


@given(st.binary(min_size=82, max_size=82))
def test_whatever_a_device_says_has_as_many_grams_as_channels(registers: bytes) -> None:
    codec = RegisterCodec(RICH, 10)
    reading = codec.decode([registers[2 * read.address : 2 * read.stop] for read in codec.reads])
    assert reading.grams.shape == (10,)
    assert reading.grams.dtype == np.float64
    assert all(math.isnan(reading.grams[fault.channel]) for fault in reading.faults)
