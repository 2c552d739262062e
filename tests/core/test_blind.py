"""Reaches to plates that nobody weighs: a person is asked, no guess is charged, the scales have the last word."""

import pytest

from engine.core import StoreCore
from engine.domain import (
    CaseCause,
    CaseResolved,
    InputFact,
    NeedsReview,
    OutputFact,
    Picked,
    SensorFault,
    SensorRecovered,
    UnwitnessedChange,
)
from tests.build import (
    MASS_G,
    answer,
    baseline,
    bodies,
    body,
    carts,
    in_time,
    ns,
    play,
    provisional,
    reach,
    settled,
    small_store,
    tick,
)

STORE = small_store(gates=False)
PLATE, SKU = "s1p3", "rice"
AT_REST = {f"s1p{number}": 5000.0 for number in range(1, 7)}
AT_S = 10.0


def out(device_id: str = PLATE, kind: str = "dead", *, at_s: float = 5.0) -> SensorFault:
    """A cell, a shelf or a controller is out."""
    return SensorFault(t_ns=ns(at_s), device_id=device_id, kind=kind, remedy="mend it")


def later(from_s: float, to_s: float) -> list[InputFact]:
    """Ann stands there, and time passes."""
    return [
        fact
        for tenth in range(round(10 * from_s), round(10 * to_s))
        for fact in (bodies(tenth / 10, body("ann")), tick(tenth / 10))
    ]


def reached(core: StoreCore, *more: InputFact, plate_id: str = PLATE, at_s: float = AT_S) -> list[OutputFact]:
    """Ann reaches to a plate and stands there for four seconds."""
    return play(core, in_time(reach(STORE, "ann", plate_id, at_s), later(at_s + 0.95, at_s + 4), more))


def blind(device_id: str = PLATE, kind: str = "dead") -> StoreCore:
    """A store that was weighed and has lost a plate."""
    core = StoreCore(STORE)
    play(core, [baseline("s1", 1, AT_REST, resumed=True), *later(2, 5), out(device_id, kind)])
    return core


def weighed_again(core: StoreCore, at_s: float, gone_g: float) -> list[OutputFact]:
    """The cell is mended; its plate weighs so much less."""
    mended = SensorRecovered(t_ns=ns(at_s), device_id=PLATE, kind="dead")
    rest = baseline("s1", at_s + 1, AT_REST | {PLATE: 5000.0 - gone_g}, resumed=True)
    return play(core, [mended, rest, tick(at_s + 1.1)])


def questions(said: list[OutputFact]) -> list[NeedsReview]:
    """What was asked."""
    return [fact for fact in said if isinstance(fact, NeedsReview)]


@pytest.mark.parametrize(
    ("device_id", "kind"),
    [(PLATE, "dead"), (PLATE, "stuck"), (PLATE, "overloaded"), ("s1", "stale"), ("c s1", "unreachable")],
)
def test_a_reach_to_a_plate_that_is_not_weighed_is_asked_about_and_not_charged(device_id: str, kind: str) -> None:
    core = blind(device_id, kind)
    said = reached(core)
    (question,) = questions(said)
    assert question.cause is CaseCause.UNWITNESSED
    likeliest = question.hypotheses[0]
    assert (likeliest.verdict.visit_id, likeliest.verdict.sku_id, likeliest.verdict.quantity) == ("ann", SKU, 1)
    assert 400_000 < likeliest.probability_ppm <= 700_000
    said += play(core, [*later(14, 15), tick(200)])
    assert carts(said) == {}
    assert [fact.decided_by for fact in said if isinstance(fact, CaseResolved)] == ["policy"]


def test_an_answer_charges() -> None:
    core = blind()
    (question,) = questions(reached(core))
    assert carts(play(core, [answer(20, question.case_id, "ann", SKU, 1)])) == {"ann": {SKU: 1}}


def test_plates_that_are_weighed_are_not_asked_about() -> None:
    assert questions(reached(blind(), plate_id="s1p6")) == []
    assert questions(reached(StoreCore(STORE))) == []


