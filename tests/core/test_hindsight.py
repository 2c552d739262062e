"""What a later step tells of earlier ones: several things stay possible until a put, a pick or a person decides."""

import msgspec

from engine.core import StoreCore
from engine.domain import CaseResolved, InputFact, NeedsReview, OutputFact, PlateId, standing_lines
from tests.build import answer, bodies, body, carts, hand_in, in_time, play, reach, settled, small_store, tick

STORE = small_store(gates=False)
ALIKE = msgspec.structs.replace(
    STORE,
    products=tuple(
        msgspec.structs.replace(product, unit_mass_g=417.0) if product.sku_id == "soup" else product
        for product in STORE.products
    ),
)
"""Beans weigh 420 g, soup a little less."""
AWAY = {name: body(name, at_m=(3, 3)) for name in ("ann", "bob")}


def both(t_s: float, plate_id: str) -> list[InputFact]:
    """Ann and Bob both have a hand at a plate, Ann a little nearer."""
    x = STORE.plate_by_id[PlateId(plate_id)].centre_m[0]
    facts: list[InputFact] = []
    for i in range(-8, 9):
        hands = {name: [hand_in(STORE, plate_id, off_m=off_m)] for name, off_m in (("ann", 0.0), ("bob", 0.06))}
        people = [
            body(name, at_m=(x + side, 0.8), hands=hands[name] if abs(i) <= 4 else [])
            for name, side in (("ann", -0.2), ("bob", 0.2))
        ]
        facts.append(bodies(t_s + i / 10, *people))
    return facts


def does(core: StoreCore, name: str, at: tuple[float, str], grams: float, *, sigma_g: float = 0.5) -> list[OutputFact]:
    """One of the two moves something at an instant and a plate; what is said of it."""
    t_s, plate_id = at
    (other,) = AWAY.keys() - {name}
    step = settled(plate_id[:2], t_s, {plate_id: grams}, sigma_g=sigma_g)
    return play(core, in_time(reach(STORE, name, plate_id, t_s, others=[AWAY[other]]), [step, tick(t_s + 2)]))


def doubtful_pick(core: StoreCore) -> list[OutputFact]:
    """Beans that either may have taken."""
    return play(core, in_time(both(5, "s1p1"), [settled("s1", 5, {"s1p1": -420}), tick(7)]))


def lines(said: list[OutputFact]) -> list[tuple[str, str, str]]:
    """The lines that stand, by when their steps began: kind, visit, product."""
    standing = sorted(standing_lines(said).values(), key=lambda line: int(line.step_id.rpartition("@")[2]))
    return [(type(line).__name__, line.visit_id, line.sku_id) for line in standing]


def asked(said: list[OutputFact]) -> list[str]:
    """The steps whose questions are open."""
    closed = {f.case_id for f in said if isinstance(f, CaseResolved)}
    return [f.step_id for f in said if isinstance(f, NeedsReview) and f.case_id not in closed]


def swapped(core: StoreCore) -> list[OutputFact]:
    """Ann takes beans and soup; a noisy scale feels how she puts the beans on the soup's plate."""
    said = does(core, "ann", (5, "s1p1"), -422)
    said += does(core, "ann", (10, "s2p3"), -415)
    return said + does(core, "ann", (15, "s2p3"), 420, sigma_g=3)


def test_who_puts_it_back_had_taken_it() -> None:
    core = StoreCore(STORE)
    said = doubtful_pick(core)
    assert lines(said) == [("Picked", "ann", "beans")]
    assert asked(said) == ["s1@5000000000"]
    said += does(core, "bob", (20, "s1p1"), 420)
    assert lines(said) == [("Picked", "bob", "beans"), ("PutBack", "bob", "beans")]
    assert all(line.settled for line in standing_lines(said).values())
    (closed,) = [f for f in said if isinstance(f, CaseResolved)]
    assert (closed.decided_by, closed.verdict.visit_id, closed.verdict.quantity) == ("later facts", "bob", 1)


