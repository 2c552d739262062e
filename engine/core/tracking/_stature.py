"""Who is how tall: what tells people apart who stood so close that their places no longer do.

How high a person's nose and shoulders are while upright is theirs for as long as they are in the store. It is measured
twice, slowly and fast. Where two people were close lately, and each now fits the other's slow measure better than its
own, their tracks have exchanged bodies, and exchange them back.
"""

from collections.abc import Iterator, Sequence
from math import log
from statistics import fmean

import msgspec

from engine.core.tracking._state import Height, Meeting, TrackerState, TrackMemory

_NOSE, _LEFT_SHOULDER, _RIGHT_SHOULDER = 0, 5, 6
_LEAST_VIEWS = 2
_SURE_M = 0.25  # of a joint, one standard deviation
_NEAR_M, _LATELY_NS = 0.6, 3_000_000_000
_ENOUGH = 50  # skeletons
# People stoop and crouch more often than they stretch: what is higher counts for more, as in an expectile.
_SLOW, _FAST, _LOWER, _CALM = 0.01, 0.2, 0.3, 0.003
_SIGMA_M = 0.02  # of somebody's fast measure beside their own slow one
_STOOPS = 3.0  # a misfit by being lower counts for no more: people stoop, and nobody stretches
_FITS = 3.0  # misfit of each after an exchange, at most
_SURE = 3.0  # log likelihood ratio of an exchange, by both together; neither may speak against it


def note_stature(track: TrackMemory) -> None:
    """Measure a track by its newest skeleton, as far as that shows nose and shoulders."""
    skeleton = track.skeleton
    if skeleton is None or len(track.views) < _LEAST_VIEWS:
        return
    z_m, sigma_m = skeleton.joint_m[2::3], skeleton.sigma_m
    if 0 < sigma_m[_NOSE] < _SURE_M:
        track.nose = _drawn(track.nose, z_m[_NOSE])
    if 0 < sigma_m[_LEFT_SHOULDER] < _SURE_M and 0 < sigma_m[_RIGHT_SHOULDER] < _SURE_M:
        track.shoulders = _drawn(track.shoulders, (z_m[_LEFT_SHOULDER] + z_m[_RIGHT_SHOULDER]) / 2)


def put_right(memory: TrackerState, t_ns: int) -> None:
    """Note who is close to whom, and let those exchange bodies who evidently had."""
    people = [track for track in memory.tracks if track.confirmed and not track.name]
    near = {(older.track_id, younger.track_id) for older, younger in _near(people)}
    before = [m for m in memory.meetings if (m.older, m.younger) not in near and t_ns - m.near_ns <= _LATELY_NS]
    memory.meetings = before + [Meeting(older=older, younger=younger, near_ns=t_ns) for older, younger in sorted(near)]
    by_id = {track.track_id: track for track in people}
    for meeting in memory.meetings:
        one, other = by_id.get(meeting.older), by_id.get(meeting.younger)
        if one is not None and other is not None and _exchanged(one, other):
            _exchange(memory, one, other, since_ns=meeting.near_ns, t_ns=t_ns)
            by_id[one.track_id], by_id[other.track_id] = one, other


def _drawn(known: Height, seen_m: float) -> Height:
    """A height drawn towards what was just seen; the first few count alike."""
    first, lower = 1 / (known.count + 1), _LOWER if seen_m < known.slow_m else 1.0
    slow_m = known.slow_m + max(first, _SLOW * lower) * (seen_m - known.slow_m)
    fast_m = known.fast_m + max(first, _FAST * lower) * (seen_m - known.fast_m)
    apart_m2 = (fast_m - slow_m) ** 2
    return Height(
        slow_m=slow_m,
        fast_m=fast_m,
        variance_m2=known.variance_m2 + max(first, _CALM) * (apart_m2 - known.variance_m2),
        count=known.count + 1,
    )


def _exchanged(one: TrackMemory, other: TrackMemory) -> bool:
    """Whether each fits what the other was, and both together much better than what they were themselves."""
    parts = [
        (mine, theirs)
        for mine, theirs in ((one.nose, other.nose), (one.shoulders, other.shoulders))
        if min(mine.count, theirs.count) >= _ENOUGH
    ]
    if not parts:
        return False
    # Nose and shoulders rise and sink together: two of them say hardly more than one.
    straight = [fmean(_misfit(now, was=now) for now in whose) for whose in zip(*parts, strict=True)]
    across = [fmean(_misfit(now, was=was) for now, was in pairs) for pairs in (parts, [each[::-1] for each in parts])]
    gains = [known - new for known, new in zip(straight, across, strict=True)]
    return max(across) < _FITS and min(gains) > 0 and sum(gains) > _SURE


def _misfit(now: Height, *, was: Height) -> float:
    """A negative log likelihood, up to a constant: of whom every height is possible, each is the less likely."""
    variance_m2 = _SIGMA_M**2 + was.variance_m2
    apart_m = now.fast_m - was.slow_m
    misfit = apart_m**2 / (2 * variance_m2)
    return (misfit if apart_m > 0 else min(misfit, _STOOPS)) + log(variance_m2 / _SIGMA_M**2) / 2


def _exchange(memory: TrackerState, one: TrackMemory, other: TrackMemory, *, since_ns: int, t_ns: int) -> None:
    """Give each the other's name and past: all but where they are and what they look like now."""
    one.track_id, other.track_id = other.track_id, one.track_id
    one.born_ns, other.born_ns = other.born_ns, one.born_ns
    one.born_at_m, other.born_at_m = other.born_at_m, one.born_at_m
    one.nose, other.nose = _of_body(other.nose, one.nose), _of_body(one.nose, other.nose)
    one.shoulders, other.shoulders = (
        _of_body(other.shoulders, one.shoulders),
        _of_body(one.shoulders, other.shoulders),
    )
    one.mixed_ns = other.mixed_ns = t_ns
    hands, theirs = memory.hands.get(one.track_id, []), memory.hands.get(other.track_id, [])
    memory.hands[one.track_id] = [h for h in hands if h.t_ns < since_ns] + [h for h in theirs if h.t_ns >= since_ns]
    memory.hands[other.track_id] = [h for h in theirs if h.t_ns < since_ns] + [h for h in hands if h.t_ns >= since_ns]
    memory.tracks.sort(key=lambda track: track.track_id)


def _of_body(person: Height, body: Height) -> Height:
    """What is known of a person, who has the body that is seen now."""
    return msgspec.structs.replace(person, fast_m=body.fast_m)


def _near(people: Sequence[TrackMemory]) -> Iterator[tuple[TrackMemory, TrackMemory]]:
    """Pairs of people close to each other, the older first."""
    along = sorted(people, key=lambda track: track.motion.x)
    for at, track in enumerate(along):
        for neighbour in along[at + 1 :]:
            dx, dy = neighbour.motion.x - track.motion.x, neighbour.motion.y - track.motion.y
            if dx > _NEAR_M:
                break
            if dx * dx + dy * dy < _NEAR_M**2:
                yield (track, neighbour) if track.track_id < neighbour.track_id else (neighbour, track)
