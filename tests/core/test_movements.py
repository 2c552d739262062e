"""What happens at a shelf and what it is called: the rows of the attribution table."""

from collections.abc import Mapping

import pytest

from engine.core import StoreCore
from engine.domain import (
    BodiesTracked,
    BodyTracked,
    Browsed,
    CaseCause,
    CaseResolved,
    InputFact,
    LineWithdrawn,
    NeedsReview,
    OutputFact,
    Passage,
    Picked,
    Policy,
    PutBack,
    PutElsewhere,
    Stocked,
)
from tests.build import (
    authorised,
    bodies,
    body,
    carts,
    hand_in,
    in_time,
    ns,
    passed,
    play,
    provisional,
    reach,
    settled,
    small_store,
    tick,
)

STORE = small_store(gates=False)
LINES = (Picked, PutBack, PutElsewhere)


def move(name: str, plate_id: str, start_s: float, plates_g: Mapping[str, float]) -> list[InputFact]:
    """A reach with the settled step it makes."""
    step = settled(plate_id[:2], start_s, plates_g)
    return in_time(reach(STORE, name, plate_id, start_s), [step, tick(start_s + 2)])


def last_lines(said: list[OutputFact]) -> list[tuple[str, str, str, int, str | None]]:
    """The settled lines in short."""
    return [
        (type(f).__name__, f.visit_id, f.sku_id, f.quantity, f.facing_id)
        for f in said
        if isinstance(f, LINES) and f.settled
    ]


@pytest.mark.parametrize(
    ("plate_id", "plates_g", "expected"),
    [
        ("s1p1", {"s1p1": -421.0}, [("beans", 1)]),
        ("s1p1", {"s1p1": -400.0, "s1p2": -22.0}, [("beans", 1)]),
        ("s1p4", {"s1p3": -480.0, "s1p4": -523.0}, [("rice", 1)]),
        ("s2p3", {"s2p3": -621.0}, [("soup", 2)]),
        ("s2p3", {"s2p3": -310.0, "s2p4": -620.0}, [("soup", 3)]),
        ("s1p5", {"s1p5": -81.0}, [("tea", 1)]),
        ("s1p2", {"s1p2": -420.0, "s1p3": -1003.0}, [("beans", 1), ("rice", 1)]),
    ],
)
def test_what_leaves_the_shelf_is_picked(
    plate_id: str, plates_g: dict[str, float], expected: list[tuple[str, int]]
) -> None:
    said = play(StoreCore(STORE), move("ann", plate_id, 5, plates_g))
    assert [(sku, n) for _, _, sku, n, _ in last_lines(said)] == expected
    assert carts(said) == {"ann": dict(expected)}


def test_what_returns_to_its_facing_is_put_back() -> None:
    core = StoreCore(STORE)
    said = play(core, move("ann", "s1p1", 5, {"s1p1": -421}))
    said += play(core, move("ann", "s1p2", 10, {"s1p2": 419}))
    assert last_lines(said)[1] == ("PutBack", "ann", "beans", 1, "f beans")
    assert carts(said) == {}


@pytest.mark.parametrize(
    ("apart_s", "hand_stays", "looked"), [(0.9, True, True), (2.0, True, True), (3.0, False, False)]
)
def test_a_lift_and_return_in_one_reach_is_a_look(apart_s: float, hand_stays: bool, looked: bool) -> None:
    away = [bodies(5 + t / 10, body("ann")) for t in range(8, 23)]
    there = [
        bodies(5 + t / 10, body("ann", hands=(hand_in(STORE, "s1p1"),))) for t in range(5, round(10 * apart_s) - 4)
    ]
    pick = in_time(reach(STORE, "ann", "s1p1", 5), [settled("s1", 5, {"s1p1": -421})])
    put = in_time(reach(STORE, "ann", "s1p1", 5 + apart_s), [settled("s1", 5 + apart_s, {"s1p1": 421})])
    seen = [fact for fact in (*pick, *put) if isinstance(fact, BodiesTracked)]
    steps = [fact for fact in (*pick, *put) if not isinstance(fact, BodiesTracked)]
    between = there if hand_stays else away
    kept = [fact for fact in seen if not 5.5 < fact.t_ns / 1e9 < 4.6 + apart_s] + between
    said = play(StoreCore(STORE), in_time(kept, [*steps, tick(12)]))
    assert carts(said) == {}
    standing = {f.line_id for f in said if isinstance(f, LINES)} - {
        f.line_id for f in said if isinstance(f, LineWithdrawn)
    }
    assert (len(standing) == 0) is looked
    assert any(isinstance(f, Browsed) and f.lifted_mg == 421_000 for f in said) is looked


