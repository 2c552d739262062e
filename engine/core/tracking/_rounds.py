"""People whom cameras report as boxes alone are followed in rounds: one frame of each camera, all identities at once.

A box says little of who it is, so the cameras are heard together. A round is open until one of its cameras reports
again; what is asked meanwhile is answered from the frames at hand. Kernels are loaded when the first boxes come: a
store whose cameras report poses never needs them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.core.tracking._eye import Eyes
from engine.core.tracking._floor import FloorArea
from engine.core.tracking._motion import Motion
from engine.core.tracking._state import TrackerState, TrackMemory
from engine.domain import PersonsSeen, TrackId

if TYPE_CHECKING:
    from engine.core.tracking.joint import Beliefs, Round, Scene

_LONGEST_ROUND_NS = 400_000_000
_KEPT_NEW, _KEPT = -2.0, -6.0  # log odds
_BELIEVED, _BELIEVED_UNSEEN = 0.0, 1.3
_LOST_M, _UNSURE_M, _OUTSIDE_M, _LEFT_M = 1.8, 0.9, -1.2, -0.1
_NEVER_BELIEVED_ROUNDS = 2
_SAME_BODY_M, _NEW_HITS, _HITS_COUNTED, _HIT_WORTH = 0.3, 4, 20, 0.3
_MIXED_M = 0.25


class Rounds:
    """The open round of a tracker's memory."""

    def __init__(self, area: FloorArea, eyes: Eyes) -> None:
        self._area, self._eyes = area, eyes
        self._scene: Scene | None = None
        self._watching = [eye.camera_id for eye in eyes.by_id.values() if eye.watches_floor]
        self._played: TrackerState | None = None

    def take(self, memory: TrackerState, fact: PersonsSeen) -> None:
        """Add a frame; the round before it is closed if this one cannot belong to it."""
        frames = memory.round
        again = any(frame.camera_id == fact.camera_id for frame in frames)
        if frames and (again or abs(fact.t_ns - frames[0].t_ns) > _LONGEST_ROUND_NS):
            self.close(memory)
        memory.round.append(fact)
        self._played = None

    def close(self, memory: TrackerState) -> None:
        """Let the frames of the open round speak for good."""
        if memory.round:
            played = self._play(memory)
            memory.tracks, memory.next_track_id = played.tracks, played.next_track_id
            memory.round_ns, memory.errors, memory.round = played.round_ns, played.errors, []
        self._played = None

    def people(self, memory: TrackerState) -> Sequence[TrackMemory]:
        """All tracks as the open round leaves them."""
        return self._play(memory).tracks if memory.round else memory.tracks

    def _play(self, memory: TrackerState) -> TrackerState:
        if self._played is None:
            self._played = self._played_on(memory)
        return self._played

    def _played_on(self, memory: TrackerState) -> TrackerState:
        """What there is after the round; the memory stays as it is."""
        if not memory.tracks and not any(frame.persons for frame in memory.round):
            t_ns = max(frame.t_ns for frame in memory.round)
            return TrackerState(next_track_id=memory.next_track_id, round_ns=t_ns, errors=memory.errors)
        from engine.core.tracking.joint import FIRST_ERRORS, boxes_of, play_round, scene_of

        if self._scene is None:
            self._scene = scene_of(self._area, self._eyes)
        frames = sorted(memory.round, key=lambda frame: self._watching.index(frame.camera_id))
        rows = np.array([self._watching.index(frame.camera_id) for frame in frames])
        scene = self._scene._replace(camera=self._scene.camera[rows], sight=self._scene.sight[rows])
        t_ns = max(frame.t_ns for frame in frames)
        step_s = max(t_ns - memory.round_ns, 1) * 1e-9 if memory.round_ns is not None else 0.0
        known = [track for track in memory.tracks if not track.name]
        errors = np.array(memory.errors or FIRST_ERRORS)
        boxes = boxes_of([frame.persons for frame in frames], scene.camera)
        played = play_round(scene, boxes, _beliefs_of(known), errors, step_s)
        next_id = memory.next_track_id
        tracks = []
        for row in range(len(played.seen)):
            track = known[row] if row < len(known) else _newborn(TrackId(next_id), t_ns)
            next_id += row >= len(known)
            followed = _followed(track, played, row, t_ns)
            if followed is not None:
                tracks.append(followed)
        tracks = _one_a_body(tracks, t_ns)
        named = [track for track in memory.tracks if track.name]
        return TrackerState(
            next_track_id=next_id, tracks=named + tracks, round_ns=t_ns, errors=tuple(played.errors.tolist())
        )


