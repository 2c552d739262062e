"""Visits: which token walked in, who came in on it, who was lost, who left.

A code opens the gate for a party: whoever walks in close behind somebody who showed one, and shows none, is a guest on
that visit. All they take belongs to its cart, whether or not they know each other: who holds the code answers for whom
they bring. The visit is over when the last of them has left.
"""

from collections.abc import Iterator, Sequence

import msgspec

from engine.core._binding import bind
from engine.core._leaving import likeliest
from engine.core._members import Member, gate_of
from engine.core._places import gate_middle_m
from engine.core.tracking import Track
from engine.domain import (
    EntryAuthorised,
    Gate,
    GateId,
    GatePassed,
    ShopperBound,
    Store,
    TrackId,
    VisitId,
    VisitLeft,
    VisitOpened,
)

_TOKEN_NS = 30_000_000_000
GUEST_WAITED_S = 30.0
"""A guest the cameras have not seen for so long was a beam crossed twice, or has left unnoticed."""
WAITED_S = 120.0
"""A visit of which the cameras have not seen anybody for so long, nor any stranger, left while nobody looked."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A shown token whose holder has not walked in yet."""

    gate_id: GateId
    visit_id: VisitId
    staff: bool
    t_ns: int


class Visit(msgspec.Struct, kw_only=True):
    """One visit and those who came in on it, the one with the code first."""

    opened: VisitOpened
    members: list[Member]
    left: VisitLeft | None = None

    @property
    def visit_id(self) -> VisitId:
        """The visit's id."""
        return self.opened.visit_id

    @property
    def staff(self) -> bool:
        """Whether it is staff, whose cart does not exist."""
        return self.opened.staff

    @property
    def left_ns(self) -> int:
        """When the last who has left did; 0 when nobody has."""
        return max((member.left_ns or 0 for member in self.members), default=0)

    @property
    def trail(self) -> tuple[TrackId, ...]:
        """The tracks of all members."""
        return tuple(track_id for member in self.members for track_id in member.trail)

    def inside_at(self, t_ns: int) -> bool:
        """Whether anybody of the visit was in the store at an instant."""
        return any(member.inside_at(t_ns) for member in self.members)

    def inside_between(self, since_ns: int, until_ns: int) -> bool:
        """Whether anybody of the visit was in the store at some time between."""
        return any(
            member.since_ns <= until_ns and (member.left_ns is None or member.left_ns >= since_ns)
            for member in self.members
        )


