"""What ``check`` finds before a store opens, against real sockets."""

import socket
from pathlib import Path

import msgspec
import pytest

from engine.domain import CameraId, GateId
from engine.runtime.readiness import problems
from engine.store import CameraSection, GateSection, StoreFolder
from tests.runtime.folder import small_store


@pytest.fixture
def folder(tmp_path: Path) -> StoreFolder:
    """A store that lacks nothing but its controller."""
    folder = small_store(tmp_path / "store")
    folder.keys_dir.mkdir()
    (folder.keys_dir / "entry.pub.pem").write_text("a key")
    return folder


def with_controller(folder: StoreFolder, **changes: object) -> StoreFolder:
    (section,) = folder.installation.controller
    changed = (msgspec.structs.replace(section, **changes),)
    installation = msgspec.structs.replace(folder.installation, controller=changed)
    return StoreFolder(path=folder.path, store=folder.store, installation=installation)


def test_nothing_is_missing_where_the_devices_listen(folder: StoreFolder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as controller:
        assert problems(with_controller(folder, port=controller.getsockname()[1])) == []


def test_a_device_that_does_not_listen(folder: StoreFolder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert problems(with_controller(folder, port=port)) == [
        f"k1: 127.0.0.1:{port}: Connection refused. Check its power, cable and address"
    ]


def test_a_camera_is_looked_for_at_its_address(folder: StoreFolder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as both:
        port = both.getsockname()[1]
        here = with_controller(folder, port=port)
        camera = CameraSection(id=CameraId("c1"), driver="camera.smart", url=f"tcp://127.0.0.1:{port}")
        installation = msgspec.structs.replace(here.installation, camera=(camera,))
        assert problems(StoreFolder(path=here.path, store=here.store, installation=installation)) == []
    assert [line.split(":")[0] for line in problems(StoreFolder(here.path, here.store, installation))] == ["k1", "c1"]


def test_an_entry_key_that_is_missing_where_there_is_a_gate(folder: StoreFolder) -> None:
    key = folder.keys_dir / "entry.pub.pem"
    key.unlink()
    missing = f"{key}: missing. Put the entry app's public key (Ed25519, PEM) there"
    assert missing not in problems(folder)
    gate = GateSection(id=GateId("north"), driver="gate.tcp", host="127.0.0.1", port=9)
    installation = msgspec.structs.replace(folder.installation, gate=(gate,))
    assert problems(StoreFolder(folder.path, folder.store, installation))[0] == missing


def test_a_driver_that_is_not_installed(folder: StoreFolder) -> None:
    line = problems(with_controller(folder, driver="shelf.none"))[0]
    assert line.startswith(f"{folder.path}/store.toml: k1: driver 'shelf.none' is not installed")


@pytest.mark.parametrize(("profile", "problem"), [(None, "there is no such device profile"), ("[weight", "not TOML")])
def test_a_device_profile_that_cannot_be(folder: StoreFolder, profile: str | None, problem: str) -> None:
    file = folder.path / "profiles" / "own.toml"
    if profile is not None:
        file.parent.mkdir()
        file.write_text(profile)
    line = problems(with_controller(folder, profile="own"))[0]
    assert line.startswith("k1: ")
    assert "own.toml" in line
    assert problem in line
