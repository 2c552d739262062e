"""One small store with a camera, and the bodies, shared by the renderer's tests: building them takes seconds."""

import math

import pytest

from drivers.twin.render import Body, SceneItem, load_bodies
from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    ControllerId,
    Facing,
    FacingId,
    Gate,
    GateId,
    Gondola,
    GondolaId,
    Plate,
    PlateId,
    Product,
    Shape,
    Shelf,
    ShelfId,
    SkuId,
    Store,
    TaxClassId,
)

_SHAPES: tuple[Shape, ...] = ("box", "can", "bottle", "bag")
FRONT_RAD = -math.pi / 2


@pytest.fixture(scope="session")
def bodies() -> tuple[Body, ...]:
    return load_bodies()


@pytest.fixture(scope="session")
def store() -> Store:
    """4 x 4 m, one gondola on the north wall with one shelf of four plates, one SKU of each shape."""
    products = tuple(
        Product(
            sku_id=SkuId(shape), gtin="2000000042015", name=f"Test {shape}", price_minor=199,
            tax_class_id=TaxClassId("vat"), unit_mass_g=300.0, size_m=(0.10, 0.08, 0.2), shape=shape,
        )
        for shape in _SHAPES
    )  # fmt: skip
    plates = tuple(
        Plate(
            plate_id=PlateId(f"A-1-{k + 1}"), shelf_id=ShelfId("A-1"), centre_m=(1.4 + 0.4 * k, 3.7, 0.9), width_m=0.4,
            depth_m=0.4, yaw_rad=FRONT_RAD, clearance_m=0.3, controller_id=ControllerId("a"), channel=k,
        )
        for k in range(4)
    )  # fmt: skip
    gondola = Gondola(
        gondola_id=GondolaId("A"), origin_m=(2.0, 3.5), yaw_rad=FRONT_RAD, width_m=1.6, depth_m=0.4, height_m=1.5
    )
    calibration = CameraCalibration(
        width_px=640, height_px=360, focal_px=300.0, position_m=(1.0, 0.3, 2.6), look_at_m=(2.1, 2.8, 0.8), k1=-0.08
    )
    return Store(
        name="test",
        currency="EUR",
        floor_m=((0, 0), (4, 0), (4, 4), (0, 4)),
        gates=(Gate(gate_id=GateId("front"), left_m=(4, 1), right_m=(4, 2)),),
        gondolas=(gondola,),
        shelves=(
            Shelf(shelf_id=ShelfId("A-1"), gondola_id=gondola.gondola_id, plate_ids=tuple(p.plate_id for p in plates)),
        ),
        plates=plates,
        facings=tuple(
            Facing(facing_id=FacingId(f"f{k}"), sku_id=product.sku_id, plate_ids=(plate.plate_id,), units=2)
            for k, (product, plate) in enumerate(zip(products, plates, strict=True))
        ),
        products=products,
        cameras=(Camera(camera_id=CameraId("c"), calibration=calibration),),
    )


@pytest.fixture
def items(store: Store) -> list[SceneItem]:
    """One unit on each plate, item n on plate n."""
    return [
        SceneItem(
            item_id=k, sku_id=product.sku_id, x_m=plate.centre_m[0], y_m=3.6, z_m=plate.centre_m[2], yaw_rad=FRONT_RAD
        )
        for k, (product, plate) in enumerate(zip(store.products, store.plates, strict=True))
    ]
