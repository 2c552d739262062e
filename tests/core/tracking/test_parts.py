"""The tracker's parts where a scene would show a fault only now and then: motion, fixtures, joints, duplicates."""

import math

import msgspec
import numpy as np
import pytest

from engine.core.tracking import TrackerState
from engine.core.tracking._eye import Eyes
from engine.core.tracking._floor import FloorArea
from engine.core.tracking._life import has_ended, note_hit, note_miss, note_near, should_see, strangers_among
from engine.core.tracking._motion import Motion
from engine.core.tracking._sightings import Sighting, sightings
from engine.core.tracking._skeleton import build_skeletons, hands_of
from engine.core.tracking._state import TrackMemory
from engine.domain import Floats, Gondola, GondolaId, Point2, TrackId
from tests.core.tracking.crowd import body_at, ceiling_room, seen, standing

STORE = ceiling_room()
EYES = Eyes(STORE.cameras)
SECOND_NS = 1_000_000_000
TIGHT = (0.01, 0.0, 0.01)


def memory_of(track_id: int, at_m: tuple[float, float]) -> TrackMemory:
    return TrackMemory(
        track_id=TrackId(track_id),
        name="",
        motion=Motion.start(0, at_m, TIGHT),
        born_ns=0,
        born_at_m=at_m,
        last_seen_ns=0,
        confirmed=True,
    )


def test_motion_learns_a_walk_and_slows_down_unseen() -> None:
    motion = Motion.start(0, (0.0, 0.0), TIGHT)
    for tenth in range(1, 31):
        t_ns = tenth * SECOND_NS // 10
        motion = motion.at(t_ns).corrected(t_ns, (0.1 * tenth, 0.0), TIGHT)
    assert motion.x == pytest.approx(3.0, abs=0.05)
    assert motion.vx == pytest.approx(1.0, abs=0.15)
    unseen = motion.at(8 * SECOND_NS)
    assert 3.5 < unseen.x < 4.5
    assert abs(unseen.vx) < 0.05
    assert unseen.a[0] > motion.a[0]


def test_a_late_sighting_corrects_the_past_place() -> None:
    motion = Motion(SECOND_NS, 1.0, 0.0, 1.0, 0.0, TIGHT, (0.0, 0.0, 0.0, 0.0), TIGHT)
    late = motion.corrected(SECOND_NS - 100_000_000, (0.9, 0.0), TIGHT)
    assert (late.x, late.vx) == pytest.approx((1.0, 1.0))
    assert late.at_ns == SECOND_NS


def test_a_place_far_from_the_expected_one_counts_for_less() -> None:
    motion = Motion.start(0, (1.0, 1.0), TIGHT)
    assert motion.surprise(0, (1.1, 1.0), TIGHT) == 1.0
    near, far = motion.surprise(0, (1.5, 1.0), TIGHT), motion.surprise(0, (2.0, 1.0), TIGHT)
    assert 1.0 < near < far
    drawn = motion.corrected(0, (2.0, 1.0), (far * 0.01, 0.0, far * 0.01))
    assert drawn.x - 1.0 < 0.25  # half the way without


def test_fixtures_hide_and_hold_nobody() -> None:
    gondola = Gondola(
        gondola_id=GondolaId("a"), origin_m=(3.0, 2.0), yaw_rad=-math.pi / 2, width_m=2.0, depth_m=0.8, height_m=1.8
    )
    area = FloorArea(msgspec.structs.replace(STORE, gondolas=(gondola,)))
    assert area.hides((3.0, 0.2, 2.8), (3.0, 3.2, 1.0))
    assert not area.hides((3.0, 0.2, 2.8), (3.0, 1.8, 1.0))
    assert not area.hides((3.0, 0.2, 2.8), (5.5, 3.2, 1.0))
    assert not area.may_stand((3.0, 2.4))
    assert area.may_stand((3.0, 1.9))
    assert not area.may_stand((-0.4, 1.0))
    assert area.is_leaving((1.0, 0.6))
    assert not area.is_leaving((3.0, 1.5))


@pytest.mark.parametrize("cameras", [1, 2, 4])
def test_joints_and_hands_without_noise(cameras: int) -> None:
    body = body_at(standing(at_m=(3.0, 2.5)), 1.25)
    track, rng = memory_of(1, (3.0, 2.5)), np.random.default_rng(0)
    for camera in STORE.cameras[:cameras]:
        person = seen(camera, body, rng, noise_px=0.0, hidden=np.zeros(17, bool))
        assert person is not None
        (sighting,) = sightings(EYES.by_id[camera.camera_id], (person,), 0)
        assert math.dist(sighting.foot_m, (3.0, 2.5)) < 0.12
        assert sighting.view is not None
        track.views[camera.camera_id] = sighting.view
    (skeleton,) = build_skeletons([track], EYES, t_ns=0)
    hands = hands_of(skeleton, track.views.values())
    truth_m = body[[9, 10]] + 0.35 * (body[[9, 10]] - body[[7, 8]])
    errors_m = [math.dist(hand.position_m, place) for hand, place in zip(hands, truth_m, strict=True)]
    if cameras == 1:
        assert all(hand.sigma_m >= 0.2 for hand in hands)
        assert all(error_m < 3 * hand.sigma_m for error_m, hand in zip(errors_m, hands, strict=True))
    else:
        assert max(errors_m) < 0.03
        assert all(hand.sigma_m < 0.15 for hand in hands)


