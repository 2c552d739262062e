"""Pooling trials into a set: sums, bounds, calibration, the review curve, failures. And what holds for any trial."""

import itertools
import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bench.scoring import (
    Bound,
    Counts,
    CurvePoint,
    Look,
    Percentiles,
    ReviewScore,
    SaidLine,
    SetReport,
    Share,
    TrialScore,
    judge,
    pool,
)
from engine.bench.scoring._bounds import Resampling, clopper_pearson
from engine.bench.scoring._calibration import reliability
from engine.bench.scoring._curve import ReviewCurve
from engine.bench.scoring._pairing import best_pairs
from engine.bench.staging import Level
from engine.domain import PutBack
from tests.bench.scoring.sets import mixed, recipes
from tests.bench.scoring.story import PLATE, STORE, Story

SKUS: list[str] = sorted(PLATE)
MOVES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(SKUS), st.integers(50, 300), st.booleans()), max_size=12)
"""Shopper, SKU, tenths of a second, taken."""

Moves = list[tuple[int, str, int, bool]]


def told(moves: Moves, said: Moves) -> TrialScore:
    """The score of three shoppers who move this while the engine, sure of itself, says that."""
    story = Story()
    for shopper in range(3):
        story.comes(shopper, at_s=float(10 * shopper)).leaves(shopper, at_s=60.0)
    for shopper, sku, tenths, taken in moves:
        story.did("pick" if taken else "put", tenths / 10, shopper=shopper, sku=sku)
    for number, (shopper, sku, tenths, taken) in enumerate(said):
        if taken:
            story.says(tenths / 10, sku, visit=f"v{shopper}", line=f"l{number}", ppm=1_000_000)
        else:
            story.says(tenths / 10, sku, visit=f"v{shopper}", line=f"l{number}", ppm=1_000_000, kind=PutBack)
    for shopper in range(3):
        carts = dict.fromkeys(SKUS, 0)
        for _, sku, _, taken in (move for move in said if move[0] == shopper):
            carts[sku] += 1 if taken else -1
        story.bills(61.0, f"v{shopper}", **{sku: units for sku, units in carts.items() if units})
    return judge(story.trial(), STORE)


@settings(max_examples=40, deadline=None)
@given(MOVES)
def test_an_engine_that_says_the_truth_is_perfect(moves: Moves) -> None:
    score = told(moves, moves)
    report = pool([score], set_name="recipes")
    assert report.f1 == report.precision == report.recall == report.receipt_exact == 1.0
    assert report.event_precision == report.event_recall == 1.0
    assert report.attribution_accuracy == report.item_identification == 1.0
    assert report.wrong == report.ece == report.wrong_at_30 == report.undecidable_share == 0
    assert report.lines == len(moves)
    assert report.failures == ()


