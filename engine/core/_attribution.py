"""Who took what: every explanation of a weight step with its posterior probability.

An explanation is one or two movements (somebody, some units of a SKU, one spot), or none: unexplained. Its score
joins the weight (total and where on the shelf), the hands, the planogram as it is now and the carts as they are now.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, combinations_with_replacement, product

import msgspec

from engine.core._candidates import Candidate, Candidates, Spot, WeightStep, spots_of
from engine.core._grasp import Grasp
from engine.core._hands import Suspect
from engine.core._masses import Lot, Mass, Masses
from engine.core._normal import log_normal
from engine.core._stock import Stock
from engine.domain import SkuId, Store, Verdict, VisitId

_TAIL_SHARE, _TAIL_SPREAD = 0.03, 2.5
_LEAK_SHARE, _LEAK_FLOOR_G = 0.1, 3.0
_PLACE_LIMIT = 8.0
"""The most the shares of the plates may speak against a movement, in nats: leakage has surprises."""
_UNSEEN_PERSON = 0.001
_UNEXPLAINED = 0.002 / 3000
_SCATTERED = 0.1
"""What cannot be explained seldom weighs what explains it on every one of several spots: per spot beyond the first."""
_STAFF_ANYTHING = 0.3 / 3000
_HANDED_OVER = 0.001
_TWO_MOVES = 0.03
_OUT_AND_IN = 0.005
_CLOSER = 6.0  # sigmas
_PAIRED_UNITS = 3
_PAIRED_CANDIDATES = 30
_GIVE_UP = 16.0
"""Two movements this many nats less likely than the likeliest two are not looked at."""
_UNLIKELY_PPM = 100


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a SKU, positive out of the shelf, and their mass as it was known before; ``visit_id`` None: unknown."""

    visit_id: VisitId | None
    staff: bool
    sku_id: SkuId | None
    quantity: int
    spot: Spot
    mass: Mass
    hand_distance_mm: int | None

    @property
    def key(self) -> tuple[str, str, int]:
        """What is claimed, whichever plate it happened at."""
        return self.visit_id or "", self.sku_id or "", self.quantity


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Movements that may have made a step; none when nothing known would."""

    moves: tuple[Move, ...]
    probability_ppm: int
    log_evidence: float = 0.0
    """How well all explanations together explain the step, in nats: to compare what is assumed of carts and shelves."""

    @property
    def key(self) -> tuple[tuple[str, str, int], ...]:
        """What is claimed."""
        return tuple(sorted(move.key for move in self.moves))

    @property
    def verdict(self) -> Verdict | None:
        """The same as an answer to a question, where it is one movement."""
        if len(self.moves) != 1:
            return None
        move = self.moves[0]
        return Verdict(visit_id=move.visit_id, sku_id=move.sku_id, quantity=move.quantity)

    @property
    def staff(self) -> bool:
        """Whether staff did it all."""
        return bool(self.moves) and all(move.staff for move in self.moves)

    @property
    def chargeable(self) -> bool:
        """Whether every movement belongs to a shopper's cart."""
        return bool(self.moves) and all(move.visit_id is not None and not move.staff for move in self.moves)