def test_a_question_about_what_was_only_lifted_is_dropped() -> None:
    there, again = reach(STORE, "ann", "s1p1", 5), reach(STORE, "ann", "s1p1", 5.9)
    hands: list[InputFact] = [f for f in there if f.t_ns < ns(5.4)] + [f for f in again if f.t_ns >= ns(5.4)]
    steps: list[InputFact] = [settled("s1", 5, {"s1p1": -440}), settled("s1", 5.9, {"s1p1": 440}), tick(9)]
    said = play(StoreCore(small_store(gates=False, policy=Policy(review_minor=1))), in_time([*hands, *steps]))
    (asked,) = [f for f in said if isinstance(f, NeedsReview)]
    (resolved,) = [f for f in said if isinstance(f, CaseResolved)]
    assert (resolved.case_id, resolved.verdict.sku_id, resolved.decided_by) == (asked.case_id, None, "later facts")
    assert carts(said) == {}


def test_what_is_put_elsewhere_leaves_the_cart_and_is_picked_as_what_it_is() -> None:
    core = StoreCore(STORE)
    said = play(core, move("ann", "s2p3", 5, {"s2p3": -310}))
    said += play(core, move("ann", "s1p5", 10, {"s1p5": 309}))
    said += play(core, in_time([provisional("s1", 15, {"s1p5": -300})], move("bob", "s1p5", 15, {"s1p5": -309})))
    assert last_lines(said) == [
        ("Picked", "ann", "soup", 1, "f soup"),
        ("PutElsewhere", "ann", "soup", 1, "f tea"),
        ("Picked", "bob", "soup", 1, "f tea"),
    ]
    assert carts(said) == {"bob": {"soup": 1}}


def test_a_reach_without_a_lasting_change_is_browsed() -> None:
    step: list[InputFact] = [provisional("s1", 5, {"s1p1": -420}), settled("s1", 5, {})]
    said = play(StoreCore(STORE), in_time(reach(STORE, "ann", "s1p1", 5), step, [tick(7)]))
    assert [f.settled for f in said if isinstance(f, Picked)] == [False]
    assert sum(isinstance(f, LineWithdrawn) for f in said) == 1
    assert [(f.facing_id, f.lifted_mg) for f in said if isinstance(f, Browsed)] == [("f beans", 420_000)]
    assert carts(said) == {}


@pytest.mark.parametrize("grams", [-30.0, 31.0, -5.0])
def test_a_touch_lighter_than_any_unit_is_browsed(grams: float) -> None:
    said = play(StoreCore(STORE), move("ann", "s1p5", 5, {"s1p5": grams}))
    assert [type(f) for f in said[2:]] == [Browsed]


def test_a_swap_that_weighs_nothing_in_all_is_not_noise() -> None:
    core = StoreCore(STORE)
    said = play(core, move("ann", "s2p4", 5, {"s2p4": -310}))
    swap = move("ann", "s2p4", 10, {"s2p4": 310, "s2p5": -505})
    said += play(core, swap)
    assert carts(said) == {"ann": {"oats": 1}}


def test_the_hand_says_who() -> None:
    watching = body("bob", at_m=(0.3, 0.9))
    facts = in_time(reach(STORE, "ann", "s1p1", 5, others=[watching]), [settled("s1", 5, {"s1p1": -421}), tick(7)])
    said = play(StoreCore(STORE), facts)
    assert carts(said) == {"ann": {"beans": 1}}
    assert not any(isinstance(f, NeedsReview) for f in said)


def test_somebody_alone_at_the_shelf_is_answered_for_without_a_hand_seen() -> None:
    nobody_else = [
        BodiesTracked(t_ns=ns(4 + i / 10), bodies=(BodyTracked(name="ann", head_m=(-0.5, 0.7, 1.7), hands_m=()),))
        for i in range(20)
    ]
    said = play(StoreCore(STORE), in_time(nobody_else, [provisional("s1", 5, {"s1p1": -421})]))
    assert carts(said) == {"ann": {"beans": 1}}


def test_walking_off_before_the_weight_settles_does_not_clear_the_taker() -> None:
    bob = body("bob", at_m=(0.6, 1.2))
    reaching = [f for f in reach(STORE, "ann", "s1p1", 5, others=[bob]) if f.t_ns <= 5.3e9]
    leaving = [bodies(5.4 + i / 10, body("ann", at_m=(-0.5 - 0.14 * i, 0.9)), bob) for i in range(10)]
    said = play(StoreCore(STORE), in_time(reaching, leaving, [settled("s1", 5, {"s1p1": -421}), tick(7)]))
    assert carts(said) == {"ann": {"beans": 1}}
    assert not any(isinstance(f, NeedsReview) for f in said)


