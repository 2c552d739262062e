"""What hides a joint from a camera: bodies, fixtures, glass, the picture's edge."""

import msgspec
import numpy as np
import pytest

from drivers.twin.render import Pose, joints, load_bodies
from drivers.twin.sight import SIGHTLINE_OF_CAUSE, SIGHTLINES, Sightline, View, Viewer
from engine.domain import KEYPOINTS, Camera, CameraId, Floats, PlateId, Store

_NORTH_EAST = "ceiling-ne"  # at (5.75, 4.75), looking over the floor to the south-west


def _body(x_m: float, y_m: float, *, towards: tuple[float, float] = (0.0, 0.0)) -> Floats:
    yaw_rad = float(np.arctan2(towards[1] - y_m, towards[0] - x_m))
    return joints(load_bodies()[0], Pose(body_index=0, x_m=x_m, y_m=y_m, yaw_rad=yaw_rad))[:KEYPOINTS]


def _camera(demo: Store, name: str) -> Camera:
    return demo.camera_by_id[CameraId(name)]


def _view(demo: Store, name: str, *bodies_m: Floats) -> View:
    return Viewer(demo, [_camera(demo, name)]).view(np.array(bodies_m))


def _share(view: View, body: int, *lines: Sightline) -> float:
    rows = [SIGHTLINES.index(line) for line in lines]
    return float(np.isin(SIGHTLINE_OF_CAUSE[view.cause[0, body]], rows).mean())


def test_pixels_are_those_of_the_calibration(demo: Store) -> None:
    body_m = _body(3.0, 2.0)
    view = _view(demo, _NORTH_EAST, body_m)
    np.testing.assert_allclose(view.pixels[0, 0], _camera(demo, _NORTH_EAST).calibration.project(body_m), atol=1e-6)
    assert _share(view, 0, Sightline.CLEAR, Sightline.ITSELF) == 1.0


def test_a_nearer_body_hides_a_farther_one_and_not_the_other_way_round(demo: Store) -> None:
    eye = _camera(demo, _NORTH_EAST).calibration.position_m
    far = np.array((2.2, 1.9))
    near = far + 0.5 * (np.array(eye[:2]) - far) / np.linalg.norm(np.array(eye[:2]) - far)
    view = _view(demo, _NORTH_EAST, _body(*far), _body(*near))
    assert _share(view, 0, Sightline.HIDDEN) > 0.3
    assert _share(view, 1, Sightline.HIDDEN) == 0.0
    assert _share(_view(demo, _NORTH_EAST, _body(*far)), 0, Sightline.HIDDEN) == 0.0


def test_a_body_hides_its_own_far_side(demo: Store) -> None:
    eye = _camera(demo, _NORTH_EAST).calibration.position_m
    sideways = _body(3.0, 2.0, towards=(3.0 + eye[1] - 2.0, 2.0 - (eye[0] - 3.0)))
    view = _view(demo, _NORTH_EAST, sideways)
    assert _share(view, 0, Sightline.ITSELF) > 0.1


def test_walls_hide_who_is_outside_and_glass_stands_before_them(demo: Store) -> None:
    behind_wall, at_the_gate, at_the_window = _body(3.0, 5.6), _body(6.8, 1.6), _body(6.5, 2.8)
    view = _view(demo, "ceiling-sw", behind_wall, at_the_gate, at_the_window)
    assert _share(view, 0, Sightline.HIDDEN, Sightline.OFF) == 1.0
    for body in (1, 2):
        assert _share(view, body, Sightline.GLASS) > 0.5
        assert _share(view, body, Sightline.CLEAR) == 0.0


@pytest.mark.parametrize(("share_of_depth", "line"), [(-0.3, Sightline.CLEAR), (0.5, Sightline.IN_SHELF)])
def test_a_hand_in_a_shelf_is_seen_from_the_front(demo: Store, share_of_depth: float, line: Sightline) -> None:
    assert _line_of_wrist(demo, "face-a", share_of_depth) is line


def test_a_hand_behind_a_gondola_is_hidden(demo: Store) -> None:
    assert _line_of_wrist(demo, "face-a", 1.2) is Sightline.HIDDEN


def _line_of_wrist(demo: Store, camera: str, share_of_depth: float) -> Sightline:
    """Of a wrist above the fourth shelf of gondola A, that much of the gondola's depth behind its front."""
    gondola = demo.gondolas[0]
    plate = demo.plate_by_id[PlateId("A-4-3")]
    inward = -np.array([np.cos(gondola.yaw_rad), np.sin(gondola.yaw_rad)]) * gondola.depth_m
    at_m = (*(np.array(gondola.origin_m) + share_of_depth * inward), plate.centre_m[2] + 0.15)
    body_m = _body(2.6, 3.9, towards=(2.6, 4.5))
    body_m[9] = at_m
    return SIGHTLINES[int(SIGHTLINE_OF_CAUSE[_view(demo, camera, body_m).cause[0, 0, 9]])]


def test_what_lies_beside_the_picture_or_behind_the_camera_is_off_it(demo: Store) -> None:
    eye = _camera(demo, _NORTH_EAST).calibration.position_m
    view = _view(demo, _NORTH_EAST, _body(eye[0] + 0.2, eye[1] - 0.2), _body(3.0, 2.0))
    assert _share(view, 0, Sightline.OFF) == 1.0
    assert _share(view, 1, Sightline.OFF) == 0.0


def test_the_lens_decides_what_is_in_the_picture(demo: Store) -> None:
    camera = _camera(demo, "face-a")
    barrel = msgspec.structs.replace(camera, calibration=msgspec.structs.replace(camera.calibration, k1=-0.3))
    bodies_m = np.array([_body(x_m, 3.9, towards=(3.4, 4.5)) for x_m in np.arange(2.4, 4.5, 0.1)])
    seen = [(Viewer(demo, [one]).view(bodies_m).cause != 5).sum() for one in (camera, barrel)]
    assert seen[1] > seen[0]  # a barrel lens draws more of the world into its picture
