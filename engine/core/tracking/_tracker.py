"""The floor tracker: each fact moves the tracks it speaks of; nothing else changes them."""

import math
from collections.abc import Sequence

import msgspec

from engine.core.tracking._association import Pairing, associate
from engine.core.tracking._eye import Eye, Eyes
from engine.core.tracking._floor import FloorArea
from engine.core.tracking._life import (
    forget_outside,
    has_ended,
    is_confirmed,
    note_hit,
    note_miss,
    note_near,
    should_see,
    strangers_among,
)
from engine.core.tracking._motion import Covariance, Motion
from engine.core.tracking._rounds import Rounds
from engine.core.tracking._sightings import Sighting, sightings
from engine.core.tracking._skeleton import (
    VIEW_KEPT_NS,
    build_skeletons,
    carried,
    hands_of,
    keep_views,
    to_mm,
    turn_views,
)
from engine.core.tracking._state import HandSample, Side, Skeleton, Track, TrackerState, TrackMemory, View
from engine.core.tracking._stature import note_stature, put_right
from engine.domain import (
    KEYPOINTS,
    BodiesTracked,
    BodyTracked,
    CameraId,
    PersonsSeen,
    Point2,
    Store,
    TrackId,
    Vector3,
)

_TOO_LATE_NS = 500_000_000
HANDS_KEPT_NS = 12_000_000_000  # a step beside which somebody leans settles when they stop
_SWEEP_NS = 1_000_000_000
# Views that lie so close together make one skeleton: cameras that expose at once are looked at once.
_BUNCH_NS = 40_000_000
_DOUBT = 4.0  # variance of a sighting that may be somebody else's
# Where half a body is hidden, a camera misplaces it frame after frame. Filtered as if each frame erred anew, tracks
# grow surer than they are right, and in a crowd they run after each other's errors: all frames that a camera takes of a
# body within half a second count as one.
_ERRS_ALIKE_NS, _LEAST_APART_NS = 500_000_000, 20_000_000
_WALKING_MPS = 0.4
_LAG_DRIFT_S = 0.025  # how far a camera's learnt lag may be off
_LONGEST_LAG_S = 0.4
_BODY_SIGMA_M = 0.05  # of a place and of hands that an outside tracker reports


