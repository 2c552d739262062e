"""Read a store folder. Whatever is wrong is said with file, key and remedy, and nothing starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    Facing,
    FacingId,
    GondolaId,
    PlateId,
    Policy,
    Product,
    SkuId,
    Store,
    TaxClassId,
)
from engine.store._checks import check_store
from engine.store._error import StoreFolderError
from engine.store._files import read_csv, read_toml
from engine.store._installation import CameraSection, Installation
from engine.store._layout import Layout
from engine.store._logins import CameraLogin, read_logins, with_login
from engine.store._people import Access, check_reach, read_access
from engine.store._pricing import PricingFile

T = TypeVar("T")

_SHIPPED_PROFILES = Path(str(files("resources"))) / "profiles"


class CalibrationFile(CameraCalibration, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """``calibration/ID.toml``: the calibration, and which gondola's face the camera is there for."""

    watches_gondola: GondolaId | None = None


class _ProductRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku_id: SkuId
    gtin: str
    name: str
    price_minor: int
    tax_class: TaxClassId
    unit_mass_g: float
    width_m: float
    depth_m: float
    height_m: float
    shape: str
    minimum_age: int = 0


class _FacingRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    facing_id: FacingId
    plates: str
    sku_id: SkuId
    units: int


@dataclass(frozen=True)
class StoreFolder:
    """An opened store folder: the store itself, what is installed in it, and where its own files go."""

    path: Path
    store: Store
    installation: Installation
    logins: Mapping[str, CameraLogin] = field(default_factory=dict, repr=False)
    access: Access | None = field(default=None, repr=False)

    def address(self, section: CameraSection, url: str) -> str:
        """A camera's ``url`` or ``substream`` with its user and password in it: for its driver alone."""
        login = self.logins.get(section.id)
        return url if login is None else with_login(url, login)

    @property
    def journal_dir(self) -> Path:
        """Encrypted segments of input facts."""
        return self.path / "state" / "journal"

    @property
    def checkpoint_dir(self) -> Path:
        """States of the core."""
        return self.path / "state" / "checkpoints"

    @property
    def ledger_path(self) -> Path:
        """The ledger's database."""
        return self.path / "state" / "ledger.db"

    @property
    def evidence_dir(self) -> Path:
        """Sealed evidence of flagged cases."""
        return self.path / "state" / "evidence"

    @property
    def shelves_dir(self) -> Path:
        """What the shelves' process keeps of its cells."""
        return self.path / "state" / "shelves"

    def profile(self, name: str) -> Path:
        """A shelf controller's device profile: the store's own, else the one that ships."""
        own = self.path / "profiles" / f"{name}.toml"
        return own if own.is_file() else _SHIPPED_PROFILES / f"{name}.toml"

    @property
    def keys_dir(self) -> Path:
        """Keys: ``entry.pub.pem`` verifies entry tokens; the journal's and the evidence's keys lie here too."""
        return self.path / "keys"


def open_store(folder: Path) -> StoreFolder:
    """Read and check a store folder. Raises ``StoreFolderError``."""
    if not folder.is_dir():
        raise StoreFolderError(folder, key="folder", problem="there is no such folder", remedy="Name a store folder")
    installation = read_toml(folder / "store.toml", Installation)
    layout = read_toml(folder / "layout.toml", Layout)
    products = tuple(_product(folder, row) for row in read_csv(folder / "products.csv", _ProductRow))
    pricing = read_toml(folder / "pricing.toml", PricingFile)
    facings = tuple(_facing(row) for row in read_csv(folder / "planogram.csv", _FacingRow))
    store = Store(
        name=installation.store.name,
        currency=installation.store.currency,
        floor_m=layout.floor_m,
        gates=layout.gates(),
        gondolas=layout.gondolas(),
        shelves=layout.shelves(),
        plates=layout.plates(),
        facings=facings,
        products=products,
        cameras=tuple(_camera(folder, section.id) for section in installation.camera),
        policy=_plain(installation.policy, Policy),
        tax_classes=pricing.tax_classes(),
        promotions=pricing.promotions(),
    )
    check_store(folder, store, installation)
    logins = read_logins(folder / "keys" / "cameras.toml", installation.camera)
    access = read_access(folder / "keys")
    check_reach(folder / "store.toml", installation.network, access)
    return StoreFolder(path=folder, store=store, installation=installation, logins=logins, access=access)


def valid_gtin(gtin: str) -> bool:
    """Whether an 8, 12, 13 or 14-digit GTIN ends in its check digit (GS1 General Specifications, 7.9)."""
    if not (gtin.isascii() and gtin.isdecimal()) or len(gtin) not in (8, 12, 13, 14):
        return False
    digits = [int(digit) for digit in reversed(gtin)]
    return (digits[0] + 3 * sum(digits[1::2]) + sum(digits[2::2])) % 10 == 0


def _product(folder: Path, row: _ProductRow) -> Product:
    file = folder / "products.csv"
    if not valid_gtin(row.gtin):
        remedy = "Correct the number or its check digit"
        raise StoreFolderError(file, key=row.sku_id, problem=f"{row.gtin!r} is not a GTIN", remedy=remedy)
    try:
        return msgspec.convert(
            {
                "sku_id": row.sku_id,
                "gtin": row.gtin,
                "name": row.name,
                "price_minor": row.price_minor,
                "tax_class_id": row.tax_class,
                "unit_mass_g": row.unit_mass_g,
                "size_m": (row.width_m, row.depth_m, row.height_m),
                "shape": row.shape,
                "minimum_age": row.minimum_age,
            },
            Product,
        )
    except msgspec.ValidationError as error:
        raise StoreFolderError(file, key=row.sku_id, problem=str(error), remedy="Mend that value") from None


def _facing(row: _FacingRow) -> Facing:
    return Facing(
        facing_id=row.facing_id,
        sku_id=row.sku_id,
        plate_ids=tuple(PlateId(plate) for plate in row.plates.split()),
        units=row.units,
    )


def _camera(folder: Path, camera_id: CameraId) -> Camera:
    file = folder / "calibration" / f"{camera_id}.toml"
    read = read_toml(file, CalibrationFile)
    calibration = _plain(read, CameraCalibration)
    right = np.cross(np.subtract(calibration.look_at_m, calibration.position_m), (0.0, 0.0, 1.0))
    if not right.any():
        remedy = "Let it look at a point beside the one below it"
        raise StoreFolderError(file, key="look_at_m", problem="looks straight up or down, or nowhere", remedy=remedy)
    return Camera(camera_id=camera_id, calibration=calibration, watches_gondola=read.watches_gondola)


def _plain(section: T, kind: type[T]) -> T:
    """What was read, without what only the file knows: it goes over the wire, where the exact type counts."""
    return kind(**{name: getattr(section, name) for name in kind.__struct_fields__})  # type: ignore[attr-defined]
