"""People inside on a visit: where each of them is, and how well a track continues them."""

import math
from collections.abc import Sequence

import msgspec

from engine.core._places import gate_distance_m, gate_inward_m
from engine.core.tracking import Track
from engine.domain import Gate, GateId, Point2, ShopperBound, Store, TrackId, VisitId

PLACE_SIGMA_M = 0.3
AT_GATE_M = 1.0
PLAUSIBLE = 0.011
"""exp(-0.5 z^2) at three sigma."""
_THROUGH_NS, _THROUGH_M = 1_000_000_000, 0.2
_OVERLAP_NS = 1_000_000_000
_SPREAD_MPS = 0.8
_SPREAD_LIMIT_M = 4.0


class Member(msgspec.Struct, kw_only=True):
    """One person who came in on a visit. ``place_m`` is where they were at ``seen_ns``; ``trail`` their tracks.

    ``stood_m`` is where each track was when they passed the gate, once the cameras have told; ``fresh`` until they
    have a track for the first time; the newest track is the last of the trail. ``rivals`` are the visits whose track
    it may be that they were given.
    ``since_ns`` and ``left_ns`` follow the clock over a reboot of the host; the facts keep the instants they had.
    """

    visit_id: VisitId
    gate_id: GateId
    since_ns: int
    place_m: Point2
    seen_ns: int
    fresh: bool = True
    stood_m: dict[TrackId, Point2] | None = None
    track_id: TrackId | None = None
    trail: tuple[TrackId, ...] = ()
    bound: ShopperBound | None = None
    rivals: tuple[VisitId, ...] = ()
    left_ns: int | None = None

    @property
    def inside(self) -> bool:
        """Whether they have not left."""
        return self.left_ns is None

    def inside_at(self, t_ns: int) -> bool:
        """Whether they were in the store at an instant."""
        return self.since_ns <= t_ns and (self.left_ns is None or t_ns <= self.left_ns)

    def seen(self, track: Track) -> None:
        """They are where their track is."""
        self.place_m, self.seen_ns = track.foot_m, track.last_seen_ns

    def bind(self, track: Track, *, probability: float, now_ns: int, rivals: tuple[VisitId, ...] = ()) -> ShopperBound:
        """Give them a track; ``probability`` is against the other people and tracks it could have been."""
        self.rivals = rivals
        self.bound = ShopperBound(
            t_ns=now_ns,
            visit_id=self.visit_id,
            track_id=track.track_id,
            probability_ppm=round(1e6 * probability),
        )
        self.track_id, self.fresh = track.track_id, False
        self.trail = (*self.trail[-1:], track.track_id)
        self.seen(track)
        return self.bound

    def note_places(self, tracks: Sequence[Track], *, now_ns: int) -> None:
        """Remember where tracks were at the passage, as soon as the cameras are sure of each."""
        places_m = self.stood_m or {}
        for track in tracks:
            there = track.confirmed and track.born_ns <= self.seen_ns + _THROUGH_NS
            if there and track.track_id not in places_m:
                places_m[track.track_id] = _carried_back(track, self.seen_ns, now_ns=now_ns)
        self.stood_m = places_m

    def rebase(self, shift_ns: int) -> None:
        """The host rebooted: tracks are gone, and the clock moves."""
        self.track_id, self.trail, self.stood_m, self.fresh = None, (), {}, False
        self.since_ns += shift_ns
        self.seen_ns += shift_ns
        if self.left_ns is not None:
            self.left_ns += shift_ns


def fit(store: Store, member: Member, track: Track) -> float:
    """How well a track continues somebody, 1 is a perfect fit."""
    sigma_m = spread_m(track.born_ns - member.seen_ns)
    gate = gate_of(store, member.gate_id)
    if member.fresh and gate is not None and _waits_at_gate(gate, member, track):
        return 0.0
    if member.fresh:
        place_m = (member.stood_m or {}).get(track.track_id, track.born_at_m)
        distance_m = gate_distance_m(gate, place_m) if gate is not None else math.dist(place_m, member.place_m)
    elif track.born_ns < member.seen_ns - _OVERLAP_NS:
        return 0.0  # it stood there beside their own track: somebody else
    elif near_gate(store, track.born_at_m, AT_GATE_M) and not near_gate(store, member.place_m, 2 * AT_GATE_M):
        return 0.0  # born at a gate far from where they were lost: the next shopper
    else:
        distance_m = math.dist(track.born_at_m, member.place_m)
    return falloff(distance_m, sigma_m) * PLACE_SIGMA_M / sigma_m


def _waits_at_gate(gate: Gate, member: Member, track: Track) -> bool:
    """Whether a track still stands before a gate through which somebody has long gone."""
    gone_in = track.last_seen_ns > member.since_ns + _THROUGH_NS
    return gone_in and gate_inward_m(gate, track.foot_m) < _THROUGH_M


def place_at(track: Track, t_ns: int, *, now_ns: int) -> Point2:
    """Where a track was at an instant not far from now; before its birth it is taken to be where it was born."""
    return track.born_at_m if t_ns < track.born_ns else _carried_back(track, t_ns, now_ns=now_ns)


def _carried_back(track: Track, t_ns: int, *, now_ns: int) -> Point2:
    back_s = min(1.0, max(-1.0, (now_ns - t_ns) / 1e9))
    (x, y), (vx, vy) = track.foot_m, track.velocity_mps
    return x - back_s * vx, y - back_s * vy


def gate_of(store: Store, gate_id: GateId) -> Gate | None:
    """The gate with an id."""
    return next((gate for gate in store.gates if gate.gate_id == gate_id), None)


def near_gate(store: Store, place_m: Point2, within_m: float) -> bool:
    """Whether a place is near any gate."""
    return any(gate_distance_m(gate, place_m) < within_m for gate in store.gates)


def spread_m(gap_ns: int) -> float:
    """How far from where they were seen somebody may be after a time."""
    return min(_SPREAD_LIMIT_M, PLACE_SIGMA_M + _SPREAD_MPS * max(0, gap_ns) / 1e9)


def falloff(distance_m: float, sigma_m: float) -> float:
    """A bell of height 1."""
    return math.exp(-0.5 * (distance_m / sigma_m) ** 2)
