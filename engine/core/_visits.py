"""Visits: which token walked in, which track it is bound to, who was lost, who left."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from engine.core._places import gate_distance_m, gate_middle_m, pair_probabilities
from engine.core.tracking import Track
from engine.domain import (
    EntryAuthorised,
    Gate,
    GateId,
    GatePassed,
    Point2,
    ReceiptAdjusted,
    ReceiptIssued,
    ShopperBound,
    SkuId,
    Store,
    TrackId,
    VisitId,
    VisitLeft,
    VisitOpened,
)

_TOKEN_NS = 30_000_000_000
_HESITATE_NS = 2_000_000_000
_OVERLAP_NS = 1_000_000_000
_PLACE_SIGMA_M = 0.3
_SPREAD_MPS = 0.8
_SPREAD_LIMIT_M = 4.0
_AT_GATE_M = 1.0
_AT_ONCE = 4
_NO_TOKEN = 0.3
"""A body without a visit at the gate is more often a shopper's second track than somebody else."""
_ALONE_NS = 500_000_000
_BY_ELIMINATION = 0.95
_STROLL_MPS, _BACKWARDS = 0.15, 0.02
"""Where standing about ends and walking one way begins; how often somebody leaves while walking in."""
_PLAUSIBLE = 0.011
"""exp(-0.5 z^2) at three sigma."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A shown token whose holder has not walked in yet."""

    gate_id: GateId
    visit_id: VisitId
    staff: bool
    t_ns: int


class Visit(msgspec.Struct, kw_only=True):
    """One visit. ``place_m`` is where it was at ``seen_ns``; ``trail`` its tracks, the newest last.

    ``stood_m`` is where each track was when the visit passed the gate, once the cameras have told.
    ``since_ns`` and ``left_ns`` follow the clock over a reboot of the host; the facts keep the instants they had.
    """

    opened: VisitOpened
    since_ns: int
    place_m: Point2
    seen_ns: int
    fresh: bool = True
    stood_m: dict[TrackId, Point2] | None = None
    track_id: TrackId | None = None
    trail: tuple[TrackId, ...] = ()
    bound: ShopperBound | None = None
    left: VisitLeft | None = None
    left_ns: int = 0
    receipt: ReceiptIssued | None = None
    adjustments: list[ReceiptAdjusted] = []
    billed: dict[SkuId, int] = {}

    @property
    def visit_id(self) -> VisitId:
        """The visit's id."""
        return self.opened.visit_id

    @property
    def staff(self) -> bool:
        """Whether it is staff, whose cart does not exist."""
        return self.opened.staff

    def inside_at(self, t_ns: int) -> bool:
        """Whether the shopper was in the store at an instant."""
        return self.since_ns <= t_ns and (self.left is None or t_ns <= self.left_ns)


