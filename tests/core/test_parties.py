"""People who come in on one code: who is a guest of whom, what they take, and when their visit is over."""

import msgspec
import pytest

from engine.core import StoreCore
from engine.domain import (
    BodiesTracked,
    InputFact,
    NeedsReview,
    OutputFact,
    Passage,
    Policy,
    ReceiptIssued,
    ShopperBound,
    VisitLeft,
    VisitOpened,
)
from tests.build import authorised, carts, hand_in, in_time, passed, play, settled, small_store, tick
from tests.core.test_visits import together, walk

STORE = small_store()
IN, OUT = Passage.IN, Passage.OUT
ANN_M, BEN_M, OUTSIDE_M = (-0.5, 0.8), (0.5, 0.8), (-4.2, 2.0)


def file_in(*, behind_s: float = 1.0, gate: list[InputFact] | None = None) -> list[InputFact]:
    """Ann shows a code and walks in, Ben walks in behind her without one; both go to the shelf."""
    late_s = max(0.0, behind_s - 1.0)
    ann = walk("ann", (-3.6, 2), ANN_M, (0, 4))
    ben = walk("ben", (-4.4, 2), BEN_M, (0.5 + late_s, 5.5 + late_s))
    stay = walk("ann", ANN_M, ANN_M, (4.1, 5.5 + late_s))
    passages: list[InputFact] = [authorised(0.1, "v1"), passed(0.6, IN), passed(0.6 + behind_s, IN)]
    return in_time(together([*ann, *stay], ben), gate or passages)


def take(name: str, plate_id: str, t_s: float, *, beside: str) -> list[InputFact]:
    """One of the two reaches to a plate above which their hand stays for a second, the other stands by."""
    places_m = {"ann": ANN_M, "ben": BEN_M}
    reaching, standing = places_m[name], places_m[beside]
    scene: list[BodiesTracked] = []
    for before, after in zip(
        walk(name, reaching, reaching, (t_s - 0.8, t_s + 0.8)),
        walk(beside, standing, standing, (t_s - 0.8, t_s + 0.8)),
        strict=True,
    ):
        body = msgspec.structs.replace(
            before.bodies[0], hands_m=(hand_in(STORE, plate_id), before.bodies[0].hands_m[1])
        )
        scene.append(BodiesTracked(t_ns=before.t_ns, bodies=(body, *after.bodies)))
    return in_time(scene, [settled(plate_id[:2], t_s, {plate_id: -420})])


def owners(core: StoreCore) -> list[str | None]:
    """The visits of everybody on the floor."""
    return [shopper.visit_id for shopper in core.floor(0).shoppers]


