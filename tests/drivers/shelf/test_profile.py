"""Profiles say what a device is; what is wrong in one is told with file and key."""

from pathlib import Path

import pytest

import resources
from drivers.shelf import ProfileError, read_profile

SHIPPED = sorted((Path(resources.__file__).parent / "profiles").glob("*.toml"))

PLAIN = """
[weight]
function = 4
address = 10
type = "int16"
[channels]
stride = 1
most = 8
"""


def test_profiles_are_shipped() -> None:
    assert {"generic-float32", "generic-int32"} <= {file.stem for file in SHIPPED}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_profiles_are_valid(file: Path) -> None:
    assert read_profile(file).channels.most >= 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN.replace("address", "adress"), "adress"),
        (PLAIN + "[limit]\n", "limit"),
        (PLAIN.replace('"int16"', '"int17"'), "weight.type"),
        (PLAIN.replace("function = 4", "function = 6"), "weight.function"),
        (PLAIN.replace("stride = 1", "stride = 0"), "channels.stride"),
        (PLAIN.replace('"int16"', '"float32"'), "stride"),
        (PLAIN.replace("most = 8", "most = 70000"), "most"),
        (PLAIN + "[limits]\nregisters_per_read = 200\n", "limits.registers_per_read"),
        ("[weight", "not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "scale.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as error:
        read_profile(file)
    assert "scale.toml" in str(error.value)
    assert said in str(error.value)


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"absent\.toml"):
        read_profile(tmp_path / "absent.toml")
