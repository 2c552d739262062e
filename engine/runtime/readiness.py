"""What is missing before a store can open, each with its remedy."""

import socket
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from engine.ports import SettingsError
from engine.runtime.drivers import UnknownDriverError, find_driver, open_shelf
from engine.store import CameraSection, ControllerSection, GateSection, StoreFolder

_TIMEOUT_S = 1.0
_USUAL_PORTS = {"http": 80, "rtsp": 554, "rtsps": 322}


def problems(folder: StoreFolder) -> list[str]:
    """One line a problem; none when the store can open."""
    return [*_packages(), *no_restart_mends(folder), *_profiles(folder), *_devices(folder)]


def no_restart_mends(folder: StoreFolder) -> Iterator[str]:
    """Those problems with which an engine need not even start: a missing entry key, unknown drivers."""
    yield from _keys(folder)
    yield from _drivers(folder)


def _packages() -> Iterator[str]:
    installed = [name for name in ("onnxruntime", "onnxruntime-gpu") if _installed(name)]
    if not installed:
        yield "onnxruntime: not installed. Install tillfree[cpu] or tillfree[gpu]"
    if len(installed) > 1:
        yield "onnxruntime and onnxruntime-gpu are both installed and break each other. Remove both, install one"


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _keys(folder: StoreFolder) -> Iterator[str]:
    key = folder.keys_dir / "entry.pub.pem"
    if folder.installation.gate and not key.is_file():
        yield f"{key}: missing. Put the entry app's public key (Ed25519, PEM) there"


def _drivers(folder: StoreFolder) -> Iterator[str]:
    installation = folder.installation
    sections: list[CameraSection | ControllerSection | GateSection] = [*installation.camera]
    sections += [*installation.controller, *installation.gate]
    for section in sections:
        try:
            find_driver(section.driver)
        except UnknownDriverError as error:
            yield f"{folder.path / 'store.toml'}: {section.id}: {error}"


def _profiles(folder: StoreFolder) -> Iterator[str]:
    for section in folder.installation.controller:
        try:
            open_shelf(folder, section)
        except UnknownDriverError:
            continue  # said already
        except SettingsError as error:
            yield f"{section.id}: {error}"


def _devices(folder: StoreFolder) -> Iterator[str]:
    for controller in folder.installation.controller:
        if controller.serial is None:
            yield from _reach(controller.id, controller.host, controller.port)
        elif not Path(controller.serial.device).is_char_device():
            yield f"{controller.id}: {controller.serial.device}: no serial line. Plug in its adapter, or correct device"
    for gate in folder.installation.gate:
        yield from _reach(gate.id, gate.host, gate.port)
    for camera in folder.installation.camera:
        for url in map(urlsplit, filter(None, (camera.url, camera.substream))):
            port = url.port or _USUAL_PORTS.get(url.scheme)
            if url.hostname and port:
                yield from _reach(camera.id, url.hostname, port)


def _reach(device_id: str, host: str, port: int) -> Iterator[str]:
    try:
        socket.create_connection((host, port), timeout=_TIMEOUT_S).close()
    except OSError as error:
        yield f"{device_id}: {host}:{port}: {error.strerror or error}. Check its power, cable and address"