def test_one_camera_that_is_wrong_among_four_does_not_move_a_wrist() -> None:
    body, wrong = body_at(standing(at_m=(3.0, 2.5)), 1.25), body_at(standing(at_m=(3.0, 2.5)), 1.25)
    wrong[10] += (0.0, 0.0, -0.6)
    track, rng = memory_of(1, (3.0, 2.5)), np.random.default_rng(0)
    for number, camera in enumerate(STORE.cameras):
        person = seen(camera, wrong if number == 1 else body, rng, noise_px=0.0, hidden=np.zeros(17, bool))
        assert person is not None
        view = sightings(EYES.by_id[camera.camera_id], (person,), 0)[0].view
        assert view is not None
        track.views[camera.camera_id] = view
    (skeleton,) = build_skeletons([track], EYES, t_ns=0)
    assert np.abs(skeleton.joints[10] - body[10]).max() < 0.03


def test_two_tracks_on_one_body_become_the_older_one() -> None:
    def state() -> TrackerState:
        return TrackerState(tracks=[memory_of(1, (3.0, 2.0)), memory_of(2, (3.2, 2.0)), memory_of(3, (4.0, 2.0))])

    one_body, two_bodies = state(), state()
    for tenth in range(20):
        note_near(one_body, {TrackId(1 + tenth % 2)}, tenth * SECOND_NS // 10)
        note_near(two_bodies, {TrackId(1), TrackId(2)}, tenth * SECOND_NS // 10)
    assert [track.track_id for track in one_body.tracks] == [1, 3]
    assert [track.track_id for track in two_bodies.tracks] == [1, 2, 3]


def sighting_of(body: Floats, camera: int) -> Sighting:
    person = seen(STORE.cameras[camera], body, np.random.default_rng(0), noise_px=0.0, hidden=np.zeros(17, bool))
    assert person is not None
    (sighting,) = sightings(EYES.by_id[STORE.cameras[camera].camera_id], (person,), 0)
    return sighting


def sigmas_off(sighting: Sighting, at_m: Point2) -> float:
    xx, xy, yy = sighting.spread
    off = np.array(sighting.foot_m) - at_m
    return math.sqrt(off @ np.linalg.solve(np.array(((xx, xy), (xy, yy))), off))


def test_who_crouches_is_where_the_spread_says() -> None:
    crouched, upright = body_at(standing(at_m=(3.0, 2.5)), 6.25), body_at(standing(at_m=(3.0, 2.5)), 0.0)
    for camera in range(4):
        low, high = sighting_of(crouched, camera), sighting_of(upright, camera)
        assert sigmas_off(low, (3.0, 2.5)) < 3
        assert low.spread[0] + low.spread[2] > high.spread[0] + high.spread[2]


def test_ankles_reported_on_what_hides_them_do_not_carry_the_body_off() -> None:
    body = body_at(standing(at_m=(3.0, 2.5)), 0.0)
    body[[15, 16], 2] = 0.6  # as if the shins were all that is left of the legs
    for camera in range(4):
        sighting = sighting_of(body, camera)
        assert math.dist(sighting.foot_m, (3.0, 2.5)) < 0.6  # 1.1 m by the ankles alone
        assert sigmas_off(sighting, (3.0, 2.5)) < 2.5


def test_a_body_beside_a_missed_track_is_no_stranger() -> None:
    there, away = sighting_of(body_at(standing(at_m=(3.0, 2.5)), 0.0), 0), memory_of(2, (1.0, 1.0))
    beside, unsure = memory_of(1, (3.5, 2.5)), memory_of(3, (3.0, 2.6))
    unsure.confirmed = False
    assert strangers_among([there], [away, beside]) == []
    assert strangers_among([there], [away, unsure]) == [there]
    assert strangers_among([there, there], [beside]) == [there]


def test_only_who_stands_nearer_hides_a_track() -> None:
    eye, area = EYES.by_id[STORE.cameras[0].camera_id], FloorArea(STORE)
    near, far = (sighting_of(body_at(standing(at_m=at_m), 0.0), 0) for at_m in ((2.5, 2.1), (3.1, 2.6)))
    assert not should_see(eye, area, memory_of(1, (3.1, 2.6)), [near])
    assert should_see(eye, area, memory_of(1, (2.5, 2.1)), [far])


@pytest.mark.parametrize(("misses_a_hit", "ends"), [(2, False), (20, True)])
def test_what_one_camera_imagines_dies_of_the_others(misses_a_hit: int, *, ends: bool) -> None:
    track, area = memory_of(1, (3.0, 2.5)), FloorArea(STORE)
    for tenth in range(1, 41):
        t_ns = tenth * SECOND_NS // 10
        note_hit(track, t_ns)
        for _ in range(misses_a_hit):
            note_miss(track, t_ns)
    assert has_ended(track, area, 4 * SECOND_NS) == ends
