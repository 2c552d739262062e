"""Set the stage for a run: a copy of the demo store on free ports of this machine, with keys of its own."""

import re
import shutil
import socket
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from engine.store import StoreFolder, open_store


class Level(StrEnum):
    """What the twin's cameras send: rendered frames, or what a detector would say of them."""

    PIXELS = "pixels"
    SIGNAL = "signal"


_CAMERA = re.compile(r'driver = "camera\.mjpeg"\nurl = "http://[^/"]+/([^"]+)"')
_PORT = re.compile(r"(?P<before>127\.0\.0\.1:|port = )(?P<port>\d+)")


def stage_demo_store(folder: Path, *, level: Level, review_deadline_s: float) -> StoreFolder:
    """Copy the demo store into ``folder``, which must be empty or missing, and open it."""
    with as_file(files("resources") / "stores" / "demo") as demo:
        shutil.copytree(demo, folder, dirs_exist_ok=True)
    settings = folder / "store.toml"
    text = settings.read_text(encoding="utf-8")
    if level is Level.SIGNAL:
        text = _with_smart_cameras(text)
    text = re.sub(r"review_deadline_s = [\d.]+", f"review_deadline_s = {review_deadline_s}", text)
    settings.write_text(_with_free_ports(text), encoding="utf-8")
    write_entry_keys(folder / "keys")
    return open_store(folder)


def write_entry_keys(folder: Path) -> None:
    """Make the entry app's key pair: ``entry.key.pem`` signs tokens, ``entry.pub.pem`` verifies them."""
    folder.mkdir(exist_ok=True)
    private = Ed25519PrivateKey.generate()
    secret = folder / "entry.key.pem"
    secret.touch(mode=0o600)
    secret.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "entry.pub.pem").write_bytes(public)


def _with_smart_cameras(text: str) -> str:
    ports = iter(range(1, 1000))
    return _CAMERA.sub(lambda _: f'driver = "camera.smart"\nurl = "tcp://127.0.0.1:{next(ports)}"', text)


def _with_free_ports(text: str) -> str:
    free: dict[str, int] = {}
    held: list[socket.socket] = []
    for match in _PORT.finditer(text):
        if match["port"] not in free:
            held.append(socket.create_server(("127.0.0.1", 0)))
            free[match["port"]] = held[-1].getsockname()[1]
    for listener in held:
        listener.close()
    return _PORT.sub(lambda match: f"{match['before']}{free[match['port']]}", text)