class Visits(msgspec.Struct, kw_only=True):
    """All visits that still matter, in the order in which they opened; they followed the tracks at ``followed_ns``."""

    known: dict[VisitId, Visit] = {}
    tokens: list[Token] = []
    exits: list[GatePassed] = []
    gone: list[TrackId] = []
    followed_ns: int = 0

    def authorise(self, fact: EntryAuthorised) -> None:
        """Remember a token until its holder walks in; showing it twice changes nothing."""
        self.tokens = [t for t in self.tokens if t.t_ns > fact.t_ns - _TOKEN_NS]
        if fact.visit_id not in self.known and all(t.visit_id != fact.visit_id for t in self.tokens):
            token = Token(gate_id=fact.gate_id, visit_id=fact.visit_id, staff=fact.staff, t_ns=fact.t_ns)
            self.tokens.append(token)

    def enter(self, store: Store, fact: GatePassed) -> VisitOpened | None:
        """Open the visit of the oldest token at the gate; None when somebody walks in without one."""
        token = next((t for t in self.tokens if t.gate_id == fact.gate_id), None)
        gate = _gate(store, fact.gate_id)
        if token is None or gate is None:
            return None
        self.tokens.remove(token)
        opened = VisitOpened(t_ns=fact.t_ns, visit_id=token.visit_id, gate_id=fact.gate_id, staff=token.staff)
        self.known[token.visit_id] = Visit(
            opened=opened, since_ns=fact.t_ns, place_m=gate_middle_m(gate), seen_ns=fact.t_ns
        )
        return opened

    def follow(self, store: Store, tracks: Sequence[Track], *, now_ns: int) -> tuple[ShopperBound, ...]:
        """Take over where bound tracks are, and bind those that fit a visit without a track."""
        by_id = {track.track_id: track for track in tracks}
        self.gone = [track_id for track_id in self.gone if track_id in by_id]
        taken = set(self.gone)
        loose: list[Visit] = []
        for visit in self.known.values():
            track = by_id.get(visit.track_id) if visit.track_id is not None else None
            if track is not None:
                taken.add(track.track_id)
                visit.place_m, visit.seen_ns = track.foot_m, track.last_seen_ns
            elif visit.left is None:
                visit.track_id = None
                loose.append(visit)
            if visit.stood_m is None and now_ns >= visit.seen_ns:
                visit.stood_m = {t.track_id: place_at(t, visit.seen_ns, now_ns=now_ns) for t in tracks}
        free = [track for track in tracks if track.confirmed and track.track_id not in taken]
        bound = self._bind(store, loose, free, now_ns=now_ns) if loose and free else ()
        return bound or self._bind_the_last(store, loose, free, now_ns=now_ns)

    def _bind_the_last(
        self, store: Store, loose: list[Visit], free: list[Track], *, now_ns: int
    ) -> tuple[ShopperBound, ...]:
        """One visit without a track and one body without a visit inside: whoever else it was came through no gate."""
        inside = [
            track
            for track in free
            if not _near_gate(store, track.foot_m, 2 * _AT_GATE_M)
            and track.last_seen_ns - track.born_ns > _HESITATE_NS
            and now_ns - track.last_seen_ns < _HESITATE_NS
        ]
        if len(loose) != 1 or len(inside) != 1 or now_ns - loose[0].seen_ns < _ALONE_NS:
            return ()
        return (self.bind(loose[0], inside[0], probability=_BY_ELIMINATION, now_ns=now_ns),)

    def follow_names(self, tracks: Sequence[Track], *, now_ns: int) -> tuple[VisitOpened | ShopperBound, ...]:
        """Without gates every person an outside tracker names is a visit, for as long as the store runs."""
        said: list[VisitOpened | ShopperBound] = []
        for track in tracks:
            if not track.name:
                continue
            visit = self.known.get(VisitId(track.name))
            if visit is None:
                opened = VisitOpened(t_ns=track.born_ns, visit_id=VisitId(track.name), gate_id=GateId(""), staff=False)
                visit = Visit(opened=opened, since_ns=track.born_ns, place_m=track.foot_m, seen_ns=track.last_seen_ns)
                self.known[opened.visit_id] = visit
                said.append(opened)
            visit.place_m, visit.seen_ns = track.foot_m, track.last_seen_ns
            if visit.track_id != track.track_id:
                said.append(self.bind(visit, track, probability=1.0, now_ns=now_ns))
        return tuple(said)

    def _bind(self, store: Store, loose: list[Visit], free: list[Track], *, now_ns: int) -> tuple[ShopperBound, ...]:
        loose = sorted(loose, key=lambda visit: -visit.seen_ns)[:_AT_ONCE]
        fit = np.array([[_fit(store, visit, track) for track in free] for visit in loose]).reshape(len(loose), -1)
        best = sorted(np.argsort(-fit.max(axis=0, initial=0.0), kind="stable")[:_AT_ONCE].tolist())
        probability = pair_probabilities(fit[:, best])
        bound: list[ShopperBound] = []
        for row, column in sorted(np.argwhere(probability > 0).tolist(), key=lambda rc: -probability[rc[0], rc[1]]):
            visit, track = loose[row], free[best[column]]
            if visit.track_id is not None or any(b.track_id == track.track_id for b in bound):
                continue
            waited_ns = now_ns - max(visit.seen_ns, track.born_ns)
            if fit[row, best[column]] > _PLAUSIBLE and (probability[row, column] > 0.9 or waited_ns > _HESITATE_NS):
                rivals = max(probability[row].sum(), probability[:, column].sum())
                share = float(probability[row, column] / rivals)
                bound.append(self.bind(visit, track, probability=share, now_ns=now_ns))
        return tuple(bound)

    def bind(self, visit: Visit, track: Track, *, probability: float, now_ns: int) -> ShopperBound:
        """Give a visit its track; ``probability`` is against the other visits and tracks it could have been."""
        visit.bound = ShopperBound(
            t_ns=now_ns,
            visit_id=visit.visit_id,
            track_id=track.track_id,
            probability_ppm=round(1e6 * probability),
        )
        visit.track_id, visit.fresh = track.track_id, False
        visit.trail = (*visit.trail[-1:], track.track_id)
        visit.place_m, visit.seen_ns = track.foot_m, track.last_seen_ns
        return visit.bound

    def exit(
        self, store: Store, tracks: Sequence[Track], fact: GatePassed, *, now_ns: int, at_last: bool
    ) -> VisitLeft | None:
        """Decide who went out at a passage; the fact leaves ``exits`` unless nobody fits yet and time is left."""
        gate = _gate(store, fact.gate_id)
        inside = [v for v in self.known.values() if v.left is None and v.since_ns < fact.t_ns]
        if gate is None or not inside:
            self.exits.remove(fact)
            return None
        owner = {visit.track_id: visit for visit in inside if visit.track_id is not None}
        scored: list[tuple[float, Visit | None]] = []
        for track in tracks:
            if track.track_id not in self.gone and (track.confirmed or track.track_id in owner):
                fit = _falloff(gate_distance_m(gate, place_at(track, fact.t_ns, now_ns=now_ns)), _PLACE_SIGMA_M)
                fit *= _outwards(gate, track)
                visit_of = owner.get(track.track_id)
                scored.append((fit if visit_of is not None else _NO_TOKEN * fit, visit_of))
        for visit in inside:
            if visit.track_id is None:
                sigma_m = _spread_m(fact.t_ns - visit.seen_ns)
                scored.append((_falloff(gate_distance_m(gate, visit.place_m), sigma_m) / 2, visit))
        fit, leaver = max(scored, key=lambda s: (s[0], s[1] is not None), default=(0.0, None))
        if fit < _PLAUSIBLE and len(inside) > 1 and not at_last:
            return None
        self.exits.remove(fact)
        if fit < _PLAUSIBLE:
            leaver = max(((f, v) for f, v in scored if v is not None), key=lambda s: s[0], default=(0.0, None))[1]
        return self._leave(leaver, fact) if leaver is not None else None

    def rebase(self, shift_ns: int) -> None:
        """The host rebooted: tracks and half-done passages are gone, visits stay and their clock moves."""
        self.tokens, self.exits, self.gone, self.followed_ns = [], [], [], 0
        for visit in self.known.values():
            visit.track_id, visit.trail, visit.stood_m, visit.fresh = None, (), {}, False
            visit.since_ns += shift_ns
            visit.seen_ns += shift_ns
            visit.left_ns += shift_ns

    def _leave(self, visit: Visit, fact: GatePassed) -> VisitLeft:
        if visit.track_id is not None:
            self.gone.append(visit.track_id)
            visit.track_id = None
        visit.left, visit.left_ns = VisitLeft(t_ns=fact.t_ns, visit_id=visit.visit_id), fact.t_ns
        return visit.left