@settings(max_examples=60, deadline=None)
@given(MOVES, MOVES)
def test_f1_is_symmetric(moves: Moves, said: Moves) -> None:
    one, other = told(moves, said).movements.units, told(said, moves).movements.units
    assert (one.true, one.said, one.right) == (other.said, other.true, other.right)
    assert one.f1 == other.f1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(MOVES, MOVES), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_a_set_is_the_sum_of_its_trials_in_any_order(trials: list[tuple[Moves, Moves]], rng: random.Random) -> None:
    scores = [msgspec.structs.replace(told(moves, said), seed=seed) for seed, (moves, said) in enumerate(trials)]
    report = pool(scores, set_name="recipes")
    whole = sum((score.movements.units for score in scores), Counts())
    assert report.f1 == round(whole.f1, 6)
    assert report.lines == sum(score.review.lines for score in scores)
    assert report.wrong == sum(score.review.wrong for score in scores)
    assert report.wrong == sum(len(failure.mistakes) for failure in report.failures)
    assert report.f1_low <= report.f1 <= report.f1_high
    shuffled = rng.sample(scores, len(scores))
    assert pool(shuffled, set_name="recipes") == report
    assert msgspec.json.decode(msgspec.json.encode(report), type=SetReport) == report


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_no_pairing_is_better(rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    allowed, first = rng.random((2, rows, columns)) < 0.5
    last = rng.uniform(0.01, 1.0, (rows, columns))

    def worth(pairs: list[tuple[int, int]]) -> tuple[float, float]:
        return sum(float(first[pair]) for pair in pairs), round(sum(float(last[pair]) for pair in pairs), 9)

    every = [
        [pair for pair in zip(chosen, order, strict=False) if allowed[pair]]
        for order in itertools.permutations(range(columns))
        for chosen in itertools.permutations(range(rows), min(rows, columns))
    ]
    assert worth(best_pairs(allowed, (first, last))) == max(worth(pairs) for pairs in every)


def test_exact_bounds_are_the_published_ones() -> None:
    # Clopper and Pearson 1934; the rule for no hits is 1 - 0.025 ** (1 / n).
    none = clopper_pearson(0, 50)
    assert (none.low, round(none.high, 6)) == (0.0, round(1 - 0.025 ** (1 / 50), 6))
    half = clopper_pearson(5, 10)
    assert (round(half.low, 4), round(half.high, 4)) == (0.1871, 0.8129)
    assert clopper_pearson(0, 0) == Bound(low=0.0, high=1.0)


def test_the_wider_of_the_two_bounds_counts() -> None:
    clustered = Resampling(10).share([Share(hits=0, of=100), *[Share(hits=100, of=100)] * 9])
    assert clustered.value == 0.9
    assert clustered.bound.low <= 0.7 < clopper_pearson(900, 1000).low  # all the mistakes are in one trial
    flawless = Resampling(10).share([Share(hits=5, of=5)] * 10)
    assert flawless.bound == clopper_pearson(50, 50)  # no mistake in fifty is not no mistakes


def test_the_bound_of_f1_follows_from_the_share_of_right_ones() -> None:
    estimate = Resampling(1).f1([Counts(true=50, said=50, right=50)])
    share = 0.025 ** (1 / 50)
    assert (estimate.value, round(estimate.bound.low, 9)) == (1.0, round(2 * share / (1 + share), 9))


def said_lines(*pairs: tuple[float, bool]) -> list[SaidLine]:
    return [SaidLine(probability_ppm=round(1e6 * p), right=right) for p, right in pairs]


def test_calibration_by_hand() -> None:
    # Two lines say .6 and one is right, two say .9 and both are: (2 x .1 + 2 x .1) / 4.
    first, second = said_lines((0.6, True), (0.9, True)), said_lines((0.6, False), (0.9, True))
    error, table = reliability([first, second], Resampling(2))
    assert round(error.value, 9) == 0.1
    assert [(each.lines, each.said, each.right) for each in table] == [(2, 0.6, 0.5), (2, 0.9, 1.0)]
    # A resample of the first trial alone errs by (.4 + .1) / 2, of the second alone by (.6 + .1) / 2.
    assert (round(error.bound.low, 9), round(error.bound.high, 9)) == (0.1, 0.35)


def test_bins_hold_equally_many_lines() -> None:
    lines = said_lines(*((0.5 + number / 200, True) for number in range(100)))
    error, table = reliability([lines], Resampling(1))
    assert [each.lines for each in table] == [10] * 10
    assert round(error.value, 9) == round(sum(0.5 - number / 200 for number in range(100)) / 100, 9)


def test_the_review_curve_by_hand() -> None:
    looks = ((500_000, 1), (400_000, 0), (100_000, 1), (100_000, 0), (0, 0))
    review = ReviewScore(
        lines=100,
        wrong=3,
        undecidable=1,
        asked=2,
        looks=tuple(Look(doubt_ppm=doubt_ppm, mends=mends) for doubt_ppm, mends in reversed(looks)),
    )
    curve = ReviewCurve([review])
    shares = {rate: round(curve.wrong_at(rate).value, 9) for rate in (0, 5, 10, 20, 30, 40, 50, 120)}
    # Of the two of the same doubt either may come first: after one of them half a unit is mended.
    assert shares == {0: 0.03, 5: 0.025, 10: 0.02, 20: 0.02, 30: 0.015, 40: 0.01, 50: 0.01, 120: 0.01}
    points = curve.points()
    assert [point.reviews_per_1000_lines for point in points] == [0, 5, 10, 15, 20, 30, 45, 50.0]
    high = round(clopper_pearson(3, 100).high, 6)
    assert points[0] == CurvePoint(reviews_per_1000_lines=0, wrong_share=0.03, wrong_high=high)


def test_a_report_has_every_scenario_and_the_reference_beside_it() -> None:
    report = recipes()
    assert (report.trials, report.seeds, report.lines, report.wrong) == (4, (1, 2), 6, 2)
    assert report.f1 == round(2 * 4 / 12, 6)
    assert {name: each.f1 for name, each in report.per_scenario.items()} == {"single": 1.0, "two": 0.5}
    assert report.reference.f1 == 0.8
    assert {name: each.f1 for name, each in report.reference.per_scenario.items()} == {"single": 1.0, "two": 0.666667}
    assert report.reference.cart_f1 == 0.8
    assert report.receipt_exact == 0.5
    assert report.receipt_f1 == 0.666667
    assert report.item_identification == 0.666667
    assert report.attribution_accuracy == 1.0
    assert report.decision_delay_ms == Percentiles(p50=20.0, p95=20.0, p99=20.0, count=4)
    assert report.latency_ms.p50 == 180.0
    assert report.exit_to_receipt_s.p50 == 1.62
    assert report.bounds["receipt_exact"].low < 0.5 < report.bounds["receipt_exact"].high
    assert report.bounds.keys() >= {"event_precision", "event_recall", "ece", "wrong_at_30", "idf1"}


def test_failing_cases_name_the_command_that_plays_them_again() -> None:
    failures = recipes().failures
    assert [(failure.scenario, failure.seed, failure.command) for failure in failures] == [
        ("two", 1, "tillfree bench recipes --only two --seed 1"),
        ("two", 2, "tillfree bench recipes --only two --seed 2"),
    ]
    pixels = [msgspec.structs.replace(score, level=Level.PIXELS) for score in mixed()]
    assert pool(pixels, set_name="recipes").failures[0].command.endswith("--only two --seed 1 --level pixels")
    own = pool(mixed(), set_name="mine", command="tillfree bench scenarios mine").failures[0]
    assert own.command == "tillfree bench scenarios mine --only two --seed 1"


def test_other_evidence_goes_to_the_ablations_alone() -> None:
    scores = mixed()
    blind = [msgspec.structs.replace(score, evidence="weight") for score in scores if score.seed == 1]
    blind = [score if score.scenario == "two" else nothing_said(score) for score in blind]
    report = pool([*scores, *blind], set_name="recipes")
    assert (report.trials, report.f1) == (4, 0.666667)
    # Compared on seed 1 alone: fused 1 of 1 and 1 of 2, by weight 0 of 1 and 1 of 2.
    assert {kind: each.f1 for kind, each in report.ablations.items()} == {"fused": 0.666667, "weight": 0.4}
    apart = [msgspec.structs.replace(blind[0], seed=9)]
    assert pool([*scores, *apart], set_name="recipes").ablations == {}


def nothing_said(score: TrialScore) -> TrialScore:
    units = msgspec.structs.replace(score.movements.units, said=0, right=0)
    return msgspec.structs.replace(score, movements=msgspec.structs.replace(score.movements, units=units))


def test_what_does_not_pool_is_refused() -> None:
    scores = mixed()
    with pytest.raises(ValueError, match="no trial on fused evidence"):
        pool([msgspec.structs.replace(scores[0], evidence="vision")], set_name="recipes")
    with pytest.raises(ValueError, match="two levels"):
        pool([scores[0], msgspec.structs.replace(scores[1], level=Level.PIXELS)], set_name="recipes")


def test_a_set_without_anything_to_measure_says_so() -> None:
    report = pool([judge(Story().trial(), STORE)], set_name="recipes")
    assert (report.f1, report.f1_low, report.f1_high) == (1.0, 0.0, 1.0)
    assert report.decision_delay_ms == Percentiles()
    assert report.reliability == ()
    assert [point.wrong_share for point in report.review_curve] == [0.0]
