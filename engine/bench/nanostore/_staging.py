"""Make a store folder of a recording: geometry, planogram and catalogue, with controllers and one smart camera."""

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from engine.bench.nanostore._recording import METRES_PER_INCH, GondolaTrace, Recording, RecordingError, documents
from engine.bench.staging import write_entry_keys
from engine.store import StoreFolder, open_store, valid_gtin

Tell = Callable[[str], None]
Place = tuple[int, int]  # gondola, shelf

_HOST = "127.0.0.1"
_FLOOR_MARGIN_M = 3.0
_PRODUCT_M = (0.08, 0.08, 0.2)


@dataclass(frozen=True)
class _Stand:
    height_m: float
    clearance_m: float


@dataclass(frozen=True)
class _Columns:
    """Plates side by side on a gondola: in the shop fitter's drawing, and as far as channels deliver grams.

    A channel beyond the drawing is taken to go on at the same pitch, so that nothing that is weighed goes unwatched.
    """

    drawn: int
    wired: int


@dataclass(frozen=True)
class _Facing:
    gondola: int
    shelf: int
    plates: tuple[int, ...]
    product: str
    stand: _Stand | None  # where the planogram says that it stands; it knows better than the shop fitter's drawing


def stage_recording(
    folder: Path, data: Path, recording: Recording, *, ports: Mapping[str, int], tell: Tell
) -> StoreFolder:
    """Write the store of a recording into ``folder`` and open it. Raises ``RecordingError``.

    ``ports`` names where each controller (``gondola-N``) and the ``tracker`` will listen, and the engine's endpoints.
    Products without a weight and shelves without a place are left out and told.
    """
    folder.mkdir(parents=True, exist_ok=True)
    facings = list(_facings(data / "planogram.json"))
    products = _products(data / "products.json", {facing.product for facing in facings}, tell)
    placed = _write_layout(folder / "layout.toml", data, recording, facings)
    _tell_unplaced(recording, placed, tell)
    _write_products(folder / "products.csv", products)
    _write_planogram(folder / "planogram.csv", facings, placed, products)
    (folder / "pricing.toml").write_text('[[tax]]\nid = "none"\nrate_ppm = 0\n', encoding="utf-8")
    _write_settings(folder, recording, ports)
    write_entry_keys(folder / "keys")
    return open_store(folder)


def _facings(file: Path) -> Iterable[_Facing]:
    for number, document in documents(file):
        try:
            ids = document.get("plate_ids", [])
            where = {(p["shelf_id"]["gondola_id"]["id"], p["shelf_id"]["shelf_index"]) for p in ids}
            product = document.get("planogram_product_id", {}).get("id")
            box = document.get("global_coordinates", {})
        except (AttributeError, KeyError, TypeError) as error:
            raise RecordingError(f"{file}: line {number}: {error!r}. Not a facing") from None
        for gondola, shelf in sorted(where):
            plates = sorted(p["plate_index"] for p in ids if p["shelf_id"]["shelf_index"] == shelf)
            height_m, clearance_m = box.get("transform", {}).get("translation", {}).get("z"), box.get("dim_z")
            stand = _Stand(height_m, clearance_m) if height_m and clearance_m else None
            yield _Facing(gondola, shelf, tuple(plates), product or "", stand)


def _products(file: Path, wanted: set[str], tell: Tell) -> dict[str, dict[str, Any]]:
    """The products of the planogram that have a weight, by id."""
    products: dict[str, dict[str, Any]] = {}
    weightless: set[str] = set()
    for number, document in documents(file):
        try:
            product, about = document["product_id"]["id"], document["metadata"]
        except (KeyError, TypeError) as error:
            raise RecordingError(f"{file}: line {number}: {error!r}. Not a product") from None
        if float(about.get("weight", 0)) > 0:
            products.setdefault(product, about)
        else:
            weightless.add(f"{product} {about.get('name', '')}".strip())
    if weightless:
        tell(f"left out, no weight: {', '.join(sorted(weightless))}")
    unknown = sorted(wanted - products.keys() - {""})
    if unknown:
        tell(f"facings left out, their products are missing or have no weight: {', '.join(unknown)}")
    return {product: about for product, about in products.items() if product in wanted}


