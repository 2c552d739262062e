"""Register images to grams, by table and by property."""

import math
import struct
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.shelf import DeviceProfile, FrameError, RegisterCodec

PACKED = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}


def profile(type_: str = "float32", *, stride: int = 2, registers_per_read: int = 125, **weight: Any) -> DeviceProfile:  # noqa: ANN401
    """A profile of up to 1000 channels from register 0."""
    return msgspec.convert(
        {
            "weight": {"function": 3, "address": 0, "type": type_, **weight},
            "channels": {"stride": stride, "most": 1000},
            "limits": {"registers_per_read": registers_per_read},
        },
        DeviceProfile,
    )


def words(type_: str, value: float, *, low_first: bool = False) -> list[int]:
    """Registers of one number, packed by the standard library."""
    packed = struct.pack(PACKED[type_], value)
    registers = [int.from_bytes(packed[at : at + 2], "big") for at in range(0, len(packed), 2)]
    return registers[::-1] if low_first else registers


@pytest.mark.parametrize(
    ("described", "registers", "grams"),
    [
        (profile(), [0xC148, 0x0000], -12.5),
        (profile(word_order="low_first"), [0x0000, 0xC148], -12.5),
        (profile("int32", scale_g=0.1), [0xFFFF, 0xE7AB], -622.9),
        (profile("int32", word_order="low_first", scale_g=0.1), [0xE7AB, 0xFFFF], -622.9),
        (profile("uint32"), [0x0001, 0x0000], 65536.0),
        (profile("int16", stride=1, scale_g=0.5), [0xFFFE], -1.0),
        (profile("uint16", stride=1), [0xFFFE], 65534.0),
        (profile("int32", no_reading=[-(2**31)]), [0x8000, 0x0000], math.nan),
        (profile(), [0x7FC0, 0x0000], math.nan),
        (profile(), [0x7F80, 0x0001], math.nan),
    ],
)
def test_one_channel(described: DeviceProfile, registers: list[int], grams: float) -> None:
    decoded = RegisterCodec(described, 1).decode([registers])
    assert decoded.tolist() == [pytest.approx(grams, nan_ok=True)]


def test_reads_stay_under_the_devices_limit_and_cover_every_channel() -> None:
    codec = RegisterCodec(profile(stride=3, registers_per_read=32, address=100, function=4), 25)
    assert [(read.address, read.count, read.channels) for read in codec.reads] == [
        (100, 32, 11),
        (133, 32, 11),
        (166, 8, 3),
    ]
    assert {read.function for read in codec.reads} == {4}


def test_three_hundred_channels_take_five_full_reads() -> None:
    assert [read.channels for read in RegisterCodec(profile(), 300).reads] == [62, 62, 62, 62, 52]


def test_more_channels_than_the_device_has_is_refused() -> None:
    with pytest.raises(ValueError, match="1001 channels"):
        RegisterCodec(profile(), 1001)


@pytest.mark.parametrize("answer", [[], [1], [1, 2, 3], [1, 70_000], [1, -1], [1, None]])
def test_an_answer_that_is_not_two_registers_is_a_frame_error(answer: list[int]) -> None:
    with pytest.raises(FrameError):
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


@given(channel_values(), st.integers(0, 3), st.integers(4, 125), st.booleans())
def test_what_is_encoded_is_decoded(
    values: tuple[str, list[float]], gap: int, registers_per_read: int, low_first: bool
) -> None:
    type_, numbers = values
    image: list[int] = []
    for number in numbers:
        plain = number if type_ == "float32" else int(number)
        image += words(type_, plain, low_first=low_first) + [0xABCD] * gap
    stride = len(image) // len(numbers)
    order = "low_first" if low_first else "high_first"
    codec = RegisterCodec(
        profile(type_, stride=stride, registers_per_read=registers_per_read, word_order=order), len(numbers)
    )
    answers = [image[read.address : read.address + read.count] for read in codec.reads]
    assert codec.decode(answers).tolist() == numbers
    assert all(read.count <= registers_per_read for read in codec.reads)


@given(st.lists(st.lists(st.integers(-5, 70_000), max_size=8), max_size=3), st.sampled_from(sorted(PACKED)))
def test_garbage_is_grams_or_a_frame_error(answers: list[list[int]], type_: str) -> None:
    codec = RegisterCodec(profile(type_), 3)
    try:
        grams = codec.decode(answers)
    except FrameError:
        return
    assert grams.shape == (3,)
    assert grams.dtype == np.float64
