"""Steps that began at one instant: a hand that made one of them did not make the other as well."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from engine.core._attribution import Explanation
from engine.core._hands import Suspect, Witness
from engine.domain import VisitId

_CERTAIN_PPM = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Another step of the same instant: who may have made it, and what may have."""

    suspects: tuple[Suspect, ...]
    explanations: tuple[Explanation, ...]


def believe_less(suspects: Sequence[Suspect], elsewhere: Elsewhere) -> tuple[Suspect, ...]:
    """The suspects of a step, each believed less the surer it is that only the other step was theirs.

    Several who share a visit have hands enough.
    """
    there: dict[VisitId | None, Suspect] = {
        s.visit_id: s for s in elsewhere.suspects if s.visit_id is not None and not s.staff and not s.several
    }
    busy = _busy(elsewhere.explanations)
    found: list[Suspect] = []
    for suspect in suspects:
        other = there.get(suspect.visit_id)
        share = busy.get(suspect.visit_id, 0) / _CERTAIN_PPM
        if other is not None and share > 0:
            at_other = max(other.at.values(), key=lambda witness: witness.ratio)
            at = {p: w.times(1 - share + share * _as_well(w, at_other)) for p, w in suspect.at.items()}
            found.append(replace(suspect, at=at))
        else:
            found.append(suspect)
    return tuple(found)


def _busy(explanations: Sequence[Explanation]) -> dict[VisitId | None, int]:
    """How likely each visit made a step, in ppm."""
    busy: dict[VisitId | None, int] = {}
    for explanation in explanations:
        for visit_id in {move.visit_id for move in explanation.moves}:
            busy[visit_id] = busy.get(visit_id, 0) + explanation.probability_ppm
    return busy


def _as_well(here: Witness, there: Witness) -> float:
    """How likely somebody's two hands did one thing each, against two people whose hands suit as well."""
    by_two = max(here.hands[0] * there.hands[1], here.hands[1] * there.hands[0])
    apart = here.ratio * there.ratio
    return min(1.0, by_two / apart) if apart > 0 else 0.0