def test_two_hands_at_one_facing_are_a_question_of_who() -> None:
    from_bob = body("bob", at_m=(-0.2, 0.9), hands=[(-0.45, 0.1, 0.9)])
    facts = in_time(reach(STORE, "ann", "s1p1", 5, others=[from_bob]), [settled("s1", 5, {"s1p1": -421}), tick(7)])
    case = next(f for f in play(StoreCore(STORE), facts) if isinstance(f, NeedsReview))
    assert case.cause is CaseCause.WHO
    assert {h.verdict.visit_id for h in case.hypotheses[:2]} == {"ann", "bob"}
    assert all(h.verdict.sku_id == "beans" for h in case.hypotheses[:2])


def test_no_hand_anywhere_near_is_a_case_that_names_the_nearest() -> None:
    far = [bodies(4 + i / 10, body("ann", at_m=(3, 3)), body("bob", at_m=(3.4, 3))) for i in range(20)]
    said = play(StoreCore(STORE), in_time(far, [settled("s1", 5, {"s1p1": -421}), tick(7)]))
    case = next(f for f in said if isinstance(f, NeedsReview))
    assert case.cause is CaseCause.WHO
    assert {"ann", "bob"} <= {h.verdict.visit_id for h in case.hypotheses}
    assert case.line_id is None


def test_nobody_inside_is_a_case() -> None:
    said = play(StoreCore(STORE), [settled("s1", 5, {"s1p1": -421}), tick(7)])
    assert [type(f) for f in said] == [NeedsReview]


@pytest.mark.parametrize("grams", [-230.0, 230.0])
def test_mass_that_fits_nothing_is_unexplained(grams: float) -> None:
    said = play(StoreCore(STORE), move("ann", "s1p1", 5, {"s1p1": grams}))
    assert [f.cause for f in said if isinstance(f, NeedsReview)] == [CaseCause.UNEXPLAINED]
    assert carts(said) == {}


def test_a_put_of_what_no_cart_holds_is_a_case_and_no_cart_goes_below_zero() -> None:
    said = play(StoreCore(STORE), move("ann", "s1p1", 5, {"s1p1": 420}))
    assert sum(isinstance(f, NeedsReview) for f in said) == 1
    assert carts(said) == {}


def test_staff_stock_and_touch_no_cart() -> None:
    store = small_store()
    arriving = [bodies(i / 10, body("x", at_m=(-3.5 + i / 10, 2 - i * 0.035))) for i in range(35)]
    gate: list[InputFact] = [authorised(0.2, "staff 1", staff=True), passed(0.6, Passage.IN)]
    facts = in_time(arriving, gate, reach(store, "x", "s1p1", 5), [settled("s1", 5, {"s1p1": 2525}), tick(7)])
    said = play(StoreCore(store), facts)
    assert [(f.sku_id, f.mass_mg) for f in said if isinstance(f, Stocked)] == [("beans", 2_525_000)]
    assert not any(isinstance(f, LINES) for f in said)


def test_the_first_answer_and_the_settled_one_are_one_line() -> None:
    facts = in_time(
        reach(STORE, "ann", "s1p1", 5),
        [provisional("s1", 5, {"s1p1": -390}), settled("s1", 5, {"s1p1": -840}), tick(7)],
    )
    said = [f for f in play(StoreCore(STORE), facts) if isinstance(f, LINES)]
    assert [(f.settled, f.quantity) for f in said] == [(False, 1), (True, 2)]
    assert len({f.line_id for f in said}) == 1


def test_the_first_answer_waits_for_slow_cameras_but_not_for_dead_ones() -> None:
    step = provisional("s1", 5, {"s1p1": -421})
    seen = reach(STORE, "ann", "s1p1", 5)
    before, after = [f for f in seen if f.t_ns < step.start_ns], [f for f in seen if f.t_ns >= step.start_ns]
    core = StoreCore(STORE)
    assert not any(isinstance(f, Picked) for f in play(core, [*before, step]))
    assert any(isinstance(f, Picked) for f in play(core, after[:1]))
    core = StoreCore(STORE)
    play(core, [*before, step])
    assert any(isinstance(f, Picked) for f in play(core, [tick(5.3)]))


def test_in_a_crowd_it_was_somebody_near() -> None:
    core = StoreCore(STORE)
    far = [body(f"a{number:02}", at_m=(2.0 + 0.1 * number, -2.0)) for number in range(20)]
    play(core, [bodies(1.0, *far)])
    said = play(core, in_time(reach(STORE, "zoe", "s1p1", 3, others=far), [settled("s1", 3, {"s1p1": -420}), tick(5)]))
    assert [fact.visit_id for fact in said if isinstance(fact, Picked) and fact.settled] == ["zoe"]
