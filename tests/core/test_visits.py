"""Tokens, tracks and gates: who is bound to whom, through crossings, losses and restarts."""

from engine.core import StoreCore
from engine.core._visits import WAITED_S
from engine.domain import (
    BodiesTracked,
    InputFact,
    NeedsReview,
    OutputFact,
    Passage,
    ReceiptIssued,
    ShopperBound,
    VisitId,
    VisitLeft,
    VisitOpened,
)
from tests.build import authorised, bodies, body, carts, in_time, passed, play, reach, settled, small_store, tick

STORE = small_store()
IN, OUT = Passage.IN, Passage.OUT


def walk(
    name: str, from_m: tuple[float, float], to_m: tuple[float, float], t_s: tuple[float, float]
) -> list[BodiesTracked]:
    """Somebody walks straight on, seen at 10 Hz."""
    steps = round((t_s[1] - t_s[0]) * 10)
    facts = []
    for i in range(steps + 1):
        share = i / steps
        at_m = (from_m[0] + share * (to_m[0] - from_m[0]), from_m[1] + share * (to_m[1] - from_m[1]))
        facts.append(bodies(t_s[0] + i / 10, body(name, at_m=at_m)))
    return facts


def together(*walks: list[BodiesTracked]) -> list[InputFact]:
    """Walks at the same instants, each as one fact with everybody in it."""
    at: dict[int, BodiesTracked] = {}
    for fact in (fact for one in walks for fact in one):
        known = at.get(fact.t_ns)
        at[fact.t_ns] = BodiesTracked(t_ns=fact.t_ns, bodies=(*(known.bodies if known else ()), *fact.bodies))
    return [at[t_ns] for t_ns in sorted(at)]


def come_in(core: StoreCore, name: str, visit: str, t_s: float) -> list[OutputFact]:
    """Show a token, walk in and go to the shelf within 4 s."""
    gate: list[InputFact] = [authorised(t_s, visit), passed(t_s + 0.6, IN)]
    return play(core, in_time(walk(name, (-3.6, 2), (-0.5, 0.8), (t_s, t_s + 4)), gate))


def test_a_visit_opens_at_the_gate_and_ends_in_one_receipt() -> None:
    core = StoreCore(STORE)
    said = come_in(core, "x", "v1", 0)
    said += play(core, in_time(reach(STORE, "x", "s1p1", 5), [settled("s1", 5, {"s1p1": -420})]))
    said += play(core, in_time(walk("x", (-0.5, 0.8), (-3.9, 2), (7, 11)), [passed(9.9, OUT), tick(12), tick(13)]))
    assert [type(f) for f in said if isinstance(f, VisitOpened | VisitLeft | ReceiptIssued)] == [
        VisitOpened,
        VisitLeft,
        ReceiptIssued,
    ]
    receipt = next(f for f in said if isinstance(f, ReceiptIssued))
    assert [(line.sku_id, line.quantity) for line in receipt.lines] == [("beans", 1)]
    assert receipt.total_minor == 100


def test_without_a_token_nobody_gets_a_cart() -> None:
    core = StoreCore(STORE)
    said = play(core, in_time(walk("x", (-3.6, 2), (-0.5, 0.8), (0, 4)), [passed(0.6, IN)]))
    said += play(core, in_time(reach(STORE, "x", "s1p1", 5), [settled("s1", 5, {"s1p1": -420}), tick(7)]))
    assert [type(f) for f in said] == [NeedsReview]


def test_two_people_half_a_metre_apart_are_bound_in_the_order_they_passed() -> None:
    core = StoreCore(STORE)
    first = walk("x", (-3.6, 2.0), (0.4, 2.0), (0, 4))
    second = walk("y", (-4.1, 2.1), (-0.1, 2.1), (0, 4))
    gate: list[InputFact] = [authorised(0.1, "v1"), authorised(0.2, "v2"), passed(0.6, IN), passed(1.1, IN)]
    said = play(core, in_time(together(first, second), gate))
    owner = {s.track_id: s.visit_id for s in core.floor(0).shoppers}
    place = {s.visit_id: s.foot_mm[0] for s in core.floor(0).shoppers}
    assert set(owner.values()) == {"v1", "v2"}
    assert place[VisitId("v1")] > place[VisitId("v2")]
    assert all(f.probability_ppm > 900_000 for f in said if isinstance(f, ShopperBound))


def test_whoever_is_lost_is_found_again_where_he_was() -> None:
    core = StoreCore(STORE)
    come_in(core, "x", "v1", 0)
    come_in(core, "y", "v2", 5)
    apart = together(walk("x", (-0.5, 0.8), (2.5, 3), (9.1, 12)), walk("y", (-0.5, 0.8), (-0.5, 0.8), (9.1, 12)))
    play(core, apart)
    later = together(walk("x again", (2.3, 2.8), (2.0, 2.8), (18, 21)), walk("y", (-0.5, 0.8), (-0.5, 0.8), (12.1, 21)))
    play(core, in_time(later))
    place = {s.visit_id: s.foot_mm[0] for s in core.floor(0).shoppers}
    assert place[VisitId("v1")] > 1500


