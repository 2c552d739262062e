"""Goods that not everybody may buy: staff are asked, nothing is sold before, and nothing else is kept waiting."""

import msgspec
import pytest

from engine.core import StoreCore
from engine.domain import (
    AgeChecked,
    AgeCheckLapsed,
    AgeCheckNeeded,
    AgeFact,
    CheckAge,
    CommandGiven,
    CommandId,
    InputFact,
    OutputFact,
    Passage,
    ReceiptAdjusted,
    ReceiptIssued,
    SkuId,
    Store,
    VisitId,
    old_enough,
)
from tests.build import authorised, in_time, ns, passed, play, reach, settled, small_store, tick
from tests.core.test_visits import walk

VISIT = VisitId("v1")


def restricted(**minimum_ages: int) -> Store:
    """The small store with ages for some of its products."""
    store = small_store()
    products = [
        msgspec.structs.replace(product, minimum_age=minimum_ages.get(product.sku_id, 0)) for product in store.products
    ]
    return msgspec.structs.replace(store, products=tuple(products))


STORE = restricted(beans=18, rice=16)


def checked(t_s: float, *, is_old: bool, age: int = 18, visit: VisitId = VISIT) -> CommandGiven:
    """Staff say what the papers said."""
    command = CheckAge(visit_id=visit, minimum_age=age, old_enough=is_old)
    return CommandGiven(t_ns=ns(t_s), command_id=CommandId(f"{t_s}"), by="mo", command=command)


def shopped(*more: InputFact, takes: str = "s1p1", mass_g: float = -420, store: Store = STORE) -> list[OutputFact]:
    """One visit of 14 s with one movement at second 5, and what else happened."""
    visit: list[InputFact] = [authorised(0, "v1"), passed(0.6, Passage.IN), passed(13.9, Passage.OUT)]
    walked = [*walk("x", (-3.6, 2), (-0.5, 0.8), (0, 4)), *walk("x", (-0.5, 0.8), (-3.9, 2), (11, 15))]
    facts = in_time(walked, reach(store, "x", takes, 5), [*visit, settled("s1", 5, {takes: mass_g}), tick(17)], more)
    core = StoreCore(store)
    half = len(facts) // 2
    said = play(core, facts[:half])
    return [*said, *play(StoreCore.restore(store, core.checkpoint()), facts[half:])]


def about_ages(said: list[OutputFact]) -> list[AgeFact]:
    return [fact for fact in said if isinstance(fact, AgeFact)]


def receipt_of(said: list[OutputFact]) -> ReceiptIssued:
    (receipt,) = [fact for fact in said if isinstance(fact, ReceiptIssued)]
    return receipt


def test_the_receipt_waits_without_end_until_somebody_has_looked() -> None:
    said = shopped(tick(900), tick(5000))
    (needed,) = about_ages(said)
    assert isinstance(needed, AgeCheckNeeded)
    assert (needed.visit_id, needed.minimum_age, needed.sku_ids) == (VISIT, 18, (SkuId("beans"),))
    assert not any(isinstance(fact, ReceiptIssued) for fact in said)
    said = shopped(tick(900), checked(901, is_old=True))
    assert [line.sku_id for line in receipt_of(said).lines] == ["beans"]
    assert receipt_of(said).t_ns == ns(901)


def test_who_does_not_prove_their_age_is_charged_all_but_those_goods() -> None:
    said = shopped(checked(10.5, is_old=False))
    assert [type(fact) for fact in about_ages(said)] == [AgeCheckNeeded, AgeChecked]
    assert (receipt_of(said).lines, receipt_of(said).withheld) == ((), ("beans",))


def test_other_goods_ask_nobody() -> None:
    said = shopped(takes="s1p5", mass_g=-80)
    assert about_ages(said) == []
    assert [line.sku_id for line in receipt_of(said).lines] == ["tea"]


