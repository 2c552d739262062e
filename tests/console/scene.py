"""A small store with people in it, as an engine would publish it: enough to look at every page."""

from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin

import numpy as np

from engine.domain import (
    Camera,
    CameraCalibration,
    CameraHealth,
    CameraId,
    CameraOverlay,
    ControllerHealth,
    ControllerId,
    Drops,
    EngineHealth,
    Facing,
    FacingId,
    FloorView,
    Gate,
    GateId,
    Gondola,
    GondolaId,
    Kept,
    PersonSeen,
    Plate,
    PlateId,
    PlateStock,
    ProcessHealth,
    Product,
    Shelf,
    ShelfGrams,
    ShelfId,
    ShopperOnFloor,
    SkuId,
    StockView,
    Store,
    TaxClass,
    TaxClassId,
    TrackId,
    UnitMassProposal,
    UnitsLying,
    Vector3,
    VisitId,
)

BOARDS_M = (0.35, 0.75, 1.15, 1.55)
PLATES = 4
PRODUCTS = (
    ("oat-1l", "Oat drink 1 l", 249, 1040.0),
    ("crisps", "Crisps, sea salt 175 g", 229, 190.0),
    ("olive", "Olive oil 500 ml", 899, 921.0),
    ("pasta", "Spaghetti 500 g", 149, 508.0),
    ("pesto", "Pesto Genovese 190 g", 329, 342.0),
    ("tomato", "Tomatoes, peeled 400 g", 119, 462.0),
    ("coffee", "Coffee, whole beans 500 g", 1099, 512.0),
    ("tea", "Green tea, 20 bags", 279, 58.0),
    ("honey", "Blossom honey 500 g", 649, 721.0),
    ("jam", "Apricot jam 340 g", 299, 561.0),
    ("choc", "Chocolate, dark 100 g", 189, 104.0),
    ("muesli", "Muesli with fruit 750 g", 459, 789.0),
    ("rice", "Basmati rice 1 kg", 349, 1012.0),
    ("water", "Sparkling water 750 ml", 99, 771.0),
    ("soap", "Hand soap 300 ml", 219, 342.0),
    ("foil", "Baking paper, 20 sheets", 199, 155.0),
)


@dataclass(frozen=True)
class Person:
    """Somebody to draw: where, facing where, and how far the right arm reaches forward, 0 to 1."""

    track_id: int
    visit_id: str | None
    foot_m: tuple[float, float]
    heading_rad: float
    reach: float = 0.0
    staff: bool = False


@cache
def store() -> Store:
    """Six by five metres, two gondolas face to face, six cameras, 32 plates."""
    gondolas = (
        Gondola(
            gondola_id=GondolaId("G1"), origin_m=(1.5, 3.9), yaw_rad=-pi / 2, width_m=1.8, depth_m=0.5, height_m=1.9
        ),
        Gondola(
            gondola_id=GondolaId("G2"), origin_m=(4.3, 3.9), yaw_rad=-pi / 2, width_m=1.8, depth_m=0.5, height_m=1.9
        ),
    )
    shelves, plates, facings = [], [], []
    for place, gondola in enumerate(gondolas):
        for level, height_m in enumerate(BOARDS_M):
            shelf_id = ShelfId(f"{gondola.gondola_id}-S{level + 1}")
            made = _plates(gondola, shelf_id, height_m, place)
            plates += made
            shelves.append(
                Shelf(
                    shelf_id=shelf_id, gondola_id=gondola.gondola_id, plate_ids=tuple(plate.plate_id for plate in made)
                )
            )
            for half in range(2):
                sku = PRODUCTS[(place * 8 + level * 2 + half) % len(PRODUCTS)][0]
                ids = tuple(plate.plate_id for plate in made[half * 2 : half * 2 + 2])
                facings.append(
                    Facing(facing_id=FacingId(f"{shelf_id}-F{half + 1}"), sku_id=SkuId(sku), plate_ids=ids, units=8)
                )
    return Store(
        name="Corner shop, Mill Lane",
        currency="EUR",
        floor_m=((0.0, 0.0), (6.0, 0.0), (6.0, 5.0), (0.0, 5.0)),
        gates=(Gate(gate_id=GateId("gate-1"), left_m=(2.4, 0.0), right_m=(3.6, 0.0)),),
        gondolas=gondolas,
        shelves=tuple(shelves),
        plates=tuple(plates),
        facings=tuple(facings),
        products=tuple(_product(*product) for product in PRODUCTS),
        cameras=_cameras(),
        tax_classes=(TaxClass(tax_class_id=TaxClassId("standard"), rate_ppm=190_000),),
    )


