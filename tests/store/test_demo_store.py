"""The demo store is what the issue asks for: goods, cells, and cameras that can see what they must."""

import math
from itertools import product as corners_of

import numpy as np
import pytest

from engine.domain import Camera, Facing, Floats, Gondola, Product, Store
from engine.store import StoreFolder, valid_gtin

STEEPEST_DEG = 55.0
LEAST_VIEWS = 2
HELD_PX = 60.0


def gondola_of(store: Store, facing: Facing) -> Gondola:
    shelf = store.shelf_by_id[store.plate_by_id[facing.plate_ids[0]].shelf_id]
    return next(gondola for gondola in store.gondolas if gondola.gondola_id == shelf.gondola_id)


def front_m(store: Store, facing: Facing) -> Floats:
    """The middle of the facing's front, at half the height of its product, (3,)."""
    plates = [store.plate_by_id[plate_id] for plate_id in facing.plate_ids]
    out = np.array([math.cos(plates[0].yaw_rad), math.sin(plates[0].yaw_rad), 0.0])
    up = np.array([0.0, 0.0, store.product_by_sku[facing.sku_id].size_m[2] / 2])
    middle = np.mean([plate.centre_m for plate in plates], axis=0)
    front: Floats = middle + out * plates[0].depth_m / 2 + up
    return front


def in_picture(camera: Camera, points_m: Floats) -> bool:
    lens = camera.calibration
    picture_px = lens.distort(lens.project(points_m))
    return bool(np.all((picture_px >= 0) & (picture_px <= [lens.width_px - 1, lens.height_px - 1])))


def below_horizontal_deg(camera: Camera, point_m: Floats) -> float:
    ray = point_m - camera.calibration.position_m
    return math.degrees(math.atan2(-ray[2], math.hypot(ray[0], ray[1])))


def sees(camera: Camera, point_m: Floats, gondola: Gondola) -> bool:
    to_camera = np.array(camera.calibration.position_m) - point_m
    before = to_camera[0] * math.cos(gondola.yaw_rad) + to_camera[1] * math.sin(gondola.yaw_rad) > 0
    return before and in_picture(camera, point_m[None]) and below_horizontal_deg(camera, point_m) <= STEEPEST_DEG


def longest_diagonal_px(camera: Camera, product: Product, centre_m: Floats, yaw_rad: float) -> float:
    """The longest projected space diagonal of a product's box held at ``centre_m`` as it stood."""
    half = np.array([list(corner) for corner in corners_of((-0.5, 0.5), repeat=3)]) * [
        product.size_m[1],  # depth points outward, along yaw
        product.size_m[0],
        product.size_m[2],
    ]
    turn = np.array([[math.cos(yaw_rad), -math.sin(yaw_rad), 0], [math.sin(yaw_rad), math.cos(yaw_rad), 0], [0, 0, 1]])
    corners_px = camera.calibration.project(half @ turn.T + centre_m)
    return max(float(np.linalg.norm(corners_px[i] - corners_px[7 - i])) for i in range(4))


def test_it_has_the_goods_and_cells_the_issue_asks_for(demo: StoreFolder) -> None:
    store = demo.store
    assert len(store.gondolas) == 2
    assert len(store.products) >= 40
    assert len(store.plates) >= 60
    assert {facing.sku_id for facing in store.facings} == {product.sku_id for product in store.products}
    assert set(store.facing_of_plate) == set(store.plate_by_id)
    assert all(valid_gtin(product.gtin) for product in store.products)


def test_plates_stand_side_by_side_inside_their_gondola_from_left_to_right(demo: StoreFolder) -> None:
    for shelf in demo.store.shelves:
        gondola = next(each for each in demo.store.gondolas if each.gondola_id == shelf.gondola_id)
        plates = [demo.store.plate_by_id[plate_id] for plate_id in shelf.plate_ids]
        along = np.array([-math.sin(gondola.yaw_rad), math.cos(gondola.yaw_rad)])
        places_m = [float(np.dot(np.subtract(plate.centre_m[:2], gondola.origin_m), along)) for plate in plates]
        width_m = gondola.width_m / len(plates)
        assert np.allclose(np.diff(places_m), width_m)  # a shopper facing the shelf sees its own right grow
        assert np.isclose(sum(places_m), 0)
        assert all(plate.clearance_m > demo_height_m(demo, plate.plate_id) for plate in plates)


def demo_height_m(demo: StoreFolder, plate_id: str) -> float:
    facing = next(facing for facing in demo.store.facings if plate_id in facing.plate_ids)
    return demo.store.product_by_sku[facing.sku_id].size_m[2]


def test_four_cameras_watch_the_floor_and_one_watches_each_face(demo: StoreFolder) -> None:
    ceiling = [camera for camera in demo.store.cameras if camera.watches_gondola is None]
    assert [(camera.calibration.width_px, camera.calibration.height_px) for camera in ceiling] == [(640, 360)] * 4
    watched = [camera.watches_gondola for camera in demo.store.cameras if camera.watches_gondola is not None]
    assert sorted(watched) == sorted(gondola.gondola_id for gondola in demo.store.gondolas)
    assert demo.installation.perception.frames_hz == 10.0


def test_every_facing_is_seen_flat_enough_by_two_cameras(demo: StoreFolder) -> None:
    store = demo.store
    views = {
        facing.facing_id: sum(
            sees(camera, front_m(store, facing), gondola_of(store, facing)) for camera in store.cameras
        )
        for facing in store.facings
    }
    assert {facing_id: count for facing_id, count in views.items() if count < LEAST_VIEWS} == {}


def test_a_held_product_spans_60_px_in_the_narrow_camera(demo: StoreFolder) -> None:
    store = demo.store
    spans_px: dict[str, float] = {}
    for facing in store.facings:
        gondola, point_m = gondola_of(store, facing), front_m(store, facing)
        narrow = next(camera for camera in store.cameras if camera.watches_gondola == gondola.gondola_id)
        assert in_picture(narrow, point_m[None]), facing.facing_id
        spans_px[facing.facing_id] = longest_diagonal_px(
            narrow, store.product_by_sku[facing.sku_id], point_m, gondola.yaw_rad
        )
    assert len(spans_px) == len(store.facings)
    assert {facing_id: span for facing_id, span in spans_px.items() if span < HELD_PX} == {}


@pytest.mark.parametrize(
    ("gtin", "valid"),
    [
        ("96385074", True),  # EAN-8
        ("036000291452", True),  # UPC-A
        ("4006381333931", True),  # EAN-13
        ("10614141000415", True),  # GTIN-14
        ("4006381333932", False),
        ("40063813339", False),
        ("400638133393x", False),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", False),  # digits, but not those of a bar code
        ("", False),
    ],
)
def test_gtins_end_in_their_check_digit(gtin: str, valid: bool) -> None:
    assert valid_gtin(gtin) is valid