def test_papers_seen_at_the_door_are_not_asked_for_again() -> None:
    said = shopped(checked(2, is_old=True))
    assert [type(fact) for fact in about_ages(said)] == [AgeChecked]
    assert [line.sku_id for line in receipt_of(said).lines] == ["beans"]


def test_goods_put_back_need_nobody_to_look() -> None:
    back = [*reach(STORE, "x", "s1p1", 6.7), settled("s1", 6.7, {"s1p1": 420.0})]
    said = shopped(*back)
    assert [type(fact) for fact in about_ages(said)] == [AgeCheckNeeded, AgeCheckLapsed]
    assert (receipt_of(said).lines, receipt_of(said).withheld) == ((), ())


def test_the_last_word_counts_also_after_the_receipt() -> None:
    said = shopped(checked(10.5, is_old=False), checked(20, is_old=True), checked(30, is_old=False))
    changes = [fact for fact in said if isinstance(fact, ReceiptAdjusted)]
    assert [(change.sku_id, change.quantity, change.delta_minor) for change in changes] == [
        ("beans", 1, 100),
        ("beans", -1, -100),
    ]


def test_who_is_asked_again_for_a_higher_age_and_not_for_a_lower() -> None:
    rice = [*reach(STORE, "x", "s1p3", 6.7), settled("s1", 6.7, {"s1p3": -1000.0})]
    said = shopped(checked(4.1, is_old=True, age=16), *rice, checked(10.5, is_old=False))
    asked = [fact.minimum_age for fact in about_ages(said) if isinstance(fact, AgeCheckNeeded)]
    assert set(asked) == {18}
    assert [line.sku_id for line in receipt_of(said).lines] == ["rice"]
    assert receipt_of(said).withheld == ("beans",)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (CheckAge(visit_id=VisitId("v9"), minimum_age=18, old_enough=True), "v9 is not a shopper's visit"),
        (CheckAge(visit_id=VISIT, minimum_age=0, old_enough=True), "say which age was to be proved"),
    ],
)
def test_a_check_of_nobody_is_refused(command: CheckAge, reason: str) -> None:
    core = StoreCore(STORE)
    play(core, in_time(walk("x", (-3.6, 2), (-0.5, 0.8), (0, 4)), [authorised(0, "v1"), passed(0.6, Passage.IN)]))
    assert core.refusal(command) == reason
    assert play(core, [CommandGiven(t_ns=ns(5), command_id=CommandId("c"), by="mo", command=command)]) == []


def test_a_replica_starts_from_what_was_asked_and_seen() -> None:
    core = StoreCore(STORE)
    come: list[InputFact] = [authorised(0, "v1"), passed(0.6, Passage.IN)]
    walked = walk("x", (-3.6, 2), (-0.5, 0.8), (0, 4))
    play(core, in_time(walked, reach(STORE, "x", "s1p1", 5), [*come, settled("s1", 5, {"s1p1": -420})]))
    assert [type(fact) for fact in about_ages(list(core.standing_facts()))] == [AgeCheckNeeded]
    play(core, [checked(7, is_old=True)])
    assert [type(fact) for fact in about_ages(list(core.standing_facts()))] == [AgeChecked]


@pytest.mark.parametrize(
    ("checks", "age", "told"),
    [
        ([], 18, None),
        ([(18, True)], 16, True),
        ([(16, True)], 18, None),
        ([(16, False)], 18, False),
        ([(18, False)], 16, None),
        ([(18, True), (16, False)], 18, False),
        ([(16, False), (18, True)], 18, True),
        ([(18, False), (18, True)], 18, True),
    ],
)
def test_what_checks_tell_of_other_ages(checks: list[tuple[int, bool]], age: int, told: bool | None) -> None:
    made = [AgeChecked(t_ns=0, visit_id=VISIT, minimum_age=a, old_enough=old, by="mo") for a, old in checks]
    assert old_enough(age, made) is told
