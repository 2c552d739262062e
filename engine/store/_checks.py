"""What must agree between the files of a store folder."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.domain import MINOR_DIGITS, Facing, FacingId, PlateId, Store
from engine.store._error import StoreFolderError
from engine.store._installation import Installation
from engine.store._pricing import check_pricing


@dataclass(frozen=True)
class _Expected:
    pattern: str
    remedy: str


_EXPECTED = {
    "camera.mjpeg": _Expected(r"http://(.*@)?[^/?#@]+", "Give an address like http://HOST:PORT/PATH"),
    "camera.smart": _Expected(r"tcp://[^/?#@]+:\d+$", "Give an address like tcp://HOST:PORT"),
    "camera.opencv": _Expected(
        r"rtsps?://(.*@)?[^/?#@]+|usb:/|(?!\w+://).", "Give rtsp://HOST/PATH, usb:/dev/videoN or a file's name"
    ),
}


def check_store(folder: Path, store: Store, installation: Installation) -> None:
    """Raises ``StoreFolderError`` at the first thing that does not fit."""
    _check_ids(folder, store, installation)
    _check_controllers(folder / "store.toml", installation)
    _check_currency(folder / "store.toml", store)
    _check_streams(folder / "store.toml", installation)
    _check_planogram(folder / "planogram.csv", store)
    check_pricing(folder, store)
    _check_plates(folder / "layout.toml", store, installation)
    _check_gates(folder / "layout.toml", store, installation)
    _check_cameras(folder / "calibration", store)


def _check_ids(folder: Path, store: Store, installation: Installation) -> None:
    products, layout, devices = folder / "products.csv", folder / "layout.toml", folder / "store.toml"
    _check_unique(products, "SKU", (product.sku_id for product in store.products))
    _check_unique(products, "GTIN", (product.gtin for product in store.products))
    _check_unique(layout, "gondola", (gondola.gondola_id for gondola in store.gondolas))
    _check_unique(layout, "shelf", (shelf.shelf_id for shelf in store.shelves))
    _check_unique(layout, "gate", (gate.gate_id for gate in store.gates))
    _check_unique(layout, "channel", (f"{plate.controller_id} {plate.channel}" for plate in store.plates))
    _check_unique(folder / "pricing.toml", "tax", (tax_class.tax_class_id for tax_class in store.tax_classes))
    _check_unique(folder / "pricing.toml", "promotion", (promotion.promotion_id for promotion in store.promotions))
    _check_unique(folder / "planogram.csv", "facing", (facing.facing_id for facing in store.facings))
    _check_unique(devices, "camera", (section.id for section in installation.camera))
    _check_unique(devices, "controller", (section.id for section in installation.controller))
    _check_unique(devices, "gate", (section.id for section in installation.gate))


def _check_unique(file: Path, kind: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            problem, remedy = f"this {kind} is there twice", "Keep one of them, or correct the other"
            raise StoreFolderError(file, key=each, problem=problem, remedy=remedy)
        seen.add(each)


def _check_controllers(file: Path, installation: Installation) -> None:
    """Drivers of serial buses are called ...-rtu; all others are on the network."""
    units: dict[tuple[str, int], str] = {}
    for section in installation.controller:
        on_a_bus = section.driver.endswith("-rtu")
        if on_a_bus != (section.serial is not None) or on_a_bus == bool(section.host):
            problem = f"{section.driver} is for a serial bus" if on_a_bus else f"{section.driver} is for the network"
            remedy = "Give it serial, and no host" if on_a_bus else "Give it host and port, or take shelf.modbus-rtu"
        elif on_a_bus and section.tls is not None:
            problem, remedy = "tls on a serial bus", "Remove tls"
        elif section.serial is not None and (section.serial.device, section.unit) in units:
            problem = f"unit {section.unit} of {section.serial.device} is {units[section.serial.device, section.unit]}"
            remedy = "Give each device of a bus a unit of its own"
        else:
            if section.serial is not None:
                units[section.serial.device, section.unit] = section.id
            continue
        raise StoreFolderError(file, key=section.id, problem=problem, remedy=remedy)


def _check_currency(file: Path, store: Store) -> None:
    if store.currency not in MINOR_DIGITS:
        problem, remedy = f"no currency with a minor unit in ISO 4217: {store.currency}", "Give one like EUR"
        raise StoreFolderError(file, key="store.currency", problem=problem, remedy=remedy)


def _check_streams(file: Path, installation: Installation) -> None:
    """What addresses can be is known of the drivers that ship; others take what they like."""
    for section in installation.camera:
        if section.substream and section.substream == section.url:
            remedy = "Give the smaller stream's, or none"
            raise StoreFolderError(file, key=f"{section.id}.substream", problem="it is the url", remedy=remedy)
        for key, url in (("url", section.url), ("substream", section.substream)):
            expected = _EXPECTED.get(section.driver)
            if expected is None or (key == "substream" and not url):
                continue
            try:
                fits = re.match(expected.pattern, url) is not None and urlsplit(url).port != 0
            except ValueError:  # a port beyond all ports, or half a pair of brackets
                fits = False
            if not fits:
                problem = f"{section.driver} cannot read what is there"  # not the address: a password may be in it
                raise StoreFolderError(file, key=f"{section.id}.{key}", problem=problem, remedy=expected.remedy)
        if section.transport != "auto" and not section.url.startswith(("rtsp:", "rtsps:")):
            problem, remedy = "only RTSP has transports", "Remove transport"
            raise StoreFolderError(file, key=f"{section.id}.transport", problem=problem, remedy=remedy)


def _check_planogram(file: Path, store: Store) -> None:
    taken: dict[PlateId, FacingId] = {}
    for facing in store.facings:
        if facing.sku_id not in store.product_by_sku:
            problem, remedy = f"unknown SKU {facing.sku_id!r}", "Add it to products.csv or correct the planogram"
            raise StoreFolderError(file, key=facing.facing_id, problem=problem, remedy=remedy)
        _check_facing(file, facing, store, taken)


def _check_facing(file: Path, facing: Facing, store: Store, taken: dict[PlateId, FacingId]) -> None:
    if not facing.plate_ids:
        remedy = "Name the plates it stands on, with spaces between"
        raise StoreFolderError(file, key=facing.facing_id, problem="no plates", remedy=remedy)
    for plate in facing.plate_ids:
        if plate not in store.plate_by_id:
            problem, remedy = f"unknown plate {plate!r}", "Plates are GONDOLA-SHELF-NUMBER as in layout.toml"
            raise StoreFolderError(file, key=facing.facing_id, problem=problem, remedy=remedy)
        if plate in taken:
            problem, remedy = f"plate {plate} also belongs to {taken[plate]}", "Give each plate one facing"
            raise StoreFolderError(file, key=facing.facing_id, problem=problem, remedy=remedy)
        taken[plate] = facing.facing_id


def _check_plates(file: Path, store: Store, installation: Installation) -> None:
    channels = {section.id: section.channels for section in installation.controller}
    for plate in store.plates:
        if plate.controller_id not in channels:
            problem, remedy = f"unknown controller {plate.controller_id!r}", "Add a [[controller]] to store.toml"
        elif plate.channel >= channels[plate.controller_id]:
            problem = f"channel {plate.channel} of a controller with {channels[plate.controller_id]}"
            remedy = "Correct first_channel, or channels in store.toml"
        else:
            continue
        raise StoreFolderError(file, key=plate.plate_id, problem=problem, remedy=remedy)


def _check_gates(file: Path, store: Store, installation: Installation) -> None:
    placed = {gate.gate_id for gate in store.gates}
    for section in installation.gate:
        if section.id not in placed:
            remedy = "Give it a [[gate]] with left_m and right_m"
            raise StoreFolderError(file, key=section.id, problem="no place", remedy=remedy)
    for gate in store.gates:
        if gate.left_m == gate.right_m:
            remedy = "Put left_m and right_m on the two sides, as one walks in"
            raise StoreFolderError(file, key=gate.gate_id, problem="has no width", remedy=remedy)


def _check_cameras(calibrations: Path, store: Store) -> None:
    gondolas = {gondola.gondola_id for gondola in store.gondolas}
    for camera in store.cameras:
        if camera.watches_gondola is not None and camera.watches_gondola not in gondolas:
            file = calibrations / f"{camera.camera_id}.toml"
            problem, remedy = f"unknown gondola {camera.watches_gondola!r}", "Gondolas are in layout.toml"
            raise StoreFolderError(file, key="watches_gondola", problem=problem, remedy=remedy)