def test_a_reach_that_a_step_beside_it_explains_is_not_asked_about() -> None:
    moved = {"s1p2": -MASS_G["beans"]}
    core = blind()
    said = reached(core, provisional("s1", AT_S, moved), settled("s1", AT_S, moved))
    assert questions(said) == []
    assert carts(said) == {"ann": {"beans": 1}}


def test_a_reach_just_before_the_fault_was_named_counts() -> None:
    core = StoreCore(STORE)
    play(core, [baseline("s1", 1, AT_REST, resumed=True), *later(2, 5)])
    assert len(questions(reached(core, out(at_s=AT_S + 0.5)))) == 1


@pytest.mark.parametrize("wait_s", [20.0, 300.0])
def test_what_is_gone_when_it_is_weighed_again_was_taken(wait_s: float) -> None:
    core = blind()
    reached(core)
    play(core, [tick(wait_s)])
    said = weighed_again(core, wait_s, MASS_G[SKU] + 2)
    (line,) = [fact for fact in said if isinstance(fact, Picked)]
    assert (line.visit_id, line.sku_id, line.quantity, line.probability_ppm) == ("ann", SKU, 1, 950_000)
    assert not [fact for fact in core.standing_facts() if isinstance(fact, NeedsReview)]
    assert not [fact for fact in said if isinstance(fact, UnwitnessedChange)]


def test_nothing_gone_drops_the_question() -> None:
    core = blind()
    reached(core)
    said = weighed_again(core, 20, 1.0)
    assert [fact.decided_by for fact in said if isinstance(fact, CaseResolved)] == ["later facts"]
    assert carts(said) == {}
    assert not [fact for fact in core.standing_facts() if isinstance(fact, NeedsReview)]


def test_what_a_person_answered_is_not_asked_or_charged_again() -> None:
    core = blind()
    (question,) = questions(reached(core))
    play(core, [answer(20, question.case_id, "ann", SKU, 1)])
    said = weighed_again(core, 30, MASS_G[SKU])
    assert [type(fact) for fact in said] == [SensorRecovered]


def test_who_denied_it_is_not_charged_by_the_scales() -> None:
    core = blind()
    (question,) = questions(reached(core))
    play(core, [answer(20, question.case_id, None, None, 0)])
    said = weighed_again(core, 30, MASS_G[SKU])
    assert carts(said) == {}
    assert len(questions(said)) == 1


def test_of_more_gone_than_reached_for_the_rest_is_asked_about() -> None:
    core = blind()
    reached(core)
    said = weighed_again(core, 20, 3 * MASS_G[SKU])
    assert carts(said) == {"ann": {SKU: 1}}
    (change,) = [fact for fact in said if isinstance(fact, UnwitnessedChange)]
    assert change.mass_mg == pytest.approx(-2000 * MASS_G[SKU], rel=0.01)


def test_fewer_gone_than_reached_for_is_asked_anew() -> None:
    core = blind()
    reached(core)
    reached(core, at_s=AT_S + 5)
    said = weighed_again(core, 22, MASS_G[SKU])
    assert carts(said) == {}
    assert len(questions(said)) == 1


def test_a_checkpoint_keeps_reaches() -> None:
    core = blind()
    reached(core)
    again = StoreCore.restore(STORE, core.checkpoint())
    assert weighed_again(again, 20, MASS_G[SKU]) == weighed_again(core, 20, MASS_G[SKU])


@pytest.mark.parametrize(("named_s", "asked"), [(AT_S + 0.8, 1), (AT_S + 2.4, 0)])
def test_a_reach_is_asked_about_only_if_the_plate_was_out_by_then(named_s: float, asked: int) -> None:
    core = StoreCore(STORE)
    play(core, [baseline("s1", 1, AT_REST, resumed=True), *later(2, 5)])
    assert len(questions(reached(core, out(at_s=named_s)))) == asked
