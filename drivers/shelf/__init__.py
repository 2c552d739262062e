"""Shelf sources: load-cell controllers over Modbus TCP, TLS and RTU, described by device profiles."""

from drivers.shelf._codec import Reading, RegisterCodec
from drivers.shelf._link import open_modbus, open_modbus_rtu
from drivers.shelf._pdu import CodecError, RefusedError, ShortAnswerError
from drivers.shelf._plan import BlockRead, plan
from drivers.shelf._probe import open_probe, open_probe_rtu
from drivers.shelf._profile import DeviceProfile, ProfileError, parse_profile, read_profile

__all__ = [
    "BlockRead",
    "CodecError",
    "DeviceProfile",
    "ProfileError",
    "Reading",
    "RefusedError",
    "RegisterCodec",
    "ShortAnswerError",
    "open_modbus",
    "open_modbus_rtu",
    "open_probe",
    "open_probe_rtu",
    "parse_profile",
    "plan",
    "read_profile",
]
