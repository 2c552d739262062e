"""People reported as boxes alone: whole rounds of all cameras, their objective, and what is remembered of them."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from engine.core.tracking import FloorTracker, Track, TrackerState
from engine.core.tracking.joint import _assign, _compiled, _sweep
from engine.domain import PersonSeen, PersonsSeen, Store
from tests.core.tracking.crowd import START_NS, Flaws, Walk, ceiling_room, circling, frames, pacing

STEP_NS = 500_000_000
FAR = ((1.0, 1.5), (3.0, 3.5), (5.0, 2.0))


def open_room() -> Store:
    """The room with six cameras and no gate: people may come over its border."""
    return msgspec.structs.replace(ceiling_room(6), gates=())


def box(store: Store, camera: int, at_m: tuple[float, float]) -> PersonSeen | None:
    """The box of an upright body, in whole pixels; None where the picture shows too little of it."""
    calibration = store.cameras[camera].calibration
    turn = np.arange(16) * math.pi / 8
    rim = np.column_stack([at_m[0] + 0.2 * np.cos(turn), at_m[1] + 0.2 * np.sin(turn), np.zeros(16)])
    points = calibration.project(np.concatenate([rim, rim + np.array([0.0, 0.0, 1.8]), [(*at_m, 0.0)]]))
    if not np.isfinite(points).all():
        return None
    size = np.array([calibration.width_px, calibration.height_px], dtype=np.float64)
    low, high = points.min(axis=0), np.array([points[:, 0].max(), points[-1, 1]])
    x1, y1, x2, y2 = np.clip(np.concatenate([low, high]), 0, np.tile(size, 2)).round().tolist()
    if (x2 - x1) * (y2 - y1) < 0.5 * (high - low).prod():
        return None
    return PersonSeen(xyxy_px=(x1, y1, x2, y2), score=0.9)


def rounds(store: Store, places: Sequence[Sequence[tuple[float, float]]], *, first: int = 0) -> list[PersonsSeen]:
    """One frame of every camera each half second, with everybody in it."""
    return [
        PersonsSeen(
            t_ns=START_NS + number * STEP_NS,
            camera_id=camera.camera_id,
            frame_seq=number,
            persons=tuple(seen for at_m in those if (seen := box(store, c, at_m)) is not None),
        )
        for number, those in enumerate(places, start=first)
        for c, camera in enumerate(store.cameras)
    ]


def play(tracker: FloorTracker, facts: Sequence[PersonsSeen]) -> FloorTracker:
    for fact in facts:
        tracker.observe(fact)
    return tracker


def believed(tracker: FloorTracker) -> list[Track]:
    return [track for track in tracker.tracks if track.confirmed]


def nearest(tracker: FloorTracker, at_m: tuple[float, float]) -> Track:
    return min(believed(tracker), key=lambda track: math.dist(track.foot_m, at_m))


def without_poses(fact: PersonsSeen) -> PersonsSeen:
    persons = tuple(PersonSeen(xyxy_px=person.xyxy_px, score=person.score) for person in fact.persons)
    return msgspec.structs.replace(fact, persons=persons)


def test_assignments_are_the_best_there_are() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        gain = rng.normal(0, 1, rng.integers(1, 9, 2))
        chosen = _assign.assign(gain)
        rows, columns = linear_sum_assignment(np.maximum(gain, 0), maximize=True)
        assert sum(gain[r, c] for r, c in enumerate(chosen) if c >= 0) == pytest.approx(
            np.maximum(gain, 0)[rows, columns].sum()
        )
        taken = [c for c in chosen if c >= 0]
        assert len(taken) == len(set(taken))
        assert all(gain[r, c] > 0 for r, c in enumerate(chosen) if c >= 0)


def test_everybody_is_where_their_boxes_are_from_the_first_round_on() -> None:
    store = open_room()
    tracker = play(FloorTracker(store), rounds(store, [FAR]))
    assert len(believed(tracker)) == 3
    for at_m in FAR:
        assert math.dist(nearest(tracker, at_m).foot_m, at_m) < 0.1


def test_two_who_pass_each_other_keep_their_ids() -> None:
    store = open_room()
    places = [((1.0 + 0.4 * n, 2.3), (5.0 - 0.4 * n, 2.7)) for n in range(11)]
    tracker = play(FloorTracker(store), rounds(store, places[:3]))
    left, right = nearest(tracker, places[2][0]).track_id, nearest(tracker, places[2][1]).track_id
    play(tracker, rounds(store, places[3:], first=3))
    assert nearest(tracker, places[-1][0]).track_id == left
    assert nearest(tracker, places[-1][1]).track_id == right
    assert len(believed(tracker)) == 2


def test_one_camera_s_doubtful_box_where_five_others_see_nobody_is_nobody() -> None:
    store = open_room()
    facts = []
    for fact in rounds(store, [FAR[1:2]] * 4):
        doubtful = tuple(msgspec.structs.replace(person, score=0.5) for person in fact.persons)
        alone = fact.camera_id == store.cameras[0].camera_id
        facts.append(msgspec.structs.replace(fact, persons=doubtful if alone else ()))
    assert not believed(play(FloorTracker(store), facts))


def test_whom_all_cameras_miss_is_gone() -> None:
    store = open_room()
    tracker = play(FloorTracker(store), rounds(store, [FAR] * 3))
    play(tracker, rounds(store, [FAR[:2]] * 3, first=3))
    assert len(believed(tracker)) == 2
    assert all(math.dist(nearest(tracker, at_m).foot_m, at_m) < 0.1 for at_m in FAR[:2])


def test_asking_within_a_round_changes_nothing() -> None:
    store = open_room()
    facts = rounds(store, [FAR] * 3)
    asked, silent = FloorTracker(store), FloorTracker(store)
    for fact in facts:
        asked.observe(fact)
        assert asked.tracks is not None
    play(silent, facts)
    assert msgspec.msgpack.encode(asked.state()) == msgspec.msgpack.encode(silent.state())
    assert asked.tracks == silent.tracks


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_tracker_restored_within_a_round_goes_on_to_the_byte(cut: int) -> None:
    store = open_room()
    facts = rounds(store, [[(x + 0.3 * n, y) for x, y in FAR] for n in range(5)])
    whole = play(FloorTracker(store), facts)
    encoded = msgspec.msgpack.encode(play(FloorTracker(store), facts[:cut]).state())
    restored = FloorTracker.from_state(store, msgspec.msgpack.decode(encoded, type=TrackerState))
    assert play(restored, facts[cut:]).tracks == whole.tracks
    assert msgspec.msgpack.encode(restored.state()) == msgspec.msgpack.encode(whole.state())


def test_boxes_that_err_more_are_learnt_to_err_more() -> None:
    store = open_room()
    rng = np.random.default_rng(5)

    def worse(person: PersonSeen) -> PersonSeen:
        x1, y1, x2, y2 = person.xyxy_px
        off, up = rng.normal(0, 0.15) * (x2 - x1), rng.normal(0, 0.05) * (y2 - y1)
        return PersonSeen(xyxy_px=(x1 + off, y1, x2 + off, y2 + up), score=person.score)

    exact = rounds(store, [FAR] * 12)
    rough = [msgspec.structs.replace(fact, persons=tuple(map(worse, fact.persons))) for fact in exact]
    errors = [play(FloorTracker(store), facts).state().errors for facts in (exact, rough)]
    assert errors[1][0] / errors[1][1] > 2 * errors[0][0] / errors[0][1]


def test_cameras_that_miss_people_in_full_sight_are_learnt_to() -> None:
    store = open_room()
    exact = rounds(store, [FAR] * 8)
    blind = {camera.camera_id for camera in store.cameras[1:3]}
    missing = [msgspec.structs.replace(fact, persons=()) if fact.camera_id in blind else fact for fact in exact]
    seldom, often = (play(FloorTracker(store), facts).state().errors for facts in (exact, missing))
    assert often[4] / often[5] > 1.5 * seldom[4] / seldom[5]


def test_when_poses_come_the_tracks_go_on() -> None:
    store = ceiling_room()
    walks: tuple[Walk, ...] = (pacing(y_m=2.2, phase=0.0), circling(centre_m=(3.0, 2.5), radius_m=1.4))
    facts = frames(store, walks, 6.0, seed=4, flaws=Flaws(invented=0.0))
    half = len(facts) // 2
    tracker = play(FloorTracker(store), [without_poses(fact) for fact in facts[:half]])
    before = {track.track_id for track in believed(tracker)}
    play(tracker, facts[half:])
    assert {track.track_id for track in believed(tracker)} == before
    assert tracker.state().poses
    assert any(tracker.joints_m(track_id) for track_id in before)


def test_a_store_with_poses_needs_no_rounds() -> None:
    store = ceiling_room()
    facts = frames(store, (circling(centre_m=(3.0, 2.5), radius_m=1.0),), 2.0, seed=2)
    assert not play(FloorTracker(store), facts).state().round


def test_a_kept_kernel_is_that_of_all_its_files() -> None:
    assert _sweep.sweep._cache._cache_file._source_stamp == _compiled._STAMP
