"""What a perfect reviewer could mend who can only choose among what the engine offers."""

from dataclasses import dataclass

import pytest

from engine.bench.scoring import Look, ReviewScore, Share, judge
from engine.domain import PutBack
from tests.bench.scoring.story import STORE, Story

NOBODY = (None, None, 0, 300_000)


@dataclass(frozen=True)
class Case:
    name: str
    story: Story
    lines: int
    wrong: int
    undecidable: int
    looks: tuple[tuple[int, int], ...]  # doubt in ppm, units mended


def one() -> Story:
    return Story().comes(0).comes(1, at_s=6.0)


def tea() -> Story:
    return one().picks(10.0, "tea")


CASES = [
    Case("right", tea().says(9.9, "tea", ppm=990_000), 1, 0, 0, ((10_000, 0),)),
    Case(
        "the truth is the runner-up",
        tea().says(9.9, "tea", visit="v1", ppm=900_000, runner_up="v0: 1 tea"),
        1,
        1,
        0,
        ((100_000, 1),),
    ),
    Case(
        "the truth is half of the runner-up",
        tea().says(9.9, "tea", visit="v1", runner_up="v1: 1 rice + v0: 1 tea"),
        1,
        1,
        0,
        ((10_000, 1),),
    ),
    Case("the truth is not offered", tea().says(9.9, "rice", runner_up="v1: 1 tea"), 1, 1, 1, ((10_000, 0),)),
    Case(
        "another number is not the truth",
        tea().says(9.9, "tea", units=3, runner_up="v0: 2 tea"),
        3,
        2,
        2,
        ((10_000, 0),),
    ),
    Case(
        "one of two taken was overlooked",
        tea().picks(10.4, "tea").says(9.9, "tea", ppm=800_000, runner_up="v0: 2 tea"),
        2,
        1,
        0,
        ((200_000, 1),),
    ),
    Case(
        "nothing was moved, and that is offered",
        one().says(9.9, "tea", runner_up="unexplained"),
        1,
        1,
        0,
        ((10_000, 1),),
    ),
    Case("nothing was moved, and that is not", one().says(9.9, "tea", runner_up="v1: 1 tea"), 1, 1, 1, ((10_000, 0),)),
    Case(
        "asked with the truth among the hypotheses",
        tea().asks(9.9, "tea", ("v1", "tea", 1, 450_000), ("v0", "tea", 1, 200_000), NOBODY),
        1,
        1,
        0,
        ((650_000, 1),),
    ),
    Case(
        "asked with the truth in the other direction",
        tea().asks(9.9, "tea", ("v0", "tea", -1, 450_000), NOBODY),
        1,
        1,
        1,
        ((450_000, 0),),
    ),
    Case(
        "a put is offered as it is",
        one().puts(10.0, "tea").asks(9.9, "tea", ("v0", "tea", -1, 450_000), taken=False),
        1,
        1,
        0,
        ((450_000, 1),),
    ),
    Case("asked about nothing", one().asks(9.9, "tea", ("v1", "tea", 1, 400_000), NOBODY), 0, 0, 0, ((400_000, 0),)),
    Case("missed without a word", tea(), 1, 1, 1, ()),
    Case(
        "two wrong lines of one step count twice, and one look mends both",
        tea()
        .picks(10.2, "rice", shopper=1)
        .says(9.9, "tea", visit="v1", runner_up="v0: 1 tea + v1: 1 rice")
        .says(9.9, "rice", visit="v0", line="l1", ppm=700_000),
        2,
        2,
        0,
        ((300_000, 2),),
    ),
    Case(
        "a shopper's put taken for stock is beyond review",
        one().puts(10.0, "tea").stocks(9.9, "tea", units=1),
        1,
        1,
        1,
        (),
    ),
    Case(
        "staff's stock credited to a shopper",
        one().did("stock", 10.0, shopper=1, sku="tea").says(9.9, "tea", kind=PutBack, runner_up="somebody: 1 tea"),
        1,
        1,
        0,
        ((10_000, 1),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reviewer_mends_what_the_evidence_offers(case: Case) -> None:
    story_asked = sum(type(item.fact).__name__ == "NeedsReview" for item in case.story.heard)
    assert judge(case.story.trial(), STORE).review == ReviewScore(
        lines=case.lines,
        wrong=case.wrong,
        undecidable=case.undecidable,
        asked=story_asked,
        looks=tuple(Look(doubt_ppm=doubt_ppm, mends=mends) for doubt_ppm, mends in case.looks),
    )


def test_an_answer_mends_the_receipt_where_a_question_was_asked() -> None:
    asked = ("v0", "tea", 1, 450_000), ("v1", "tea", 1, 400_000)
    story = (
        tea()
        .says(9.9, "tea", visit="v1", ppm=600_000)
        .asks(9.9, "tea", *asked)
        .leaves(0)
        .leaves(1)
        .bills(61.0, "v0")
        .bills(61.0, "v1", tea=1)
    )
    receipts = judge(story.trial(), STORE).receipts
    assert receipts.exact == Share(hits=0, of=2)
    assert receipts.exact_reviewed == Share(hits=2, of=2)
    assert receipts.touched == Share(hits=2, of=2)
    assert [leaving.asked for leaving in receipts.exits] == [True, True]


def test_without_a_question_no_answer_mends_the_receipt() -> None:
    story = tea().says(9.9, "rice", runner_up="v0: 1 tea").leaves(0).bills(61.0, "v0", rice=1)
    receipts = judge(story.trial(), STORE).receipts
    assert receipts.exact_reviewed == receipts.exact == Share(hits=0, of=1)
    assert receipts.touched == Share(hits=0, of=1)


def test_a_mention_below_five_per_cent_holds_no_receipt() -> None:
    story = tea().says(9.9, "tea").asks(9.9, "tea", ("v0", "tea", 1, 951_000), ("v1", "tea", 1, 49_000))
    story.leaves(0).leaves(1).bills(61.0, "v0", tea=1).bills(61.0, "v1")
    assert judge(story.trial(), STORE).receipts.touched == Share(hits=1, of=2)
