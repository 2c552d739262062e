"""Every profile that ships, proven by what its manual says a device says, byte by byte."""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from drivers.shelf import BlockRead, Reading, RegisterCodec, read_profile

PROFILES = Path(resources.__file__).parent / "profiles"
SHIPPED = sorted(file.stem for file in PROFILES.glob("*.toml"))


@dataclass(frozen=True)
class Vector:
    """Registers of a device from the addresses on, and the grams, motion and faults that they stand for."""

    profile: str
    registers: dict[int, str]
    grams: tuple[float, ...]
    stable: tuple[bool, ...] | None = None
    faults: tuple[tuple[int, str], ...] = ()


def answer(vector: Vector, read: BlockRead) -> bytes:
    """What a device with these registers says; 0 where nothing is said."""
    image = bytearray(2 * 65536)
    for address, text in vector.registers.items():
        data = bytes.fromhex(text)
        image[2 * address : 2 * address + len(data)] = data
    return bytes(image[2 * read.address : 2 * read.stop])


def read(vector: Vector) -> Reading:
    codec = RegisterCodec(read_profile(PROFILES / f"{vector.profile}.toml"), len(vector.grams))
    return codec.decode([answer(vector, each) for each in codec.reads])


def float32(value: float) -> str:
    return struct.pack(">f", value).hex()


VECTORS = {
    "floats": Vector("generic-float32", {0: "42280000 c1480000"}, (42.0, -12.5)),
    "tenths": Vector("generic-int32", {0: "00001388 ffffe7ab 80000000"}, (500.0, -622.9, math.nan)),
    # register 40003: unit in the high byte, 1 in the low one for compression only
    "seneca, kilograms": Vector("seneca-z-sg", {2: "0001", 63: float32(1.25), 77: "0010"}, (1250.0,), (True,)),
    "seneca, grams, moves": Vector("seneca-z-sg", {2: "0100", 63: float32(-7.5), 77: "0004"}, (-7.5,), (False,)),
    "seneca, full scale": Vector(
        "seneca-z-sg", {2: "0100", 63: float32(9e5), 77: "0012"}, (math.nan,), (True,), ((0, "overload"),)
    ),
    "seneca, newtons": Vector(
        "seneca-z-sg", {2: "0500", 63: float32(1.0), 77: "0010"}, (math.nan,), (True,), ((0, "unknown_unit"),)
    ),
    # 70,000 is more than 16 bits hold: a driver that multiplied the low word alone got it wrong
    "laumas, 70 kg in grams": Vector("laumas-w100", {6: "0800", 7: "00011170", 13: "000f"}, (70_000.0,), (True,)),
    "laumas, negative": Vector("laumas-w100", {6: "0000", 7: "ffffff85", 13: "0109"}, (-12.3,), (False,)),
    "laumas, no cell": Vector("laumas-w100", {6: "0801", 13: "0106"}, (math.nan,), (True,), ((0, "no_cell"),)),
    "laumas, nine divisions over": Vector(
        "laumas-w100", {6: "0804", 7: "00011170", 13: "000f"}, (math.nan,), (True,), ((0, "overload"),)
    ),
    "wtx, three decimals of kg": Vector("hbm-wtx", {0: "00000539", 4: "0000", 5: "0030"}, (1337.0,), (True,)),
    "wtx, grams, moves": Vector("hbm-wtx", {0: "fffffff6", 4: "0010", 5: "0090"}, (-1.0,), (False,)),
    "wtx, above safe load": Vector(
        "hbm-wtx", {0: "00000539", 4: "000c", 5: "0030"}, (math.nan,), (True,), ((0, "overload"),)
    ),
    # net 4322, status 010A, tare 1000, gross 5322: the manual's example, in the order of command set 1
    "mx08, AD[0]": Vector("baykon-mx08", {0: "000010e2 010a 000003e8 000014ca"}, (4322.0,), (True,)),
    "mx08, unstable": Vector("baykon-mx08", {0: "000010e2 0006"}, (4322.0,), (False,)),
    "mx08, no data": Vector("baykon-mx08", {0: "000010e2 0000"}, (math.nan,), (True,), ((0, "invalid"),)),
    "mx08, supply": Vector("baykon-mx08", {0: "000010e2 c000"}, (math.nan,), (True,), ((0, "supply"),)),
    # the manual's answer to a read of 7 registers from 41005
    "mx08, all": Vector(
        "baykon-mx08-all",
        {1004: "010a 000010e2 000014ca 000003e8", 1011: "0006 fffffffe fffffffe 00000000"},
        (4322.0, -2.0),
        (True, False),
    ),
    "dgt4x": Vector(
        "dini-argeo-dgt4x",
        {201: "0002 000003e8 0003 00001770 0000 00003a98 0006 00055730"},
        (1000.0, -6000.0, 15_000.0, math.nan),
        (True, True, False, True),
        ((3, "underload"),),
    ),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_what_a_device_says_is_read_as_its_manual_means_it(vector: Vector) -> None:
    reading = read(vector)
    assert reading.grams.tolist() == pytest.approx(list(vector.grams), nan_ok=True)
    assert (reading.stable is None) == (vector.stable is None)
    if reading.stable is not None and vector.stable is not None:
        assert tuple(reading.stable.tolist()) == vector.stable
    assert tuple((fault.channel, fault.kind) for fault in reading.faults) == vector.faults


@pytest.mark.parametrize("name", SHIPPED)
def test_every_profile_names_its_manual_and_has_a_vector(name: str) -> None:
    device = read_profile(PROFILES / f"{name}.toml").device
    assert min(len(device.name), len(device.manual), len(device.revision)) > 0
    assert any(vector.profile == name for vector in VECTORS.values())


@pytest.mark.parametrize(
    ("name", "channels", "reads"),
    [
        ("seneca-z-sg", 1, [(2, 1), (63, 15)]),
        ("laumas-w100", 1, [(6, 8)]),
        ("hbm-wtx", 1, [(0, 6)]),
        ("baykon-mx08", 1, [(0, 3)]),
        ("baykon-mx08-all", 8, [(1004, 52)]),
        ("dini-argeo-dgt4x", 4, [(201, 12)]),
    ],
)
def test_a_device_is_asked_no_more_than_it_stands(name: str, channels: int, reads: list[tuple[int, int]]) -> None:
    codec = RegisterCodec(read_profile(PROFILES / f"{name}.toml"), channels)
    assert [(each.address, each.count) for each in codec.reads] == reads


@given(st.sampled_from(SHIPPED), st.randoms(use_true_random=False))
def test_whatever_a_device_says_it_is_read_without_an_error(name: str, random: Random) -> None:
    profile = read_profile(PROFILES / f"{name}.toml")
    codec = RegisterCodec(profile, min(profile.channels.most, 12))
    reading = codec.decode([random.randbytes(2 * each.count) for each in codec.reads])
    assert all(math.isnan(reading.grams[fault.channel]) for fault in reading.faults)