class _Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A movement with the logarithm of what speaks for it, the weight left out, and whose hand it was."""

    move: Move
    candidate: Candidate
    actor: Suspect | None
    log_prior: float
    log_hand: float

    @property
    def log_weight(self) -> float:
        """All that speaks for it when it was the only movement."""
        return self.log_prior + self.log_hand


class Attribution:
    """The explanations of one step, from the evidence there is."""

    def __init__(
        self,
        store: Store,
        *,
        stock: Stock,
        masses: Masses,
        carts: Mapping[VisitId, Mapping[SkuId, Lot]],
        puts_away: float,
    ) -> None:
        self._store, self._carts = store, carts
        self._candidates = Candidates(store, stock, masses, puts_away=puts_away)

    def explain(self, step: WeightStep, suspects: Sequence[Suspect]) -> tuple[Explanation, ...]:
        """All explanations worth naming, the likeliest first; they sum to one million ppm but for the unlikely."""
        spots = spots_of(self._store, step)
        scale = _Scale(step, spots)
        grasp = Grasp(self._store, step)
        claims = self._claims(step, scale, suspects, grasp)
        scored: dict[tuple[tuple[str, str, int], ...], tuple[float, tuple[Move, ...]]] = {}

        def add(moves: tuple[Move, ...], log_score: float) -> None:
            key = tuple(sorted(move.key for move in moves))
            known = scored.get(key)
            if known is None:
                scored[key] = (log_score, moves)
            else:
                best = moves if log_score > known[0] else known[1]
                scored[key] = (_log_sum(known[0], log_score), best)

        alone: dict[int, float] = {}  # by identity: everybody's claims share their candidates
        for claim in claims:
            if id(claim.candidate) not in alone:
                alone[id(claim.candidate)] = scale.log_likelihood((claim.candidate,))
            add((claim.move,), claim.log_weight + alone[id(claim.candidate)])
        for first, second, log_likelihood in _pairs(claims, scale):
            opposed = first.move.quantity * second.move.quantity < 0
            log_prior = first.log_prior + second.log_prior + math.log(_OUT_AND_IN if opposed else _TWO_MOVES)
            add((first.move, second.move), log_prior + _log_hands(first, second, grasp) + log_likelihood)
        best_ratio = max((suspect.best_ratio for suspect in suspects), default=1.0)
        scattered = _SCATTERED ** max(0, len(spots) - 1)
        add((), math.log(_UNEXPLAINED * scattered * max(best_ratio, _UNSEEN_PERSON)))
        for move, log_score in _staff_anything(spots, suspects):
            add((move,), log_score)
        return _normalise(scored)

    def _claims(self, step: WeightStep, scale: "_Scale", suspects: Sequence[Suspect], grasp: Grasp) -> list[_Claim]:
        spots = scale.spots
        taken, returned = self._candidates.takes(step, spots), self._candidates.returns(spots)
        restocked = self._candidates.restocks(spots)
        claims = [_claim(c, None, grasp, log_prior=math.log(_UNSEEN_PERSON)) for c in (*taken, *returned)]
        puts = {owner: self._candidates.puts(spots, cart) for owner, cart in self._carts.items()}
        handed = {owner: [put for put in theirs if scale.weighs(put)] for owner, theirs in puts.items()}
        for suspect in suspects:
            if suspect.staff:
                claims += [_claim(candidate, suspect, grasp) for candidate in restocked]
            elif suspect.visit_id is None:
                claims += [_claim(candidate, suspect, grasp) for candidate in (*taken, *returned)]
            else:
                claims += [_claim(candidate, suspect, grasp) for candidate in taken]
                claims += [_claim(put, suspect, grasp) for put in puts[suspect.visit_id]]
                claims += _handed_over(suspect, handed, grasp)
        return claims


def _handed_over(suspect: Suspect, puts: Mapping[VisitId, Sequence[Candidate]], grasp: Grasp) -> list[_Claim]:
    """Puts by one shopper out of another's cart, after a hand-over that nobody saw."""
    log_prior = math.log(_HANDED_OVER)
    return [
        _claim(candidate, suspect, grasp, owner=owner, log_prior=log_prior)
        for owner, candidates in puts.items()
        if owner != suspect.visit_id
        for candidate in candidates
    ]


def _claim(
    candidate: Candidate,
    suspect: Suspect | None,
    grasp: Grasp,
    *,
    owner: VisitId | None = None,
    log_prior: float = 0.0,
) -> _Claim:
    witnesses = [suspect.at[plate_id] for plate_id in candidate.spot.plate_ids] if suspect is not None else []
    witness = max(witnesses, key=lambda w: w.ratio, default=None)
    move = Move(
        visit_id=owner or (suspect.visit_id if suspect is not None else None),
        staff=suspect.staff if suspect is not None else False,
        sku_id=candidate.sku_id,
        quantity=candidate.quantity,
        spot=candidate.spot,
        mass=candidate.mass,
        hand_distance_mm=witness.distance_mm if witness is not None else None,
    )
    log_hand = math.log(grasp.units(suspect, candidate, witness.ratio)) if suspect and witness else 0.0
    log_prior += candidate.log_prior
    return _Claim(move=move, candidate=candidate, actor=suspect, log_prior=log_prior, log_hand=log_hand)