def place_at(track: Track, t_ns: int, *, now_ns: int) -> Point2:
    """Where a track was at an instant not far from now; before its birth it is taken to be where it was born."""
    if t_ns < track.born_ns:
        return track.born_at_m
    back_s = min(1.0, max(-1.0, (now_ns - t_ns) / 1e9))
    (x, y), (vx, vy) = track.foot_m, track.velocity_mps
    return x - back_s * vx, y - back_s * vy


def _outwards(gate: Gate, track: Track) -> float:
    """How well the way somebody walks suits one who leaves: 0.5 for one who stands."""
    (left_x, left_y), (right_x, right_y) = gate.left_m, gate.right_m
    width_m = math.hypot(right_x - left_x, right_y - left_y)
    inward_mps = (track.velocity_mps[0] * (left_y - right_y) + track.velocity_mps[1] * (right_x - left_x)) / width_m
    return _BACKWARDS + (1 - _BACKWARDS) / (1 + math.exp(inward_mps / _STROLL_MPS))


def _fit(store: Store, visit: Visit, track: Track) -> float:
    """How well a track continues a visit, 1 is a perfect fit."""
    sigma_m = _spread_m(track.born_ns - visit.seen_ns)
    if visit.fresh:
        place_m = (visit.stood_m or {}).get(track.track_id, track.born_at_m)
        gate = _gate(store, visit.opened.gate_id)
        distance_m = gate_distance_m(gate, place_m) if gate is not None else math.dist(place_m, visit.place_m)
    elif track.born_ns < visit.seen_ns - _OVERLAP_NS:
        return 0.0  # it stood there beside the visit's own track: somebody else
    elif _near_gate(store, track.born_at_m, _AT_GATE_M) and not _near_gate(store, visit.place_m, 2 * _AT_GATE_M):
        return 0.0  # born at a gate far from where the visit was lost: the next shopper
    else:
        distance_m = math.dist(track.born_at_m, visit.place_m)
    return _falloff(distance_m, sigma_m) * _PLACE_SIGMA_M / sigma_m


def _gate(store: Store, gate_id: GateId) -> Gate | None:
    return next((gate for gate in store.gates if gate.gate_id == gate_id), None)


def _near_gate(store: Store, place_m: Point2, within_m: float) -> bool:
    return any(gate_distance_m(gate, place_m) < within_m for gate in store.gates)


def _spread_m(gap_ns: int) -> float:
    return min(_SPREAD_LIMIT_M, _PLACE_SIGMA_M + _SPREAD_MPS * max(0, gap_ns) / 1e9)


def _falloff(distance_m: float, sigma_m: float) -> float:
    return math.exp(-0.5 * (distance_m / sigma_m) ** 2)
