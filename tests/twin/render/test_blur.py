"""Who moves while the shutter is open is smeared along the way, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.twin.render import PLAIN, Body, CameraRenderer, HeldItem, Pose, SceneItem, StoreScene
from engine.domain import CameraCalibration, SkuId, Store

Picture = NDArray[np.uint8]

SLOW = replace(PLAIN, shutter_s=(1 / 30, 1 / 30))
STANDING = Pose(body_index=0, x_m=2.0, y_m=2.2, yaw_rad=0.0)
WALKING = replace(STANDING, speed_mps=1.1)
REACHING = replace(
    STANDING, yaw_rad=1.2, right_reach_m=(2.1, 2.9, 1.2), right_reach_weight=0.5, right_reach_rate_hz=2.0
)


@pytest.fixture(scope="module")
def calibration() -> CameraCalibration:
    """Looks across the way of who walks along x."""
    return CameraCalibration(
        width_px=640, height_px=360, focal_px=300.0, position_m=(2.0, 0.2, 1.6), look_at_m=(2.0, 3.0, 0.9)
    )


@pytest.fixture
def scene(store: Store, items: list[SceneItem], bodies: tuple[Body, ...]) -> StoreScene:
    return StoreScene(store, items, bodies=bodies)


def _outline_strength(picture: Picture, empty: Picture) -> tuple[float, float]:
    """Steepest step across (x) and along the height (y) of what differs from the empty store."""
    change = np.abs(picture.astype(int) - empty).max(axis=2)
    return float(np.sort(np.abs(np.diff(change, axis=1)).ravel())[-200:].mean()), float(change.sum())


def test_walking_person_is_smeared_along_its_way(scene: StoreScene, calibration: CameraCalibration) -> None:
    sharp, smeared = CameraRenderer(scene, calibration, optics=PLAIN), CameraRenderer(scene, calibration, optics=SLOW)
    empty = sharp.render()
    (edge, mass), (soft_edge, soft_mass) = (
        _outline_strength(camera.render([WALKING]), empty) for camera in (sharp, smeared)
    )
    assert soft_edge < 0.7 * edge
    assert soft_mass == pytest.approx(mass, rel=0.05)  # light is moved, not lost


def test_smear_is_as_wide_as_the_way_in_the_exposure(scene: StoreScene, calibration: CameraCalibration) -> None:
    sharp, smeared = CameraRenderer(scene, calibration, optics=PLAIN), CameraRenderer(scene, calibration, optics=SLOW)
    empty = sharp.render().astype(int)
    rows = slice(150, 175)  # the trunk
    widths = []
    for camera in (sharp, smeared):
        covered = (np.abs(camera.render([WALKING]) - empty).max(axis=2) > 12)[rows].any(axis=0)
        widths.append(int(covered.sum()))
    way_px = 300.0 * 1.1 / 30 / 2.0
    assert widths[1] - widths[0] == pytest.approx(way_px, abs=2.5)


def test_who_stands_is_sharp(scene: StoreScene, calibration: CameraCalibration) -> None:
    sharp, slow = (CameraRenderer(scene, calibration, optics=optics).render([STANDING]) for optics in (PLAIN, SLOW))
    assert np.array_equal(sharp, slow)


def test_only_the_reaching_arm_is_smeared(scene: StoreScene, calibration: CameraCalibration) -> None:
    held = [HeldItem(sku_id=SkuId("box"), person=0, hand="right")]
    sharp, smeared = (
        CameraRenderer(scene, calibration, optics=optics).render([REACHING], held).astype(int)
        for optics in (PLAIN, SLOW)
    )
    hand = scene.people([REACHING])[0].posed.joint("right_hand")[None]
    column, row = np.rint(calibration.distort(calibration.project(hand))[0]).astype(int)
    change = np.abs(sharp - smeared).max(axis=2)
    assert change[row - 10 : row + 10, column - 10 : column + 10].max() > 20
    feet = scene.people([REACHING])[0].posed.joint("left_ankle")[None]
    column, row = np.rint(calibration.distort(calibration.project(feet))[0]).astype(int)
    assert change[row - 5 : row + 5, column - 5 : column + 5].max() <= 2


def test_nothing_of_a_smear_stays(scene: StoreScene, calibration: CameraCalibration) -> None:
    camera = CameraRenderer(scene, calibration, optics=SLOW)
    empty = camera.render()
    camera.render([WALKING, replace(WALKING, x_m=2.5, y_m=2.6, body_index=3)])
    assert np.array_equal(camera.render(), empty)
    assert np.array_equal(camera.render([STANDING]), CameraRenderer(scene, calibration, optics=SLOW).render([STANDING]))
