"""Whose hand was it? Evidence per person and plate around the start of a weight step."""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec
from msgspec.structs import replace

from engine.core._grip import came_from_m, density_per_m3, mean_place
from engine.core._members import Member
from engine.core._places import plate_distance_m
from engine.core._visits import Visit, Visits
from engine.core.tracking import HANDS_KEPT_NS, FloorTracker, HandSample, Side, Track
from engine.domain import Plate, PlateId, Point2, Store, TrackId, VisitId

WINDOW_BEFORE_NS = 800_000_000
WINDOW_AFTER_NS = 400_000_000

AT_ONCE_NS = 300_000_000
"""No hand takes from one plate and then from another in less."""

EARLIER_NS = (3_000_000_000, 1_200_000_000)
"""A hand that moves something has come for that: so long before, from first to last, it was somewhere else."""
_STILL, _STILL_M, _CAME_M = 0.25, 0.15, 0.4
"""The ratio of a hand that has rested where it is, and up to which distance from there and from which on it has come.
Fitted to recipes and adversarial scenarios with seeds 101 to 104: of 992 hands that moved something one in a hundred
had been within 0.15 m, one in four within 0.47 m; of 38 others near the plate four, and twenty-four."""

_SURE_NS = 250_000_000
_ELSEWHERE_PER_M3 = 0.2
"""Density of where a hand is that is busy elsewhere: anywhere before the shelves within reach."""
_TRACKED_WRONG = 0.015
_UNSEEN_BY_HANDS = {0: 1.0, 1: 0.25, 2: 0.04}
"""How likely the hand that did it was not among those seen, by the number of hands seen."""
_SWING_M, _STRAY_M = 0.2, 0.25
"""How far a hand goes between two looks at it, and the error (standard deviation) of a wrist that reaches and is half
hidden: nine in ten lie within twice that (``tillfree bench fit-sight``)."""
_MISTAKEN = 0.05
"""What remains of the doubt about both of somebody's hands when both were seen far away: one taken for another."""
_REACH_M = 1.1
_REACH_SIGMA_M = 0.3
_BODY_FAR = 0.01
"""How likely somebody did it who was seen standing out of reach."""
_HAND_UNSEEN = 0.6
"""The ratio of a hand nobody saw, against the density of one that is busy elsewhere."""
_NO_TOKEN = 0.1
"""Behind a gate a body without a visit is seldom a person: more often a shopper's second track."""
_NOT_NAMED_NS = 2_000_000_000
_LOST_S, _LOST = 1.0, 0.1
"""Somebody lost for a second is seldom the one who acts, or the cameras would have seen it."""
_NOT_WATCHED = 0.005
_EVERY_NS = 300_000_000
"""A hand is at a product for longer."""
_WALK_MPS, _WALK_LIMIT_M = 0.8, 2.0
_MOST = 12
"""Suspects of a step: so many cannot stand within reach of one shelf."""


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """The likelihood ratio that somebody's hand was at a plate, and the nearest a hand was seen to it.

    ``hands`` are the ratios of the left and of the right hand alone.
    """

    ratio: float
    distance_mm: int | None
    hands: tuple[float, float]

    def times(self, doubt: float) -> "Witness":
        """The same, believed less."""
        return self if doubt == 1.0 else replace(self, ratio=doubt * self.ratio)


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may have done it; a person bound to no visit has no ``visit_id``, ``several`` may share one."""

    visit_id: VisitId | None
    staff: bool
    at: dict[PlateId, Witness]
    several: bool = False

    @property
    def best_ratio(self) -> float:
        """The ratio at the plate that suits best."""
        return max((witness.ratio for witness in self.at.values()), default=0.0)


class _Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person and the likelihood ``share`` that the track is theirs, and not that of the ``rivals``."""

    visit: Visit | None
    share: float
    at: dict[PlateId, Witness]
    rivals: tuple[VisitId, ...] = ()

    def may_be(self, other: "_Person") -> bool:
        """Whether somebody else's track, or one that is nobody's, may be theirs."""
        return other is not self and (other.visit is None or other.visit.visit_id in self.rivals)


