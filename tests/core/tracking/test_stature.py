"""How tall people are tells who is who after they stood close together."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from engine.core.tracking import FloorTracker, HandSample
from engine.core.tracking._state import Height
from engine.core.tracking._stature import _exchanged
from engine.domain import Floats, PersonsSeen, TrackId
from tests.core.tracking.crowd import START_NS, body_at, ceiling_room, seen, standing

STORE = ceiling_room()
LEFT_M, RIGHT_M = (2.8, 2.5), (3.3, 2.5)
BEFORE_S, UNTIL_S = 10.0, 15.0

Scene = Callable[[float], Sequence[Floats]]
"""The joints (17, 3) of everybody at a time in seconds."""


def stands(at_m: tuple[float, float], t_s: float, *, tall: float = 1.0) -> Floats:
    """Joints of somebody who never crouches, ``tall`` times as high up as those of others."""
    joints = body_at(standing(at_m=at_m), t_s % 5.0)
    joints[:, 2] *= tall
    return joints


def watch(scene: Scene, tracker: FloorTracker, since_s: float, until_s: float) -> None:
    """Let four cameras see the scene ten times a second."""
    rng = np.random.default_rng(5)
    nothing = np.zeros(17, bool)
    for tenth in range(round(10 * since_s), round(10 * until_s)):
        bodies = scene(tenth / 10)
        for camera in STORE.cameras:
            persons = (seen(camera, joints, rng, noise_px=2.0, hidden=nothing) for joints in bodies)
            fact = PersonsSeen(
                t_ns=START_NS + tenth * 100_000_000,
                camera_id=camera.camera_id,
                frame_seq=tenth,
                persons=tuple(person for person in persons if person is not None),
            )
            tracker.observe(fact)


def exchanging(tall: float, short: float) -> Scene:
    """Two people who change places between two pictures."""

    def scene(t_s: float) -> Sequence[Floats]:
        tall_m, short_m = (LEFT_M, RIGHT_M) if t_s < BEFORE_S else (RIGHT_M, LEFT_M)
        return stands(tall_m, t_s, tall=tall), stands(short_m, t_s, tall=short)

    return scene


def ids_from_left(tracker: FloorTracker) -> list[TrackId]:
    """Who stands where."""
    return [track.track_id for track in sorted(tracker.tracks, key=lambda track: track.foot_m) if track.confirmed]


@pytest.mark.parametrize(("tall", "short", "noticed"), [(1.05, 0.95, True), (1.0, 1.0, False)])
def test_tracks_that_exchanged_bodies_of_different_height_give_them_back(
    tall: float, short: float, noticed: bool
) -> None:
    tracker, scene = FloorTracker(STORE), exchanging(tall, short)
    watch(scene, tracker, 0, BEFORE_S)
    before = ids_from_left(tracker)
    watch(scene, tracker, BEFORE_S, UNTIL_S)
    assert len(before) == 2
    assert ids_from_left(tracker) == (before[::-1] if noticed else before)
    assert all(track.mixed_ns is not None for track in tracker.tracks) == noticed


def test_their_hands_since_they_were_close_go_with_them() -> None:
    tracker, scene = FloorTracker(STORE), exchanging(1.05, 0.95)
    watch(scene, tracker, 0, BEFORE_S)
    tall_id = ids_from_left(tracker)[0]
    watch(scene, tracker, BEFORE_S, UNTIL_S)
    samples = tracker.hand_samples(tall_id, START_NS, START_NS + round(UNTIL_S * 1e9))
    assert _middle_m(samples, UNTIL_S - 0.5) > 3.05  # where the tall one is
    assert _middle_m(samples, BEFORE_S - 1.0) < 3.05  # where the tall one was


def _middle_m(samples: Sequence[HandSample], since_s: float) -> float:
    since_ns = START_NS + round(since_s * 1e9)
    near = [s.position_m[0] for s in samples if since_ns <= s.t_ns < since_ns + 500_000_000]
    return float(np.median(near))


def test_whoever_stoops_beside_somebody_shorter_is_still_who_they_are() -> None:
    def scene(t_s: float) -> Sequence[Floats]:
        stooping = 0.86 if t_s >= BEFORE_S else 1.05
        return stands(LEFT_M, t_s, tall=stooping), stands(RIGHT_M, t_s, tall=0.92)

    tracker = FloorTracker(STORE)
    watch(scene, tracker, 0, BEFORE_S)
    before = ids_from_left(tracker)
    watch(scene, tracker, BEFORE_S, UNTIL_S)
    assert ids_from_left(tracker) == before


def test_whoever_is_up_and_down_all_the_time_is_not_taken_for_somebody_who_crouches() -> None:
    """Of them every height is possible, which is no reason to take them for anybody. Heights of a trial."""
    tracker = FloorTracker(STORE)
    watch(exchanging(1.0, 1.0), tracker, 0, 3.0)
    crouching, busy = tracker.state().tracks
    crouching.nose, crouching.shoulders = _height(1.545, 1.520, 0.046), _height(1.397, 1.206, 0.049)
    busy.nose, busy.shoulders = _height(1.420, 1.520, 0.113), _height(1.308, 1.395, 0.088)
    assert not _exchanged(crouching, busy)
    crouching.nose, crouching.shoulders = _height(1.545, 1.390, 0.046), _height(1.397, 1.206, 0.049)
    busy.nose, busy.shoulders = _height(1.380, 1.540, 0.030), _height(1.210, 1.395, 0.030)
    assert _exchanged(crouching, busy), "somebody of a steady height has grown"


def _height(slow_m: float, fast_m: float, strayed_m: float) -> Height:
    return Height(slow_m=slow_m, fast_m=fast_m, variance_m2=strayed_m**2, count=200)
