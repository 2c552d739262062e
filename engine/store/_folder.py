"""Read a store folder. Whatever is wrong is said with file, key and remedy, and nothing starts."""

import csv
import io
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    Facing,
    FacingId,
    GondolaId,
    PlateId,
    Product,
    SkuId,
    Store,
)
from engine.store._installation import Installation
from engine.store._layout import Layout

T = TypeVar("T")


class StoreFolderError(Exception):
    """Something in a store folder is wrong; the message names file, key and remedy."""

    def __init__(self, file: Path, *, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file}: {key}: {problem}. {remedy}")


class CalibrationFile(CameraCalibration, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """``calibration/ID.toml``: the calibration, and which gondola's face the camera is there for."""

    watches_gondola: GondolaId | None = None


class _ProductRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku_id: SkuId
    gtin: str
    name: str
    price_minor: int
    tax_ppm: int
    unit_mass_g: float
    width_m: float
    depth_m: float
    height_m: float
    shape: str


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
    def keys_dir(self) -> Path:
        """Keys: ``entry.pub.pem`` verifies entry tokens; the journal's and the evidence's keys lie here too."""
        return self.path / "keys"


def open_store(folder: Path) -> StoreFolder:
    """Read and check a store folder. Raises ``StoreFolderError``."""
    if not folder.is_dir():
        raise StoreFolderError(folder, key="folder", problem="there is no such folder", remedy="Name a store folder")
    installation = _read_toml(folder / "store.toml", Installation)
    layout = _read_toml(folder / "layout.toml", Layout)
    products = tuple(_product(folder, row) for row in _read_csv(folder / "products.csv", _ProductRow))
    facings = tuple(_facing(row) for row in _read_csv(folder / "planogram.csv", _FacingRow))
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
        policy=installation.policy,
    )
    opened = StoreFolder(path=folder, store=store, installation=installation)
    _check_planogram(opened)
    _check_plates(opened)
    _check_gates(opened)
    return opened


def valid_gtin(gtin: str) -> bool:
    """Whether an 8, 12, 13 or 14-digit GTIN ends in its check digit (GS1 General Specifications, 7.9)."""
    if not gtin.isdecimal() or len(gtin) not in (8, 12, 13, 14):
        return False
    digits = [int(digit) for digit in reversed(gtin)]
    return (digits[0] + 3 * sum(digits[1::2]) + sum(digits[2::2])) % 10 == 0


def _read_toml(file: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), kind)
    except FileNotFoundError:
        raise StoreFolderError(file, key="file", problem="missing", remedy="Copy it from the demo store") from None
    except tomllib.TOMLDecodeError as error:
        raise StoreFolderError(file, key="syntax", problem=str(error), remedy="Mend the TOML there") from None
    except msgspec.ValidationError as error:
        problem, _, key = str(error).partition(" - at ")
        raise StoreFolderError(file, key=key.strip("`") or "$", problem=problem, remedy="Mend that key") from None


def _read_csv(file: Path, kind: type[T]) -> list[T]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StoreFolderError(file, key="file", problem="missing", remedy="Copy it from the demo store") from None
    rows: list[T] = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            rows.append(msgspec.convert(row, kind, strict=False))
        except msgspec.ValidationError as error:
            remedy = f"Mend that row; columns are {', '.join(kind.__struct_fields__)}"  # type: ignore[attr-defined]
            raise StoreFolderError(file, key=f"line {number}", problem=str(error), remedy=remedy) from None
    return rows


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
                "tax_ppm": row.tax_ppm,
                "unit_mass_g": row.unit_mass_g,
                "size_m": (row.width_m, row.depth_m, row.height_m),
                "shape": row.shape,
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
    calibration = _read_toml(folder / "calibration" / f"{camera_id}.toml", CalibrationFile)
    return Camera(camera_id=camera_id, calibration=calibration, watches_gondola=calibration.watches_gondola)


def _check_planogram(folder: StoreFolder) -> None:
    file = folder.path / "planogram.csv"
    store = folder.store
    taken: dict[PlateId, FacingId] = {}
    for facing in store.facings:
        if facing.sku_id not in store.product_by_sku:
            problem, remedy = f"unknown SKU {facing.sku_id!r}", "Add it to products.csv or correct the planogram"
            raise StoreFolderError(file, key=facing.facing_id, problem=problem, remedy=remedy)
        for plate in facing.plate_ids:
            if plate not in store.plate_by_id:
                problem, remedy = f"unknown plate {plate!r}", "Plates are GONDOLA-SHELF-NUMBER as in layout.toml"
                raise StoreFolderError(file, key=facing.facing_id, problem=problem, remedy=remedy)
            if plate in taken:
                problem, remedy = f"plate {plate} also belongs to {taken[plate]}", "Give each plate one facing"
                raise StoreFolderError(file, key=facing.facing_id, problem=problem, remedy=remedy)
            taken[plate] = facing.facing_id


def _check_plates(folder: StoreFolder) -> None:
    channels = {section.id: section.channels for section in folder.installation.controller}
    for plate in folder.store.plates:
        if plate.controller_id not in channels:
            problem, remedy = f"unknown controller {plate.controller_id!r}", "Add a [[controller]] to store.toml"
        elif plate.channel >= channels[plate.controller_id]:
            problem = f"channel {plate.channel} of a controller with {channels[plate.controller_id]}"
            remedy = "Correct first_channel, or channels in store.toml"
        else:
            continue
        raise StoreFolderError(folder.path / "layout.toml", key=plate.plate_id, problem=problem, remedy=remedy)


def _check_gates(folder: StoreFolder) -> None:
    placed = {gate.gate_id for gate in folder.store.gates}
    for section in folder.installation.gate:
        if section.id not in placed:
            remedy = "Give it a [[gate]] with left_m and right_m"
            raise StoreFolderError(folder.path / "layout.toml", key=section.id, problem="no place", remedy=remedy)
