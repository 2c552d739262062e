"""The glass front shows the street and who is there, and mirrors, faintly, who is inside."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.twin.render import PLAIN, Body, CameraRenderer, Pose, SceneItem, StoreScene, joints
from drivers.twin.render._front import window_spans
from drivers.twin.render._glass import Glass
from engine.domain import CameraCalibration, Store

Picture = NDArray[np.uint8]

GLASS = replace(PLAIN, reflections=True)
PASSER_BY = Pose(body_index=1, x_m=5.6, y_m=2.5, yaw_rad=1.6)
INSIDE = Pose(body_index=6, x_m=2.3, y_m=2.9, yaw_rad=0.0)


@pytest.fixture(scope="module")
def calibration() -> CameraCalibration:
    """Looks from the west wall at the gate and the windows beside it, in the east wall."""
    return CameraCalibration(
        width_px=640, height_px=360, focal_px=400.0, position_m=(0.2, 1.6, 2.2), look_at_m=(4.0, 2.0, 1.1), k1=-0.05
    )


@pytest.fixture
def scene(store: Store, items: list[SceneItem], bodies: tuple[Body, ...]) -> StoreScene:
    return StoreScene(store, items, bodies=bodies)


def _at(calibration: CameraCalibration, picture: Picture, point_m: NDArray[np.float64]) -> NDArray[np.float64]:
    column, row = np.rint(calibration.distort(calibration.project(point_m[None]))[0]).astype(int)
    return np.asarray(picture[row - 1 : row + 2, column - 1 : column + 2].astype(int).mean(axis=(0, 1)))


def _chest(scene: StoreScene, pose: Pose) -> NDArray[np.float64]:
    return np.asarray(joints(scene.bodies[pose.body_index], pose)[[5, 6, 11, 12]].mean(axis=0))


def test_windows_leave_the_corners_of_a_wall() -> None:
    assert window_spans((1.0, 2.2), 5.0) == [(0.3, 1.0), (2.2, 3.4000000000000004)]
    assert window_spans((0.4, 1.4), 2.0) == [(1.4, 1.7)]


def test_who_is_outside_is_seen_through_the_glass_and_not_through_the_wall(
    scene: StoreScene, calibration: CameraCalibration
) -> None:
    camera = CameraRenderer(scene, calibration, optics=GLASS)
    behind_wall = replace(PASSER_BY, y_m=4.4)
    empty, passing, hidden = camera.render(), camera.render([PASSER_BY]), camera.render([behind_wall])
    for picture, pose, seen in ((passing, PASSER_BY, True), (hidden, behind_wall, False)):
        chest = _chest(scene, pose)
        assert (np.abs(_at(calibration, picture, chest) - _at(calibration, empty, chest)).max() > 15) == seen


def test_glass_takes_a_little_light_away(scene: StoreScene, calibration: CameraCalibration) -> None:
    clear, glazed = (CameraRenderer(scene, calibration, optics=optics).render([PASSER_BY]) for optics in (PLAIN, GLASS))
    chest = _chest(scene, PASSER_BY)
    levels = _at(calibration, clear, chest), _at(calibration, glazed, chest)
    assert 0.8 * levels[0].max() < levels[1].max() < 1.1 * levels[0].max()


def test_who_is_inside_is_mirrored_behind_the_pane(scene: StoreScene, calibration: CameraCalibration) -> None:
    mirrored = _chest(scene, INSIDE)
    mirrored[0] = 2 * (4.0 + 0.05) - mirrored[0]  # the pane stands 5 cm outside the line x = 4
    strength = []
    for optics in (PLAIN, GLASS):
        camera = CameraRenderer(scene, calibration, optics=optics)
        empty, picture = camera.render(), camera.render([INSIDE])
        difference = _at(calibration, picture, mirrored) - _at(calibration, empty, mirrored)
        strength.append(float(np.abs(difference).max()))
    assert strength[0] == 0
    assert 2 < strength[1] < 40


def test_panes_reflect_more_along_than_across(scene: StoreScene, calibration: CameraCalibration) -> None:
    along = CameraCalibration(
        width_px=640, height_px=360, focal_px=300.0, position_m=(3.6, 3.9, 2.2), look_at_m=(3.9, 1.5, 1.0)
    )
    shares = []
    for each in (calibration, along):
        camera = CameraRenderer(scene, each, optics=GLASS)
        glass = Glass(scene.fronts[0], scene, camera._lens, camera._canvas)
        shares.append(glass._shares[glass._shares > 0])
    assert 0.08 < shares[0].min() < shares[0].max() < 0.12
    assert shares[1].max() > 0.3


def test_doors_open_for_who_comes_near(scene: StoreScene, calibration: CameraCalibration) -> None:
    """With the doors open nothing is mirrored in them and nothing dims the street behind."""
    camera = CameraRenderer(scene, calibration, optics=GLASS)
    far, near = replace(INSIDE, x_m=2.2, y_m=3.4), replace(INSIDE, x_m=3.2, y_m=2.5)
    in_door = np.array([6.5, 1.15, 0.4])
    closed, opened = (_at(calibration, camera.render([pose]), in_door) for pose in (far, near))
    clear = _at(calibration, CameraRenderer(scene, calibration, optics=PLAIN).render([near]), in_door)
    assert np.abs(opened - clear).max() <= 1
    assert np.abs(closed - clear).max() > 2


def test_nothing_is_left_behind_in_the_glass(scene: StoreScene, calibration: CameraCalibration) -> None:
    camera = CameraRenderer(scene, calibration, optics=GLASS)
    empty = camera.render()
    for pose in (INSIDE, PASSER_BY, replace(INSIDE, x_m=3.3, y_m=1.5), replace(PASSER_BY, x_m=4.4, speed_mps=1.0)):
        camera.render([pose])
        assert np.array_equal(camera.render(), empty)


def test_what_does_not_change_has_no_seams(scene: StoreScene, calibration: CameraCalibration) -> None:
    """Beside the rectangles that are drawn anew, the picture is that of the empty store to the level."""
    camera = CameraRenderer(scene, calibration, optics=GLASS)
    empty, picture = camera.render(), camera.render([replace(PASSER_BY, x_m=6.4)])
    changed = np.abs(picture.astype(int) - empty).max(axis=2) > 0
    rows, columns = np.nonzero(changed)
    body = calibration.distort(
        calibration.project(scene.people([replace(PASSER_BY, x_m=6.4)])[0].points_m.astype(float))
    )
    assert columns.min() > body[:, 0].min() - 60
    assert columns.max() < body[:, 0].max() + 60
    assert rows.min() > body[:, 1].min() - 3
