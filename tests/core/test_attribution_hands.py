"""Whose hands made one step of several movements: a hand is in one place at a time, and every person has two."""

from collections.abc import Mapping

import msgspec
import pytest

from engine.core import StoreCore
from engine.domain import BodiesTracked, BodyTracked, InputFact, NeedsReview, OutputFact, Picked, Vector3
from tests.build import answer, bodies, body, carts, hand_in, in_time, ns, play, settled, small_store, tick

STORE = small_store(gates=False)
START_S = 5.0


def step(
    hands: Mapping[str, tuple[str, ...]], plates_g: Mapping[str, float], *, core: StoreCore | None = None
) -> list[OutputFact]:
    """What is said of one step while each of these people has hands at these plates; other hands hang down."""
    facts: list[InputFact] = []
    for i in range(-8, 9):
        reaching = {
            name: [hand_in(STORE, plate_id) for plate_id in plate_ids if abs(i) <= 4]
            for name, plate_ids in hands.items()
        }
        facts.append(bodies(START_S + i / 10, *(body(name, hands=at) for name, at in reaching.items())))
    shelf_id = next(iter(plates_g))[:2]
    return play(core or StoreCore(STORE), in_time(facts, [settled(shelf_id, START_S, plates_g), tick(START_S + 2)]))


def likeliest(said: list[OutputFact]) -> set[tuple[str | None, str | None, int]]:
    """What is in the carts, and what each question whose line is in none finds likeliest."""
    questions = [f for f in said if isinstance(f, NeedsReview) and not f.line_id]
    asked = [max(f.hypotheses, key=lambda h: h.probability_ppm).verdict for f in questions]
    held = {(name, sku, units) for name, cart in carts(said).items() for sku, units in cart.items()}
    return held | {(verdict.visit_id, verdict.sku_id, verdict.quantity) for verdict in asked}


@pytest.mark.parametrize(
    ("hands", "expected"),
    [
        ({"ann": ("s1p1",), "bob": ("s1p1",)}, {("ann", "beans", 1), ("bob", "beans", 1)}),
        ({"ann": ("s1p1", "s1p1"), "bob": ()}, {("ann", "beans", 2)}),
        ({"ann": ("s1p1",), "bob": ()}, {("ann", "beans", 2)}),
    ],
)
def test_two_units_at_once_are_of_whoever_has_hands_there(
    hands: dict[str, tuple[str, ...]], expected: set[tuple[str, str, int]]
) -> None:
    assert likeliest(step(hands, {"s1p1": -842})) == expected


@pytest.mark.parametrize(
    ("hands", "expected"),
    [
        ({"ann": ("s1p2",), "bob": ("s1p3",)}, {("ann", "beans", 1), ("bob", "rice", 1)}),
        ({"ann": ("s1p3",), "bob": ("s1p2",)}, {("bob", "beans", 1), ("ann", "rice", 1)}),
        ({"ann": ("s1p2", "s1p3"), "bob": ()}, {("ann", "beans", 1), ("ann", "rice", 1)}),
    ],
)
def test_neighbours_taken_at_once_are_each_of_the_hand_that_was_there(
    hands: dict[str, tuple[str, ...]], expected: set[tuple[str, str, int]]
) -> None:
    assert likeliest(step(hands, {"s1p2": -421, "s1p3": -1002})) == expected


def test_a_look_astray_does_not_exchange_what_two_took_side_by_side() -> None:
    at = {"ann": hand_in(STORE, "s1p2"), "bob": hand_in(STORE, "s1p4")}
    there = {"ann": at["bob"], "bob": at["ann"]}
    facts: list[InputFact] = [
        bodies(START_S + i / 10, *(body(name, hands=[there[name] if i == 0 else at[name]]) for name in at))
        for i in range(-8, 9)
    ]
    said = play(StoreCore(STORE), in_time(facts, [settled("s1", START_S, {"s1p2": -421, "s1p4": -1002}), tick(7)]))
    assert carts(said) == {"ann": {"beans": 1}, "bob": {"rice": 1}}
    assert not any(isinstance(f, NeedsReview) for f in said)


