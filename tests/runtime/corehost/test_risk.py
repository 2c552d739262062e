"""What questions buy: the curve of what was said, and how people's answers compare with what was expected of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import StoreCore
from engine.domain import (
    BY_LATER_FACTS,
    BY_POLICY,
    NOTHING_TAKEN,
    CaseCause,
    CaseId,
    CaseResolved,
    Hypothesis,
    LineId,
    NeedsReview,
    OutputFact,
    Picked,
    Policy,
    Reason,
    ShelfId,
    SkuId,
    StepId,
    Verdict,
    VisitId,
)
from engine.runtime.corehost import risk, said_again
from engine.runtime.journal import JournalReader
from tests.runtime.corehost.test_whatif import STORE, journal

__all__ = ["journal"]

POLICY = Policy(wrong_charge_minor=70, lost_sale_minor=30, review_minor=10)
VERDICT = Verdict(visit_id=VisitId("v1"), sku_id=SkuId("tea"), quantity=1)


def line(step: str, ppm: int, *, settled: bool = True) -> Picked:
    reason = Reason(measured_mg=1, expected_mg=1, hand_distance_mm=None, runner_up="", runner_up_ppm=0)
    return Picked(
        t_ns=1,
        line_id=LineId(f"{step}/1"),
        step_id=StepId(step),
        visit_id=VisitId("v1"),
        sku_id=SkuId("tea"),
        quantity=1,
        facing_id=None,
        settled=settled,
        probability_ppm=ppm,
        reason=reason,
    )


def question(step: str, ppm: int, *, held: bool = False) -> NeedsReview:
    return NeedsReview(
        t_ns=1,
        case_id=CaseId(f"{step}?"),
        step_id=StepId(step),
        line_id=LineId(f"{step}/1") if held else None,
        shelf_id=ShelfId("s"),
        plate_ids=(),
        start_ns=0,
        end_ns=0,
        mass_mg=-1,
        cause=CaseCause.WHO,
        hypotheses=(Hypothesis(verdict=VERDICT, probability_ppm=ppm),),
        deadline_ns=9,
    )


def resolved(step: str, verdict: Verdict = VERDICT, *, by: str = "mia") -> CaseResolved:
    return CaseResolved(t_ns=2, case_id=CaseId(f"{step}?"), verdict=verdict, decided_by=by)


def test_the_most_doubtful_are_asked_about_first_and_the_costs_choose_how_many() -> None:
    said: list[OutputFact] = [line("a", 990_000), line("b", 600_000), line("c", 800_000), line("d", 999_000)]
    found = risk(said, POLICY)
    assert [(point.asked_per_1000, point.wrong_share) for point in found.points] == [
        (0.0, 0.15275),
        (250.0, 0.05275),
        (500.0, 0.00275),
        (1000.0, 0.0),
    ]
    assert found.by_costs == found.points[2]
    assert found.points[0].cost_per_1000_minor == 15_275  # 0.611 mistakes of 4, at 100


def test_a_movement_counts_once_as_sure_as_it_was_before_anybody_answered() -> None:
    said: list[OutputFact] = [
        line("a", 600_000, settled=False),
        question("a", 600_000, held=True),
        resolved("a"),
        line("a", 1_000_000),
        question("b", 300_000),
        resolved("b", NOTHING_TAKEN),
        question("c", 500_000),
        resolved("c", by=BY_POLICY),
        line("c", 1_000_000),
        question("d", 500_000),
        resolved("d", by=BY_LATER_FACTS),
    ]
    found = risk(said, POLICY)
    assert (found.movements, found.asked, found.answered, found.answered_otherwise) == (4, 4, 2, 1)
    assert found.expected_otherwise == 1.1
    assert found.points[0].wrong_share == (0.4 + 0.7 + 0.5 + 0.5) / 4


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=60))
def test_more_questions_never_leave_more_wrong_and_no_number_of_them_costs_less(sure_ppm: list[int]) -> None:
    found = risk([line(str(number), ppm) for number, ppm in enumerate(sure_ppm)], POLICY)
    shares = [point.wrong_share for point in found.points]
    assert shares == sorted(shares, reverse=True)
    assert found.points[-1].wrong_share == 0
    assert found.by_costs.cost_per_1000_minor <= min(point.cost_per_1000_minor for point in found.points)


def test_a_journal_has_a_curve_and_nothing_has_none(journal: JournalReader) -> None:
    found = risk(said_again(journal, STORE, StoreCore), STORE.policy)
    assert (found.movements, found.asked, found.answered, found.answered_otherwise) == (1, 1, 1, 1)
    with pytest.raises(ValueError, match="nothing was moved"):
        risk([], POLICY)
