"""A small recorded store: two gondolas that face different ways, and one reach at one plate."""

import numpy as np

from engine.bench.nanostore import GondolaTrace, Recording
from engine.bench.nanostore._recording import BodiesFrame
from engine.domain import (
    BodyTracked,
    ControllerId,
    Facing,
    FacingId,
    GondolaId,
    Plate,
    PlateId,
    Product,
    Shelf,
    ShelfId,
    SkuId,
    Store,
    TaxClass,
    TaxClassId,
)

HZ, SECONDS, MOVED_S = 60, 16.0, 9.0
PLATES, SHELVES = 8, 2
OWN = PlateId("1-2-3")
YAW_RAD = {1: -np.pi / 2, 2: 0.3}
AT_M = {1: (0.0, 0.0), 2: (4.0, 2.0)}


def store() -> Store:
    """Gondolas 1 and 2, two shelves of eight plates each, a product of its own on every two plates."""
    plates: list[Plate] = []
    shelves: list[Shelf] = []
    facings: list[Facing] = []
    products: list[Product] = []
    for gondola in (1, 2):
        for number in range(1, SHELVES + 1):
            shelf_id = ShelfId(f"{gondola}-{number}")
            ids = tuple(PlateId(f"{shelf_id}-{plate}") for plate in range(1, PLATES + 1))
            shelves.append(Shelf(shelf_id=shelf_id, gondola_id=GondolaId(str(gondola)), plate_ids=ids))
            plates += [_plate(gondola, number, at) for at in range(PLATES)]
            for at in range(0, PLATES, 2):
                sku = SkuId(f"sku {ids[at]}")
                facings.append(Facing(facing_id=FacingId(ids[at]), sku_id=sku, plate_ids=ids[at : at + 2]))
                products.append(_product(sku, 50.0 + 30 * len(products)))
    return Store(
        name="recorded",
        currency="USD",
        floor_m=((-3.0, -3.0), (6.0, -3.0), (6.0, 4.0), (-3.0, 4.0)),
        gates=(),
        gondolas=(),
        shelves=tuple(shelves),
        plates=tuple(plates),
        facings=tuple(facings),
        products=tuple(products),
        cameras=(),
        tax_classes=(TaxClass(tax_class_id=TaxClassId("none"), rate_ppm=0),),
    )


def recording(*, moved_g: float = -400.0, people: bool = True) -> Recording:
    """Noise, and one movement on the own plate, to which the one shopper's right hand goes and comes back."""
    rng = np.random.default_rng(3)
    traces = []
    for gondola in (1, 2):
        t_s = np.arange(0, SECONDS, 1 / HZ) + 0.003 * gondola
        grams = rng.normal(2000, 0.7, (len(t_s), SHELVES, PLATES)).astype(np.float32)
        if gondola == 1:
            grams[t_s >= MOVED_S, 1, 2] += np.float32(moved_g)
        traces.append(GondolaTrace(gondola, t_s, grams))
    frames = tuple(_frame(t_s) for t_s in np.arange(-1.0, SECONDS, 0.1)) if people else ()
    return Recording(tuple(traces), frames)


def _frame(t_s: float) -> BodiesFrame:
    x, y, z = _plate(1, 2, 2).centre_m
    share = max(0.0, 1 - abs(t_s - MOVED_S))  # of the way from hanging to the plate
    hand = (x, y - 0.2 - 0.4 * (1 - share), z + 0.1 - 0.5 * (1 - share))
    shopper = BodyTracked(name="somebody", head_m=(x, y - 0.7, 1.7), hands_m=(hand, (x - 0.3, y - 0.7, 0.8)))
    passer = BodyTracked(name="passer", head_m=(-2.0, -2.0, 1.7), hands_m=((-2.0, -2.0, 0.8), (-2.0, -2.0, 0.8)))
    return BodiesFrame(float(t_s), (passer, shopper))


def _plate(gondola: int, shelf: int, at: int) -> Plate:
    yaw_rad = YAW_RAD[gondola]
    along_m = 0.15 * (at - 3.5)
    return Plate(
        plate_id=PlateId(f"{gondola}-{shelf}-{at + 1}"),
        shelf_id=ShelfId(f"{gondola}-{shelf}"),
        centre_m=(
            AT_M[gondola][0] - np.sin(yaw_rad) * along_m,
            AT_M[gondola][1] + np.cos(yaw_rad) * along_m,
            0.5 * shelf,
        ),
        width_m=0.15,
        depth_m=0.4,
        yaw_rad=yaw_rad,
        clearance_m=0.3,
        controller_id=ControllerId(f"gondola-{gondola}"),
        channel=(shelf - 1) * PLATES + at,
    )


def _product(sku_id: SkuId, mass_g: float) -> Product:
    return Product(
        sku_id=sku_id,
        gtin="00000000",
        name=sku_id,
        price_minor=100,
        tax_class_id=TaxClassId("none"),
        unit_mass_g=mass_g,
        size_m=(0.1, 0.1, 0.2),
    )