class _Looks:
    """What was seen of somebody's hands: ``now``, about an instant, their ``places`` then, and whether they ``came``.

    ``came`` is the likelihood ratio of each that it has come for what it does there, against having rested there.
    """

    def __init__(self, samples: Sequence[HandSample], start_ns: int) -> None:
        first_ns, last_ns = (start_ns - before_ns for before_ns in EARLIER_NS)
        earlier = [sample for sample in samples if first_ns <= sample.t_ns <= last_ns]
        self.now = [sample for sample in samples if sample.t_ns >= start_ns - WINDOW_BEFORE_NS]
        sides = sorted({sample.side for sample in self.now})
        self.places = {side: mean_place(self.now, side, start_ns) for side in sides}
        self.came = {side: _came(came_from_m(earlier, side, place)) for side, place in self.places.items()}
        seen_then = {sample.side for sample in self.now if abs(sample.t_ns - start_ns) <= _SURE_NS}
        self.surely_both = len(seen_then) == len(Side)


class Hands:
    """Weighs hands and bodies against plates at one instant, by what the tracker knows now.

    Who was inside at an instant and what was seen of their hands is gathered once, for however many plates.
    """

    def __init__(self, store: Store, tracker: FloorTracker, visits: Visits) -> None:
        self._store, self._tracker, self._visits = store, tracker, visits
        self._inside: dict[int, list[tuple[Visit, Member] | Track]] = {}
        self._looks: dict[tuple[tuple[TrackId, ...], int], _Looks] = {}

    def suspects(self, plate_ids: Sequence[PlateId], start_ns: int) -> tuple[Suspect, ...]:
        """Those inside at ``start_ns``: visits in the order they opened, then people bound to none.

        A visit is as suspect at a plate as the member whose hand suits it best. Of a crowd, those who stood nearest.
        """
        plates = [self._store.plate_by_id[plate_id] for plate_id in plate_ids]
        present = self._who_was_inside(start_ns)
        if len(present) > _MOST and plates:
            away_m = sorted((_away_m(plates, who, start_ns), number) for number, who in enumerate(present))
            present = [present[number] for number in sorted(number for _, number in away_m[:_MOST])]
        return _suspects([self._person(who, plates, start_ns) for who in present])

    def _who_was_inside(self, start_ns: int) -> list[tuple[Visit, Member] | Track]:
        """All members who were inside at an instant, and the tracks that are nobody's."""
        if start_ns not in self._inside:
            known = self._visits.known.values()
            self._inside[start_ns] = [
                *((visit, one) for visit in known for one in visit.members if self._was_inside(one, start_ns)),
                *(track for track in self._strangers if track.born_ns <= start_ns),
            ]
        return self._inside[start_ns]

    @cached_property
    def _strangers(self) -> list[Track]:
        owned = {*self._visits.gone, *(track_id for visit in self._visits.known.values() for track_id in visit.trail)}
        return [track for track in self._tracker.tracks if track.confirmed and track.track_id not in owned]

    def _person(self, who: tuple[Visit, Member] | Track, plates: Sequence[Plate], start_ns: int) -> _Person:
        if isinstance(who, Track):
            return _Person(visit=None, share=1.0, at=self._of_track(who, plates, start_ns))
        visit, member = who
        at = self._of_member(member, plates, start_ns)
        share = member.bound.probability_ppm / 1e6 if member.bound is not None else 1.0
        return _Person(visit=visit, share=share, at=at, rivals=member.rivals)

    def _was_inside(self, member: Member, start_ns: int) -> bool:
        """Without gates nobody is known to leave: whom the outside tracker no longer names is gone."""
        return member.inside_at(start_ns) and (bool(self._store.gates) or member.seen_ns > start_ns - _NOT_NAMED_NS)

    def during(self, plate_ids: Sequence[PlateId], since_ns: int, until_ns: int) -> tuple[Suspect, ...]:
        """Every visit inside at some time between: the instant is unknown, so each counts alike.

        Of times too long ago for hands to be remembered, all who were inside are as suspect as each other.
        """
        seen_ns = max(since_ns, until_ns - HANDS_KEPT_NS)
        instants = range(seen_ns, until_ns, _EVERY_NS)
        watched = len(instants) / max(1, (until_ns - since_ns) / _EVERY_NS)
        looks: dict[VisitId, list[Suspect]] = {
            visit.visit_id: [] for visit in self._visits.known.values() if visit.inside_between(since_ns, until_ns)
        }
        for t_ns in instants:
            for suspect in self.suspects(plate_ids, t_ns):
                if suspect.visit_id is not None:
                    looks.setdefault(suspect.visit_id, []).append(suspect)
        return tuple(
            Suspect(
                visit_id=visit_id,
                staff=self._visits.known[visit_id].staff,
                at={
                    plate_id: _on_the_whole([s.at[plate_id] for s in looks[visit_id]], len(instants), watched)
                    for plate_id in plate_ids
                },
            )
            for visit_id in looks
        )

    def _of_member(self, member: Member, plates: Sequence[Plate], start_ns: int) -> dict[PlateId, Witness]:
        looks = self._looks_of(tuple(member.trail), start_ns)
        lost_s = max(0, start_ns - member.seen_ns) / 1e9
        doubt = _LOST if not looks.now and lost_s >= _LOST_S else 1.0
        body = member.place_m, _slack_m(member.seen_ns - start_ns)
        return {plate.plate_id: self._weigh(plate, looks, body=body).times(doubt) for plate in plates}

    def _of_track(self, track: Track, plates: Sequence[Plate], start_ns: int) -> dict[PlateId, Witness]:
        looks = self._looks_of((track.track_id,), start_ns)
        doubt = _NO_TOKEN if self._store.gates else 1.0
        body = track.foot_m, _slack_m(track.last_seen_ns - start_ns)
        return {plate.plate_id: self._weigh(plate, looks, body=body).times(doubt) for plate in plates}

    def _looks_of(self, trail: tuple[TrackId, ...], start_ns: int) -> _Looks:
        known = self._looks.get((trail, start_ns))
        if known is None:
            since_ns, until_ns = start_ns - EARLIER_NS[0], start_ns + WINDOW_AFTER_NS
            samples = [s for track_id in trail for s in self._tracker.hand_samples(track_id, since_ns, until_ns)]
            known = self._looks[trail, start_ns] = _Looks(samples, start_ns)
        return known

    def _weigh(self, plate: Plate, looks: _Looks, *, body: tuple[Point2, float]) -> Witness:
        place_m, slack_m = body
        away_m = max(0.0, math.dist(place_m, plate.centre_m[:2]) - _REACH_M - slack_m)
        body_ratio = _BODY_FAR + (1 - _BODY_FAR) * math.exp(-0.5 * (away_m / _REACH_SIGMA_M) ** 2)
        unseen = body_ratio * _HAND_UNSEEN
        if not looks.now:
            return Witness(ratio=unseen, distance_mm=None, hands=(unseen, unseen))
        seen = looks.places
        nearest_m = min(plate_distance_m(plate, place.position_m) for place in seen.values())
        sigma_m = self._store.policy.hand_sigma_m
        at_plate = {
            side: looks.came[side] * density_per_m3(plate, place, sigma_m) / _ELSEWHERE_PER_M3
            for side, place in seen.items()
        }
        missed = _UNSEEN_BY_HANDS[len(at_plate)]
        by_sight = (1 - missed) * (1 - _TRACKED_WRONG) * max(at_plate.values())
        by_chance = body_ratio * (1 - missed) * _TRACKED_WRONG + unseen * missed
        if looks.surely_both:
            by_chance *= _elsewhere(nearest_m)
        left, right = (
            (1 - _TRACKED_WRONG) * at_plate[side] + _TRACKED_WRONG * body_ratio if side in at_plate else unseen
            for side in tuple(Side)
        )
        return Witness(ratio=by_sight + by_chance, distance_mm=round(1000 * nearest_m), hands=(left, right))


