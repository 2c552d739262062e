"""The tracker's promises one by one: determinism, memory, birth, death, reflections and outside trackers."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.tracking import FloorTracker, HandSample, Side, Track, TrackerState, _tracker
from engine.core.tracking._skeleton import build_skeletons
from engine.core.tracking._state import MIRRORED, Skeleton
from engine.domain import BodiesTracked, BodyTracked, CameraId, GondolaId, PersonSeen, PersonsSeen, TrackId
from tests.core.tracking.crowd import (
    DEPTH_M,
    START_NS,
    WIDTH_M,
    Flaws,
    ceiling_room,
    circling,
    frames,
    pacing,
    standing,
)

STORE = ceiling_room()
SCENE = frames(STORE, (pacing(y_m=2.2, phase=0.0), circling(centre_m=(3.0, 2.5), radius_m=1.2)), 4.0, seed=3)
SECOND_NS = 1_000_000_000


def play(facts: list[PersonsSeen], tracker: FloorTracker | None = None) -> FloorTracker:
    tracker = tracker or FloorTracker(STORE)
    for fact in facts:
        tracker.observe(fact)
    return tracker


def confirmed(tracker: FloorTracker) -> list[Track]:
    return [track for track in tracker.tracks if track.confirmed]


def someone_standing(seconds: float, at_m: tuple[float, float] = (3.0, 2.5)) -> FloorTracker:
    return play(frames(STORE, (standing(at_m=at_m),), seconds, seed=1, flaws=Flaws(invented=0.0)))


def empty_frames(since_ns: int, seconds: float) -> list[PersonsSeen]:
    return [
        PersonsSeen(t_ns=since_ns + tenth * 100_000_000, camera_id=camera.camera_id, frame_seq=tenth, persons=())
        for tenth in range(int(seconds * 10))
        for camera in STORE.cameras
    ]


def test_the_same_facts_give_the_same_bytes() -> None:
    one, other = play(SCENE), play(SCENE)
    assert msgspec.msgpack.encode(one.state()) == msgspec.msgpack.encode(other.state())


@pytest.mark.parametrize("cut", [1, 37, 90])
def test_a_restored_tracker_goes_on_to_the_byte(cut: int) -> None:
    encoded = msgspec.msgpack.encode(play(SCENE[:cut]).state())
    restored = FloorTracker.from_state(STORE, msgspec.msgpack.decode(encoded, type=TrackerState))
    assert msgspec.msgpack.encode(restored.state()) == encoded
    whole, resumed = play(SCENE), play(SCENE[cut:], restored)
    assert resumed.tracks == whole.tracks
    assert msgspec.msgpack.encode(resumed.state()) == msgspec.msgpack.encode(whole.state())


def test_a_state_is_a_copy() -> None:
    tracker = play(SCENE[:40])
    state = tracker.state()
    before = msgspec.msgpack.encode(state)
    play(SCENE[40:], tracker)
    assert msgspec.msgpack.encode(state) == before


@settings(max_examples=5, deadline=None)
@given(st.integers(min_value=-START_NS, max_value=10**18))
def test_when_it_happens_does_not_matter(shift_ns: int) -> None:
    facts = SCENE[:60]
    shifted = play([msgspec.structs.replace(fact, t_ns=fact.t_ns + shift_ns) for fact in facts])
    expected = [
        msgspec.structs.replace(track, born_ns=track.born_ns + shift_ns, last_seen_ns=track.last_seen_ns + shift_ns)
        for track in play(facts).tracks
    ]
    assert list(shifted.tracks) == expected


def test_a_reflection_off_the_floor_is_never_a_track() -> None:
    person, mirrored = standing(at_m=(0.8, 2.5)), standing(at_m=(-0.8, 2.5))
    tracker = FloorTracker(STORE)
    for fact in frames(STORE, (person, mirrored), 20.0, seed=5, flaws=Flaws(invented=0.0)):
        tracker.observe(fact)
        for track in tracker.tracks:
            assert -0.2 < track.foot_m[0] < WIDTH_M + 0.2
            assert -0.2 < track.foot_m[1] < DEPTH_M + 0.2
    assert len(confirmed(tracker)) == 1


def test_someone_whom_the_cameras_should_see_and_do_not_is_gone() -> None:
    tracker = someone_standing(3.0)
    (track,) = confirmed(tracker)
    play(empty_frames(track.last_seen_ns, 1.4), tracker)
    assert len(confirmed(tracker)) == 1
    play(empty_frames(track.last_seen_ns + 1_400_000_000, 0.6), tracker)
    assert not confirmed(tracker)


def test_someone_whom_no_camera_can_see_is_waited_for() -> None:
    tracker = someone_standing(3.0)
    (track,) = confirmed(tracker)
    tracker.advance(track.last_seen_ns + 6 * SECOND_NS)
    assert [t.track_id for t in confirmed(tracker)] == [track.track_id]
    tracker.advance(track.last_seen_ns + 9 * SECOND_NS)
    assert not tracker.tracks


def test_someone_lost_at_the_gate_has_left() -> None:
    tracker = someone_standing(3.0, at_m=(1.0, 0.5))
    (track,) = confirmed(tracker)
    tracker.advance(track.last_seen_ns + SECOND_NS)
    assert not tracker.tracks


def test_a_single_frame_is_not_a_person_yet() -> None:
    tracker = play(SCENE[:1])
    assert tracker.tracks
    assert not confirmed(tracker)


def test_boxes_without_poses_are_enough() -> None:
    facts = frames(STORE, (circling(centre_m=(3.0, 2.5), radius_m=1.0),), 8.0, seed=2, flaws=Flaws(invented=0.0))
    tracker = play([_without_poses(fact) for fact in facts])
    (track,) = confirmed(tracker)
    assert track.track_id == 1
    assert not any(tracker.joints_m(track.track_id))


def _without_poses(fact: PersonsSeen) -> PersonsSeen:
    persons = tuple(PersonSeen(xyxy_px=person.xyxy_px, score=person.score) for person in fact.persons)
    return msgspec.structs.replace(fact, persons=persons)


def test_a_camera_that_watches_a_shelf_misses_nobody() -> None:
    narrow = msgspec.structs.replace(STORE.cameras[0], camera_id=CameraId("narrow"), watches_gondola=GondolaId("a"))
    tracker = FloorTracker(msgspec.structs.replace(STORE, cameras=(*STORE.cameras, narrow)))
    play(frames(STORE, (standing(at_m=(3.0, 2.5)),), 3.0, seed=1, flaws=Flaws(invented=0.0)), tracker)
    (track,) = confirmed(tracker)
    for tenth in range(50):
        t_ns = track.last_seen_ns + tenth * 100_000_000
        tracker.observe(PersonsSeen(t_ns=t_ns, camera_id=narrow.camera_id, frame_seq=tenth, persons=()))
    assert [t.track_id for t in confirmed(tracker)] == [track.track_id]


def test_a_body_cut_on_all_sides_goes_on_with_a_track_and_starts_none() -> None:
    def cut(x_px: float) -> PersonsSeen:
        person = PersonSeen(xyxy_px=(x_px - 60, 0.0, x_px + 60, 360.0), score=0.6)
        return PersonsSeen(t_ns=after_ns, camera_id=STORE.cameras[0].camera_id, frame_seq=0, persons=(person,))

    tracker = someone_standing(3.0, at_m=(1.6, 1.4))
    (track,) = confirmed(tracker)
    after_ns = track.last_seen_ns + SECOND_NS // 2
    play([cut(320.0)], tracker)
    (again,) = tracker.tracks
    assert again.last_seen_ns == after_ns
    play([cut(20.0)], tracker)
    assert len(tracker.tracks) == 1


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.tuples(*[anything] * 4), st.tuples(*[anything] * 51)), min_size=1, max_size=3))
def test_nonsense_from_a_camera_breaks_nothing(
    nonsense: list[tuple[tuple[float, float, float, float], tuple[float, ...]]],
) -> None:
    persons = tuple(PersonSeen(xyxy_px=box, score=0.5, keypoints=keypoints) for box, keypoints in nonsense)
    tracker = play(SCENE[:20])
    play([msgspec.structs.replace(fact, persons=persons) for fact in SCENE[20:26]], tracker)
    play(SCENE[26:40], tracker)
    assert all(abs(x) < 100 for track in tracker.tracks for x in track.foot_m)


def test_hands_are_kept_for_twelve_seconds_also_of_the_gone() -> None:
    tracker = someone_standing(14.0)
    (track,) = confirmed(tracker)
    end_ns = track.last_seen_ns
    samples = tracker.hand_samples(track.track_id, end_ns - 20 * SECOND_NS, end_ns)
    assert end_ns - 12 * SECOND_NS <= samples[0].t_ns < end_ns - 11 * SECOND_NS
    assert {sample.side for sample in samples} == {Side.LEFT, Side.RIGHT}
    assert list(samples) == sorted(samples, key=lambda sample: sample.t_ns)
    play(empty_frames(end_ns, 3.0), tracker)
    assert not tracker.tracks
    assert tracker.hand_samples(track.track_id, end_ns - SECOND_NS, end_ns)
    tracker.advance(end_ns + 13 * SECOND_NS)
    assert tracker.hand_samples(track.track_id, 0, end_ns) == ()


def test_what_leaves_is_in_whole_millimetres() -> None:
    tracker = play(SCENE)
    (track, *_) = confirmed(tracker)
    numbers = [
        *track.foot_m,
        *track.velocity_mps,
        *track.born_at_m,
        *(x for joint in tracker.joints_m(track.track_id) for x in joint or ()),
    ]
    for sample in tracker.hand_samples(track.track_id, 0, 2 * START_NS):
        numbers += [*sample.position_m, sample.sigma_m]
    assert all(number == round(number, 3) for number in numbers)


def test_a_skeleton_is_built_once_however_often_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tracker, built = someone_standing(3.0), []
    (track,) = confirmed(tracker)

    def counted(*given: Any, t_ns: int) -> tuple[Skeleton, ...]:  # noqa: ANN401 - as it is called
        built.append(t_ns)
        return build_skeletons(*given, t_ns=t_ns)

    monkeypatch.setattr(_tracker, "build_skeletons", counted)
    before = tracker.joints_m(track.track_id)
    assert tracker.joints_m(track.track_id) == before
    assert tracker.hand_samples(track.track_id, track.last_seen_ns - SECOND_NS, track.last_seen_ns)
    assert len(built) == 1
    tracker.advance(track.last_seen_ns + 10_000_000)
    tracker.joints_m(track.track_id)
    assert len(built) == 2


def test_outside_names_are_tracks() -> None:
    def bodies(t_ns: int, *names: str) -> BodiesTracked:
        return BodiesTracked(
            t_ns=t_ns,
            bodies=tuple(
                BodyTracked(name=name, head_m=(i + 1.0, 2.0, 1.6), hands_m=((i + 1.3, 2.0, 1.0), (i + 1.3, 2.2, 1.1)))
                for i, name in enumerate(names)
            ),
        )

    tracker = FloorTracker(STORE)
    for tenth in range(10):
        tracker.observe_bodies(bodies(START_NS + tenth * 100_000_000, "ann", "ben"))
    ann, ben = tracker.tracks
    assert (ann.name, ben.name) == ("ann", "ben")
    assert ann.confirmed
    assert ben.foot_m == pytest.approx((2.0, 2.0), abs=1e-3)
    assert tracker.hand_samples(ann.track_id, START_NS, START_NS) == (
        HandSample(t_ns=START_NS, side=Side.LEFT, position_m=(1.3, 2.0, 1.0), sigma_m=0.05),
        HandSample(t_ns=START_NS, side=Side.RIGHT, position_m=(1.3, 2.2, 1.1), sigma_m=0.05),
    )
    tracker.observe_bodies(bodies(START_NS + 7 * SECOND_NS, "ann"))
    assert [track.name for track in tracker.tracks] == ["ann"]


def test_a_camera_of_another_store_is_refused() -> None:
    with pytest.raises(KeyError):
        FloorTracker(STORE).observe(msgspec.structs.replace(SCENE[0], camera_id=CameraId("elsewhere")))


def test_unknown_tracks_have_no_hands() -> None:
    assert FloorTracker(STORE).hand_samples(TrackId(7), 0, START_NS) == ()


def test_asking_changes_nothing() -> None:
    asked, left_alone = FloorTracker(STORE), FloorTracker(STORE)
    for fact in SCENE:
        left_alone.observe(fact)
        asked.observe(fact)
        for track in asked.tracks:
            asked.joints_m(track.track_id)
            asked.hand_samples(track.track_id, 0, fact.t_ns)
    assert msgspec.msgpack.encode(asked.state()) == msgspec.msgpack.encode(left_alone.state())


def test_hands_of_the_newest_frame_can_be_had_at_once() -> None:
    facts = frames(STORE, (standing(at_m=(3.0, 2.5)),), 4.0, seed=1, flaws=Flaws(invented=0.0, missed=0.0))
    tracker = play(facts[:-1])
    (track,) = confirmed(tracker)
    before = tracker.hand_samples(track.track_id, 0, 2 * START_NS)
    tracker.observe(facts[-1])
    after = tracker.hand_samples(track.track_id, 0, 2 * START_NS)
    assert after[-1].t_ns > before[-1].t_ns
    assert facts[-1].t_ns - after[-1].t_ns < SECOND_NS // 4  # what its camera's lag was learnt to be


def test_a_camera_that_takes_left_for_right_does_not_cross_the_arms() -> None:
    facts = frames(STORE, (standing(at_m=(3.0, 2.5)),), 6.0, seed=1, flaws=Flaws(invented=0.0))
    wrong = STORE.cameras[1].camera_id
    crossed = play([_crossed(f) if f.camera_id == wrong and f.t_ns > START_NS + SECOND_NS else f for f in facts])
    (one,), (other,) = confirmed(play(facts)), confirmed(crossed)
    for side, samples in _by_side(crossed, other).items():
        usual = _by_side(play(facts), one)[side]
        assert len(samples) >= 0.8 * len(usual)
        apart_m = [min(math.dist(s.position_m, u.position_m) for u in usual if u.t_ns == s.t_ns) for s in samples]
        assert sorted(apart_m)[len(apart_m) * 9 // 10] < 0.1


def test_a_camera_that_errs_alike_in_every_frame_is_not_believed_the_more() -> None:
    facts = frames(STORE, (standing(at_m=(3.0, 2.5)),), 4.0, seed=1, flaws=Flaws(invented=0.0, late_s=(0.0,)))
    wrong = STORE.cameras[0].camera_id
    hasty = [_aside(fact, number) for fact in facts if fact.camera_id == wrong for number in range(4)]
    tracker = play(sorted([*(f for f in facts if f.camera_id != wrong), *hasty], key=lambda fact: fact.t_ns))
    (track,) = confirmed(tracker)
    assert math.dist(track.foot_m, (3.0, 2.5)) < 0.12


def _aside(fact: PersonsSeen, number: int) -> PersonsSeen:
    """One of four copies within a tenth of a second, everybody 25 pixels to the right of where they are."""
    persons = []
    for person in fact.persons:
        moved = tuple(px + 25 * (at % 3 == 0) for at, px in enumerate(person.keypoints))
        persons.append(msgspec.structs.replace(person, keypoints=moved))
    return msgspec.structs.replace(fact, t_ns=fact.t_ns + 25_000_000 * number, persons=tuple(persons))


def _crossed(fact: PersonsSeen) -> PersonsSeen:
    """Left and right exchanged, as pose models do from behind."""
    persons = []
    for person in fact.persons:
        joints = [person.keypoints[3 * int(joint) : 3 * int(joint) + 3] for joint in MIRRORED]
        persons.append(msgspec.structs.replace(person, keypoints=tuple(number for joint in joints for number in joint)))
    return msgspec.structs.replace(fact, persons=tuple(persons))


def _by_side(tracker: FloorTracker, track: Track) -> dict[Side, list[HandSample]]:
    samples = tracker.hand_samples(track.track_id, 0, 2 * START_NS)
    return {side: [sample for sample in samples if sample.side == side] for side in Side}