def test_a_hand_that_made_one_step_did_not_make_another_at_the_same_instant() -> None:
    between = {"ann": hand_in(STORE, "s1p5"), "bob": hand_in(STORE, "s1p3")}
    facts = [bodies(START_S + i / 10, *(body(name, hands=[at]) for name, at in between.items())) for i in range(-8, 9)]
    doubtful, sure = settled("s1", START_S, {"s1p4": -1002}), settled("s1", START_S - 0.1, {"s1p6": -80})
    alone = play(StoreCore(STORE), in_time(facts, [doubtful, tick(7)]))
    assert any(isinstance(f, NeedsReview) for f in alone)
    both = play(StoreCore(STORE), in_time(facts, [doubtful, sure, tick(7)]))
    assert carts(both) == {"bob": {"rice": 1}, "ann": {"tea": 1}}
    assert not any(isinstance(f, NeedsReview) for f in both)


def test_of_two_at_once_the_sure_one_stands_and_the_doubtful_one_is_asked_about() -> None:
    said = step({"ann": ("s1p1",), "bob": ("s1p4",), "eve": ("s1p4",)}, {"s1p1": -421, "s1p4": -1002})
    assert [(f.visit_id, f.sku_id) for f in said if isinstance(f, Picked) and f.settled] == [("ann", "beans")]
    (case,) = [f for f in said if isinstance(f, NeedsReview)]
    assert {(h.verdict.visit_id, h.verdict.sku_id) for h in case.hypotheses[:2]} == {("bob", "rice"), ("eve", "rice")}


def test_both_of_two_that_are_doubtful_can_be_answered() -> None:
    core = StoreCore(STORE)
    said = step({"ann": ("s1p1",), "bob": ("s1p1",), "eve": ("s1p1",)}, {"s1p1": -842}, core=core)
    questions = [f for f in said if isinstance(f, NeedsReview)]
    for number, (question, name) in enumerate(zip(questions, ("bob", "ann"), strict=True)):
        said += play(core, [answer(20.0 + number, question.case_id, name, "beans", 1)])
    assert carts(said) == {"ann": {"beans": 1}, "bob": {"beans": 1}}
    assert not any(isinstance(f, NeedsReview) for f in core.standing_facts())


def test_hands_seen_elsewhere_clear_a_whole_crowd() -> None:
    crowd = {f"p{i}": (f"s1p{i}", f"s1p{i}") for i in (4, 5, 6)} | {f"q{i}": (f"s2p{i}", f"s2p{i}") for i in (4, 5, 6)}
    said = step({"ann": ("s1p1",), **crowd}, {"s1p1": -421})
    assert carts(said) == {"ann": {"beans": 1}}
    assert not any(isinstance(f, NeedsReview) for f in said)


def test_hands_that_nobody_saw_clear_nobody() -> None:
    unseen = [
        BodiesTracked(
            t_ns=ns(START_S + i / 10),
            bodies=(
                body("ann", at_m=(-0.4, 0.8), hands=[hand_in(STORE, "s1p1")] if abs(i) <= 4 else ()),
                *(BodyTracked(name=f"p{n}", head_m=(-0.1 * n, 0.9, 1.7), hands_m=()) for n in range(6)),
            ),
        )
        for i in range(-8, 9)
    ]
    facts = in_time(unseen, [settled("s1", START_S, {"s1p1": -421}), tick(START_S + 2)])
    assert any(isinstance(f, NeedsReview) for f in play(StoreCore(STORE), facts))


def test_whom_no_camera_has_seen_for_a_second_is_not_who_reaches() -> None:
    facts: list[InputFact] = []
    for i in range(-40, 9):
        near = [body(name, at_m=(0.1, 0.9)) for name in ("bob", "eve", "tom") if i < -12]
        facts.append(
            bodies(START_S + i / 10, body("ann", hands=[hand_in(STORE, "s1p1")] if abs(i) <= 4 else ()), *near)
        )
    said = play(StoreCore(STORE), in_time(facts, [settled("s1", START_S, {"s1p1": -421}), tick(START_S + 2)]))
    assert carts(said) == {"ann": {"beans": 1}}
    assert not any(isinstance(f, NeedsReview) for f in said)


