"""Birth, misses, merging and death of tracks."""

import math
from collections.abc import Sequence, Set

from engine.core.tracking._eye import Eye
from engine.core.tracking._floor import FloorArea
from engine.core.tracking._sightings import Sighting
from engine.core.tracking._state import PairMemory, TrackerState, TrackMemory
from engine.domain import TrackId

_CHEST_M, _NEAREST_M = 1.2, 0.2
_FRAME_MARGIN_PX = 12.0
_BOX_MARGIN_PX = 6.0
_BEHIND_M = 0.4  # a body seen so much further off hides nobody

_HITS_FROM_TWO_CAMERAS, _HITS_FROM_ONE = 5, 8
_SPARE_MISSES = 3
_HITS_OF_NOWHERE = 4

_TENTATIVE_S = 0.6
_LEAVING_S = 0.75
_MISSED_S, _MISSED_VIEWS = 1.5, 5
# What one camera imagines now and then dies of the others, which see nobody there.
_HIT_OUTWEIGHS, _MISSED_MORE_THAN_SEEN = 3, 60
_WELL_KNOWN_HITS, _LEAST_KNOWN = 20, 0.3
_HIDDEN_S, _HIDDEN_YOUNG_S = 8.0, 2.0
_YOUNG_S = 2.0
_NAMED_S = 5.0

_MISPLACED_M = 0.8
_MIXED_M = 0.25
_SAME_BODY_M = 0.35
_SAME_BODY_S, _SAME_BODY_OLD_S = 1.0, 3.0


def is_confirmed(track: TrackMemory, area: FloorArea) -> bool:
    """Whether a track is a person: two cameras agree, or one insists while the others do not object.

    Nobody comes into being in the middle of a store with gates: there a track must insist much longer.
    """
    if track.hits <= track.misses:
        return False
    hits = _HITS_FROM_TWO_CAMERAS if len(track.cameras) > 1 else _HITS_FROM_ONE
    return track.hits >= (hits if area.is_entrance(track.born_at_m) else _HITS_OF_NOWHERE * hits)


def should_see(eye: Eye, area: FloorArea, track: TrackMemory, sightings: Sequence[Sighting]) -> bool:
    """Whether this frame would show the track's body: in the picture, behind no fixture and behind nobody."""
    chest_m = (track.motion.x, track.motion.y, _CHEST_M)
    x, y, depth_m = eye.project(*chest_m)
    if depth_m <= _NEAREST_M or not _FRAME_MARGIN_PX < x < eye.width_px - _FRAME_MARGIN_PX:
        return False
    if not _FRAME_MARGIN_PX < y < eye.height_px - _FRAME_MARGIN_PX:
        return False
    ox, oy, _ = eye.position_m
    least_m = math.hypot(track.motion.x - ox, track.motion.y - oy) + _BEHIND_M
    for sighting in sightings:
        x1, y1, x2, y2 = sighting.xyxy_px
        covered = x1 - _BOX_MARGIN_PX < x < x2 + _BOX_MARGIN_PX and y1 - _BOX_MARGIN_PX < y < y2 + _BOX_MARGIN_PX
        if covered and math.hypot(sighting.foot_m[0] - ox, sighting.foot_m[1] - oy) < least_m:
            return False
    return not area.hides(eye.position_m, chest_m)


def note_hit(track: TrackMemory, t_ns: int) -> None:
    """Count a frame that showed the track."""
    track.last_seen_ns = max(track.last_seen_ns, t_ns)
    track.hits += 1
    track.missed = max(0, track.missed - _HIT_OUTWEIGHS)
    track.missed_since_ns = track.last_seen_ns


def note_miss(track: TrackMemory, t_ns: int) -> None:
    """Count a frame that should have shown the track and did not."""
    if not track.missed:
        track.missed_since_ns = t_ns
    track.missed += 1
    track.misses += 1


def strangers_among(sightings: Sequence[Sighting], unseen: Sequence[TrackMemory]) -> list[Sighting]:
    """Those of a frame's unclaimed sightings that are no body of a track missed beside them, merely misplaced."""
    missed = [track for track in unseen if track.confirmed]
    strangers = []
    for sighting in sightings:
        near = next((track for track in missed if _apart_m(track, sighting) < _MISPLACED_M), None)
        if near is None:
            strangers.append(sighting)
        else:
            missed.remove(near)
    return strangers


