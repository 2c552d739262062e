"""The signal level: people near where they are, none where a camera cannot see any, and errors that stay a while."""

import msgspec
import numpy as np
import pytest

from drivers.twin.devices import true_bodies
from drivers.twin.render import Body, load_bodies
from drivers.twin.scenario import Trade, World
from drivers.twin.sight import BadLight, JointGroup, Sight, fitted_sight
from engine.domain import KEYPOINTS, Floats, PersonsSeen, Store

Moment = tuple[list[int], list[Floats]]


@pytest.fixture(scope="module")
def bodies() -> tuple[Body, ...]:
    return load_bodies()


@pytest.fixture(scope="module")
def moments(demo: Store, bodies: tuple[Body, ...]) -> list[Moment]:
    """Everybody's numbers and joints, ten times a second for forty seconds of three shoppers."""
    world = World(demo, seed=1, play=Trade(shoppers=3, seconds=180.0))
    found: list[Moment] = []
    for tenth in range(150, 550):
        world.advance(tenth / 10)
        found.append(([shopper.number for shopper in world.shoppers], true_bodies(world, bodies)))
    return found


def _seen(sight: Sight, moments: list[Moment], *, gain: float = 1.0) -> list[tuple[PersonsSeen, ...]]:
    return [sight.look(numbers, bodies_m, gain=gain) for numbers, bodies_m in moments]


def _count(frames: list[tuple[PersonsSeen, ...]]) -> int:
    return sum(len(view.persons) for views in frames for view in views)


def test_every_camera_speaks_at_every_moment(demo: Store, moments: list[Moment]) -> None:
    frames = _seen(Sight(demo, seed=1), moments)
    for at, views in enumerate(frames, start=1):
        assert [view.camera_id for view in views] == [camera.camera_id for camera in demo.cameras]
        assert all(view.frame_seq == at for view in views)
    assert Sight(demo, seed=1).look([], [])[0].persons == ()


def test_most_people_are_seen_most_of_the_time(demo: Store, moments: list[Moment]) -> None:
    present = sum(len(numbers) for numbers, _ in moments)
    ceiling = [at for at, camera in enumerate(demo.cameras) if camera.watches_gondola is None]
    found = sum(len(views[at].persons) for views in _seen(Sight(demo, seed=1), moments) for at in ceiling)
    assert 0.6 < found / (present * len(ceiling)) < 1.05


def test_nobody_is_seen_through_a_wall(demo: Store, moments: list[Moment]) -> None:
    shift_m = np.array([-12.0, 0.0, 0.0])  # the west has no window
    away = [(numbers, [body_m + shift_m for body_m in bodies_m]) for numbers, bodies_m in moments]
    assert _count(_seen(Sight(demo, seed=1), away)) == 0


def test_sure_joints_are_nearer_than_unsure_ones(demo: Store, moments: list[Moment]) -> None:
    calibrations = [camera.calibration for camera in demo.cameras]
    offsets, scores = [], []
    for numbers, bodies_m in moments[::8]:
        for camera, view in enumerate(Sight(demo, seed=numbers[0]).look(numbers[:1], bodies_m[:1])):
            for person in view.persons[-1:]:
                points = np.array(person.keypoints).reshape(KEYPOINTS, 3)
                offsets += np.linalg.norm(points[:, :2] - calibrations[camera].project(bodies_m[0]), axis=1).tolist()
                scores += points[:, 2].tolist()
    off_px, score = np.array(offsets), np.array(scores)
    assert len(off_px) > 2_000
    assert np.median(off_px[score > 0.5]) < 8.0
    assert np.median(off_px[score < 0.15]) > 2 * np.median(off_px[score > 0.5])


def test_joints_that_are_off_are_off_the_same_way_a_moment_later(demo: Store, moments: list[Moment]) -> None:
    numbers, bodies_m = moments[100]
    sight = Sight(demo, seed=4)
    true_px = demo.cameras[0].calibration.project(bodies_m[0])
    pairs, before = [], None
    for _ in range(400):
        persons = sight.look(numbers[:1], bodies_m[:1])[0].persons
        off_px = np.array(persons[0].keypoints).reshape(KEYPOINTS, 3)[:, :2] - true_px if persons else None
        if before is not None and off_px is not None:
            pairs.append(np.stack([before, off_px]).clip(-10, 10))
        before = off_px
    one, other = np.array(pairs).transpose(1, 0, 2, 3).reshape(2, -1)
    assert len(one) > 2_000
    assert np.corrcoef(one, other)[0, 1] > 0.3


def test_bad_light_hides_people(demo: Store, moments: list[Moment]) -> None:
    dim = BadLight(doublings=(-2.0, 0.0), log_odds=(-3.0, 0.0), errors=(1.0, 1.0), scores=(1.0, 1.0))
    model = msgspec.structs.replace(fitted_sight().model, light=dim)
    usual, half, dark, darker = (
        _count(_seen(Sight(demo, seed=2, model=model), moments, gain=gain)) for gain in (1.0, 0.5, 0.25, 0.05)
    )
    assert usual == _count(_seen(Sight(demo, seed=2, model=model), moments, gain=3.0))
    assert dark < half < usual
    assert darker == dark  # beyond what was measured it stays as at its end


def test_the_same_seed_says_the_same_and_another_does_not(demo: Store, moments: list[Moment]) -> None:
    first, same, other = (_seen(Sight(demo, seed=seed), moments[:50]) for seed in (3, 3, 4))
    assert first == same
    assert first != other


def test_there_is_room_for_many_people_one_after_the_other(demo: Store, moments: list[Moment]) -> None:
    sight = Sight(demo, seed=1)
    _, bodies_m = moments[100]
    for number in range(200):
        assert len(sight.look([number], bodies_m[:1])) == len(demo.cameras)


def test_a_model_without_a_group_of_joints_is_refused(demo: Store) -> None:
    model = fitted_sight().model
    rows = tuple(row for row in model.joint if row.group is not JointGroup.KNEE)
    with pytest.raises(ValueError, match="knee"):
        Sight(demo, seed=1, model=msgspec.structs.replace(model, joint=rows))
