"""A store as large as a load wants it: the demo store's fixtures again and again, under a raster of cameras."""

from collections.abc import Iterator
from importlib.resources import files
from math import ceil
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
from msgspec.structs import replace

from engine.domain import (
    BackgroundPlate,
    Camera,
    CameraCalibration,
    CameraId,
    Facing,
    FacingId,
    Floats,
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
_ACROSS, _DEEP = 4, 3
_CEILING_M = 3.2
_LOOKS_AT_M = 0.9
_TILE_M = 0.6


def hall(cameras: int) -> Store:
    """Twelve demo stores side by side without walls between them, and so many cameras above."""
    demo = open_store(Path(str(files("resources") / "stores" / "demo"))).store
    blocks = [_block(demo, column, row) for row in range(_DEEP) for column in range(_ACROSS)]
    width_m, depth_m = _ACROSS * _BLOCK_M[0], _DEEP * _BLOCK_M[1]
    return replace(
        demo,
        name="Load hall",
        floor_m=((0.0, 0.0), (width_m, 0.0), (width_m, depth_m), (0.0, depth_m)),
        gondolas=tuple(gondola for block in blocks for gondola in block.gondolas),
        shelves=tuple(shelf for block in blocks for shelf in block.shelves),
        plates=tuple(plate for block in blocks for plate in block.plates),
        facings=tuple(facing for block in blocks for facing in block.facings),
        cameras=tuple(_cameras(cameras, width_m, depth_m)),
    )


def background(store: Store, camera: Camera) -> BackgroundPlate:
    """The floor's tiles and the gondolas' faces in plain colours, as JPEG."""
    lens = camera.calibration
    picture = np.full((lens.height_px, lens.width_px, 3), 120, np.uint8)
    for near_m, tone in _tiles(store):
        _fill(picture, lens, near_m, (tone, tone, tone - 6))
    for gondola in sorted(store.gondolas, key=lambda one: -_away_m(one, lens)):
        for face_m in _faces(gondola):
            _fill(picture, lens, face_m, (88, 104, 112))
    jpeg = simplejpeg.encode_jpeg(picture, quality=80, colorspace="BGR")
    return BackgroundPlate(t_ns=1, camera_id=camera.camera_id, jpeg=jpeg)


def _block(demo: Store, column: int, row: int) -> Store:
    x_m, y_m, name = column * _BLOCK_M[0], row * _BLOCK_M[1], f"{column + 1}{row + 1}"

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
        gondolas=tuple(map(gondola, demo.gondolas)),
        shelves=tuple(map(shelf, demo.shelves)),
        plates=tuple(map(plate, demo.plates)),
        facings=tuple(map(facing, demo.facings)),
    )


def _cameras(many: int, width_m: float, depth_m: float) -> Iterator[Camera]:
    across = ceil(many**0.5)
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


def _tiles(store: Store) -> Iterator[tuple[Floats, int]]:
    (width_m, depth_m) = np.max(store.floor_m, axis=0)
    for row in range(int(depth_m / _TILE_M)):
        for column in range(int(width_m / _TILE_M)):
            x, y = column * _TILE_M, row * _TILE_M
            corners = [(x, y), (x + _TILE_M, y), (x + _TILE_M, y + _TILE_M), (x, y + _TILE_M)]
            yield np.array([(*corner, 0.0) for corner in corners]), 168 + 10 * ((row + column) % 2)


def _faces(gondola: Gondola) -> Iterator[Floats]:
    """Back, sides and front, upright."""
    front = np.array([np.cos(gondola.yaw_rad), np.sin(gondola.yaw_rad), 0.0])
    side = np.array([-front[1], front[0], 0.0]) * gondola.width_m / 2
    origin, up = np.array([*gondola.origin_m, 0.0]), np.array([0.0, 0.0, gondola.height_m])
    back = origin - front * gondola.depth_m
    for start, end in ((back - side, back + side), (back - side, origin - side), (back + side, origin + side)):
        yield np.array([start, end, end + up, start + up])


def _fill(picture: np.ndarray, lens: CameraCalibration, corners_m: Floats, colour: tuple[int, int, int]) -> None:
    pixels = lens.project(corners_m)
    if np.isfinite(pixels).all() and np.abs(pixels).max() < 4 * lens.width_px:
        cv2.fillConvexPoly(picture, np.round(pixels).astype(np.int32), colour)


def _away_m(gondola: Gondola, lens: CameraCalibration) -> float:
    return float(np.hypot(*(np.array(gondola.origin_m) - lens.position_m[:2])))