class _Scale:
    """The likelihood of a step's grams, in all and by spot, under assumed movements."""

    def __init__(self, step: WeightStep, spots: tuple[Spot, ...]) -> None:
        self.spots = spots
        self.total_g = step.mass_mg / 1000
        self.sigma_g = max(1.0, step.sigma_mg / 1000)
        loudest_g = max((abs(spot.mass_mg) for spot in spots), default=0) / 1000
        self._leak_g = math.hypot(self.sigma_g, _LEAK_FLOOR_G + _LEAK_SHARE * loudest_g)

    def weighs(self, candidate: Candidate) -> bool:
        """Whether one alone is near enough to what was measured to look closer."""
        miss_g = candidate.brought_mg / 1000 - self.total_g
        return miss_g * miss_g < _CLOSER**2 * (self.sigma_g**2 + candidate.mass.variance_mg2 / 1e6)

    def couples(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
        """Each two, or one twice, that make a sum near enough to look closer, of few enough units."""
        weighed = [(abs(c.quantity), c.brought_mg, c.mass.variance_mg2, c) for c in candidates]
        for (units, brought_mg, variance_mg2, a), (more, more_mg, more_mg2, b) in combinations_with_replacement(
            weighed, 2
        ):
            if units + more <= _PAIRED_UNITS:
                miss_g = (brought_mg + more_mg) / 1000 - self.total_g
                variance_g2 = self.sigma_g**2 + (variance_mg2 + more_mg2) / 1e6
                if miss_g * miss_g < _CLOSER**2 * variance_g2:
                    yield a, b

    def log_likelihood(self, candidates: Sequence[Candidate]) -> float:
        """Density per gram of the total, times how well the shares of the spots agree."""
        moved = [_grams(candidate) for candidate in candidates]
        sigma_g = math.hypot(self.sigma_g, *(sigma for _, sigma in moved))
        miss_g = self.total_g - sum(grams for grams, _ in moved)
        log_total = _log_sum(
            math.log(1 - _TAIL_SHARE) + log_normal(miss_g, sigma_g),
            math.log(_TAIL_SHARE) + log_normal(miss_g, _TAIL_SPREAD * sigma_g),
        )
        against = 0.0
        for spot in self.spots:
            here = [(g, s) for c, (g, s) in zip(candidates, moved, strict=True) if c.spot is spot]
            spread_g = math.hypot(self._leak_g, *(sigma for _, sigma in here))
            against += 0.5 * ((spot.mass_mg / 1000 - sum(g for g, _ in here)) / spread_g) ** 2
        return log_total - min(_PLACE_LIMIT, against)


def _grams(candidate: Candidate) -> tuple[float, float]:
    """Grams a candidate adds to the shelf, and their sigma."""
    return candidate.brought_mg / 1000, math.sqrt(candidate.mass.variance_mg2) / 1000


def _log_hands(first: _Claim, second: _Claim, grasp: Grasp) -> float:
    """What the hands say for two movements: a hand that made one of them did not make the other as well."""
    if first.actor is None or first.actor is not second.actor or first.actor.staff:
        return first.log_hand + second.log_hand
    by_one = math.exp(min(first.log_hand, second.log_hand))
    return math.log(grasp.two(first.actor, first.candidate, second.candidate, by_one=by_one))


def _pairs(claims: Sequence[_Claim], scale: _Scale) -> list[tuple[_Claim, _Claim, float]]:
    """Two movements in one step that together weigh what was measured, by one or two people."""
    by_candidate: dict[tuple[str, int, str, int], list[_Claim]] = {}
    for claim in claims:
        by_candidate.setdefault(claim.candidate.key, []).append(claim)
    strongest = {key: max(claim.log_weight for claim in group) for key, group in by_candidate.items()}
    keys = sorted(by_candidate, key=lambda key: (-strongest[key], key))[:_PAIRED_CANDIDATES]
    fitting: list[tuple[float, float, list[_Claim], list[_Claim]]] = []
    for a, b in scale.couples([by_candidate[key][0].candidate for key in keys]):
        if not _alike(a, b) or a.quantity == b.quantity:
            log_likelihood = scale.log_likelihood((a, b))
            best = strongest[a.key] + strongest[b.key] + log_likelihood
            fitting.append((best, log_likelihood, by_candidate[a.key], by_candidate[b.key]))
    least = max((best for best, *_ in fitting), default=0.0) - _GIVE_UP
    return [
        (first, second, log_likelihood)
        for best, log_likelihood, ones, others in fitting
        if best > least
        for first, second in _couples(ones, others)
        if first.log_weight + second.log_weight + log_likelihood > least
        and not (first.actor is second.actor and _alike(first.candidate, second.candidate))
    ]


def _alike(a: Candidate, b: Candidate) -> bool:
    """Whether one person can not have made both as two movements: together they are one, or nothing."""
    return a.sku_id == b.sku_id and (a.spot is b.spot or a.quantity * b.quantity < 0)


def _couples(one: Sequence[_Claim], other: Sequence[_Claim]) -> Iterable[tuple[_Claim, _Claim]]:
    return combinations(one, 2) if one is other else product(one, other)


def _staff_anything(spots: tuple[Spot, ...], suspects: Sequence[Suspect]) -> list[tuple[Move, float]]:
    """Staff may move what is not a whole number of units: boxes, price rails, a hand that rests."""
    if not spots:
        return []
    spot = max(spots, key=lambda s: abs(s.mass_mg))
    found: list[tuple[Move, float]] = []
    for suspect in suspects:
        if suspect.staff:
            move = Move(
                visit_id=suspect.visit_id,
                staff=True,
                sku_id=None,
                quantity=0,
                spot=spot,
                mass=Mass(0, 0),
                hand_distance_mm=None,
            )
            found.append((move, math.log(_STAFF_ANYTHING * max(suspect.best_ratio, _UNSEEN_PERSON))))
    return found


def _normalise(
    scored: Mapping[tuple[tuple[str, str, int], ...], tuple[float, tuple[Move, ...]]],
) -> tuple[Explanation, ...]:
    top = max(log_score for log_score, _ in scored.values())
    weight = {key: math.exp(log_score - top) for key, (log_score, _) in scored.items()}
    total = sum(weight.values())
    ppm = {key: round(1e6 * value / total) for key, value in weight.items()}
    keys = sorted((key for key in ppm if ppm[key] >= _UNLIKELY_PPM), key=lambda key: (-ppm[key], key))
    log_evidence = top + math.log(total)
    return tuple(Explanation(moves=scored[key][1], probability_ppm=ppm[key], log_evidence=log_evidence) for key in keys)


def _log_sum(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))