def _newborn(track_id: TrackId, t_ns: int) -> TrackMemory:
    nowhere = Motion.start(t_ns, (0.0, 0.0), (1.0, 0.0, 1.0))
    return TrackMemory(
        track_id=track_id, name="", motion=nowhere, born_ns=t_ns, born_at_m=(0.0, 0.0), last_seen_ns=t_ns, hits=0
    )


def _beliefs_of(tracks: Sequence[TrackMemory]) -> "Beliefs":
    from engine.core.tracking.joint import Beliefs

    motions = [track.motion for track in tracks]
    cov = np.empty((len(tracks), 4, 4))
    for row, motion in enumerate(motions):
        (axx, axy, ayy), (bxx, bxy, byx, byy), (cxx, cxy, cyy) = motion.a, motion.b, motion.c
        cov[row] = (axx, axy, bxx, bxy), (axy, ayy, byx, byy), (bxx, byx, cxx, cxy), (bxy, byy, cxy, cyy)
    return Beliefs(
        np.array([(m.x, m.y, m.vx, m.vy) for m in motions]).reshape(-1, 4),
        cov,
        np.array([track.ways for track in tracks]).reshape(-1, 4),
        np.array([track.logit for track in tracks], dtype=np.float64),
    )


def _followed(track: TrackMemory, played: "Round", row: int, t_ns: int) -> TrackMemory | None:
    """The track after a round; None where it has ended."""
    after, seen, inside_m = played.after, bool(played.seen[row]), float(played.inside_m[row])
    logit, new = float(after.logit[row]), track.hits == 0
    x, y, vx, vy = after.state[row].tolist()
    p = after.cov[row].tolist()
    unsure_m = ((p[0][0] + p[1][1]) / 2) ** 0.5
    unseen = 0 if seen else track.unseen_rounds + 1
    gone = logit < _KEPT or unsure_m > _LOST_M or inside_m < _OUTSIDE_M
    doubted = not track.confirmed and unseen >= _NEVER_BELIEVED_ROUNDS
    if (not seen or logit < _KEPT_NEW) if new else (gone or doubted):
        return None
    there = unseen == 0 or inside_m > _LEFT_M
    believed = logit > (_BELIEVED_UNSEEN if unseen else _BELIEVED) and unsure_m < _UNSURE_M and there
    return TrackMemory(
        track_id=track.track_id,
        name="",
        motion=Motion(
            t_ns, x, y, vx, vy,
            (p[0][0], p[0][1], p[1][1]),
            (p[0][2], p[0][3], p[1][2], p[1][3]),
            (p[2][2], p[2][3], p[3][3]),
        ),
        born_ns=track.born_ns,
        born_at_m=(x, y) if new else track.born_at_m,
        last_seen_ns=t_ns if seen else track.last_seen_ns,
        missed_since_ns=t_ns if seen else track.missed_since_ns,
        confirmed=believed,
        hits=track.hits + seen,
        misses=track.misses + (not seen),
        mixed_ns=track.mixed_ns,
        ways=tuple(after.share[row].tolist()),
        logit=logit,
        unseen_rounds=unseen,
    )  # fmt: skip


def _one_a_body(tracks: list[TrackMemory], t_ns: int) -> list[TrackMemory]:
    """The tracks without those, young or unseen, that stand where another stands; near ones are marked as mixed."""
    ended: set[TrackId] = set()
    for at, one in enumerate(tracks):
        for other in tracks[at + 1 :]:
            dx, dy = one.motion.x - other.motion.x, one.motion.y - other.motion.y
            apart2 = dx * dx + dy * dy
            if apart2 >= _SAME_BODY_M**2 or {one.track_id, other.track_id} & ended:
                continue
            weaker = min(other, one, key=_standing)
            if weaker.hits < _NEW_HITS or weaker.unseen_rounds:
                ended.add(weaker.track_id)
            elif apart2 < _MIXED_M**2 and one.confirmed and other.confirmed:
                one.mixed_ns = other.mixed_ns = t_ns
    return [track for track in tracks if track.track_id not in ended]


def _standing(track: TrackMemory) -> tuple[bool, float]:
    return track.confirmed, track.logit + _HIT_WORTH * min(track.hits, _HITS_COUNTED)
