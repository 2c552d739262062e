"""What becomes of every unit moved: right, wrong, missed; who, what, when; whole receipts."""

from dataclasses import dataclass

import msgspec
import pytest

from engine.bench.scoring import Counts, Share, judge
from engine.domain import NeedsReview, PutBack, PutElsewhere, StepId
from tests.bench.scoring.story import STORE, Story


@dataclass(frozen=True)
class Case:
    name: str
    story: Story
    units: tuple[int, int, int]  # true, said, right
    events: tuple[int, int, int] = (1, 1, 1)


def one() -> Story:
    """Two shoppers inside; nothing moved yet."""
    return Story().comes(0).comes(1, at_s=6.0)


def tea() -> Story:
    """Shopper 0 takes a tea at 10 s."""
    return one().picks(10.0, "tea")


CASES = [
    Case("right", tea().says(9.9, "tea"), (1, 1, 1)),
    Case("nothing said", tea(), (1, 0, 0), (1, 0, 0)),
    Case("wrong SKU", tea().says(9.9, "rice"), (1, 1, 0)),
    Case("wrong shopper", tea().says(9.9, "tea", visit="v1"), (1, 1, 0)),
    Case("a visit nobody made", tea().says(9.9, "tea", visit="v9"), (1, 1, 0)),
    Case("wrong direction", tea().says(9.9, "tea", kind=PutBack), (1, 1, 0), (1, 1, 0)),
    Case("too late to be it", tea().says(13.1, "tea"), (1, 1, 0), (1, 1, 0)),
    Case("just in time", tea().says(13.0, "tea"), (1, 1, 1)),
    Case("a step that lasted", tea().says(12.0, "tea", start_s=5.0), (1, 1, 1)),
    Case("a step that ended before", tea().says(6.9, "tea", start_s=5.0), (1, 1, 0), (1, 1, 0)),
    Case("another shelf, rightly", tea().says(9.9, "tea", shelf="s2"), (1, 1, 1), (1, 1, 0)),
    Case("another shelf, wrongly", tea().says(9.9, "milk"), (1, 1, 0), (1, 1, 0)),
    Case("an extra line", tea().says(9.9, "tea").says(10.2, "rice", line="l1"), (1, 2, 1), (1, 2, 1)),
    Case("said under two ids", tea().says(9.9, "tea").says(9.9, "tea", line="l1"), (1, 2, 1), (1, 2, 1)),
    Case("said again", tea().says(9.9, "tea").says(9.9, "tea"), (1, 1, 1)),
    Case("a unit too many", tea().says(9.9, "tea", units=2), (1, 2, 1), (1, 2, 1)),
    Case("withdrawn", tea().says(9.9, "tea").withdraws(12), (1, 0, 0), (1, 0, 0)),
    Case("withdrawn, said again", tea().says(9.9, "tea").withdraws(12).says(9.9, "tea"), (1, 1, 1)),
    Case("corrected", tea().says(9.9, "rice").says(9.9, "tea"), (1, 1, 1)),
    Case("corrected away", tea().says(9.9, "tea").says(9.9, "tea", visit="v1"), (1, 1, 0)),
    Case("two units", tea().picks(10.3, "tea").says(9.9, "tea", units=2), (2, 2, 2), (2, 2, 2)),
    Case("put back", one().puts(10.0, "tea").says(9.9, "tea", kind=PutBack), (1, 1, 1)),
    Case(
        "put elsewhere",
        one().puts(10.0, "tea", plate="s2p1").says(9.9, "tea", kind=PutElsewhere, shelf="s2"),
        (1, 1, 1),
    ),
    Case(
        "exchanged between shoppers",
        tea().picks(10.5, "rice", shopper=1).says(9.9, "tea", visit="v1").says(10.4, "rice", line="l1"),
        (2, 2, 0),
        (2, 2, 2),
    ),
    Case("lifted and returned", one().did("return", 10.0, sku="tea"), (0, 0, 0), (0, 0, 0)),
    Case(
        "lifted and returned, and both said",
        one().did("return", 10.0, sku="tea").says(9.9, "tea").says(10.5, "tea", line="l1", kind=PutBack),
        (0, 2, 0),
        (0, 2, 0),
    ),
    Case(
        "lifted and returned, said and withdrawn",
        one().did("return", 10.0, sku="tea").says(9.9, "tea").withdraws(10.5),
        (0, 0, 0),
        (0, 0, 0),
    ),
    Case("asked and charged nobody", tea().asks(9.9, "tea", ("v0", "tea", 1, 400_000)), (1, 0, 0)),
    Case("asked about nothing", one().asks(9.9, "tea", (None, None, 0, 900_000)), (0, 0, 0), (0, 1, 0)),
    Case("staff stocks", one().did("stock", 10.0, shopper=1, sku="tea").stocks(9.9, "tea", units=1), (0, 0, 0)),
    Case(
        "staff stocks, and a shopper is credited",
        one().did("stock", 10.0, shopper=1, sku="tea").says(9.9, "tea", kind=PutBack),
        (0, 1, 0),
    ),
    Case("a shopper's put is taken for stock", one().puts(10.0, "tea").stocks(9.9, "tea", units=1), (1, 0, 0)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_units_and_events(case: Case) -> None:
    score = judge(case.story.trial(), STORE).movements
    assert score.units == Counts(true=case.units[0], said=case.units[1], right=case.units[2])
    assert score.events == Counts(true=case.events[0], said=case.events[1], right=case.events[2])


def test_no_pairing_has_more_right_units_than_the_one_that_is_judged_by() -> None:
    # The nearest line to the first pick is the only one that can be the second: a greedy pairing loses one.
    story = one().picks(10.0, "tea").picks(12.9, "tea").says(8.0, "tea").says(10.5, "tea", line="l1")
    assert judge(story.trial(), STORE).movements.units == Counts(true=2, said=2, right=2)


def test_a_change_that_nobody_measured_is_a_step_as_well() -> None:
    question = tea().asks(9.9, "tea").heard[-1].fact
    assert isinstance(question, NeedsReview)
    unwitnessed = msgspec.structs.replace(question, step_id=StepId(f"{question.step_id}!"))
    assert judge(tea().hear(unwitnessed, 10.9).trial(), STORE).movements.events == Counts(true=1, said=1, right=1)


def test_who_and_what_are_judged_among_detected_events() -> None:
    story = (
        tea()
        .says(9.9, "tea", visit="v1")  # who
        .picks(20.0, "rice")
        .says(19.9, "beans", line="l1")  # what
        .picks(30.0, "soup")
        .says(29.9, "soup", line="l2")
        .picks(40.0, "oats")  # missed
        .says(50.0, "oats", line="l3")  # nothing
    )
    score = judge(story.trial(), STORE).movements
    assert score.right_account == Share(hits=2, of=3)
    assert score.right_item == Share(hits=2, of=3)
    assert score.events == Counts(true=4, said=4, right=3)


def test_a_visit_belongs_to_who_walked_in_with_it_and_a_party_shares_it() -> None:
    story = (
        Story()
        .comes(0, at_s=1.0)
        .comes(1, at_s=2.0, on_code_of=0)
        .comes(2, at_s=6.0)
        .picks(10.0, "tea", shopper=0, by=1)
        .says(9.9, "tea", visit="v0")
        .picks(20.0, "rice", shopper=2)
        .says(19.9, "rice", visit="v2", line="l1")
        .refers(20.5, "rice", shopper=2)
        .refers(10.5, "tea", shopper=1)
        .leaves(0, at_s=50.0)
        .leaves(0, at_s=52.0, by=1)
        .leaves(2, at_s=55.0)
        .bills(53.0, "v0", tea=1)
        .bills(56.0, "v2", rice=1)
    )
    score = judge(story.trial(), STORE)
    assert score.movements.units == Counts(true=2, said=2, right=2)
    assert score.receipts.exact == Share(hits=2, of=2)
    assert [leaving.after_s for leaving in score.receipts.exits] == [1.12, 1.12]  # of the last of the party
    assert score.reference.units == Counts(true=2, said=2, right=2)


@pytest.mark.parametrize(
    ("story", "exact"),
    [
        (tea().bills(61.0, "v0", tea=1), True),
        (tea().bills(61.0, "v0", tea=2), False),
        (tea().bills(61.0, "v0"), False),
        (tea(), False),  # no receipt
        (tea().bills(61.0, "v0", tea=1, rice=1).adjusts(70.0, "rice", -1), True),
        (tea().puts(20.0, "tea").bills(61.0, "v0"), True),
        (one().bills(61.0, "v0"), True),
        (one(), False),  # a receipt of nothing is a receipt
    ],
)
def test_a_receipt_is_exact_when_it_bills_what_was_taken(story: Story, exact: bool) -> None:
    story.leaves(0, at_s=60.0)  # shopper 1 stays inside: no receipt is due
    assert judge(story.trial(), STORE).receipts.exact == Share(hits=int(exact), of=1)


def test_units_on_receipts_are_counted_by_account() -> None:
    story = tea().picks(11.0, "tea").picks(12.0, "rice").leaves(0).bills(61.0, "v0", tea=1, beans=3)
    assert judge(story.trial(), STORE).receipts.units == Counts(true=3, said=4, right=1)


def test_a_party_is_out_when_the_last_of_it_is() -> None:
    story = Story().comes(0).comes(1, at_s=2.0, on_code_of=0).leaves(0, at_s=50.0)
    assert judge(story.trial(), STORE).receipts.exact == Share(hits=0, of=0)


def test_staff_has_no_receipt() -> None:
    story = Story().staff_comes(0, at_s=1.0).leaves(0)
    assert judge(story.trial(), STORE).receipts.exact == Share(hits=0, of=0)
    assert judge(story.trial(), STORE).mistakes == ()


@pytest.mark.parametrize(
    ("story", "delays_ms"),
    [
        (tea().says(10.0, "tea", delay_s=0.15), (150.0,)),
        (tea().says(10.0, "tea", delay_s=0.15, settled=False).says(10.0, "tea", delay_s=0.9), (150.0,)),
        (tea().says(10.0, "rice", delay_s=0.15).says(10.0, "tea", delay_s=0.9), (900.0,)),
        (tea().says(10.0, "tea", visit="v1", delay_s=0.15).says(10.0, "tea", delay_s=0.7), (700.0,)),
        (tea().says(10.0, "tea").says(10.0, "rice").says(10.0, "tea", delay_s=0.9), (900.0,)),
        (tea().says(10.0, "tea").withdraws(10.5).says(10.0, "tea", delay_s=0.9), (900.0,)),
        (tea().says(10.0, "rice"), ()),  # never right
        (tea().picks(10.4, "tea").says(10.0, "tea", units=2, delay_s=0.6), (200.0,)),  # from the second
        (
            tea()
            .asks(10.0, "tea", ("v0", "tea", 1, 400_000))
            .resolves(30.0, 10.0, "tea")
            .says(30.0, "tea", start_s=10.0),
            (),  # waited for a person
        ),
        (
            tea()
            .says(10.0, "tea", settled=False)
            .asks(10.0, "tea")
            .resolves(30.0, 10.0, "tea")
            .says(30.0, "tea", start_s=10.0),
            (120.0,),  # stood all the time
        ),
    ],
)
def test_delays_are_from_leaving_contact_to_the_line_as_it_stayed(story: Story, delays_ms: tuple[float, ...]) -> None:
    assert judge(story.trial(), STORE).movements.delays_ms == delays_ms


def test_the_reference_is_judged_by_the_same_rules() -> None:
    story = (
        tea()
        .picks(20.0, "rice")
        .puts(30.0, "rice")
        .refers(11.0, "tea", units=2)
        .refers(20.0, "rice", shopper=1)
        .refers(31.0, "rice", taken=False)
        .leaves(0)
        .bills(61.0, "v0", tea=1)
    )
    score = judge(story.trial(), STORE).reference
    assert score.units == Counts(true=3, said=4, right=2)
    assert score.cart_units == Counts(true=1, said=2, right=1)


def test_mistakes_are_told_in_words() -> None:
    story = (
        tea()
        .says(9.9, "rice", visit="v1", ppm=620_000)
        .did("return", 20.0, shopper=1, sku="beans")
        .says(20.1, "beans", visit="v1", line="l1")
        .picks(30.0, "soup", shopper=1)
        .picks(40.0, "oats", shopper=0, by=1)
        .asks(39.9, "oats", ("v0", "oats", 1, 400_000), (None, None, 0, 300_000))
        .leaves(0, at_s=60.0)
    )
    said = [(m.at_s, m.true, m.said, m.probability, m.decidable) for m in judge(story.trial(), STORE).mistakes]
    assert said == [
        (10.0, "shopper 0 took tea from s1p5", "shopper 1 took 1 rice", 0.62, False),
        (20.1, "shopper 1 took beans up from s1p1 and set it back", "shopper 1 took 1 beans", 0.99, False),
        (30.0, "shopper 1 took soup from s2p3", "nothing", None, False),
        (
            40.0,
            "shopper 1, for the account of shopper 0, took oats from s2p5",
            "asked who, then charged nobody",
            0.4,
            True,
        ),
        (60.0, "shopper 0 left", "no receipt", None, False),
    ]


def test_a_truth_without_a_product_is_refused() -> None:
    with pytest.raises(ValueError, match="pick without SKU or plate"):
        judge(Story().did("pick", 1.0).trial(), STORE)
