"""Profiles say what a device is; what is wrong in one is told with file and key."""

from pathlib import Path

import pytest

from drivers.shelf import ProfileError, read_profile

PLAIN = """
[device]
name = "a scale"
manual = "its leaflet"
revision = "2"
trust = "page"
[weight]
function = 4
address = 10
type = "int16"
[channels]
stride = 1
most = 8
"""


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
        (PLAIN.replace('trust = "page"', 'trust = "hearsay"'), "device.trust"),
        (PLAIN.replace('manual = "its leaflet"\n', ""), "manual"),
        (PLAIN.replace("address = 10", "address = 10\nmanual = 30011"), "address and manual"),
        (PLAIN.replace("address = 10", "manual = 40011"), "function 3, not 4"),
        (PLAIN.replace("address = 10", "manual = 70001"), "70001 is no register"),
        (PLAIN.replace("address = 10", ""), "say where it is"),
        (PLAIN.replace("function = 4", ""), "weight: function"),
        (PLAIN.replace("function = 4", "function = 4\nscale_g = 0.0"), "scale_g"),
        (PLAIN.replace("function = 4", "function = 4\nsign = { shift = 3 }"), "sign and high need"),
        (PLAIN.replace("function = 4", "function = 4\nsign = { shift = 16 }"), "weight.sign.shift"),
        (PLAIN.replace('"int16"', '"int32"\nhigh = { address = 9 }').replace("stride = 1", "stride = 2"), "high"),
        (PLAIN.replace("most = 8", "most = 8\norder = [0, 1]"), "order"),
        (PLAIN + "[status]\naddress = 1\n[[status.fault]]\nkinds = { 1 = 'broken' }\n", "broken"),
        (PLAIN + "[commands.zero]\nsteps = []\n", "steps"),
        (PLAIN + "[status]\naddress = 1\n[[status.fault]]\nkinds = { 2 = 'overload' }\n", "2 does not go into 1 bits"),
        (PLAIN + "[status]\naddress = 1\nstable = { shift = 4, when = 16 }\n", "16 does not go into 1 bits"),
        (PLAIN + "[[limits.block]]\naddress = 1\ncount = 9\n[limits]\nregisters_per_read = 8\n", "limits"),
        (PLAIN + "[commands.zero]\nsteps = [{ address = 1 }]\n", "either write or equals"),
        (PLAIN + "[commands.zero]\nsteps = [{ write = [1] }]\n", "say where it is"),
        (PLAIN + "[commands.zero]\nsteps = [{ address = 1, write = [70000] }]\n", "steps[0].write[0]"),
        (PLAIN + "[commands.zero]\nsteps = [{ address = 1, write = [1, 2], with_function = 6 }]\n", "with_function"),
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
