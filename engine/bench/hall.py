"""A store as large as a load wants it: the demo store's fixtures again and again, under a raster of cameras."""

from collections.abc import Iterator
from importlib.resources import files
from math import ceil
from pathlib import Path

from msgspec.structs import replace

from engine.domain import (
    Camera,
    CameraCalibration,
    CameraId,
    Facing,
    FacingId,
    Gate,
    GateId,
    Gondola,
    GondolaId,
    Plate,
    PlateId,
    Shelf,
    ShelfId,
    Store,
)
from engine.store import open_store

_BLOCK_M = (6.0, 5.0)
_CEILING_M = 3.2
_LOOKS_AT_M = 0.9


def hall(*, cameras: int, across: int = 4, deep: int = 3) -> Store:
    """So many demo stores side by side, without walls between them, and so many cameras above; each has its gate."""
    demo = open_store(Path(str(files("resources") / "stores" / "demo"))).store
    blocks = [_block(demo, column, row) for row in range(deep) for column in range(across)]
    width_m, depth_m = across * _BLOCK_M[0], deep * _BLOCK_M[1]
    return replace(
        demo,
        name="Load hall",
        floor_m=((0.0, 0.0), (width_m, 0.0), (width_m, depth_m), (0.0, depth_m)),
        gates=tuple(gate for block in blocks for gate in block.gates),
        gondolas=tuple(gondola for block in blocks for gondola in block.gondolas),
        shelves=tuple(shelf for block in blocks for shelf in block.shelves),
        plates=tuple(plate for block in blocks for plate in block.plates),
        facings=tuple(facing for block in blocks for facing in block.facings),
        cameras=tuple(_cameras(cameras, width_m, depth_m)),
    )


def _block(demo: Store, column: int, row: int) -> Store:
    x_m, y_m, name = column * _BLOCK_M[0], row * _BLOCK_M[1], f"{column + 1}{row + 1}"

    def gate(one: Gate) -> Gate:
        (left_x, left_y), (right_x, right_y) = one.left_m, one.right_m
        return replace(
            one,
            gate_id=GateId(one.gate_id + name),
            left_m=(left_x + x_m, left_y + y_m),
            right_m=(right_x + x_m, right_y + y_m),
        )

    def gondola(one: Gondola) -> Gondola:
        x, y = one.origin_m
        return replace(one, gondola_id=GondolaId(one.gondola_id + name), origin_m=(x + x_m, y + y_m))

    def shelf(one: Shelf) -> Shelf:
        plates = tuple(PlateId(plate_id + name) for plate_id in one.plate_ids)
        return replace(
            one, shelf_id=ShelfId(one.shelf_id + name), gondola_id=GondolaId(one.gondola_id + name), plate_ids=plates
        )

    def plate(one: Plate) -> Plate:
        x, y, z = one.centre_m
        return replace(
            one,
            plate_id=PlateId(one.plate_id + name),
            shelf_id=ShelfId(one.shelf_id + name),
            centre_m=(x + x_m, y + y_m, z),
        )

    def facing(one: Facing) -> Facing:
        plates = tuple(PlateId(plate_id + name) for plate_id in one.plate_ids)
        return replace(one, facing_id=FacingId(one.facing_id + name), plate_ids=plates)

    return replace(
        demo,
        gates=tuple(map(gate, demo.gates)),
        gondolas=tuple(map(gondola, demo.gondolas)),
        shelves=tuple(map(shelf, demo.shelves)),
        plates=tuple(map(plate, demo.plates)),
        facings=tuple(map(facing, demo.facings)),
    )


def _cameras(many: int, width_m: float, depth_m: float) -> Iterator[Camera]:
    across = max(1, ceil(many**0.5))
    down = ceil(many / across)
    for place in range(many):
        x_m, y_m = (place % across + 0.5) * width_m / across, (place // across + 0.5) * depth_m / down
        aside_m = 2.0 if x_m < width_m / 2 else -2.0
        lens = CameraCalibration(
            width_px=640,
            height_px=360,
            focal_px=400.0,
            position_m=(x_m, y_m, _CEILING_M),
            look_at_m=(x_m + aside_m, y_m + 1.0, _LOOKS_AT_M),
        )
        yield Camera(camera_id=CameraId(f"ceiling-{place + 1:02}"), calibration=lens)