def _plates(gondola: Gondola, shelf_id: ShelfId, height_m: float, controller: int) -> list[Plate]:
    width_m = gondola.width_m / PLATES
    return [
        Plate(
            plate_id=PlateId(f"{shelf_id}-P{place + 1}"),
            shelf_id=shelf_id,
            centre_m=(gondola.origin_m[0] + (place - 1.5) * width_m, gondola.origin_m[1] + 0.25, height_m),
            width_m=width_m,
            depth_m=0.45,
            yaw_rad=gondola.yaw_rad,
            clearance_m=0.3,
            controller_id=ControllerId(f"shelf-{controller + 1}"),
            channel=place,
        )
        for place in range(PLATES)
    ]


def _product(sku: str, name: str, price_minor: int, mass_g: float) -> Product:
    return Product(
        sku_id=SkuId(sku),
        gtin="4006381333931",
        name=name,
        price_minor=price_minor,
        tax_class_id=TaxClassId("standard"),
        unit_mass_g=mass_g,
        size_m=(0.08, 0.08, 0.2),
    )


def _cameras() -> tuple[Camera, ...]:
    ceiling = [
        ("ceiling-nw", (0.2, 4.8, 2.9), (2.8, 2.2, 0.3)),
        ("ceiling-ne", (5.8, 4.8, 2.9), (3.2, 2.2, 0.3)),
        ("ceiling-sw", (0.2, 0.2, 2.9), (2.8, 2.9, 0.3)),
        ("ceiling-se", (5.8, 0.2, 2.9), (3.2, 2.9, 0.3)),
    ]
    narrow = [
        ("face-G1", (1.5, 1.3, 2.7), (1.5, 3.9, 0.9), "G1"),
        ("face-G2", (4.3, 1.3, 2.7), (4.3, 3.9, 0.9), "G2"),
    ]
    return (
        *(Camera(camera_id=CameraId(name), calibration=_lens(at, to, 420)) for name, at, to in ceiling),
        *(
            Camera(camera_id=CameraId(name), calibration=_lens(at, to, 620), watches_gondola=GondolaId(gondola))
            for name, at, to, gondola in narrow
        ),
    )


def _lens(position_m: Vector3, look_at_m: Vector3, focal_px: float) -> CameraCalibration:
    return CameraCalibration(width_px=640, height_px=360, focal_px=focal_px, position_m=position_m, look_at_m=look_at_m)


# --- people -------------------------------------------------------------------------------------------------------

# Right of the body, forward, up: in metres, for the 17 COCO joints of somebody standing.
_STANDING = (
    (0.0, 0.11, 1.62), (0.03, 0.09, 1.66), (-0.03, 0.09, 1.66), (0.07, 0.0, 1.64), (-0.07, 0.0, 1.64),
    (-0.19, 0.0, 1.43), (0.19, 0.0, 1.43), (-0.24, 0.02, 1.14), (0.24, 0.02, 1.14), (-0.22, 0.12, 0.92),
    (0.22, 0.12, 0.92), (-0.11, 0.0, 0.94), (0.11, 0.0, 0.94), (-0.12, 0.05, 0.50), (0.12, -0.02, 0.50),
    (-0.12, 0.0, 0.09), (0.12, -0.06, 0.09),
)  # fmt: skip
_REACHED = {8: (0.2, 0.26, 1.3), 10: (0.12, 0.52, 1.25)}


def joints_m(person: Person) -> tuple[Vector3, ...]:
    """Where the joints are."""
    forward = np.array([cos(person.heading_rad), sin(person.heading_rad), 0.0])
    right = np.array([forward[1], -forward[0], 0.0])
    foot = np.array([*person.foot_m, 0.0])
    made = []
    for joint, standing in enumerate(_STANDING):
        reached = _REACHED.get(joint, standing)
        across, ahead, up = (1 - person.reach) * np.array(standing) + person.reach * np.array(reached)
        x, y, z = foot + across * right + ahead * forward + np.array([0, 0, up])
        made.append((float(x), float(y), float(z)))
    return tuple(made)


def shoppers(t_s: float) -> list[Person]:
    """Three people who walk and reach, at a time."""
    reach = max(0.0, sin(t_s * 1.1)) ** 0.5
    return [
        Person(11, "7kq2fd", (1.25 + 0.12 * sin(t_s * 0.3), 3.35), pi / 2, reach),
        Person(12, "m4x9tt", (1.95 - 0.05 * cos(t_s * 0.2), 3.3), pi / 2 + 0.2, 0.0),
        Person(14, "c83wpa", (4.2 + 0.7 * sin(t_s * 0.35), 2.3 + 0.5 * cos(t_s * 0.35)), -t_s * 0.35),
    ]


def floor_view(t_ns: int, people: list[Person]) -> FloorView:
    """The floor with these people."""
    return FloorView(
        t_ns=t_ns,
        shoppers=tuple(
            ShopperOnFloor(
                track_id=TrackId(person.track_id),
                visit_id=None if person.visit_id is None else VisitId(person.visit_id),
                staff=person.staff,
                foot_mm=(round(person.foot_m[0] * 1000), round(person.foot_m[1] * 1000)),
                joints_m=joints_m(person),
            )
            for person in people
        ),
    )


