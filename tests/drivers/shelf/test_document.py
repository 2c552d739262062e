"""The examples in docs/device-profiles.md do what the document says."""

import re
import struct
import tomllib
from typing import get_args

import msgspec
import pytest

from drivers.shelf import RegisterCodec, parse_profile
from drivers.shelf._telling import Order
from engine.ports import CellFaultKind, DeviceFaultKind
from engine.store import ControllerSection


@pytest.fixture
def document(pytestconfig: pytest.Config) -> str:
    return (pytestconfig.rootpath / "docs" / "device-profiles.md").read_text(encoding="utf-8")


@pytest.fixture
def examples(document: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", document, flags=re.DOTALL)


def test_the_profile_written_from_a_manual_reads_bytes(examples: list[str]) -> None:
    codec = RegisterCodec(parse_profile(examples[0]), 1)
    (read,) = codec.reads
    assert (read.function, read.address, read.count) == (3, 0, 3)
    reading = codec.decode([bytes.fromhex("0002 00000539")])
    assert reading.grams.tolist() == [1337.0]
    assert reading.stable is not None
    assert reading.stable.tolist() == [True]
    assert codec.decode([bytes.fromhex("0000 fffffff6")]).grams.tolist() == [-10.0]
    (fault,) = codec.decode([bytes.fromhex("0040 00000000")]).faults
    assert fault.kind == "no_cell"


def test_its_span_goes_out_as_the_manual_wants_it(examples: list[str]) -> None:
    profile = parse_profile(examples[0])
    weight = RegisterCodec(profile, 1).encode(70_000.0, 0, [bytes(6)])
    assert profile.commands.span is not None
    first, second = (Order(profile, step, 0, weight) for step in profile.commands.span.steps)
    assert (first.address, first.values) == (500, [1, 4464, 0x11])
    assert struct.pack(">HH", *weight) == (70_000).to_bytes(4, "big")
    assert (second.address, second.values) == (502, [0x20])


def test_the_controllers_are_what_a_store_file_takes(examples: list[str]) -> None:
    sections = msgspec.convert(tomllib.loads(examples[1])["controller"], list[ControllerSection])
    assert [section.id for section in sections] == ["scale-1", "scale-2", "scale-3"]
    assert sections[1].tls is not None
    assert sections[2].serial is not None


def test_every_kind_of_trouble_is_in_it(document: str) -> None:
    kinds = {*get_args(CellFaultKind), *get_args(DeviceFaultKind)}
    assert {kind for kind in kinds if f"`{kind}`" not in document} == set()


def test_every_profile_key_is_in_it(document: str) -> None:
    from drivers.shelf import _commands, _profile

    parts = [
        value for module in (_profile, _commands) for name, value in vars(module).items() if name.endswith("Section")
    ]
    parts += [_commands.Step, _profile.Factor, _profile.Faults, _profile.Block, _profile.Flag]
    keys = {key for part in parts for key in part.__struct_fields__}
    assert {key for key in keys if not re.search(rf"`[^`]*\b{key}\b[^`]*`", document)} == set()


def test_the_profiles_it_names_are_shipped(pytestconfig: pytest.Config, examples: list[str]) -> None:
    shipped = {file.stem for file in (pytestconfig.rootpath / "resources" / "profiles").glob("*.toml")}
    named = set(re.findall(r'profile = "([\w-]+)"', examples[1]))
    assert named - shipped == {"dat-700"}