def most_ratio(sigma_m: float) -> float:
    """No hand, seen with such an error at best, speaks more for any plate than this."""
    return 1.0 + 1.0 / (_ELSEWHERE_PER_M3 * (sigma_m * math.sqrt(2 * math.pi)) ** 3)


def _on_the_whole(witnesses: Sequence[Witness], instants: int, watched: float) -> Witness:
    """The mean ratio over some instants, blind where nobody watched; the distance is the nearest."""
    if not witnesses:
        return Witness(ratio=_NOT_WATCHED, distance_mm=None, hands=(_NOT_WATCHED, _NOT_WATCHED))
    blind = (1 - min(1.0, watched)) * _NOT_WATCHED

    def mean(ratios: Iterable[float]) -> float:
        return blind + min(1.0, watched) * sum(ratios) / instants

    return Witness(
        ratio=mean(w.ratio for w in witnesses),
        distance_mm=min((w.distance_mm for w in witnesses if w.distance_mm is not None), default=None),
        hands=(mean(w.hands[0] for w in witnesses), mean(w.hands[1] for w in witnesses)),
    )


def _suspects(people: Sequence[_Person]) -> tuple[Suspect, ...]:
    """Each visit once, with the witness of whichever member suits a plate best; then everybody without a visit."""
    found: dict[VisitId, Suspect] = {}
    strangers: list[Suspect] = []
    for person, at in zip(people, _doubted(people), strict=True):
        if person.visit is None:
            strangers.append(Suspect(visit_id=None, staff=False, at=at))
            continue
        known = found.get(person.visit.visit_id)
        if known is not None:
            at = {plate_id: max(known.at[plate_id], at[plate_id], key=lambda w: w.ratio) for plate_id in at}
        visit_id, staff = person.visit.visit_id, person.visit.staff
        found[visit_id] = Suspect(visit_id=visit_id, staff=staff, at=at, several=known is not None)
    return (*found.values(), *strangers)


