"""Cameras and the store frame: points come back from pixels, and the picture is upright."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import CameraCalibration

LENS = CameraCalibration(
    width_px=640,
    height_px=360,
    focal_px=293.2,
    position_m=(0.25, 0.25, 2.8),
    look_at_m=(3.41, 2.40, 0.70),
    k1=-0.1,
    k2=0.01,
)
METRES = st.floats(-1.0, 6.0)


@given(st.lists(st.tuples(st.floats(0, 639), st.floats(0, 359)), min_size=1, max_size=20))
def test_distortion_is_undone_over_the_whole_picture(points: list[tuple[float, float]]) -> None:
    picture_px = np.array(points)
    assert np.abs(LENS.distort(LENS.undistort(picture_px)) - picture_px).max() < 1e-3


@given(METRES, METRES, st.floats(0.0, 2.0))
def test_a_ray_through_a_points_pixel_goes_through_the_point(x_m: float, y_m: float, z_m: float) -> None:
    point_m = np.array([[x_m, y_m, z_m]])
    ideal_px = LENS.project(point_m)
    away_m = point_m[0] - LENS.position_m
    if np.isnan(ideal_px).any():
        assert (LENS.cam_from_floor @ [*point_m[0], 1.0])[2] <= 1e-3
        return
    ray = LENS.rays(ideal_px)[0]
    assert math.isclose(float(np.linalg.norm(ray)), 1.0)
    assert np.abs(np.cross(ray, away_m)).max() < 1e-6 * max(1.0, float(np.abs(ideal_px).max()))


def test_what_is_looked_at_is_in_the_middle_and_the_picture_is_upright() -> None:
    target_m = np.array(LENS.look_at_m)
    offsets_m = np.array([[0, 0, 0], [0, 0, 0.5], [0.2, -0.3, 0]])
    centre, above, right = LENS.project(target_m + offsets_m)
    assert np.allclose(centre, [319.5, 179.5])
    assert math.isclose(above[0], centre[0], abs_tol=1e-9)
    assert above[1] < centre[1]  # y points down
    assert right[0] > centre[0]


def test_a_point_behind_the_camera_has_no_pixel() -> None:
    behind_m = 2 * np.array(LENS.position_m) - np.array(LENS.look_at_m)
    assert np.isnan(LENS.project(behind_m[None])).all()


def test_the_pose_is_a_rigid_transform() -> None:
    rotation = LENS.cam_from_floor[:3, :3]
    assert np.allclose(rotation @ rotation.T, np.eye(3))
    assert math.isclose(float(np.linalg.det(rotation)), 1.0)
    assert np.allclose(LENS.cam_from_floor @ [*LENS.position_m, 1.0], [0, 0, 0, 1])


@pytest.mark.parametrize("pixel", [(0.0, 0.0), (639.0, 0.0), (0.0, 359.0), (639.0, 359.0)])
def test_a_lens_without_distortion_changes_nothing(pixel: tuple[float, float]) -> None:
    plain = CameraCalibration(width_px=640, height_px=360, focal_px=300, position_m=(0, 0, 2), look_at_m=(1, 0, 1))
    assert np.allclose(plain.distort(np.array([pixel])), [pixel])
    assert np.allclose(plain.undistort(np.array([pixel])), [pixel])
