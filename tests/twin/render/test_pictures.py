"""Pictures agree with geometry, follow what is taken and returned, and repeat."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.twin.render import (
    PLAIN,
    Body,
    CameraRenderer,
    HeldItem,
    Pose,
    SceneItem,
    StoreScene,
    joints,
    render_product_picture,
)
from engine.domain import CameraCalibration, SkuId, Store

Picture = NDArray[np.uint8]

STANDING = Pose(body_index=0, x_m=2.2, y_m=2.0, yaw_rad=2.4, gait_phase_rad=1.0, speed_mps=1.0)
_NOISE_FREE = 24  # difference of two pictures with equal noise that is surely not a soft shadow's rounding


@pytest.fixture(scope="module")
def calibration(store: Store) -> CameraCalibration:
    return store.cameras[0].calibration


@pytest.fixture
def scene(store: Store, items: list[SceneItem], bodies: tuple[Body, ...]) -> StoreScene:
    return StoreScene(store, items, bodies=bodies)


def _changed(one: Picture, other: Picture) -> NDArray[np.bool_]:
    return np.asarray(np.abs(one.astype(int) - other.astype(int)).max(axis=2) > _NOISE_FREE)


def _pixels(calibration: CameraCalibration, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    return calibration.distort(calibration.project(points_m))


def test_person_is_drawn_where_the_camera_model_says(scene: StoreScene, calibration: CameraCalibration) -> None:
    camera = CameraRenderer(scene, calibration, optics=PLAIN)
    mask = _changed(camera.render(), camera.render([STANDING]))
    inner = joints(scene.bodies[0], STANDING)[[5, 6, 11, 12, 13, 14]]
    columns, rows = np.rint(_pixels(calibration, inner)).astype(int).T
    assert mask[rows, columns].all()
    outline = _pixels(calibration, scene.people([STANDING])[0].points_m.astype(float))
    found = np.argwhere(mask)[:, ::-1]
    assert np.abs(found[:, 1].min() - outline[:, 1].min()) < 2
    assert outline[:, 0].min() - 2 < np.median(found[:, 0]) < outline[:, 0].max() + 2


def test_taken_item_vanishes_and_returned_one_reappears(scene: StoreScene, calibration: CameraCalibration) -> None:
    camera = CameraRenderer(scene, calibration)
    before = camera.render()
    for item_id in range(4):
        item = scene.take(item_id)
        gone = _changed(before, camera.render())
        middle = np.array([[item.x_m, item.y_m, item.z_m + 0.1]])
        column, row = np.rint(_pixels(calibration, middle)[0]).astype(int)
        assert gone[row, column]
        assert np.ptp(np.argwhere(gone), axis=0).max() < 60
        scene.put(item)
        assert not _changed(before, camera.render()).any()


def test_baking_a_region_again_equals_baking_everything(scene: StoreScene, calibration: CameraCalibration) -> None:
    followed = CameraRenderer(scene, calibration)
    scene.take(1)
    fresh = CameraRenderer(scene, calibration)
    difference = np.abs(followed.render().astype(int) - fresh.render().astype(int))
    assert difference.max() <= 2


def test_held_item_is_drawn_at_the_hand(scene: StoreScene, calibration: CameraCalibration) -> None:
    camera = CameraRenderer(scene, calibration)
    pose = Pose(body_index=0, x_m=2.2, y_m=2.0, yaw_rad=-2.0, right_reach_m=(1.95, 1.55, 1.2))
    mask = _changed(
        camera.render([pose]), camera.render([pose], [HeldItem(sku_id=SkuId("box"), person=0, hand="right")])
    )
    hand_px = _pixels(calibration, joints(scene.bodies[0], pose)[18:19])[0]
    assert mask.sum() > 100
    assert np.linalg.norm(np.argwhere(mask)[:, ::-1].mean(axis=0) - hand_px) < 20


def test_nothing_is_left_behind_when_people_go(scene: StoreScene, calibration: CameraCalibration) -> None:
    camera = CameraRenderer(scene, calibration)
    empty = camera.render()
    camera.render([STANDING], [HeldItem(sku_id=SkuId("can"), person=0, hand="left")])
    assert np.array_equal(camera.render(), empty)


def test_nearer_person_hides_the_farther(scene: StoreScene, calibration: CameraCalibration) -> None:
    camera = CameraRenderer(scene, calibration)
    away = np.array([2.2 - 1.0, 2.0 - 0.3])
    away /= np.linalg.norm(away)
    behind = Pose(body_index=1, x_m=2.2 + 0.5 * away[0], y_m=2.0 + 0.5 * away[1], yaw_rad=2.4)
    chest = _pixels(calibration, joints(scene.bodies[0], STANDING)[5:7].mean(axis=0, keepdims=True) - [[0, 0, 0.1]])[0]
    column, row = np.rint(chest).astype(int)
    alone, both = camera.render([STANDING]), camera.render([behind, STANDING])
    assert np.abs(alone[row, column].astype(int) - both[row, column]).max() <= 2


def test_same_seed_same_picture(store: Store, items: list[SceneItem], bodies: tuple[Body, ...]) -> None:
    pictures = []
    for seed in (3, 3, 4):
        camera = CameraRenderer(StoreScene(store, items, bodies=bodies), store.cameras[0].calibration, seed=seed)
        camera.render([STANDING], t_s=0.1)
        pictures.append(camera.render([STANDING], t_s=0.2))
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_narrow_camera_may_stand_inside_the_crowd(scene: StoreScene) -> None:
    """People behind, beside and across the near plane neither fail nor blot the picture."""
    calibration = CameraCalibration(
        width_px=960, height_px=540, focal_px=900.0, position_m=(2.0, 2.0, 1.6), look_at_m=(2.0, 3.6, 1.0)
    )
    camera = CameraRenderer(scene, calibration)
    around = [Pose(body_index=0, x_m=2.0 + x, y_m=2.0 + y, yaw_rad=0.0) for x, y in ((0, 0), (0, -1), (0.3, 0.1))]
    assert camera.render(around).shape == (540, 960, 3)


def test_each_sku_has_its_own_enrolment_picture(scene: StoreScene, store: Store) -> None:
    pictures = [render_product_picture(scene, product.sku_id) for product in store.products]
    for k, picture in enumerate(pictures):
        assert picture.shape == (256, 256, 3)
        ground = picture[0, 0].astype(int)
        share = (np.abs(picture.astype(int) - ground).max(axis=2) > 20).mean()
        assert 0.08 < share < 0.7
        assert all(np.abs(picture.astype(int) - other).mean() > 4 for other in pictures[:k])


def test_item_ids_are_unique(scene: StoreScene, items: list[SceneItem]) -> None:
    with pytest.raises(ValueError, match="item 0"):
        scene.put(items[0])
    assert math.isclose(scene.take(0).z_m, 0.9)
