"""Drivers by name: ``driver = "camera.mjpeg"`` in ``store.toml`` is an entry point of ``tillfree.drivers``."""

from importlib.metadata import entry_points
from typing import Any

GROUP = "tillfree.drivers"


class UnknownDriverError(Exception):
    """No installed package offers a driver of that name; the message names those that are there."""


def load_driver(name: str) -> Any:  # noqa: ANN401 - what a driver's opener takes is between it and its port
    """The opener of a driver. Raises ``UnknownDriverError``."""
    offered = entry_points(group=GROUP)
    for entry in offered:
        if entry.name == name:
            return entry.load()
    known = ", ".join(sorted(entry.name for entry in offered)) or "none; is the tillfree package installed?"
    raise UnknownDriverError(f"driver {name!r} is not installed; installed are: {known}")