def test_one_visit_without_a_body_and_one_body_without_a_visit_belong_together() -> None:
    core = StoreCore(STORE)
    come_in(core, "x", "v1", 0)
    stray = walk("y", (0.5, 0.8), (0.5, 0.8), (5, 16))  # beside x for three seconds: not simply its continuation
    said = play(core, together(walk("x", (-0.5, 0.8), (-0.5, 0.8), (4.1, 8)), stray))
    assert [f.visit_id for f in said if isinstance(f, ShopperBound)] == ["v1"]

    said = play(core, in_time(reach(STORE, "y", "s1p1", 17), [settled("s1", 17, {"s1p1": -420})]))
    assert carts(said) == {"v1": {"beans": 1}}


def test_after_a_restart_of_the_host_the_visit_goes_on() -> None:
    core = StoreCore(STORE)
    said = come_in(core, "x", "v1", 100)
    said += play(core, in_time(reach(STORE, "x", "s1p1", 105), [settled("s1", 105, {"s1p1": -420}), tick(107)]))
    core = StoreCore.restore(STORE, core.checkpoint())
    seen = walk("other name", (0, 1), (0, 1), (1, 4))
    said += play(core, seen, boot_epoch=2)
    assert carts(said) == {"v1": {"beans": 1}}
    assert [s.visit_id for s in core.floor(0).shoppers] == ["v1"]
    leaving: list[InputFact] = [passed(7.4, OUT), tick(9)]
    said += play(core, in_time(walk("other name", (0, 1), (-3.9, 2), (4.1, 8.1)), leaving), boot_epoch=2)
    assert sum(isinstance(f, ReceiptIssued) for f in said) == 1


def test_who_walks_out_leaves_though_somebody_who_walks_in_is_nearer_to_the_gate() -> None:
    core = StoreCore(STORE)
    said = come_in(core, "x", "v1", 0)
    out_x = walk("x", (-0.5, 0.8), (-3.6, 2.4), (6, 10))
    in_y = walk("y", (-4.1, 1.6), (0.5, 1.2), (6, 10))
    gate: list[InputFact] = [authorised(6, "v2"), passed(7.0, IN), passed(7.9, OUT), tick(13)]
    said += play(core, in_time(together(out_x, in_y), gate))
    assert [f.visit_id for f in said if isinstance(f, VisitLeft)] == ["v1"]


def test_the_one_at_the_gate_leaves() -> None:
    core = StoreCore(STORE)
    said = come_in(core, "x", "v1", 0)
    stay = walk("x", (-0.5, 0.8), (-0.5, 0.8), (4.1, 14))
    out = walk("y", (-0.5, 1.2), (-3.9, 2), (9.1, 13.1))
    gate: list[InputFact] = [authorised(5, "v2"), passed(5.6, IN), passed(12.1, OUT), tick(14.1)]
    coming = walk("y", (-3.6, 2), (-0.5, 1.2), (5, 9))
    said += play(core, in_time(together(stay, coming, out), gate))
    assert [f.visit_id for f in said if isinstance(f, VisitLeft)] == ["v2"]


def nobody(from_s: float, until_s: float) -> list[InputFact]:
    """The cameras tell that nobody is there."""
    return in_time([bodies(t_s / 10) for t_s in range(round(10 * from_s), round(10 * until_s), 8)], [tick(until_s)])


def lost_on_the_way(core: StoreCore) -> list[OutputFact]:
    """Somebody takes something; then the engine hears nothing more of its first life."""
    said = come_in(core, "x", "v1", 0)
    return said + play(core, in_time(reach(STORE, "x", "s1p1", 5), [settled("s1", 5, {"s1p1": -420}), tick(8)]))


def left(said: list[OutputFact]) -> list[str]:
    """Which of a visit's ends were told."""
    return [type(fact).__name__ for fact in said if isinstance(fact, VisitLeft | ReceiptIssued)]


def test_who_walks_out_while_the_power_is_off_is_charged_once() -> None:
    core = StoreCore(STORE)
    assert left(lost_on_the_way(core)) == []
    core = StoreCore.restore(STORE, core.checkpoint())
    assert left(play(core, nobody(1, WAITED_S), boot_epoch=2)) == []
    assert left(play(core, nobody(WAITED_S, 3 + WAITED_S), boot_epoch=2)) == ["VisitLeft", "ReceiptIssued"]
    assert left(play(core, nobody(3 + WAITED_S, 3 + 3 * WAITED_S), boot_epoch=2)) == []


def test_a_visit_is_not_given_up_right_after_a_time_in_which_nobody_looked() -> None:
    core = StoreCore(STORE)
    lost_on_the_way(core)
    assert left(play(core, nobody(600, 660))) == []
    said = play(core, walk("x again", (-0.5, 0.9), (-0.5, 0.9), (660.1, 663)))
    assert [fact.visit_id for fact in said if isinstance(fact, ShopperBound)] == ["v1"]


def test_a_visit_is_not_given_up_while_a_stranger_may_be_it() -> None:
    core = StoreCore(STORE)
    lost_on_the_way(core)
    until_s = 9 + 1.5 * WAITED_S
    waiting = walk("y", (-3.7, 2), (-3.7, 2), (9, until_s))
    assert left(play(core, in_time(waiting, [tick(until_s)]))) == []
    assert left(play(core, nobody(until_s + 0.1, until_s + 40))) == ["VisitLeft", "ReceiptIssued"]


def test_staff_may_be_where_no_camera_looks() -> None:
    core = StoreCore(STORE)
    gate: list[InputFact] = [authorised(0, "s1", staff=True), passed(0.6, IN)]
    play(core, in_time(walk("x", (-3.6, 2), (-0.5, 0.8), (0, 4)), gate))
    assert left(play(core, nobody(4.1, 10 + 2 * WAITED_S))) == []
