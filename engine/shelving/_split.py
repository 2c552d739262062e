"""One step's traces taken apart: what plates did together, and what is a movement of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats
from engine.shelving._legs import Leg, legs_of
from engine.shelving._step import ARRIVAL_SHARE, MOST_SHARE, left_s

_LEAD_S = 0.3
# Movements that begin closer than this on plates side by side are of one item.
JOIN_S = 0.15
# Plates within two of a change take over up to this share of it while it is made: boards bend.
LEAK_SHARE, LEAK_PLATES = 0.035, 2
_JUST_S = 0.2
# What comes and goes again is a hand, or goods that are set down where they were lifted: equal, but for its swaying.
_RETURN_SIGMAS, _RETURN_SHARE = 4.0, 0.06
_LIFTED_S, _RESTS_S, _PRESS_S, _STILL_SIGMAS = 0.5, 1.5, 0.15, 1.6
# What went back is a hand that rested if it took longer than this.
_RETURNS_S = 3.0
# Legs that do not add up to what stayed have missed something.
_MISSED_SIGMAS, _MISSED_SHARE = 6.0, 0.15
_PLATEAU_ROWS = 2
# A quick movement with no more than a press before it is one: two cannot be over so soon.
_PLAIN_S, _RISE_S = 0.12, 0.03
_ALIKE_SHARE, _UNLIKE_SHARE = 0.1, 0.3
# A trace that does not reach back before the step begins with what there was then.
_BEFORE_S = 0.1


@dataclass(frozen=True)
class PlateTrace:
    """A plate's change (rows,) against the level before it, what stayed of it, and how sure that and a sample are.

    Not ``stayed``: all of it, as far as noise lets tell, went back.
    """

    plate: int
    changes_g: Floats
    stayed: bool
    stayed_g: float
    stayed_sigma_g: float
    sigma_g: float


@dataclass(frozen=True)
class Part:
    """A movement of its own: grams and their errors by plate."""

    start_ns: int
    end_ns: int
    grams: dict[int, float]
    sigma_g: dict[int, float]


def taken_apart(
    times_ns: NDArray[np.int64], traces: Sequence[PlateTrace], *, start_ns: int, least_g: float
) -> list[Part]:
    """The movements of a step that began at ``start_ns``, in order; those that cannot be told apart are one."""
    t_s = (times_ns - start_ns) / 1e9
    first = int(np.searchsorted(t_s, -_LEAD_S))
    legs = [
        (trace.plate, leg)
        for trace in traces
        for leg in _legs_on(t_s[first:], trace, first, _Beside(least_g, [o for o in traces if _leak(o, trace)]))
    ]
    parts: list[list[tuple[int, Leg]]] = []
    for plate, leg in sorted(legs, key=lambda one: (one[1].start_s, one[0])):
        own = next((part for part in parts if _belongs(plate, leg, part)), None)
        if own is None:
            parts.append([(plate, leg)])
        else:
            own.append((plate, leg))
    return [_part(part, start_ns) for part in parts]


def _belongs(plate: int, leg: Leg, part: Sequence[tuple[int, Leg]]) -> bool:
    beside = any(abs(plate - other) == 1 for other, _ in part) and all(plate != other for other, _ in part)
    return beside and leg.start_s - part[0][1].start_s <= JOIN_S


def _part(part: Sequence[tuple[int, Leg]], start_ns: int) -> Part:
    most_g = MOST_SHARE * max(abs(leg.grams) for _, leg in part)  # plates that moved less may only lean or leak
    return Part(
        start_ns + round(1e9 * min(leg.start_s for _, leg in part if abs(leg.grams) >= most_g)),
        start_ns + round(1e9 * max(leg.end_s for _, leg in part)),
        {plate: leg.grams for plate, leg in part},
        {plate: leg.sigma_g for plate, leg in part},
    )


@dataclass(frozen=True)
class _Beside:
    """What is too small for a movement, and the plates that may leak to the one that is looked at."""

    least_g: float
    traces: Sequence[PlateTrace]

    def leaks(self, leg: Leg, t_s: Floats, first: int) -> bool:
        """Whether a leg is no more than what the plates beside it may leak at that moment."""
        before, after = np.searchsorted(t_s, [leg.start_s - _JUST_S, leg.end_s + _JUST_S]).clip(0, len(t_s) - 1)
        rows = (trace.changes_g[first:] for trace in self.traces)
        return abs(leg.grams) <= LEAK_SHARE * sum(abs(float(row[after] - row[before])) for row in rows)


def _leak(one: PlateTrace, other: PlateTrace) -> bool:
    return one is not other and abs(one.plate - other.plate) <= LEAK_PLATES


def _legs_on(t_s: Floats, trace: PlateTrace, first: int, beside: _Beside) -> list[Leg]:
    """The legs on a plate that add up to what stayed; one of all that stayed where they are not plain."""
    changes_g, least_g = trace.changes_g[first:], beside.least_g
    whole = _whole(t_s, changes_g, trace) if trace.stayed else None
    if whole is None and t_s[-1] > _RETURNS_S:
        return []
    if whole is not None and _is_plain(whole, t_s, changes_g):
        return [whole]
    base_g = float(np.median(changes_g[t_s < t_s[0] + _BEFORE_S])) if t_s[0] > -_BEFORE_S else 0.0
    legs = list(legs_of(t_s, changes_g - base_g, sigma_g=trace.sigma_g, least_g=least_g))
    if base_g:
        legs.insert(0, Leg(float(t_s[0]), float(t_s[0]), base_g, trace.sigma_g))
    legs = [leg for leg in legs if not beside.leaks(leg, t_s, first)]
    legs = _without_returns(legs, t_s, changes_g, trace.sigma_g)
    return _balanced(legs, trace, t_s, least_g) or ([] if whole is None else [whole])


def _balanced(legs: list[Leg], trace: PlateTrace, t_s: Floats, least_g: float) -> list[Leg]:
    """The legs with what is left over shared out; none if they have missed something."""
    over_g = trace.stayed_g - sum(leg.grams for leg in legs)
    variance = sum(leg.sigma_g**2 for leg in legs)
    if not legs or abs(over_g) > max(_MISSED_SIGMAS * variance**0.5, _MISSED_SHARE * abs(trace.stayed_g), least_g):
        return []
    if len(legs) == 1:
        return [Leg(legs[0].start_s, legs[0].end_s, trace.stayed_g, trace.stayed_sigma_g)] if trace.stayed else []
    told = [Leg(leg.start_s, leg.end_s, leg.grams + over_g * leg.sigma_g**2 / variance, leg.sigma_g) for leg in legs]
    return told if min(abs(leg.grams) for leg in told) >= least_g and _are_seen(told, t_s) else []


def _are_seen(legs: Sequence[Leg], t_s: Floats) -> bool:
    """Whether there are samples of every plateau."""
    rests = ((leg.end_s < t_s) & (t_s < later.start_s) for leg, later in pairwise(legs))
    return all(np.count_nonzero(rest) >= _PLATEAU_ROWS for rest in rests)


def _whole(t_s: Floats, changes_g: Floats, trace: PlateTrace) -> Leg:
    """All that stayed, from when the trace last left the old level until it keeps to the new one."""
    share = changes_g / trace.stayed_g
    away = np.flatnonzero(np.abs(share - 1) > max(ARRIVAL_SHARE, 1 / abs(trace.stayed_g)))
    end = min(int(away[-1]) + 1, len(share) - 1) if len(away) else 0
    start_s = left_s(share, t_s)
    return Leg(start_s, max(start_s, float(t_s[end])), trace.stayed_g, trace.stayed_sigma_g)


def _is_plain(whole: Leg, t_s: Floats, changes_g: Floats) -> bool:
    """Whether nothing but one quick movement is to be seen, hands aside."""
    if whole.end_s - whole.start_s > _PLAIN_S:
        return False
    before = changes_g[t_s < whole.start_s - _RISE_S] / whole.grams
    return not len(before) or bool(before.max() <= _ALIKE_SHARE and before.min() >= -_UNLIKE_SHARE)


def _without_returns(legs: list[Leg], t_s: Floats, changes_g: Floats, sigma_g: float) -> list[Leg]:
    """Leave out what went back where it came from, the most alike first."""
    left = list(legs)
    while True:
        pairs = [
            (abs(one.grams + other.grams) / _alike_g(one, other), at, later)
            for at, one in enumerate(left)
            for later, other in enumerate(left[at + 1 :], start=at + 1)
            if one.grams * other.grams < 0 and not _were_goods(one, other, t_s, changes_g, sigma_g)
        ]
        unlike, at, later = min(pairs, default=(1.0, 0, 0))
        if unlike >= 1:
            return left
        del left[later], left[at]


def _were_goods(one: Leg, other: Leg, t_s: Floats, changes_g: Floats, sigma_g: float) -> bool:
    """Whether goods were away, or there, for a while: the core has to know. A hand at rest sways, and stays longer."""
    stayed_s = other.start_s - one.end_s
    if stayed_s < _LIFTED_S or one.grams < 0:
        return stayed_s >= _LIFTED_S
    still_g = changes_g[(t_s > one.end_s + _RISE_S) & (t_s < other.start_s - _PRESS_S)]
    return stayed_s < _RESTS_S and float(still_g.std()) <= _STILL_SIGMAS * sigma_g


def _alike_g(one: Leg, other: Leg) -> float:
    error_g = float(np.hypot(one.sigma_g, other.sigma_g))
    return max(_RETURN_SIGMAS * error_g, _RETURN_SHARE * max(abs(one.grams), abs(other.grams)))
