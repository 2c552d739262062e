"""What a reviewer can answer by one key or two: what the engine holds likely, or the same otherwise told."""

from collections.abc import Iterable

from console.model._review import Case
from console.model._visits import StoreState, VisitStage
from engine.domain import Hypothesis, Verdict, VisitId

OFFERED = 5
"""So many answers have a key."""


def likeliest_first(case: Case) -> list[Hypothesis]:
    """What the engine considered."""
    return sorted(case.asked.hypotheses, key=lambda hypothesis: -hypothesis.probability_ppm)


def by_others(case: Case, state: StoreState) -> list[Hypothesis]:
    """The likeliest movement, made by somebody else: those whom the engine names first, then who else is inside."""
    best = _likeliest_movement(case)
    if best is None or best.sku_id is None:
        return []
    others = [visit_id for visit_id in open_visits(case, state) if visit_id != best.visit_id]
    return _weighed(case, (Verdict(visit_id=who, sku_id=best.sku_id, quantity=best.quantity) for who in others))


def in_other_units(case: Case) -> list[Hypothesis]:
    """The likeliest movement of one unit, of two, and so on."""
    best = _likeliest_movement(case)
    if best is None:
        return []
    way = -1 if best.quantity < 0 else 1
    units = range(1, OFFERED + 1)
    return _weighed(case, (Verdict(visit_id=best.visit_id, sku_id=best.sku_id, quantity=way * n) for n in units))


def put_elsewhere(case: Case) -> Verdict | None:
    """It was moved, and is in nobody's cart; None when nothing is known to have been moved."""
    best = _likeliest_movement(case)
    return None if best is None else Verdict(visit_id=None, sku_id=best.sku_id, quantity=best.quantity)


def is_part(case: Case, others: Iterable[Case], state: StoreState) -> bool:
    """Whether more moved at once than this question is about: the scales felt all of it together."""
    step_id, own = case.asked.step_id, case.asked.line_id
    asked = any(other.asked.step_id == step_id and other.case_id != case.case_id for other in others)
    lines = (line for visit in state.visits.values() for line in visit.lines.values())
    return asked or any(line.step_id == step_id and line.line_id != own for line in lines)


def open_visits(case: Case, state: StoreState) -> list[VisitId]:
    """All whose cart an answer may change, those whom the engine names first."""
    named = [hypothesis.verdict.visit_id for hypothesis in likeliest_first(case)]
    inside = [visit.visit_id for visit in state.visits.values() if visit.stage is not VisitStage.CHARGED]
    return [visit_id for visit_id in dict.fromkeys([*named, *inside]) if visit_id is not None]


def _likeliest_movement(case: Case) -> Verdict | None:
    verdicts = (hypothesis.verdict for hypothesis in likeliest_first(case))
    return next((verdict for verdict in verdicts if verdict.sku_id is not None), None)


def _weighed(case: Case, verdicts: Iterable[Verdict]) -> list[Hypothesis]:
    """With the engine's probability, which is none for what it did not consider."""
    ppm = {hypothesis.verdict: hypothesis.probability_ppm for hypothesis in case.asked.hypotheses}
    offered = [Hypothesis(verdict=verdict, probability_ppm=ppm.get(verdict, 0)) for verdict in verdicts]
    return offered[:OFFERED]
