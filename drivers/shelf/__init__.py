"""Shelf sources: load-cell controllers over Modbus, described by device profiles."""

from drivers.shelf._codec import BlockRead, FrameError, RegisterCodec
from drivers.shelf._link import open_modbus
from drivers.shelf._profile import DeviceProfile, ProfileError, read_profile

__all__ = [
    "BlockRead",
    "DeviceProfile",
    "FrameError",
    "ProfileError",
    "RegisterCodec",
    "open_modbus",
    "read_profile",
]