def _doubted(people: Sequence[_Person]) -> list[dict[PlateId, Witness]]:
    """Whoever may be bound to the wrong track is judged partly by the hands of those whose track it may be."""
    return [person.at if person.share == 1.0 else _judged_by_rivals(person, people) for person in people]


def _judged_by_rivals(person: _Person, people: Sequence[_Person]) -> dict[PlateId, Witness]:
    rivals = [other for other in people if person.may_be(other)]
    return {
        plate_id: replace(
            witness,
            ratio=person.share * witness.ratio
            + (1 - person.share) * max((rival.at[plate_id].ratio for rival in rivals), default=0.0),
        )
        for plate_id, witness in person.at.items()
    }


def _came(from_m: float | None) -> float:
    """The ratio of a hand that has come from so far, 1 where nobody saw it before."""
    if from_m is None:
        return 1.0
    return _STILL + (1 - _STILL) * min(1.0, max(0.0, (from_m - _STILL_M) / (_CAME_M - _STILL_M)))


def _elsewhere(nearest_m: float) -> float:
    """What is left of the doubt about hands that were both seen, the nearer one at a distance from the plate."""
    return _MISTAKEN + (1 - _MISTAKEN) * math.exp(-0.5 * (max(0.0, nearest_m - _SWING_M) / _STRAY_M) ** 2)


def _away_m(plates: Sequence[Plate], who: tuple[Visit, Member] | Track, start_ns: int) -> float:
    """How far somebody's body was from the nearest of the plates, at least."""
    place_m, seen_ns = (who.foot_m, who.last_seen_ns) if isinstance(who, Track) else (who[1].place_m, who[1].seen_ns)
    return min(math.dist(place_m, plate.centre_m[:2]) for plate in plates) - _slack_m(seen_ns - start_ns)


def _slack_m(apart_ns: int) -> float:
    """How far somebody may have walked between an instant and the one at which the place is known."""
    return min(_WALK_LIMIT_M, _WALK_MPS * abs(apart_ns) / 1e9)
