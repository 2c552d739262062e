"""Drivers by name: ``driver = "camera.mjpeg"`` in ``store.toml`` is an entry point of ``tillfree.drivers``."""

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from engine.ports import (
    CameraStream,
    SerialLine,
    SettingsError,
    ShelfDevice,
    ShelfProbe,
    SmartCameraLink,
    TlsFiles,
)
from engine.store import CameraSection, ControllerSection, StoreFolder, TlsSection

GROUP = "tillfree.drivers"
PROBES = "tillfree.probes"


class UnknownDriverError(SettingsError):
    """No installed package offers a driver of that name; the message names those that are there."""


def find_driver(name: str, *, group: str = GROUP) -> EntryPoint:
    """Where a driver is, without loading it. Raises ``UnknownDriverError``."""
    offered = entry_points(group=group)
    for entry in offered:
        if entry.name == name:
            return entry
    known = ", ".join(sorted(entry.name for entry in offered)) or "none; is the tillfree package installed?"
    raise UnknownDriverError(f"driver {name!r} is not installed; installed are: {known}")


def load_driver(name: str) -> Any:  # noqa: ANN401 - what a driver's opener takes is between it and its port
    """The opener of a driver. Raises ``UnknownDriverError``."""
    return find_driver(name).load()


def open_camera(folder: StoreFolder, section: CameraSection, url: str) -> CameraStream:
    """A link to one of a camera's streams, which connects in its own thread. Raises ``UnknownDriverError``."""
    return open_address(section.driver, folder.address(section, url), transport=section.transport)


def open_address(driver: str, address: str, *, transport: str) -> CameraStream:
    """A link to a stream that no store has yet. Raises ``UnknownDriverError``."""
    opener = load_driver(driver)
    link: CameraStream = opener(address) if transport == "auto" else opener(address, transport=transport)
    return link


def open_smart_camera(folder: StoreFolder, section: CameraSection) -> SmartCameraLink:
    """A link to a device that says whom it sees. Raises ``UnknownDriverError``."""
    link: SmartCameraLink = load_driver(section.driver)(folder.address(section, section.url))
    return link


def open_shelf(folder: StoreFolder, section: ControllerSection) -> ShelfDevice:
    """A link to a controller, which dials at its first read. Raises ``SettingsError``."""
    opener = load_driver(section.driver)
    profile = folder.profile(section.profile)
    link: ShelfDevice
    if section.serial is not None:
        bus = section.serial
        line = SerialLine(device=Path(bus.device), baud=bus.baud, parity=bus.parity, stop_bits=bus.stop_bits)
        link = opener(line, unit=section.unit, profile=profile, channels=section.channels)
    elif section.tls is not None:
        tls = _tls_files(folder, section.tls)
        link = opener(
            section.host, section.port, unit=section.unit, profile=profile, channels=section.channels, tls=tls
        )
    else:
        link = opener(section.host, section.port, unit=section.unit, profile=profile, channels=section.channels)
    return link


def open_probe(host: str, port: int, *, unit: int, last_register: int) -> ShelfProbe:
    """A probe of an unknown controller on the network. Raises ``SettingsError``."""
    opener = find_driver("shelf.modbus", group=PROBES).load()
    probe: ShelfProbe = opener(host, port, unit=unit, last_register=last_register)
    return probe


def open_serial_probe(line: SerialLine, *, unit: int, last_register: int) -> ShelfProbe:
    """A probe of an unknown controller on a serial bus. Raises ``SettingsError``."""
    probe: ShelfProbe = find_driver("shelf.modbus-rtu", group=PROBES).load()(
        line, unit=unit, last_register=last_register
    )
    return probe


def _tls_files(folder: StoreFolder, section: TlsSection) -> TlsFiles:
    return TlsFiles(
        ca=folder.path / section.ca,
        certificate=folder.path / section.certificate if section.certificate is not None else None,
        key=folder.path / section.key if section.key is not None else None,
        server_name=section.server_name,
    )