def _apart_m(track: TrackMemory, sighting: Sighting) -> float:
    return math.hypot(track.motion.x - sighting.foot_m[0], track.motion.y - sighting.foot_m[1])


def has_ended(track: TrackMemory, area: FloorArea, now_ns: int) -> bool:
    """Whether a track is over: hidden people are waited for, missed ones not long, those at the gate least."""
    unseen_s = (now_ns - track.last_seen_ns) * 1e-9
    if track.name:
        return unseen_s > _NAMED_S
    if track.ways:
        return unseen_s > _HIDDEN_S
    if area.is_off_floor((track.motion.x, track.motion.y)):
        return True
    if not track.confirmed:
        return unseen_s > _TENTATIVE_S or track.misses > track.hits + _SPARE_MISSES
    if unseen_s > _LEAVING_S and area.is_leaving((track.motion.x, track.motion.y)):
        return True
    missed_s = (now_ns - track.missed_since_ns) * 1e-9
    known = min(1.0, max(_LEAST_KNOWN, track.hits / _WELL_KNOWN_HITS))
    gone = track.missed >= (_MISSED_VIEWS if missed_s > _MISSED_S * known else _MISSED_MORE_THAN_SEEN)
    lived_s = (track.last_seen_ns - track.born_ns) * 1e-9
    return gone or unseen_s > (_HIDDEN_YOUNG_S if lived_s < _YOUNG_S else _HIDDEN_S)


def forget_outside(memory: TrackerState, area: FloorArea) -> None:
    """End the newborn tracks that a second look puts where nobody can stand: off the floor, as reflections are."""
    memory.tracks = [
        track
        for track in memory.tracks
        if track.confirmed or track.name or area.may_stand((track.motion.x, track.motion.y))
    ]


def note_near(memory: TrackerState, matched: Set[TrackId], t_ns: int) -> None:
    """Mark tracks that may have been exchanged, and end the younger of two tracks on one body.

    Two people may have been exchanged when nothing but their momentum told them apart. Two tracks are one body when
    they stay at one place while no camera shows two bodies there.
    """
    pairs, ended = [], set()
    for older, younger, apart_m2 in _near(memory.tracks):
        if apart_m2 < _MIXED_M**2 and older.confirmed and younger.confirmed:
            older.mixed_ns = younger.mixed_ns = t_ns
        pair = _watched(memory, older, younger, t_ns)
        if older.track_id in matched and younger.track_id in matched:
            pair.since_ns = t_ns
        lived_s = (t_ns - younger.born_ns) * 1e-9
        if (t_ns - pair.since_ns) * 1e-9 > (_SAME_BODY_S if lived_s < _SAME_BODY_OLD_S else _SAME_BODY_OLD_S):
            ended.add(younger.track_id)
        else:
            pairs.append(pair)
    memory.pairs = pairs
    if ended:
        memory.pairs = [pair for pair in pairs if not {pair.older, pair.younger} & ended]
        memory.tracks = [track for track in memory.tracks if track.track_id not in ended]


def _near(tracks: Sequence[TrackMemory]) -> list[tuple[TrackMemory, TrackMemory, float]]:
    """Pairs of our own tracks near each other, older before younger, and their squared distance."""
    along = sorted((track.motion.x, number) for number, track in enumerate(tracks) if not track.name)
    found = []
    for at, (x, number) in enumerate(along):
        for other_x, other in along[at + 1 :]:
            dx = other_x - x
            if dx > _SAME_BODY_M:
                break
            dy = tracks[other].motion.y - tracks[number].motion.y
            if dx * dx + dy * dy <= _SAME_BODY_M**2:
                found.append((min(number, other), max(number, other), dx * dx + dy * dy))
    return [(tracks[older], tracks[younger], apart_m2) for older, younger, apart_m2 in sorted(found)]


def _watched(memory: TrackerState, older: TrackMemory, younger: TrackMemory, t_ns: int) -> PairMemory:
    for pair in memory.pairs:
        if pair.older == older.track_id and pair.younger == younger.track_id:
            return pair
    return PairMemory(older=older.track_id, younger=younger.track_id, since_ns=t_ns)