def _write_layout(file: Path, data: Path, recording: Recording, facings: list[_Facing]) -> dict[Place, int]:
    """Write the layout; how many plates each shelf has a place for."""
    store = data.parent / "store"
    gondolas = {entry["id"]["id"]: entry["coordinates"] for entry in _read(store / "Gondolas.json", "gondolas")}
    shelves = {_place(entry["id"]): entry["coordinates"] for entry in _read(store / "Shelves.json", "shelves")}
    plates: dict[Place, int] = {}
    for entry in _read(store / "Plates.json", "plates"):
        place = _place(entry["id"]["shelf_id"])
        plates[place] = max(plates.get(place, 0), entry["id"]["plate_index"])
    as_stocked = {(facing.gondola, facing.shelf): facing.stand for facing in facings}
    text, placed = [], {}
    for trace in recording.traces:
        if trace.gondola not in gondolas:
            continue
        columns = _columns(trace, plates)
        text.append(_gondola(trace.gondola, gondolas[trace.gondola], shelves, columns=columns))
        for shelf in range(1, trace.grams.shape[1] + 1):
            place, live = (trace.gondola, shelf), trace.live(shelf)
            if place in shelves and live:
                placed[place] = columns.wired
                stand = as_stocked.get(place) or _Stand(
                    shelves[place]["transform"]["translation"].get("z", 0.0), shelves[place]["dim_z"]
                )
                missing = set(range(1, columns.wired + 1)) - set(live)
                text.append(_shelf(trace, shelf, stand, plates=columns.wired, missing=missing))
    file.write_text(_floor(gondolas, store) + "\n".join(text), encoding="utf-8")
    return placed


def _columns(trace: GondolaTrace, plates: Mapping[Place, int]) -> _Columns:
    drawn = max((count for place, count in plates.items() if place[0] == trace.gondola), default=1)
    live = (plate for shelf in range(1, trace.grams.shape[1] + 1) for plate in trace.live(shelf))
    return _Columns(drawn=drawn, wired=max(drawn, *live))


def _shelf(trace: GondolaTrace, shelf: int, stand: _Stand, *, plates: int, missing: set[int]) -> str:
    return (
        f"[[gondola.shelf]]\nnumber = {shelf}\nheight_m = {stand.height_m:.4f}\nclearance_m = {stand.clearance_m:.4f}\n"
        f'plates = {plates}\ncontroller = "gondola-{trace.gondola}"\n'
        f"first_channel = {(shelf - 1) * trace.grams.shape[2]}\nmissing = {sorted(missing)}\n"
    )


def _gondola(number: int, box: dict[str, Any], shelves: Mapping[Place, dict[str, Any]], *, columns: _Columns) -> str:
    at, turn_rad = box["transform"]["translation"], box["transform"]["rotation"].get("z", 0.0)
    depth_m = max((s["dim_y"] for place, s in shelves.items() if place[0] == number), default=0.4)
    front_m = min(
        (s["transform"]["translation"].get("y", 0.0) for place, s in shelves.items() if place[0] == number), default=0
    )
    width_m = box["dim_x"] * columns.wired / columns.drawn
    middle_m = width_m / 2
    x_m = at.get("x", 0.0) + middle_m * math.cos(turn_rad) - front_m * math.sin(turn_rad)
    y_m = at.get("y", 0.0) + middle_m * math.sin(turn_rad) + front_m * math.cos(turn_rad)
    return (
        f'[[gondola]]\nid = "{number}"\norigin_m = [{x_m:.4f}, {y_m:.4f}]\n'
        f"faces_deg = {math.degrees(turn_rad) - 90:.2f}\n"
        f"width_m = {width_m:.4f}\ndepth_m = {depth_m:.4f}\nheight_m = {box['dim_z']:.4f}\n"
    )


def _floor(gondolas: Mapping[int, dict[str, Any]], store: Path) -> str:
    calibration = store / "calibration.json"
    if calibration.exists():
        left, top, right, bottom = (METRES_PER_INCH * edge for edge in _read(calibration, "world_ltrb"))
    else:
        places = [box["transform"]["translation"] for box in gondolas.values()]
        left, right = (pick(p.get("x", 0.0) for p in places) for pick in (min, max))
        top, bottom = (pick(p.get("y", 0.0) for p in places) for pick in (min, max))
        left, top, right, bottom = (
            left - _FLOOR_MARGIN_M,
            top - _FLOOR_MARGIN_M,
            right + _FLOOR_MARGIN_M,
            bottom + _FLOOR_MARGIN_M,
        )
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return f"floor_m = {[[round(x, 3), round(y, 3)] for x, y in corners]}\n\n"