class Visits(msgspec.Struct, kw_only=True):
    """All visits that still matter, in the order in which they opened; they followed the tracks at ``followed_ns``.

    ``unpaid`` are those of shoppers who have left and have no receipt yet.
    """

    known: dict[VisitId, Visit] = {}
    tokens: list[Token] = []
    exits: list[GatePassed] = []
    unpaid: dict[VisitId, None] = {}
    gone: list[TrackId] = []
    followed_ns: int = 0

    @property
    def members(self) -> Iterator[Member]:
        """Everybody on a visit, also those who have left."""
        return (member for visit in self.known.values() for member in visit.members)

    def authorise(self, fact: EntryAuthorised) -> None:
        """Remember a token until its holder walks in; showing it twice changes nothing."""
        self.tokens = [t for t in self.tokens if t.t_ns > fact.t_ns - _TOKEN_NS]
        if fact.visit_id not in self.known and all(t.visit_id != fact.visit_id for t in self.tokens):
            token = Token(gate_id=fact.gate_id, visit_id=fact.visit_id, staff=fact.staff, t_ns=fact.t_ns)
            self.tokens.append(token)

    def enter(self, store: Store, fact: GatePassed) -> VisitOpened | None:
        """Open the visit of the oldest token at the gate; whoever comes without one joins the visit before them."""
        token = next((t for t in self.tokens if t.gate_id == fact.gate_id), None)
        gate = gate_of(store, fact.gate_id)
        if gate is None:
            return None
        if token is None:
            self._join(store, gate, fact)
            return None
        self.tokens.remove(token)
        opened = VisitOpened(t_ns=fact.t_ns, visit_id=token.visit_id, gate_id=fact.gate_id, staff=token.staff)
        self.known[token.visit_id] = Visit(opened=opened, members=[_at_gate(gate, token.visit_id, fact.t_ns)])
        return opened

    def _join(self, store: Store, gate: Gate, fact: GatePassed) -> None:
        """A guest of the visit whose member came in last, if that was just now. Staff bring nobody in."""
        came_ns = fact.t_ns - round(1e9 * store.policy.guests_within_s)
        ahead = max((m for m in self.members if m.gate_id == gate.gate_id), key=lambda m: m.since_ns, default=None)
        if ahead is None or ahead.since_ns <= came_ns:
            return
        visit = self.known[ahead.visit_id]
        if visit.left is None and not visit.staff:
            visit.members.append(_at_gate(gate, visit.visit_id, fact.t_ns))

    def follow(self, store: Store, tracks: Sequence[Track], *, now_ns: int) -> tuple[ShopperBound, ...]:
        """Take over where bound tracks are, and bind those that fit somebody without a track."""
        by_id = {track.track_id: track for track in tracks}
        self.gone = [track_id for track_id in self.gone if track_id in by_id]
        taken = set(self.gone)
        loose: list[Member] = []
        for member in self.members:
            track = by_id.get(member.track_id) if member.track_id is not None else None
            if track is not None:
                taken.add(track.track_id)
                member.seen(track)
            elif member.inside:
                member.track_id = None
                loose.append(member)
            if member.inside and member.fresh and now_ns >= member.seen_ns:
                member.note_places(tracks, now_ns=now_ns)
        free = [track for track in tracks if track.confirmed and track.track_id not in taken]
        return bind(store, loose, free, now_ns=now_ns)

    def follow_names(self, tracks: Sequence[Track], *, now_ns: int) -> tuple[VisitOpened | ShopperBound, ...]:
        """Without gates every person an outside tracker names is a visit, for as long as the store runs."""
        said: list[VisitOpened | ShopperBound] = []
        for track in tracks:
            if not track.name:
                continue
            visit = self.known.get(VisitId(track.name))
            if visit is None:
                visit = _of_name(track)
                self.known[visit.visit_id] = visit
                said.append(visit.opened)
            person = visit.members[0]
            person.seen(track)
            if person.track_id != track.track_id:
                said.append(person.bind(track, probability=1.0, now_ns=now_ns))
        return tuple(said)

    def exit(
        self, store: Store, tracks: Sequence[Track], fact: GatePassed, *, now_ns: int, at_last: bool
    ) -> VisitLeft | None:
        """Decide who went out at a passage; the fact leaves ``exits`` unless nobody fits yet and time is left."""
        gate = gate_of(store, fact.gate_id)
        inside = [member for member in self.members if member.inside and member.since_ns < fact.t_ns]
        if gate is None or not inside:
            self.exits.remove(fact)
            return None
        there = [track for track in tracks if track.track_id not in self.gone]
        leaver = likeliest(gate, inside, there, t_ns=fact.t_ns, now_ns=now_ns)
        if not leaver.plausible and len(inside) > 1 and not at_last:
            return None
        self.exits.remove(fact)
        return self._leave(leaver.member, t_ns=fact.t_ns) if leaver.member is not None else None

    def give_up(self, tracks: Sequence[Track], *, now_ns: int, spoken_s: float) -> tuple[VisitLeft, ...]:
        """Wait no longer for those whom cameras that have spoken for ``spoken_s`` have not seen for long.

        Soon for guests, where all others of their visit have left. Else only while nobody is in the store whose visit
        is not known: that may be them. Staff have rooms that no camera sees.
        """
        followed = {member.track_id for member in self.members} | set(self.gone)
        strangers = any(track.confirmed and track.track_id not in followed for track in tracks)
        said: list[VisitLeft] = []
        for visit in self.known.values():
            still = [member for member in visit.members if member.inside]
            waits = len(still) == len(visit.members)
            wait_s = WAITED_S if waits else GUEST_WAITED_S
            lost = all(m.track_id is None and m.seen_ns < now_ns - wait_s * 1e9 for m in still)
            if visit.left is None and lost and spoken_s >= wait_s and not (waits and (strangers or visit.staff)):
                said += [left for member in still if (left := self._leave(member, t_ns=now_ns)) is not None]
        return tuple(said)

    def rebase(self, shift_ns: int) -> None:
        """The host rebooted: tracks and half-done passages are gone, visits stay and their clock moves."""
        self.tokens, self.exits, self.gone, self.followed_ns = [], [], [], 0
        for member in self.members:
            member.rebase(shift_ns)

    def _leave(self, member: Member, *, t_ns: int) -> VisitLeft | None:
        if member.track_id is not None:
            self.gone.append(member.track_id)
            member.track_id = None
        member.left_ns = t_ns
        visit = self.known[member.visit_id]
        if not any(m.inside for m in visit.members):
            visit.left = VisitLeft(t_ns=t_ns, visit_id=visit.visit_id)
            if not visit.staff:
                self.unpaid[visit.visit_id] = None
        return visit.left


def _at_gate(gate: Gate, visit_id: VisitId, t_ns: int) -> Member:
    """Somebody who has just passed a gate inwards."""
    return Member(visit_id=visit_id, gate_id=gate.gate_id, since_ns=t_ns, place_m=gate_middle_m(gate), seen_ns=t_ns)


def _of_name(track: Track) -> Visit:
    """The visit of somebody an outside tracker knows by name."""
    opened = VisitOpened(t_ns=track.born_ns, visit_id=VisitId(track.name), gate_id=GateId(""), staff=False)
    person = Member(
        visit_id=opened.visit_id,
        gate_id=opened.gate_id,
        since_ns=track.born_ns,
        place_m=track.foot_m,
        seen_ns=track.last_seen_ns,
    )
    return Visit(opened=opened, members=[person])
