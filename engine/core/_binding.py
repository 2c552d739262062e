"""Which track is whose: people without a track, and tracks nobody owns."""

from collections.abc import Sequence

import numpy as np

from engine.core._members import AT_GATE_M, PLAUSIBLE, Member, fit, near_gate
from engine.core._places import pair_probabilities
from engine.core.tracking import Track
from engine.domain import Floats, ShopperBound, Store

_AT_ONCE = 4
_SURE = 0.9
_HESITATE_NS = 2_000_000_000
_ALONE_NS = 500_000_000
_BY_ELIMINATION = 0.95
_POSSIBLE = 0.005


def bind(store: Store, loose: Sequence[Member], free: Sequence[Track], *, now_ns: int) -> tuple[ShopperBound, ...]:
    """Give tracks to those they fit; hold back for a while where somebody else is as likely."""
    if not loose or not free:
        return ()
    return _bind_fitting(store, loose, free, now_ns=now_ns) or _bind_the_last(store, loose, free, now_ns=now_ns)


def _bind_fitting(
    store: Store, loose: Sequence[Member], free: Sequence[Track], *, now_ns: int
) -> tuple[ShopperBound, ...]:
    loose = sorted(loose, key=lambda member: -member.seen_ns)[:_AT_ONCE]
    fits = np.array([[fit(store, member, track) for track in free] for member in loose])
    best = sorted(np.argsort(-fits.max(axis=0, initial=0.0), kind="stable")[:_AT_ONCE].tolist())
    probability = pair_probabilities(fits[:, best])
    bound: list[ShopperBound] = []
    spoken_for, wanted = set[int](), set[int]()
    for row, column in sorted(np.argwhere(probability > 0).tolist(), key=lambda rc: -probability[rc[0], rc[1]]):
        member, track = loose[row], free[best[column]]
        if row in spoken_for or column in wanted:
            continue
        spoken_for.add(row)  # whom somebody likelier waits for is nobody else's meanwhile
        wanted.add(column)
        waited_ns = now_ns - max(member.seen_ns, track.born_ns)
        if fits[row, best[column]] > PLAUSIBLE and (probability[row, column] > _SURE or waited_ns > _HESITATE_NS):
            share = float(probability[row, column])
            rivals = tuple(loose[other].visit_id for other in _rivals(probability, row))
            bound.append(member.bind(track, probability=share, now_ns=now_ns, rivals=rivals))
    return tuple(bound)


def _rivals(probability: Floats, row: int) -> list[int]:
    """The rows of those who may have the same tracks as somebody."""
    tracks = probability[row] >= _POSSIBLE
    return [
        other for other in range(len(probability)) if other != row and (probability[other, tracks] >= _POSSIBLE).any()
    ]


def _bind_the_last(
    store: Store, loose: Sequence[Member], free: Sequence[Track], *, now_ns: int
) -> tuple[ShopperBound, ...]:
    """Only people of one visit have no track, and no more bodies inside no visit: nobody else came through a gate."""
    inside = [
        track
        for track in free
        if not near_gate(store, track.foot_m, 2 * AT_GATE_M)
        and track.last_seen_ns - track.born_ns > _HESITATE_NS
        and now_ns - track.last_seen_ns < _HESITATE_NS
    ]
    one_visit = len({member.visit_id for member in loose}) == 1
    if not one_visit or len(inside) > len(loose) or now_ns - max(m.seen_ns for m in loose) < _ALONE_NS:
        return ()
    pairs = zip(loose, inside, strict=False)
    return tuple(member.bind(track, probability=_BY_ELIMINATION, now_ns=now_ns) for member, track in pairs)