def _tell_unplaced(recording: Recording, placed: Mapping[Place, int], tell: Tell) -> None:
    unplaced = [
        f"{trace.gondola}-{shelf}-{plate}"
        for trace in recording.traces
        for shelf in range(1, trace.grams.shape[1] + 1)
        for plate in trace.live(shelf)
        if plate > placed.get((trace.gondola, shelf), 0)
    ]
    if unplaced:
        tell(
            f"left out, channels of gondolas and shelves that the store's geometry does not have: {', '.join(unplaced)}"
        )


def _write_products(file: Path, products: Mapping[str, dict[str, Any]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(
            [
                "sku_id",
                "gtin",
                "name",
                "price_minor",
                "tax_class",
                "unit_mass_g",
                "width_m",
                "depth_m",
                "height_m",
                "shape",
            ]
        )
        for product, about in sorted(products.items()):
            price_minor = round(100 * float(about.get("price", 0)))
            weight_g = round(float(about["weight"]), 2)
            table.writerow(
                [product, _gtin(product), about.get("name", product), price_minor, "none", weight_g, *_PRODUCT_M, "box"]
            )


def _write_planogram(
    file: Path, facings: Iterable[_Facing], placed: Mapping[Place, int], products: Mapping[str, object]
) -> None:
    taken: set[tuple[int, int, int]] = set()
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["facing_id", "plates", "sku_id", "units"])
        for facing in facings:
            place = (facing.gondola, facing.shelf)
            plates = [p for p in facing.plates if p <= placed.get(place, 0) and (*place, p) not in taken]
            if plates and facing.product in products:
                taken |= {(*place, plate) for plate in plates}
                names = [f"{facing.gondola}-{facing.shelf}-{plate}" for plate in plates]
                table.writerow([names[0], " ".join(names), facing.product, 0])


def _write_settings(folder: Path, recording: Recording, ports: Mapping[str, int]) -> None:
    text = [
        '[store]\nname = "Recorded store"\ncurrency = "USD"\n',
        "[network]\n" + "".join(f'{key} = "tcp://{_HOST}:{ports[key]}"\n' for key in ("state", "door", "inbox")),
        "[perception]\nprocesses = 1\n",
    ]
    if recording.frames:
        text.append(f'[[camera]]\nid = "tracker"\ndriver = "camera.smart"\nurl = "tcp://{_HOST}:{ports["tracker"]}"\n')
        (folder / "calibration").mkdir(exist_ok=True)
        # The tracker speaks in metres: where it hangs is never used.
        (folder / "calibration" / "tracker.toml").write_text(
            "width_px = 640\nheight_px = 360\nfocal_px = 500.0\n"
            "position_m = [0.0, -2.0, 2.5]\nlook_at_m = [2.0, 0.0, 1.0]\n",
            encoding="utf-8",
        )
    for trace in recording.traces:
        name = f"gondola-{trace.gondola}"
        text.append(
            f'[[controller]]\nid = "{name}"\ndriver = "shelf.modbus"\nhost = "{_HOST}"\nport = {ports[name]}\n'
            f'profile = "generic-float32"\nchannels = {trace.grams.shape[1] * trace.grams.shape[2]}\nsample_hz = 60.0\n'
        )
    (folder / "store.toml").write_text("\n".join(text), encoding="utf-8")


def _gtin(product: str) -> str:
    """The product's own number if it is a GTIN, else one of those GS1 leaves to the store (prefix 2)."""
    if valid_gtin(product):
        return product
    body = "2" + "".join(letter for letter in product if letter.isdecimal())[-11:].zfill(11)
    return next(body + str(digit) for digit in range(10) if valid_gtin(body + str(digit)))


def _place(shelf_id: dict[str, Any]) -> Place:
    return shelf_id["gondola_id"]["id"], shelf_id["shelf_index"]


def _read(file: Path, key: str) -> Any:  # noqa: ANN401 - foreign JSON
    try:
        return msgspec.json.decode(file.read_bytes())[key]
    except FileNotFoundError:
        raise RecordingError(f"{file}: missing. The store's geometry lies beside the recording") from None
    except (msgspec.DecodeError, KeyError) as error:
        raise RecordingError(f"{file}: {key}: {error!r}. Mend that file") from None
