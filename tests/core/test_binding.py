"""Which track is whose at a crowded gate, and how far a doubt about that reaches."""

import pytest

from engine.core import StoreCore
from engine.core._binding import bind
from engine.core._leaving import likeliest
from engine.core._members import Member
from engine.core.tracking import Track
from engine.domain import (
    GateId,
    NeedsReview,
    Passage,
    Picked,
    Point2,
    ShopperBound,
    TrackId,
    VisitId,
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
    settled,
    small_store,
    tick,
)

STORE = small_store()
GATE = STORE.gates[0]
MIDDLE_M = (GATE.left_m[0] + GATE.right_m[0]) / 2, (GATE.left_m[1] + GATE.right_m[1]) / 2


def member(visit: str, since_s: float) -> Member:
    """Somebody who passed the gate at an instant and has no track yet."""
    since_ns = ns(since_s)
    return Member(
        visit_id=VisitId(visit), gate_id=GateId(GATE.gate_id), since_ns=since_ns, place_m=MIDDLE_M, seen_ns=since_ns
    )


def track(
    number: int, times_s: tuple[float, float], at_m: Point2, *, born_at_m: Point2 | None = None, inward_mps: float = 1.0
) -> Track:
    """Somebody the cameras are sure of, born and last seen at these times."""
    born_s, now_s = times_s
    return Track(
        track_id=TrackId(number),
        foot_m=at_m,
        velocity_mps=(inward_mps, 0.0),
        born_ns=ns(born_s),
        last_seen_ns=ns(now_s),
        confirmed=True,
        born_at_m=born_at_m or at_m,
    )


def beyond_gate(metres: float) -> Point2:
    """A place so far inside of the gate."""
    return MIDDLE_M[0] + metres, MIDDLE_M[1]


def test_who_was_first_taken_to_be_elsewhere_is_bound_where_they_came_in() -> None:
    came = member("v1", 5.0)
    late = track(1, (5.0, 5.5), beyond_gate(0.5), born_at_m=beyond_gate(3))
    came.note_places([late], now_ns=ns(5.5))
    assert [b.track_id for b in bind(STORE, [came], [late], now_ns=ns(5.5))] == [1]


def test_nobody_gets_another_track_while_their_own_is_doubtful() -> None:
    first, second = member("v1", 5.0), member("v2", 6.2)
    strange, own = track(1, (4.9, 8.2), beyond_gate(0.9)), track(2, (6.25, 8.2), beyond_gate(0.9))
    first.stood_m = {strange.track_id: beyond_gate(3), own.track_id: beyond_gate(0.1)}
    second.stood_m = {strange.track_id: beyond_gate(0.86), own.track_id: beyond_gate(0.1)}
    assert bind(STORE, [first, second], [strange, own], now_ns=ns(8.22)) == ()
    later = bind(STORE, [first, second], [strange, own], now_ns=ns(8.3))
    assert [(b.visit_id, b.track_id) for b in later] == [("v2", 2)]


def test_a_track_is_not_given_away_while_somebody_likelier_waits_for_it() -> None:
    first, second = member("v1", 5.0), member("v2", 6.2)
    only = track(1, (5.5, 7.7), beyond_gate(0.9))
    first.stood_m, second.stood_m = {only.track_id: beyond_gate(0.5)}, {only.track_id: beyond_gate(0.3)}
    assert bind(STORE, [first, second], [only], now_ns=ns(7.7)) == ()
    later = bind(STORE, [first, second], [only], now_ns=ns(8.3))
    assert [(b.visit_id, b.track_id) for b in later] == [("v2", 1)]
    assert 500_000 < later[0].probability_ppm < 900_000


def test_doubt_about_two_people_does_not_concern_a_third() -> None:
    core = StoreCore(STORE)
    gate = [
        fact for i, v in enumerate(("v1", "v2")) for fact in (authorised(0.1, v), passed(0.6 + i / 100, Passage.IN))
    ]
    start = GATE.left_m[0] - 0.4
    pair = [
        bodies(
            i / 10,
            body("x", at_m=(start + 0.09 * i, 1.95)),
            body("y", at_m=(start + 0.09 * i, 2.05)),
        )
        for i in range(40)
    ]
    said = play(core, in_time(pair, gate))
    assert sum(isinstance(f, ShopperBound) for f in said) == 2
    alone = [body("x", at_m=(2.5, 3)), body("y", at_m=(2.5, 2))]
    third = [bodies(4 + i / 10, *alone, body("z", at_m=(min(-0.5, start + 0.09 * i), 1.4))) for i in range(1, 50)]
    said += play(core, in_time(third, [authorised(4.1, "v3"), passed(4.5, Passage.IN)]))
    reach = [
        bodies(9 + i / 10, *alone, body("z", hands=[hand_in(STORE, "s1p1")] if 5 <= i <= 14 else [])) for i in range(20)
    ]
    said += play(core, in_time(reach, [settled("s1", 10, {"s1p1": -420}), tick(12)]))
    assert carts(said) == {"v3": {"beans": 1}}
    line = next(f for f in said if isinstance(f, Picked) and f.settled)
    assert line.probability_ppm > 950_000
    assert not [f for f in said if isinstance(f, NeedsReview)]


@pytest.mark.parametrize(("inside_s", "lost_s", "leaves"), [(1.4, 0.3, "v1"), (30.0, 0.3, "v2"), (30.0, 10.0, "v1")])
def test_who_has_just_come_in_or_was_lost_long_ago_seldom_leaves(inside_s: float, lost_s: float, leaves: str) -> None:
    there, lost = member("v1", 1.0), member("v2", 60.0 - inside_s)
    out = track(1, (1.0, 60.0), (MIDDLE_M[0], MIDDLE_M[1] + 1.15), inward_mps=-0.8)
    there.track_id = out.track_id
    lost.seen_ns = ns(60.0 - lost_s)
    found = likeliest(GATE, [there, lost], [out], t_ns=ns(60.0), now_ns=ns(60.0))
    assert found.member is not None
    assert found.member.visit_id == leaves


def test_a_track_born_just_now_at_the_gate_leaves_in_nobodys_stead() -> None:
    there = member("v1", 1.0)
    out = track(1, (1.0, 60.0), (MIDDLE_M[0], MIDDLE_M[1] + 1.2), inward_mps=-0.8)
    there.track_id = out.track_id
    second = track(2, (58.5, 60.0), MIDDLE_M, inward_mps=-0.8)
    found = likeliest(GATE, [there], [out, second], t_ns=ns(60.0), now_ns=ns(60.0))
    assert found.member is there
