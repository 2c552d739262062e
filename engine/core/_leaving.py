"""Who went out at a passage: the one whose track, or whose last place, suits the gate best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.core._members import PLACE_SIGMA_M, PLAUSIBLE, Member, falloff, place_at, spread_m
from engine.core._places import gate_distance_m, gate_inward
from engine.core.tracking import Track
from engine.domain import Gate

_NO_TOKEN = 0.1
"""A body without a visit at the gate is more often a shopper's second track than somebody else."""
_INSIDE_NS, _JUST_BORN = 5_000_000_000, 0.03
"""Who leaves has been inside for longer: who has just come in seldom turns back, and a track just born at the gate is
rather a second one of who leaves."""
_STROLL_MPS, _BACKWARDS = 0.15, 0.02
"""Where standing about ends and walking one way begins; how often somebody leaves while walking in."""


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """Who suits a passage best, None for a body without a visit; nobody does really where it is not ``plausible``."""

    member: Member | None
    plausible: bool


def likeliest(gate: Gate, inside: Sequence[Member], tracks: Sequence[Track], *, t_ns: int, now_ns: int) -> Leaver:
    """Who went out through a gate at ``t_ns``; the best of those inside where nobody suits."""
    scored = _scores(gate, inside, tracks, t_ns=t_ns, now_ns=now_ns)
    fit, member = max(scored, key=lambda s: (s[0], s[1] is not None), default=(0.0, None))
    plausible = fit >= PLAUSIBLE
    if not plausible:
        member = max(((f, m) for f, m in scored if m is not None), key=lambda s: s[0], default=(0.0, None))[1]
    return Leaver(member=member, plausible=plausible)


def _scores(
    gate: Gate, inside: Sequence[Member], tracks: Sequence[Track], *, t_ns: int, now_ns: int
) -> list[tuple[float, Member | None]]:
    owner = {member.track_id: member for member in inside if member.track_id is not None}
    scored: list[tuple[float, Member | None]] = []
    for track in tracks:
        if track.confirmed or track.track_id in owner:
            fit = falloff(gate_distance_m(gate, place_at(track, t_ns, now_ns=now_ns)), PLACE_SIGMA_M)
            fit *= _outwards(gate, track)
            member_of = owner.get(track.track_id)
            if member_of is None:
                fit *= _NO_TOKEN * _been_inside(track.born_ns, t_ns)
            scored.append((fit, member_of))
    for member in inside:
        if member.track_id is None:
            sigma_m = spread_m(t_ns - member.seen_ns)
            fit = falloff(gate_distance_m(gate, member.place_m), sigma_m) * PLACE_SIGMA_M / sigma_m / 2
            scored.append((fit * _been_inside(member.since_ns, t_ns), member))
    return scored


def _been_inside(since_ns: int, t_ns: int) -> float:
    return 1.0 if t_ns - since_ns >= _INSIDE_NS else _JUST_BORN


def _outwards(gate: Gate, track: Track) -> float:
    """How well the way somebody walks suits one who leaves: 0.5 for one who stands."""
    inward = gate_inward(gate)
    inward_mps = track.velocity_mps[0] * inward[0] + track.velocity_mps[1] * inward[1]
    return _BACKWARDS + (1 - _BACKWARDS) / (1 + math.exp(inward_mps / _STROLL_MPS))