class FloorTracker:
    """Everybody on the floor of one store. Facts may be up to half a second out of order."""

    def __init__(self, store: Store) -> None:
        self._area = FloorArea(store)
        self._eyes = Eyes(store.cameras)
        self._memory = TrackerState()
        self._rounds = Rounds(self._area, self._eyes)
        self._shown: tuple[Track, ...] | None = ()  # None: to be made anew
        self._newest: dict[TrackId, Skeleton] = {}  # as asked for since the last fact

    @classmethod
    def from_state(cls, store: Store, state: TrackerState) -> "FloorTracker":
        """A tracker that goes on exactly where ``state()`` was taken."""
        tracker = cls(store)
        tracker._memory, tracker._shown = _copy(state), None
        return tracker

    def state(self) -> TrackerState:
        """A copy of everything this tracker remembers."""
        return _copy(self._memory)

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All tracks by id, the tentative ones too, carried on to the latest instant heard of."""
        if self._shown is None:
            people = self._rounds.people(self._memory)
            self._shown = tuple(_show(track, self._now_ns) for track in people)
        return self._shown

    def joints_m(self, track_id: TrackId) -> tuple[Vector3 | None, ...]:
        """A track's 17 COCO joints, carried on with its body to the latest instant heard of; None where unseen.

        Whole millimetres. Empty for a track whose joints nobody has seen lately.
        """
        track = self._track(track_id)
        skeleton = self._newest_skeleton(track) if track is not None else None
        if track is None or skeleton is None or self._now_ns - skeleton.t_ns > 2 * VIEW_KEPT_NS:
            return ()
        joints = carried(skeleton, track.motion.at(self._now_ns), self._now_ns).tolist()
        return tuple(
            to_mm(joint) if sigma_m > 0 else None for joint, sigma_m in zip(joints, skeleton.sigma_m, strict=True)
        )

    def hand_samples(self, track_id: TrackId, since_ns: int, until_ns: int) -> tuple[HandSample, ...]:
        """A track's hands within both instants, in order; the last 12 s are kept, also of tracks that ended."""
        samples = list(self._memory.hands.get(track_id, ()))
        track = self._track(track_id)
        if track is not None and track.confirmed and track.fresh:
            skeleton = self._newest_skeleton(track)
            samples += hands_of(skeleton, _fresh_views(track)) if skeleton is not None else ()
        since_ns = max(since_ns, self._now_ns - HANDS_KEPT_NS)
        return tuple(sorted((s for s in samples if since_ns <= s.t_ns <= until_ns), key=lambda s: (s.t_ns, s.side)))

    def observe(self, fact: PersonsSeen) -> None:
        """Take in one camera's frame. Raises ``KeyError`` for a camera the store does not have."""
        eye = self._eyes.by_id[fact.camera_id]
        self._hear(fact.t_ns)
        if self._now_ns - fact.t_ns > _TOO_LATE_NS:
            return
        memory = self._memory
        if not memory.poses:
            if not any(person.keypoints for person in fact.persons):
                if eye.watches_floor:
                    self._rounds.take(memory, fact)
                return
            self._rounds.close(memory)
            memory.poses = True
        t_ns = fact.t_ns - round(memory.lag_s.get(fact.camera_id, 0.0) * 1e9)
        self._close_bunch(t_ns)
        people = [track for track in memory.tracks if not track.name]
        for track in people:
            track.motion = track.motion.at(t_ns)
        seen = sightings(eye, fact.persons, t_ns)
        pairings = associate(self._eyes, fact.camera_id, people, seen, t_ns=t_ns) if people and seen else []
        for pairing in pairings:
            self._follow(people[pairing.track], seen[pairing.sighting], pairing, fact)
        matched = {pairing.track for pairing in pairings}
        unseen = [track for i, track in enumerate(people) if i not in matched]
        if len(pairings) < len(seen):
            known = {pairing.sighting for pairing in pairings}
            strangers = [sighting for i, sighting in enumerate(seen) if i not in known]
            self._start(strangers_among(strangers, unseen), t_ns, fact)
        if eye.watches_floor:
            self._note_misses(eye, unseen, seen, fact)
        forget_outside(memory, self._area)
        note_near(memory, {people[i].track_id for i in matched}, fact.t_ns)

    def observe_bodies(self, fact: BodiesTracked) -> None:
        """Take in an outside tracker's people: one track for each name while it is heard of every 5 s."""
        self._hear(fact.t_ns)
        by_name = {track.name: track for track in self._memory.tracks if track.name}
        for body in fact.bodies:
            if not all(map(math.isfinite, body.head_m)):
                continue
            spread = (_BODY_SIGMA_M**2, 0.0, _BODY_SIGMA_M**2)
            at_m = (body.head_m[0], body.head_m[1])
            track = by_name.get(body.name)
            if track is None:
                track = self._new_track(fact.t_ns, at_m, spread, name=body.name)
                track.confirmed = True
                by_name[body.name] = track
            else:
                track.motion = track.motion.at(fact.t_ns).corrected(fact.t_ns, at_m, spread)
                track.last_seen_ns = max(track.last_seen_ns, fact.t_ns)
            track.skeleton = _outside_skeleton(body, fact.t_ns)
            self._keep_hands(track.track_id, _outside_hands(body, fact.t_ns))

    def advance(self, t_ns: int) -> None:
        """Let time pass: tracks that nobody has seen for long end."""
        self._hear(t_ns)
        self._close_bunch(t_ns)

    @property
    def _now_ns(self) -> int:
        return self._memory.now_ns or 0

    def _track(self, track_id: TrackId) -> TrackMemory | None:
        return next((track for track in self._memory.tracks if track.track_id == track_id), None)

    def _newest_skeleton(self, track: TrackMemory) -> Skeleton | None:
        """The skeleton with the views that wait for their bunch to close; the track stays as it is."""
        if not track.fresh:
            return track.skeleton
        if track.track_id not in self._newest:
            t_ns = max(view.t_ns for view in _fresh_views(track))
            (self._newest[track.track_id],) = build_skeletons([track], self._eyes, t_ns=t_ns)
        return self._newest[track.track_id]

    def _hear(self, t_ns: int) -> None:
        self._shown, self._newest = None, {}
        now_ns = self._memory.now_ns
        if now_ns is None or t_ns > now_ns:
            self._memory.now_ns = t_ns
            self._end_lost()

    def _follow(self, track: TrackMemory, sighting: Sighting, pairing: Pairing, fact: PersonsSeen) -> None:
        t_ns, (sxx, sxy, syy) = sighting.t_ns, sighting.spread
        doubt = _repeating(track, fact.camera_id, t_ns) * track.motion.surprise(t_ns, sighting.foot_m, sighting.spread)
        if pairing.doubtful:
            doubt *= _DOUBT
        elif track.confirmed:
            self._learn_lag(fact.camera_id, track.motion, sighting)
        track.motion = track.motion.corrected(t_ns, sighting.foot_m, (doubt * sxx, doubt * sxy, doubt * syy))
        note_hit(track, fact.t_ns)
        track.cameras[fact.camera_id] = t_ns
        track.confirmed = track.confirmed or is_confirmed(track, self._area)
        if pairing.doubtful:
            track.views.pop(fact.camera_id, None)
            if fact.camera_id in track.fresh:
                track.fresh.remove(fact.camera_id)
        elif sighting.view is not None:
            track.views[fact.camera_id] = sighting.view
            if fact.camera_id not in track.fresh:
                track.fresh.append(fact.camera_id)
            if self._memory.bunch_ns is None:
                self._memory.bunch_ns = t_ns

    def _learn_lag(self, camera_id: CameraId, motion: Motion, sighting: Sighting) -> None:
        """A camera that keeps seeing walkers behind their place is late; the most prompt one counts as on time."""
        speed2 = motion.vx**2 + motion.vy**2
        if speed2 < _WALKING_MPS**2:
            return
        (x, y), spread = motion.place(sighting.t_ns)
        ahead_m2 = (sighting.foot_m[0] - x) * motion.vx + (sighting.foot_m[1] - y) * motion.vy
        noise_m2 = spread[0] + spread[2] + sighting.spread[0] + sighting.spread[2]
        gain = speed2 * _LAG_DRIFT_S**2 / (speed2 * _LAG_DRIFT_S**2 + noise_m2)
        lags = self._memory.lag_s
        lags[camera_id] = lags.get(camera_id, 0.0) - gain * ahead_m2 / speed2
        least_s = min(lags.values())
        for each, lag_s in lags.items():
            lags[each] = min(_LONGEST_LAG_S, lag_s - least_s)

    def _close_bunch(self, t_ns: int) -> None:
        """Build the skeletons of the tracks with fresh views, once ``t_ns`` lies beyond those views' bunch."""
        memory = self._memory
        if memory.bunch_ns is None or t_ns - memory.bunch_ns < _BUNCH_NS:
            return
        memory.bunch_ns = None
        tracks = [track for track in memory.tracks if track.fresh]
        if not tracks:
            return
        built_ns = max(view.t_ns for track in tracks for view in _fresh_views(track))
        for track in tracks:
            keep_views(track, built_ns)
        turn_views(tracks, self._eyes, t_ns=built_ns)
        for track, skeleton in zip(tracks, build_skeletons(tracks, self._eyes, t_ns=built_ns), strict=True):
            track.skeleton = skeleton
            note_stature(track)
            if track.confirmed:
                self._keep_hands(track.track_id, hands_of(skeleton, _fresh_views(track)))
            track.fresh = []
        put_right(memory, built_ns)

    def _note_misses(
        self, eye: Eye, unseen: Sequence[TrackMemory], sightings: Sequence[Sighting], fact: PersonsSeen
    ) -> None:
        for track in unseen:
            if should_see(eye, self._area, track, sightings):
                note_miss(track, fact.t_ns)

    def _start(self, sightings: Sequence[Sighting], t_ns: int, fact: PersonsSeen) -> None:
        for sighting in sightings:
            if not sighting.vague and self._area.may_stand(sighting.foot_m):
                track = self._new_track(t_ns, sighting.foot_m, sighting.spread)
                track.cameras[fact.camera_id] = t_ns
                if sighting.view is not None:
                    track.views[fact.camera_id] = sighting.view

    def _new_track(self, t_ns: int, at_m: Point2, spread: Covariance, *, name: str = "") -> TrackMemory:
        track = TrackMemory(
            track_id=TrackId(self._memory.next_track_id),
            name=name,
            motion=Motion.start(t_ns, at_m, spread),
            born_ns=t_ns,
            born_at_m=at_m,
            last_seen_ns=t_ns,
        )
        self._memory.next_track_id += 1
        self._memory.tracks.append(track)
        return track

    def _keep_hands(self, track_id: TrackId, hands: tuple[HandSample, ...]) -> None:
        if hands:
            self._memory.hands.setdefault(track_id, []).extend(hands)

    def _end_lost(self) -> None:
        memory, now_ns = self._memory, self._now_ns
        memory.tracks = [track for track in memory.tracks if not has_ended(track, self._area, now_ns)]
        for track_id, samples in list(memory.hands.items()):
            if now_ns - samples[0].t_ns > HANDS_KEPT_NS + _SWEEP_NS:
                samples[:] = [sample for sample in samples if now_ns - sample.t_ns <= HANDS_KEPT_NS]
                if not samples:
                    del memory.hands[track_id]


