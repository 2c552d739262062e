"""Found, missed, told wrong and told for nothing: each is counted once and can be read."""

import pytest

from engine.bench.nanostore._injection import InjectedStep
from engine.bench.nanostore._tally import Said, Tally, said_by_engine, said_by_reference
from engine.bench.scoring import ReferenceLine
from engine.domain import (
    CaseCause,
    CaseId,
    FacingId,
    Hypothesis,
    LineId,
    LineWithdrawn,
    NeedsReview,
    OutputFact,
    Picked,
    PlateId,
    Reason,
    ShelfId,
    SkuId,
    StepId,
    Verdict,
    VisitId,
)
from tests.bench.nanostore import scene
from tests.build import ns

START_NS = 7_000_000_000
SKU = SkuId("sku 1-1-1")


def step(t_s: float = 4.0, grams: float = -50.0) -> InjectedStep:
    """Anna at the first plate."""
    plate = scene.store().plate_by_id[PlateId("1-1-1")]
    return InjectedStep(t_s=t_s, plate=plate, grams=grams, press_g=0.0, sku_id=SKU, shopper="anna")


def said(t_s: float = 4.1, *, shelf: str | None = "1-1", sku: str = SKU, who: str = "anna", taken: bool = True) -> Said:
    """That anna took it, or something else."""
    shelf_id = ShelfId(shelf) if shelf else None
    return Said(t_s=t_s, shelf_id=shelf_id, taken=taken, sku_id=SkuId(sku), shopper=who)


@pytest.mark.parametrize(
    ("heard", "found", "products", "shoppers", "whys"),
    [
        (said(), 1, 1, 1, []),
        (said(shelf=None), 1, 1, 1, []),
        (said(sku="else"), 1, 0, 1, ["was sku 1-1-1, anna; told - else, anna"]),
        (said(who="ben"), 1, 1, 0, ["was sku 1-1-1, anna; told - sku 1-1-1, ben"]),
        (said(4.9), 0, 0, 0, ["missed sku 1-1-1, anna", "nothing moved: - sku 1-1-1, anna"]),
        (said(shelf="2-1"), 0, 0, 0, ["missed sku 1-1-1, anna", "nothing moved: - sku 1-1-1, anna"]),
        (said(taken=False), 0, 0, 0, ["missed sku 1-1-1, anna", "nothing moved: + sku 1-1-1, anna"]),
    ],
)
def test_one_word_about_one_movement(heard: Said, found: int, products: int, shoppers: int, whys: list[str]) -> None:
    tally = Tally()
    failures = tally.count(1, [step()], [heard])
    assert (tally.injected, tally.told, tally.found) == (1, 1, found)
    assert (tally.products, tally.shoppers) == (products, shoppers)
    assert [failure.why for failure in failures] == whys


def test_a_word_counts_for_one_movement_only() -> None:
    tally = Tally()
    failures = tally.count(3, [step(4.0), step(4.5)], [said(4.2)])
    assert (tally.injected, tally.found) == (2, 1)
    assert str(failures[0]).startswith("pass   3   4.50 s  1-1-1   -50.0 g: missed")


def picked(number: int, *, at_s: float) -> Picked:
    """A line of anna's."""
    step_id = StepId(f"1-1@{START_NS + ns(at_s)}")
    return Picked(
        t_ns=START_NS + ns(at_s + 1),
        line_id=LineId(f"{step_id}/{number}"),
        step_id=step_id,
        visit_id=VisitId("anna"),
        sku_id=SKU,
        quantity=1,
        facing_id=FacingId("1-1-1"),
        settled=True,
        probability_ppm=900_000,
        reason=Reason(measured_mg=50_000, expected_mg=50_000, hand_distance_mm=0, runner_up="", runner_up_ppm=0),
    )


def asked(*, at_s: float, unseen: bool = False) -> NeedsReview:
    """A question whether ben put something, rather than anna; of what nobody weighed when it is ``unseen``."""
    step_id = StepId(f"1-1@{START_NS + ns(at_s)}{'!' if unseen else ''}")
    chances = [("anna", 300_000), ("ben", 600_000)]
    return NeedsReview(
        t_ns=START_NS + ns(at_s + 1),
        case_id=CaseId(f"{step_id}?1"),
        step_id=step_id,
        line_id=None,
        shelf_id=ShelfId("1-1"),
        plate_ids=(PlateId("1-1-1"),),
        start_ns=START_NS + ns(at_s),
        end_ns=START_NS + ns(at_s),
        mass_mg=50_000,
        cause=CaseCause.WHO,
        hypotheses=tuple(
            Hypothesis(verdict=Verdict(visit_id=VisitId(who), sku_id=SKU, quantity=-1), probability_ppm=ppm)
            for who, ppm in chances
        ),
        deadline_ns=START_NS + ns(99),
    )


def test_the_engines_word_is_its_standing_line_or_the_likeliest_of_a_question() -> None:
    gone = picked(1, at_s=2.0)
    facts: list[OutputFact] = [
        gone,
        LineWithdrawn(t_ns=0, line_id=gone.line_id, visit_id=gone.visit_id, cause="weight settled"),
        picked(1, at_s=4.0),
        asked(at_s=4.0),
        asked(at_s=6.0),
        asked(at_s=8.0, unseen=True),
    ]
    heard = said_by_engine(facts, start_ns=START_NS)
    assert [(one.t_s, one.shelf_id, one.taken, one.shopper, one.asked) for one in heard] == [
        (4.0, "1-1", True, "anna", True),
        (6.0, "1-1", False, "ben", True),
        (8.0, "1-1", False, "ben", True),
    ]


def test_the_references_word_is_its_line() -> None:
    line = ReferenceLine(t_ns=START_NS + ns(4.0), shopper=1, sku_id=SKU, quantity=1, taken=True)
    assert said_by_reference([line], ["anna", "ben"], start_ns=START_NS) == [said(4.0, shelf=None, who="ben")]