@pytest.mark.parametrize("rests", ["ann", "bob"])
def test_a_hand_that_rests_where_it_was_did_less_likely_take_something(rests: str) -> None:
    plate = hand_in(STORE, "s1p1")
    facts: list[InputFact] = []
    for i in range(-35, 10):
        people = [body(name, hands=[plate] if name == rests or abs(i) <= 4 else []) for name in ("ann", "bob")]
        facts.append(bodies(START_S + i / 10, *people))
    said = play(StoreCore(STORE), in_time(facts, [settled("s1", START_S, {"s1p1": -420}), tick(START_S + 2)]))
    (came,) = {"ann", "bob"} - {rests}
    (question,) = [f for f in said if isinstance(f, NeedsReview)]
    first, second = question.hypotheses[:2]
    assert (first.verdict.visit_id, second.verdict.visit_id) == (came, rests)
    assert first.probability_ppm > 2 * second.probability_ppm


def one_hand_near_and_one_far(plates_g: Mapping[str, float], lasts_s: float) -> list[OutputFact]:
    """What is said where Ann has a hand at the first of these plates, and Bob one well before the last of them."""
    first, last = (list(plates_g)[at] for at in (0, -1))
    at = {"ann": hand_in(STORE, first), "bob": hand_in(STORE, last, off_m=0.55)}
    return instant({name: [hand] for name, hand in at.items()}, plates_g, lasts_s)


def instant(hands: Mapping[str, list[Vector3]], plates_g: Mapping[str, float], lasts_s: float) -> list[OutputFact]:
    """What is said of a step of this length while each has hands at these places."""
    facts = [
        bodies(START_S + i / 10, *(body(name, hands=at if abs(i) <= 4 else []) for name, at in hands.items()))
        for i in range(-8, 9)
    ]
    weighed = msgspec.structs.replace(settled("s1", START_S, plates_g), end_ns=ns(START_S + lasts_s))
    return play(StoreCore(STORE), in_time(facts, [weighed, tick(START_S + 2)]))


@pytest.mark.parametrize("plates_g", [{"s1p2": -421, "s1p3": -1002}, {"s1p1": -421, "s1p2": -421}])
def test_a_hand_needs_time_to_go_from_plate_to_plate(plates_g: Mapping[str, float]) -> None:
    assert {name for name, *_ in likeliest(one_hand_near_and_one_far(plates_g, 0.06))} == {"ann", "bob"}
    assert {name for name, *_ in likeliest(one_hand_near_and_one_far(plates_g, 0.7))} == {"ann"}


def test_in_an_instant_a_hand_each_of_two_is_likelier_than_both_of_one() -> None:
    before = hand_in(STORE, "s1p3", off_m=0.2)
    people = {"ann": [hand_in(STORE, "s1p2"), before], "bob": [before]}
    plates_g = {"s1p2": -421.0, "s1p3": -1002.0}
    assert {name for name, *_ in likeliest(instant(people, plates_g, 0.06))} == {"ann", "bob"}
    assert {name for name, *_ in likeliest(instant(people, plates_g, 0.7))} == {"ann"}


def test_of_two_units_the_one_that_is_sure_stands_and_the_other_is_asked_about() -> None:
    said = one_hand_near_and_one_far({"s1p1": -842}, 0.06)
    picked = [f for f in said if isinstance(f, Picked)]
    assert [(f.visit_id, f.quantity, f.settled) for f in picked] == [("ann", 1, True), ("ann", 1, False)]
    assert [f.reason.measured_mg for f in picked] == [421_000, 421_000]
    (case,) = [f for f in said if isinstance(f, NeedsReview)]
    assert case.line_id == picked[1].line_id
    assert {(h.verdict.visit_id, h.verdict.quantity) for h in case.hypotheses[:2]} == {("ann", 1), ("bob", 1)}


def test_two_units_that_nobody_else_can_have_moved_are_one_question() -> None:
    said = step({"ann": ("s1p1",), "bob": ()}, {"s1p1": -842})
    assert [f.hypotheses[0].verdict.quantity for f in said if isinstance(f, NeedsReview)] == [2]