def _copy(state: TrackerState) -> TrackerState:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=TrackerState)


def _repeating(track: TrackMemory, camera_id: CameraId, t_ns: int) -> float:
    """How many times a sighting's variance counts because its camera errs as it did in its last one."""
    last_ns = track.cameras.get(camera_id)
    return 1.0 if last_ns is None else max(1.0, _ERRS_ALIKE_NS / max(abs(t_ns - last_ns), _LEAST_APART_NS))


def _show(track: TrackMemory, now_ns: int) -> Track:
    motion = track.motion.at(now_ns)
    return Track(
        track_id=track.track_id,
        foot_m=(round(motion.x, 3), round(motion.y, 3)),
        velocity_mps=(round(motion.vx, 3), round(motion.vy, 3)),
        born_ns=track.born_ns,
        last_seen_ns=track.last_seen_ns,
        confirmed=track.confirmed,
        born_at_m=(round(track.born_at_m[0], 3), round(track.born_at_m[1], 3)),
        name=track.name,
        mixed_ns=track.mixed_ns,
    )


def _fresh_views(track: TrackMemory) -> list[View]:
    return [track.views[camera_id] for camera_id in track.fresh]


def _outside_hands(body: BodyTracked, t_ns: int) -> tuple[HandSample, ...]:
    return tuple(
        HandSample(t_ns=t_ns, side=side, position_m=to_mm(hand_m), sigma_m=_BODY_SIGMA_M)
        for side, hand_m in zip(Side, body.hands_m, strict=False)
        if all(map(math.isfinite, hand_m))
    )


def _outside_skeleton(body: BodyTracked, t_ns: int) -> Skeleton:
    """Head and hands as nose and wrists, so that a floor plan has something to draw."""
    joints, sigmas = [0.0] * (3 * KEYPOINTS), [0.0] * KEYPOINTS
    for joint, place_m in zip((0, 9, 10), (body.head_m, *body.hands_m), strict=False):
        if all(map(math.isfinite, place_m)):
            joints[3 * joint : 3 * joint + 3] = place_m
            sigmas[joint] = _BODY_SIGMA_M
    return Skeleton(t_ns=t_ns, foot_m=(body.head_m[0], body.head_m[1]), joint_m=tuple(joints), sigma_m=tuple(sigmas))
