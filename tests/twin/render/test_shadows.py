"""Shadows lie on the floor, at the feet and away from the lamps, and go with who casts them."""

import numpy as np
import pytest

from drivers.twin.render import PLAIN, Body, CameraRenderer, Optics, Pose, SceneItem, StoreScene, put_in_pose
from drivers.twin.render._shadow import ShadowMap, shadow_of
from engine.domain import Store

ONLY_SHADOWS = Optics(exposure_ev=0.0, temperature_k=None, gain_db=None, shutter_s=None, reflections=False)
POSE = Pose(body_index=0, x_m=2.0, y_m=2.0, yaw_rad=0.0)
LAMP = np.array([(0.8, 2.0, 2.8, 1.9)], np.float32)


def _left_at(shadow: ShadowMap, x_m: float, y_m: float) -> float:
    column, row = np.rint((np.array([x_m, y_m]) - shadow.low_m) / 0.04).astype(int)
    rows, columns = shadow.left.shape
    return float(shadow.left[row, column]) if 0 <= row < rows and 0 <= column < columns else 1.0


def test_it_is_darkest_at_the_feet_and_ends(bodies: tuple[Body, ...]) -> None:
    shadow = shadow_of(put_in_pose(bodies[0], POSE), LAMP, cast=True)
    ankle = put_in_pose(bodies[0], POSE).joint("left_ankle")
    assert _left_at(shadow, ankle[0], ankle[1]) < 0.6
    border = np.concatenate([shadow.left[0], shadow.left[-1], shadow.left[:, 0], shadow.left[:, -1]])
    assert border.min() > 0.98


def test_a_lamp_casts_it_to_the_other_side(bodies: tuple[Body, ...]) -> None:
    posed = put_in_pose(bodies[0], POSE)
    with_lamp, without = (shadow_of(posed, LAMP, cast=cast) for cast in (True, False))
    for x_m, cast in ((2.65, True), (1.35, False)):
        assert (_left_at(without, x_m, 2.0) - _left_at(with_lamp, x_m, 2.0) > 0.01) == cast


def test_more_light_around_makes_it_weaker(bodies: tuple[Body, ...]) -> None:
    posed = put_in_pose(bodies[0], POSE)
    many = np.concatenate([LAMP, LAMP + np.array([2.4, 0, 0, 0], np.float32), LAMP + np.array([0, 2, 0, 0])])
    alone, among = (shadow_of(posed, lamps.astype(np.float32), cast=True) for lamps in (LAMP, many))
    assert _left_at(among, 2.65, 2.0) > _left_at(alone, 2.65, 2.0) + 0.005


@pytest.mark.parametrize("optics", [PLAIN, ONLY_SHADOWS])
def test_only_the_floor_is_darkened(
    store: Store, items: list[SceneItem], bodies: tuple[Body, ...], optics: Optics
) -> None:
    camera = CameraRenderer(StoreScene(store, items, bodies=bodies), store.cameras[0].calibration, optics=optics)
    calibration = store.cameras[0].calibration
    empty = camera.render().astype(int)
    darker = empty - camera.render([Pose(body_index=0, x_m=2.0, y_m=2.9, yaw_rad=1.6)])
    front_of_plate = calibration.distort(calibration.project(np.array([[1.3, 3.5, 0.88]])))[0]
    column, row = np.rint(front_of_plate).astype(int)
    assert np.abs(darker[row - 2 : row + 3, column - 2 : column + 3]).max() == 0
    beside = calibration.distort(calibration.project(np.array([[1.75, 2.75, 0.0]])))[0]
    column, row = np.rint(beside).astype(int)
    assert darker[row, column].min() > 3
