"""A real console and the script at it: every way to answer is used, and each answer says what happened."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.bench.console import NS_PER_S
from engine.bench.console._trade import Trade
from engine.bench.hall import hall
from engine.bench.reviewing._measure import decide_all
from engine.bench.reviewing._rounds import Asked, Round
from engine.bench.scoring._answers import _answers
from engine.bench.scoring._steps import Change
from engine.domain import (
    NOTHING_TAKEN,
    CaseCause,
    CaseId,
    Evidence,
    Hypothesis,
    LineId,
    NeedsReview,
    ShelfId,
    SkuId,
    StepId,
    Verdict,
    VisitId,
)

STORE = hall(cameras=2)
TRADE = Trade(store=STORE)
ANNA, BERT, CARL, DORA = visits = tuple(VisitId(name) for name in ("anna", "bert", "carl", "dora"))


def test_every_way_to_answer_takes_the_keys_that_the_issue_allows() -> None:
    likely = TRADE.case(0, (ANNA, BERT), t_ns=0).hypotheses[0].verdict
    other = STORE.products[-1].sku_id
    assert other != likely.sku_id
    truths = (
        (likely, "accepted", 1),
        (Verdict(visit_id=BERT, sku_id=likely.sku_id, quantity=1), "another that was offered", 1),
        (NOTHING_TAKEN, "nothing taken", 1),
        (Verdict(visit_id=None, sku_id=likely.sku_id, quantity=1), "put elsewhere", 1),
        (Verdict(visit_id=DORA, sku_id=likely.sku_id, quantity=1), "other shopper", 2),
        (Verdict(visit_id=ANNA, sku_id=likely.sku_id, quantity=3), "other units", 2),
        (Verdict(visit_id=ANNA, sku_id=other, quantity=1), "searched", 5),
        (None, "cannot tell", 1),
    )
    came = tuple(TRADE.inside(visits, t_ns=0))
    asked = tuple(_asked(place, truth) for place, (truth, *_) in enumerate(truths))
    report = decide_all(STORE, [Round(came, asked[:5]), Round(came, asked[5:])])
    assert (report.cases, report.right, report.left) == (8, 7, 1)
    assert {way.way: way.cases for way in report.ways} == {way: 1 for _, way, _ in truths}
    most = {way: keys for _, way, keys in truths}
    assert all(way.keys <= most[way.way] for way in report.ways), report.ways
    assert [way.way for way in report.ways if way.letters] == ["searched"]
    assert report.lead_ms_p50 > 100.0
    assert Path(os.devnull).is_char_device(), "settings that nobody wants were saved to it, which replaces it"


def _asked(place: int, truth: Verdict | None) -> Asked:
    case = TRADE.case(0, (ANNA, BERT), t_ns=5 * NS_PER_S)
    fields = {field: getattr(case, field) for field in case.__struct_fields__}
    case = NeedsReview(**{**fields, "case_id": CaseId(f"case-{place}")})
    return Asked(case, Evidence(case_id=case.case_id, frames=(), steps=()), truth)


def question(part: int, *named: tuple[Verdict, int]) -> NeedsReview:
    return NeedsReview(
        t_ns=9,
        case_id=CaseId(f"s@1?{part}"),
        step_id=StepId("s@1"),
        line_id=LineId(f"s@1/{part}"),
        shelf_id=ShelfId("s"),
        plate_ids=(),
        start_ns=1,
        end_ns=2,
        mass_mg=-150_000,
        cause=CaseCause.WHO,
        hypotheses=tuple(Hypothesis(verdict=verdict, probability_ppm=ppm) for verdict, ppm in named),
        deadline_ns=99,
    )


def took(who: VisitId | None, sku: str, quantity: int = 1) -> Verdict:
    return Verdict(visit_id=who, sku_id=SkuId(sku), quantity=quantity)


BY_ANNA, BY_BERT = took(ANNA, "tea"), took(BERT, "tea")
TRUE_ANNA, TRUE_BERT = (Change(who, SkuId("tea"), True, 1) for who in (ANNA, BERT))


@pytest.mark.parametrize(
    ("questions", "changes", "answers"),
    [
        ([question(1, (BY_BERT, 900_000))], [TRUE_ANNA], [BY_ANNA]),
        ([question(1, (BY_ANNA, 900_000))], [], [NOTHING_TAKEN]),
        ([question(1, (BY_ANNA, 900_000))], [TRUE_ANNA, TRUE_BERT], [None]),
        (
            [question(1, (BY_ANNA, 400_000), (BY_BERT, 390_000)), question(2, (BY_ANNA, 500_000), (BY_BERT, 100))],
            [TRUE_ANNA, TRUE_BERT],
            [BY_BERT, BY_ANNA],
        ),
        ([question(1, (BY_BERT, 5)), question(2, (BY_ANNA, 5))], [TRUE_ANNA], [NOTHING_TAKEN, BY_ANNA]),
    ],
)
def test_of_each_part_the_answer_is_the_movement_that_fits(
    questions: list[NeedsReview], changes: Sequence[Change], answers: list[Verdict | None]
) -> None:
    assert list(_answers(questions, frozenset(changes)).values()) == answers