def overlay(t_ns: int, camera: Camera, people: list[Person]) -> CameraOverlay:
    """What a camera sees of them."""
    seen = []
    for person in people:
        pixels = camera.calibration.project(np.array(joints_m(person)))
        inside = (pixels[:, 0] > 0) & (pixels[:, 0] < 640) & (pixels[:, 1] > 0) & (pixels[:, 1] < 360)
        if np.isfinite(pixels).all() and inside.sum() >= 8:
            left, top = pixels.min(axis=0) - 10
            right, bottom = pixels.max(axis=0) + 8
            keypoints = tuple(float(number) for x, y in pixels for number in (x, y, 0.9))
            box = (float(left), float(top), float(right), float(bottom))
            seen.append(PersonSeen(xyxy_px=box, score=0.93, keypoints=keypoints))
    return CameraOverlay(t_ns=t_ns, camera_id=camera.camera_id, persons=tuple(seen))


# --- health -----------------------------------------------------------------------------------------------------------


def kept(name: str, deleted: str) -> Kept:
    """Something on the engine's disk."""
    return Kept(
        name=name,
        holds="where people were, as numbers; encrypted",
        files=3,
        megabytes=41.5,
        oldest_wall_ns=1_700_000_000_000_000_000,
        deleted=deleted,
    )


def health(t_ns: int, *, uptime_s: float = 15_240.0, fault: str = "") -> EngineHealth:
    """A healthy engine, or one with a camera at fault."""
    cameras = [
        CameraHealth(
            camera_id=camera.camera_id,
            fps=0.0 if fault and place == 3 else 9.8 + 0.1 * (place % 3),
            lag_ms=61.0 + 7 * place,
            drops=(Drops(cause="slow", count=12 * place), Drops(cause="idle", count=340)),
            behind_scales_ms=140.0 + 9 * place if place < 4 else None,
            behind_scales_sigma_ms=24.0 if place < 4 else None,
            fault=fault if place == 3 else "",
            provider="CPUExecutionProvider",
        )
        for place, camera in enumerate(store().cameras)
    ]
    names = ("core", "perception-0", "perception-1", "shelves", "doors")
    return EngineHealth(
        t_ns=t_ns,
        uptime_s=uptime_s,
        processes=tuple(
            ProcessHealth(
                name=name, state="running", restarts=0, cpu_share=0.62 if "perc" in name else 0.05, memory_mb=140.0
            )
            for name in names
        ),
        cameras=tuple(cameras),
        controllers=tuple(ControllerHealth(controller_id=f"shelf-{n + 1}", hz=49.9) for n in range(2)),
        kept=(kept("evidence", "with the answer, or after 24 h"), kept("journal", "after 24 h")),
        core_lag_ms=38.0,
        journal_free_mb=81_400.0,
    )


# --- stock ------------------------------------------------------------------------------------------------------------


def stock(t_ns: int) -> StockView:
    """A morning's trade: most facings well filled, one low, one empty, a jar of pesto among the tea."""
    return StockView(
        t_ns=t_ns,
        shelves=tuple(_grams(shelf) for shelf in store().shelves),
        unit_masses=(
            UnitMassProposal(sku_id=SkuId("crisps"), catalogue_mg=190_000, learned_mg=193_400, sigma_mg=300, units=41),
        ),
    )


def _grams(shelf: Shelf) -> ShelfGrams:
    plates = tuple(_plate_stock(plate_id, place) for place, plate_id in enumerate(shelf.plate_ids))
    weighs_mg = sum(plate.mass_mg for plate in plates)
    return ShelfGrams(
        shelf_id=shelf.shelf_id,
        opened_mg=weighs_mg,
        home_mg=weighs_mg,
        misplaced_mg=0,
        carts_mg=0,
        lost_mg=0,
        open_mg=0,
        missing_mg=0,
        sigma_mg=2000,
        plates=plates,
    )


_FEW = {"G1-S2-P1": 1, "G1-S2-P2": 0, "G2-S3-P3": 0, "G2-S3-P4": 0}


def _plate_stock(plate_id: PlateId, place: int) -> PlateStock:
    units = _FEW.get(plate_id, 3 + place % 2)
    product = store().product_by_sku[store().facing_of_plate[plate_id].sku_id]
    beside_mg = 1200 * (place - 1)
    return PlateStock(
        plate_id=plate_id,
        mass_mg=round(1000 * product.unit_mass_g) * units + beside_mg,
        felt_ns=1,
        units=units,
        beside_mg=beside_mg,
        misplaced=(UnitsLying(sku_id=SkuId("pesto"), units=1),) if plate_id == "G1-S4-P3" else (),
    )
