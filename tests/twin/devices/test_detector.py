"""The signal level: people near where they are, none where a camera cannot see any, whatever the view is."""

import numpy as np
import pytest

from drivers.twin.devices._detector import SimulatedDetector, true_bodies
from drivers.twin.render import Body, load_bodies
from drivers.twin.scenario import Trade, World
from engine.domain import KEYPOINTS, Floats, Store


@pytest.fixture(scope="module")
def bodies() -> tuple[Body, ...]:
    return load_bodies()


@pytest.fixture(scope="module")
def moments(demo: Store, bodies: tuple[Body, ...]) -> list[list[Floats]]:
    """Everybody's joints, twice a second for a minute of three shoppers."""
    world = World(demo, seed=1, play=Trade(shoppers=3, seconds=180.0))
    moments: list[list[Floats]] = []
    for half_second in range(20, 140):
        world.advance(half_second / 2)
        moments.append(true_bodies(world, bodies))
    return moments


def test_every_camera_says_people_or_none_at_any_moment(demo: Store, moments: list[list[Floats]]) -> None:
    for number, camera in enumerate(demo.cameras):
        detector = SimulatedDetector(camera, seed=number)
        seen = [detector.look(joints_m) for joints_m in moments]
        assert [view.frame_seq for view in seen] == list(range(1, len(moments) + 1))
        assert all(len(view.persons) <= len(joints_m) for view, joints_m in zip(seen, moments, strict=True))
        width_px, height_px = camera.calibration.width_px, camera.calibration.height_px
        boxes = np.array([person.xyxy_px for view in seen for person in view.persons])
        assert len(boxes) > 0
        assert (boxes >= 0).all()
        assert (boxes <= [width_px, height_px, width_px, height_px]).all()


def test_the_ceiling_sees_most_people_most_of_the_time(demo: Store, moments: list[list[Floats]]) -> None:
    present = sum(map(len, moments))
    ceiling = [camera for camera in demo.cameras if camera.watches_gondola is None]
    found = [
        sum(len(SimulatedDetector(camera, seed=1).look(joints_m).persons) for joints_m in moments) for camera in ceiling
    ]
    assert present > 200
    assert sum(found) / (present * len(ceiling)) > 0.5


def test_joints_are_off_by_pixels_and_not_by_more(demo: Store, moments: list[list[Floats]]) -> None:
    camera = next(camera for camera in demo.cameras if camera.watches_gondola is None)
    detector = SimulatedDetector(camera, seed=1)
    errors_px: list[float] = []
    for joints_m in moments:
        for person in detector.look(joints_m[:1]).persons:
            points = np.array(person.keypoints).reshape(KEYPOINTS, 3)
            offsets = np.linalg.norm(points[:, :2] - camera.calibration.project(joints_m[0]), axis=1)
            errors_px += offsets[points[:, 2] > 0.5].tolist()
    assert len(errors_px) > 500
    assert 2.0 < np.sqrt(np.mean(np.square(errors_px)) / 2) < 4.0
    assert max(errors_px) < 20.0


def test_the_same_seed_says_the_same(demo: Store, moments: list[list[Floats]]) -> None:
    first, same = (SimulatedDetector(demo.cameras[0], seed=3) for _ in range(2))
    assert [first.look(joints_m) for joints_m in moments] == [same.look(joints_m) for joints_m in moments]
