"""Coverage: the demo store is seen well, and each way to see a facing badly is found."""

import msgspec
import numpy as np
import pytest

from engine.domain import Camera, Gondola, GondolaId, Store
from engine.store import open_store
from engine.vision import coverage_picture, facing_coverage, floor_coverage
from tests.runtime.perception.store_pictures import DEMO


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(DEMO).store


def without(store: Store, *cameras: str) -> Store:
    return msgspec.structs.replace(store, cameras=tuple(c for c in store.cameras if c.camera_id not in cameras))


def moved(camera: Camera, **changes: object) -> Camera:
    return msgspec.structs.replace(camera, calibration=msgspec.structs.replace(camera.calibration, **changes))


def cameras_of(store: Store) -> dict[str, set[str]]:
    return {each.facing_id: {v.camera_id for v in each.views if v.counts} for each in facing_coverage(store)}


def test_every_facing_of_the_demo_store_is_seen_by_its_face_camera_and_two_others(store: Store) -> None:
    seen = cameras_of(store)
    assert len(seen) == len(store.facings)
    for facing, cameras in seen.items():
        assert f"face-{facing[0].lower()}" in cameras
        assert len(cameras) == 3


def test_a_camera_less_is_counted(store: Store) -> None:
    few = {each.facing_id for each in facing_coverage(without(store, "face-a", "ceiling-sw")) if not each.enough}
    assert few == {facing.facing_id for facing in store.facings if facing.facing_id.startswith("A")}


def test_angle_and_size_are_those_of_the_geometry(store: Store) -> None:
    """face-a hangs 2.3 m before gondola A and 2.75 m high: A-3 lies 0.9 m high, its opening 0.15 m above that."""
    view = next(
        view
        for each in facing_coverage(store)
        if each.facing_id == "A-3-b"
        for view in each.views
        if "face" in view.camera_id
    )
    assert view.below_deg == pytest.approx(np.degrees(np.arctan2(2.75 - 1.05, 2.3)), abs=0.5)
    assert view.px_per_m == pytest.approx(1440 / np.hypot(2.3, 1.7), rel=0.02)


def test_a_camera_that_looks_down_from_above_does_not_count(store: Store) -> None:
    steep = tuple(
        moved(camera, position_m=(3.4, 3.9, 2.75), look_at_m=(3.4, 4.5, 0.9), focal_px=500.0)
        if camera.camera_id == "face-a"
        else camera
        for camera in store.cameras
    )
    above = msgspec.structs.replace(store, cameras=steep)
    low = next(each for each in facing_coverage(above) if each.facing_id == "A-1-b")
    view = next(view for view in low.views if view.camera_id == "face-a")
    assert view.below_deg > 55
    assert low.cameras == 2


def test_a_gondola_in_between_hides_and_so_does_the_picture_s_edge(store: Store) -> None:
    screen = Gondola(
        gondola_id=GondolaId("Z"), origin_m=(3.4, 3.6), yaw_rad=-np.pi / 2, width_m=3.0, depth_m=0.2, height_m=2.4
    )
    hidden = cameras_of(msgspec.structs.replace(store, gondolas=(*store.gondolas, screen)))
    assert all(not cameras for facing, cameras in hidden.items() if facing.startswith("A"))
    assert all(len(cameras) >= 2 for facing, cameras in hidden.items() if facing.startswith("B"))
    narrow = tuple(moved(c, focal_px=9000.0) if c.camera_id == "face-a" else c for c in store.cameras)
    seen = cameras_of(msgspec.structs.replace(store, cameras=narrow))
    assert "face-a" not in seen["A-1-a"] | seen["A-5-a"]


def test_the_floor_is_seen_but_where_gondolas_stand_and_in_corners(store: Store) -> None:
    floor = floor_coverage(store)
    at = {
        (round(x, 3), round(y, 3)): n for (x, y), n in zip(floor.cells_m.tolist(), floor.cameras.tolist(), strict=True)
    }
    assert at[(3.125, 2.625)] == 4  # the middle
    assert (3.375, 4.625) not in at  # gondola A
    assert at[(0.125, 4.875)] <= 1  # the corner below a camera
    assert np.mean(floor.cameras >= 2) > 0.9
    assert not floor_coverage(without(store, *(c.camera_id for c in store.cameras))).cameras.any()


def test_the_picture_shows_what_is_not_seen(store: Store) -> None:
    def reds(seen: Store) -> int:
        picture = coverage_picture(seen, facing_coverage(seen), floor_coverage(seen))
        return int((picture == (28, 25, 215)).all(axis=2).sum())

    blind = without(store, *(camera.camera_id for camera in store.cameras))
    assert reds(blind) > 20 * reds(store) > 0
