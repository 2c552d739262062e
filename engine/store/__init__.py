"""A store is a folder: TOML and CSV that people edit, read into an immutable ``Store``."""

from engine.store._catalogue import with_unit_mass
from engine.store._error import StoreFolderError
from engine.store._folder import CalibrationFile, StoreFolder, open_store, valid_gtin
from engine.store._installation import (
    CameraSection,
    ControllerSection,
    GateSection,
    Installation,
    NetworkSection,
    PerceptionSection,
    PolicySection,
    RetentionSection,
    SerialSection,
    StoreSection,
    TlsSection,
)
from engine.store._layout import Layout
from engine.store._people import (
    Access,
    Person,
    PersonName,
    engine_keys_file,
    people_file,
    read_access,
    read_engine_keys,
)
from engine.store._policy import read_policy

__all__ = [
    "Access",
    "CalibrationFile",
    "CameraSection",
    "ControllerSection",
    "GateSection",
    "Installation",
    "Layout",
    "NetworkSection",
    "PerceptionSection",
    "Person",
    "PersonName",
    "PolicySection",
    "RetentionSection",
    "SerialSection",
    "StoreFolder",
    "StoreFolderError",
    "StoreSection",
    "TlsSection",
    "engine_keys_file",
    "open_store",
    "people_file",
    "read_access",
    "read_engine_keys",
    "read_policy",
    "valid_gtin",
    "with_unit_mass",
]