def ends(said: list[OutputFact]) -> list[tuple[str, int]]:
    """Who left when, in milliseconds."""
    return [(fact.visit_id, fact.t_ns // 1_000_000) for fact in said if isinstance(fact, VisitLeft)]


def party_of_two() -> list[InputFact]:
    """In on one code, each takes something, the one with the code leaves first."""
    facts = [*file_in(), *take("ben", "s1p1", 7, beside="ann"), tick(8.5)]
    facts += together(walk("ann", ANN_M, OUTSIDE_M, (9, 13)), walk("ben", BEN_M, BEN_M, (9, 13)))
    facts += [*walk("ben", BEN_M, BEN_M, (13.1, 14)), *walk("ben", BEN_M, OUTSIDE_M, (14.1, 18.1)), tick(20)]
    return in_time(facts, [passed(11.8, OUT), passed(17.0, OUT)])


def test_what_a_guest_takes_is_on_the_receipt_of_the_code_he_came_in_on() -> None:
    core = StoreCore(STORE)
    said = play(core, party_of_two())
    assert [f.visit_id for f in said if isinstance(f, VisitOpened)] == ["v1"]
    assert len({f.track_id for f in said if isinstance(f, ShopperBound) and f.visit_id == "v1"}) == 2
    assert not any(isinstance(f, NeedsReview) for f in said)
    assert [f.total_minor for f in said if isinstance(f, ReceiptIssued)] == [100]


def test_a_visit_is_over_when_the_last_of_the_party_has_left() -> None:
    core = StoreCore(STORE)
    assert ends(play(core, party_of_two())) == [("v1", 17_000)]


def test_everybody_of_a_party_is_on_the_floor_as_its_visit() -> None:
    core = StoreCore(STORE)
    said = play(core, file_in())
    assert owners(core) == ["v1", "v1"]
    bound = [f for f in core.standing_facts() if isinstance(f, ShopperBound)]
    assert bound == [f for f in said if isinstance(f, ShopperBound)]


def test_a_party_ends_alike_wherever_the_engine_was_restarted() -> None:
    facts = party_of_two()
    whole = StoreCore(STORE)
    expected = [msgspec.json.encode(fact) for fact in play(whole, facts)]
    for cut in range(0, len(facts), 23):
        before = StoreCore(STORE)
        head = play(before, facts[:cut])
        after = StoreCore.restore(STORE, before.checkpoint())
        assert [msgspec.json.encode(fact) for fact in (*head, *play(after, facts[cut:]))] == expected
        assert after.checkpoint() == whole.checkpoint()


@pytest.mark.parametrize(("within_s", "behind_s", "visit"), [(6.0, 5.0, "v1"), (6.0, 7.0, None), (0.0, 1.0, None)])
def test_the_store_says_how_close_behind_a_guest_comes(within_s: float, behind_s: float, visit: str | None) -> None:
    core = StoreCore(small_store(policy=Policy(guests_within_s=within_s)))
    play(core, file_in(behind_s=behind_s))
    assert owners(core) == ["v1", visit]


def test_a_third_comes_behind_the_second() -> None:
    core = StoreCore(small_store(policy=Policy(guests_within_s=1.5)))
    third = walk("cid", (-5.2, 2), (1.5, 0.8), (0.8, 6.8))
    play(core, in_time(together([f for f in file_in() if isinstance(f, BodiesTracked)], third), GATE_OF_THREE))
    assert owners(core) == ["v1", "v1", "v1"]


GATE_OF_THREE: list[InputFact] = [authorised(0.1, "v1"), passed(0.6, IN), passed(1.6, IN), passed(2.8, IN)]


def test_whoever_has_a_code_is_nobodys_guest() -> None:
    core = StoreCore(STORE)
    gate: list[InputFact] = [authorised(0.1, "v1"), authorised(0.2, "v2"), passed(0.6, IN), passed(1.6, IN)]
    play(core, file_in(gate=gate))
    assert owners(core) == ["v1", "v2"]


def test_staff_bring_nobody_in() -> None:
    core = StoreCore(STORE)
    gate: list[InputFact] = [authorised(0.1, "v1", staff=True), passed(0.6, IN), passed(1.6, IN)]
    play(core, file_in(gate=gate))
    assert owners(core) == ["v1", None]


def twice_through_the_beam() -> list[InputFact]:
    """Bob is in the store; Ann comes in and out, and her bag crosses the beam after her."""
    bob = [*walk("bob", (-3.6, 2), (2, 2), (0, 5)), *walk("bob", (2, 2), (2, 2), (5.1, 60))]
    ann = [*walk("ann", (-3.6, 2), ANN_M, (6, 10)), *walk("ann", ANN_M, OUTSIDE_M, (10.1, 14.1))]
    gate: list[InputFact] = [authorised(0.1, "v0"), passed(0.6, IN), authorised(6.1, "v1"), passed(6.6, IN)]
    gate += [passed(7.0, IN), passed(12.9, OUT)]
    return in_time(together(bob, ann), gate, [tick(t_s) for t_s in range(60)])


def test_a_beam_that_somebody_crosses_twice_keeps_no_visit_open() -> None:
    said = play(StoreCore(STORE), twice_through_the_beam())
    assert [visit for visit, _ in ends(said)] == ["v1"]
    assert [f.visit_id for f in said if isinstance(f, ReceiptIssued)] == ["v1"]


def test_whoever_waits_before_the_gate_is_not_taken_for_a_guest_nobody_has_seen() -> None:
    waiting = walk("cid", (-3.7, 2), (-3.7, 2), (15, 20))
    entering = walk("cid", (-3.7, 2), BEN_M, (20.1, 24))
    facts = [f for f in twice_through_the_beam() if f.t_ns < 24_000_000_000]
    people = together([f for f in facts if isinstance(f, BodiesTracked)], waiting, entering)
    gate: list[InputFact] = [f for f in facts if not isinstance(f, BodiesTracked)]
    core = StoreCore(STORE)
    play(core, in_time(people, gate, [authorised(19, "v2"), passed(20.6, IN)]))
    assert owners(core) == ["v0", "v2"]


def test_a_guest_who_was_lost_is_found_again() -> None:
    core = StoreCore(STORE)
    said = play(core, file_in())
    alone = walk("ann", ANN_M, ANN_M, (5.6, 9))
    said += play(core, together(alone))
    again = walk("ben again", (0.7, 1.0), (0.7, 1.0), (9.1, 12))
    said += play(core, together(walk("ann", ANN_M, ANN_M, (9.1, 12)), again))
    assert owners(core) == ["v1", "v1"]
    assert len([f for f in said if isinstance(f, ShopperBound)]) == 3


def test_after_a_restart_of_the_host_the_party_goes_on() -> None:
    core = StoreCore(STORE)
    play(core, [*file_in(), *take("ben", "s1p1", 7, beside="ann"), tick(8.5)])
    core = StoreCore.restore(STORE, core.checkpoint())
    both = together(walk("a", (0, 1), (0, 1), (1, 4)), walk("b", (1, 1.5), (1, 1.5), (1, 4)))
    said = play(core, both, boot_epoch=2)
    assert owners(core) == ["v1", "v1"]
    assert carts(core.standing_facts()) == {"v1": {"beans": 1}}
    leaving = together(walk("a", (0, 1), OUTSIDE_M, (4.1, 8.1)), walk("b", (1, 1.5), OUTSIDE_M, (4.1, 9.1)))
    said += play(core, in_time(leaving, [passed(7.1, OUT), passed(7.9, OUT), tick(9.2), tick(11)]), boot_epoch=2)
    assert sum(isinstance(f, ReceiptIssued) for f in said) == 1
