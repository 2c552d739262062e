"""The peers, ready to be started."""

import subprocess
from pathlib import Path

import pytest

from tests.drivers.shelf.peers.devices import HERE, REMEDY, Peer


@pytest.fixture(scope="session")
def libmodbus_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our few lines around Debian's libmodbus, compiled."""
    program = tmp_path_factory.mktemp("libmodbus") / "device"
    source = HERE / "libmodbus_device.c"
    command = ["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source), "-lmodbus"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{done.stderr}\n{REMEDY}"
    return program


@pytest.fixture(params=["libmodbus", "modbus-serial", "jsmodbus"])
def tcp_peer(request: pytest.FixtureRequest, libmodbus_program: Path) -> Peer:
    """A Modbus TCP device, each in turn."""
    programs: dict[str, tuple[str | Path, ...]] = {
        "libmodbus": (libmodbus_program,),
        "modbus-serial": ("node", HERE / "modbus_serial_device.js"),
        "jsmodbus": ("node", HERE / "jsmodbus_device.js"),
    }
    return Peer(programs[request.param], unit=7)