def test_somebody_else_who_puts_something_down_tells_nothing() -> None:
    core = StoreCore(STORE)
    said = does(core, "bob", (1, "s2p5"), -505)
    said += doubtful_pick(core)
    said += does(core, "bob", (20, "s2p5"), 505)
    assert asked(said) == ["s1@5000000000"]


def test_the_second_of_two_alike_tells_where_the_first_was_put() -> None:
    core = StoreCore(ALIKE)
    said = swapped(core)
    assert asked(said) == ["s2@15000000000"]
    said += does(core, "ann", (20, "s1p1"), 415)
    assert lines(said)[2:] == [("PutElsewhere", "ann", "beans"), ("PutElsewhere", "ann", "soup")]
    assert asked(said) == []
    said += does(core, "bob", (30, "s2p3"), -422)
    assert lines(said)[4:] == [("Picked", "bob", "beans")]


def test_whoever_takes_it_tells_what_was_put_there() -> None:
    core = StoreCore(ALIKE)
    said = swapped(core)
    said += does(core, "bob", (30, "s2p3"), -422)
    questions = [f for f in said if isinstance(f, NeedsReview) and f.step_id == "s2@15000000000"]
    assert [f.hypotheses[0].verdict.sku_id for f in questions] == ["soup", "beans"]
    assert questions[0].deadline_ns == questions[1].deadline_ns
    assert lines(said) == [("Picked", "ann", "beans"), ("Picked", "ann", "soup"), ("Picked", "bob", "beans")]


def test_an_answer_tells_of_the_steps_beside_it_and_stays() -> None:
    core = StoreCore(STORE)
    said = doubtful_pick(core)
    said += play(core, in_time(both(20, "s1p1"), [settled("s1", 20, {"s1p1": 420}), tick(22)]))
    case = next(f for f in said if isinstance(f, NeedsReview))
    said += play(core, [answer(23, case.case_id, "bob", "beans", 1)])
    assert lines(said) == [("Picked", "bob", "beans"), ("PutBack", "bob", "beans")]
    assert asked(said) == []


def test_what_is_doubtful_survives_a_restart_of_the_engine() -> None:
    core = StoreCore(STORE)
    said = doubtful_pick(core)
    core = StoreCore.restore(STORE, core.checkpoint())
    said += does(core, "bob", (20, "s1p1"), 420)
    assert carts(said) == {}
    assert lines(said)[0] == ("Picked", "bob", "beans")


def shares(said: list[OutputFact]) -> dict[str, int]:
    """What the last question finds possible of Ann, in ppm."""
    question = [f for f in said if isinstance(f, NeedsReview)][-1]
    return {h.verdict.sku_id or "": h.probability_ppm for h in question.hypotheses if h.verdict.visit_id == "ann"}


def test_where_people_put_things_elsewhere_it_is_less_sure_that_one_is_back_home() -> None:
    said: dict[str, int] = {}
    for habit, plate_id in (("home", "s1p6"), ("elsewhere", "s2p1")):
        core = StoreCore(ALIKE)
        for number in range(4):
            does(core, "bob", (1 + 10 * number, "s1p5"), -80)
            does(core, "bob", (6 + 10 * number, plate_id), 80)
        does(core, "ann", (105, "s1p1"), -422)
        does(core, "ann", (110, "s2p3"), -415)
        said[habit] = shares(does(core, "ann", (115, "s2p3"), 418.5, sigma_g=1))["beans"]
    assert said["elsewhere"] > 3 * said["home"]


def test_what_was_only_lifted_stays_so_whatever_later_steps_tell() -> None:
    core = StoreCore(ALIKE)
    said = does(core, "ann", (5, "s2p3"), -415)
    lift = [settled("s1", 10, {"s1p1": -422}, sigma_g=0.5), settled("s1", 10.9, {"s1p1": 416}, sigma_g=3)]
    reaching = reach(STORE, "ann", "s1p1", 10.4, others=[AWAY["bob"]])
    said += play(core, in_time(reaching, [*lift, tick(14)]))
    assert lines(said) == [("Picked", "ann", "soup")]
    said += does(core, "bob", (20, "s1p1"), -415)
    assert lines(said) == [("Picked", "ann", "soup"), ("Picked", "bob", "beans")]
    assert asked(said) == []
