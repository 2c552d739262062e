"""Drivers by name: ``driver = "camera.mjpeg"`` in ``store.toml`` is an entry point of ``tillfree.drivers``."""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from engine.ports import SettingsError, ShelfLink
from engine.store import ControllerSection, StoreFolder

GROUP = "tillfree.drivers"


class UnknownDriverError(SettingsError):
    """No installed package offers a driver of that name; the message names those that are there."""


def find_driver(name: str) -> EntryPoint:
    """Where a driver is, without loading it. Raises ``UnknownDriverError``."""
    offered = entry_points(group=GROUP)
    for entry in offered:
        if entry.name == name:
            return entry
    known = ", ".join(sorted(entry.name for entry in offered)) or "none; is the tillfree package installed?"
    raise UnknownDriverError(f"driver {name!r} is not installed; installed are: {known}")


def load_driver(name: str) -> Any:  # noqa: ANN401 - what a driver's opener takes is between it and its port
    """The opener of a driver. Raises ``UnknownDriverError``."""
    return find_driver(name).load()


def open_shelf(folder: StoreFolder, section: ControllerSection) -> ShelfLink:
    """A link to a controller, which dials at its first read. Raises ``SettingsError``."""
    link: ShelfLink = load_driver(section.driver)(
        section.host,
        section.port,
        unit=section.unit,
        profile=folder.profile(section.profile),
        channels=section.channels,
    )
    return link
