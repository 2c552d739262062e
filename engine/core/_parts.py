"""A step of several movements, one by one: what each may have been, whatever is doubtful about the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from engine.core._attribution import Explanation
from engine.core._masses import Mass
from engine.domain import NOTHING_TAKEN, CaseCause, Hypothesis, SkuId, Verdict, VisitId

_CERTAIN_PPM = 1_000_000
_SHARED_PPM = 50_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """A movement of the likeliest explanation as a claim, and all that it may have been, the likeliest first."""

    claim: Verdict
    hypotheses: tuple[Hypothesis, ...]

    @property
    def probability_ppm(self) -> int:
        """How likely the claim is, over all explanations of the step."""
        return next((h.probability_ppm for h in self.hypotheses if h.verdict == self.claim), 0)

    @property
    def cause(self) -> CaseCause:
        """What is least certain: who it was, or what it was."""
        who: dict[VisitId | None, int] = {}
        what: dict[tuple[SkuId | None, int], int] = {}
        for h in self.hypotheses:
            thing = h.verdict.sku_id, h.verdict.quantity
            who[h.verdict.visit_id] = who.get(h.verdict.visit_id, 0) + h.probability_ppm
            what[thing] = what.get(thing, 0) + h.probability_ppm
        return CaseCause.WHO if max(who.values()) <= max(what.values()) else CaseCause.WHAT


def in_units(explanation: Explanation) -> Explanation:
    """The same, each unit a movement of its own."""
    moves = [
        replace(
            move,
            quantity=1 if move.quantity > 0 else -1,
            mass=Mass(round(move.mass.mean_mg / abs(move.quantity)), move.mass.variance_mg2 // abs(move.quantity)),
        )
        for move in explanation.moves
        for _ in range(abs(move.quantity))
    ]
    return replace(explanation, moves=tuple(moves))


def parts_of(explanations: Sequence[Explanation]) -> tuple[Part, ...]:
    """The single units of the likeliest explanation; none when it is one, or not all for carts.

    What one person moved at once is one question, unless others may have moved some of it.
    """
    best = explanations[0]
    claims = _units(best)
    shared_ppm = sum(e.probability_ppm for e in explanations if len({move.visit_id for move in e.moves}) > 1)
    if len(claims) < 2 or not best.chargeable or (len(best.moves) == 1 and shared_ppm < _SHARED_PPM):
        return ()
    ppm: list[dict[Verdict, int]] = [{} for _ in claims]
    for explanation in explanations:
        for shares, verdict in zip(ppm, _matched(claims, _units(explanation)), strict=True):
            shares[verdict] = min(_CERTAIN_PPM, shares.get(verdict, 0) + explanation.probability_ppm)
    return tuple(
        Part(
            claim=claim,
            hypotheses=tuple(
                Hypothesis(verdict=verdict, probability_ppm=share)
                for verdict, share in sorted(shares.items(), key=lambda item: -item[1])
            ),
        )
        for claim, shares in zip(claims, ppm, strict=True)
    )


def _units(explanation: Explanation) -> list[Verdict]:
    """Each unit that an explanation moves."""
    return [
        Verdict(visit_id=move.visit_id, sku_id=move.sku_id, quantity=1 if move.quantity > 0 else -1)
        for move in explanation.moves
        for _ in range(abs(move.quantity))
    ]


def _matched(claims: Sequence[Verdict], units: list[Verdict]) -> list[Verdict]:
    """For each claim the unit of another explanation that stands in its place: the same, or of the same product."""
    found: dict[int, Verdict] = {}
    for alike in (_same, _same_product, _any):
        for index, claim in enumerate(claims):
            unit = next((unit for unit in units if alike(claim, unit)), None)
            if index not in found and unit is not None:
                found[index] = unit
                units.remove(unit)
    return [found.get(index, NOTHING_TAKEN) for index in range(len(claims))]


def _same(claim: Verdict, unit: Verdict) -> bool:
    return claim == unit


def _same_product(claim: Verdict, unit: Verdict) -> bool:
    return (claim.sku_id, claim.quantity) == (unit.sku_id, unit.quantity)


def _any(claim: Verdict, unit: Verdict) -> bool:
    return claim.quantity == unit.quantity
