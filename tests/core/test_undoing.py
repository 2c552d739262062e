"""Decisions taken back: as if they had not been until the receipt, an adjustment afterwards; never charged twice."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import StoreCore
from engine.domain import (
    CannotTell,
    CaseCommand,
    CaseId,
    CaseReopened,
    CaseResolved,
    CommandGiven,
    CommandId,
    InputFact,
    NeedsReview,
    OutputFact,
    Passage,
    ReceiptAdjusted,
    ReceiptIssued,
    ReopenCase,
    ResolveCase,
    SkuId,
    StockView,
    Verdict,
    VisitId,
)
from tests.build import (
    authorised,
    bodies,
    body,
    carts,
    in_time,
    ns,
    passed,
    play,
    reach,
    settled,
    small_store,
    tick,
)
from tests.core.test_properties import Act, acts, crowded

STORE = small_store(gates=False)
GATED = small_store()


def tell(core: StoreCore, t_s: float, command: CaseCommand, *, by: str = "anna") -> list[OutputFact]:
    """A command, if the engine's door lets it in."""
    assert core.refusal(command) == ""
    return play(core, [CommandGiven(t_ns=ns(t_s), command_id=CommandId(f"c{t_s}"), by=by, command=command)])


def resolve(case_id: CaseId, visit: str | None, sku: str | None, quantity: int) -> ResolveCase:
    visit_id = VisitId(visit) if visit is not None else None
    sku_id = SkuId(sku) if sku is not None else None
    return ResolveCase(case_id=case_id, verdict=Verdict(visit_id=visit_id, sku_id=sku_id, quantity=quantity))


def open_cases(core: StoreCore) -> dict[CaseId, NeedsReview]:
    return {f.case_id: f for f in core.standing_facts() if isinstance(f, NeedsReview)}


def questions(core: StoreCore) -> dict[CaseId, NeedsReview]:
    """Open cases without their clocks."""
    return {k: msgspec.structs.replace(q, t_ns=0, deadline_ns=0) for k, q in open_cases(core).items()}


def books(core: StoreCore) -> StockView:
    return core.stock(0)


def ambiguous(*acts_s: tuple[float, str, float]) -> StoreCore:
    """Ann and Bob both have a hand at the plate when its grams change."""
    core = StoreCore(STORE)
    for start_s, plate_id, grams in acts_s:
        x = STORE.plate_by_id[plate_id].centre_m  # type: ignore[index]
        bob = body("bob", at_m=(x[0] + 0.3, 0.9), hands=[(x[0] + 0.05, 0.32, x[2] + 0.1)])
        step = settled(plate_id[:2], start_s, {plate_id: grams})
        play(core, in_time(reach(STORE, "ann", plate_id, start_s, others=[bob]), [step, tick(start_s + 2)]))
    return core


@pytest.mark.parametrize(
    ("visit", "sku", "quantity"),
    [
        ("bob", "beans", 1),
        ("ann", "beans", 2),
        (None, None, 0),
        (None, "beans", 1),
        (None, "tea", 1),
        ("ann", "tea", 3),
    ],
)
def test_what_is_taken_back_has_not_been(visit: str | None, sku: str | None, quantity: int) -> None:
    core = ambiguous((5, "s1p1", -421))
    (case_id,) = open_cases(core)
    before = carts(core.standing_facts()), questions(core), books(core)
    doubts = core.checkpoint()
    tell(core, 20, resolve(case_id, visit, sku, quantity))
    assert core.reopenable() == {case_id}
    said = tell(core, 21, ReopenCase(case_id=case_id))
    assert (carts(core.standing_facts()), questions(core), books(core)) == before
    assert [f.reopened_by for f in said if isinstance(f, CaseReopened)] == ["anna"]
    assert core.reopenable() == frozenset()
    assert len(core.checkpoint()) == len(doubts), "nothing more is remembered, and nothing less"
    assert open_cases(core)[case_id].deadline_ns == ns(21 + STORE.policy.review_deadline_s)
    tell(core, 22, resolve(case_id, "bob", "beans", 1))
    assert carts(core.standing_facts()) == {"bob": {"beans": 1}}


def test_other_cases_are_as_if_it_had_not_been() -> None:
    core = ambiguous((5, "s1p1", -421), (12, "s1p2", 420))
    first, *_ = open_cases(core)
    before = carts(core.standing_facts()), questions(core), books(core)
    tell(core, 20, resolve(first, None, None, 0))
    assert questions(core) != before[1], "the put behind it is another question now"
    tell(core, 21, ReopenCase(case_id=first))
    assert (carts(core.standing_facts()), questions(core), books(core)) == before


def test_a_put_that_lost_its_pick_has_it_again() -> None:
    core = ambiguous((5, "s1p1", -421))
    (case_id,) = open_cases(core)
    put = in_time(reach(STORE, "ann", "s1p2", 12), [settled("s1", 12, {"s1p2": 420}), tick(14)])
    play(core, put, boot_epoch=2)  # what was doubtful before tells nothing any more
    before = carts(core.standing_facts()), questions(core), books(core)
    answer = CommandGiven(
        t_ns=ns(20), command_id=CommandId("c"), by="anna", command=resolve(case_id, "bob", "beans", 1)
    )
    play(core, [answer], boot_epoch=2)
    assert case_id not in open_cases(core)
    assert open_cases(core), "whose put it was is asked"
    undo = CommandGiven(t_ns=ns(21), command_id=CommandId("u"), by="anna", command=ReopenCase(case_id=case_id))
    play(core, [undo], boot_epoch=2)
    assert (carts(core.standing_facts()), questions(core), books(core)) == before


def test_only_lately_only_once_and_only_ten() -> None:
    core = ambiguous(*((5.0 + 4 * n, f"s1p{1 + n % 2}", -421) for n in range(12)))
    cases = list(open_cases(core))[:11]
    assert len(cases) == 11
    for number, case_id in enumerate(cases):
        tell(core, 60 + number / 10, resolve(case_id, "bob", "beans", 1))
    assert "so lately" in core.refusal(ReopenCase(case_id=cases[0]))
    for case_id in reversed(cases[1:]):
        tell(core, 70, ReopenCase(case_id=case_id))
    assert open_cases(core).keys() >= set(cases[1:])
    assert carts(core.standing_facts())["bob"]["beans"] >= 1
    assert "so lately" in core.refusal(ReopenCase(case_id=cases[1])), "it is open, not decided"
    tell(core, 80, resolve(cases[1], "bob", "beans", 1))
    play(core, [tick(80 + 901)])
    assert "so lately" in core.refusal(ReopenCase(case_id=cases[1]))


def test_a_restart_and_a_reboot_forget_no_decision() -> None:
    core = ambiguous((5, "s1p1", -421))
    (case_id,) = open_cases(core)
    tell(core, 20, resolve(case_id, "bob", "beans", 1))
    again = StoreCore.restore(STORE, core.checkpoint())
    for restarted, boot_epoch in ((again, 1), (core, 2)):
        command = CommandGiven(t_ns=ns(21), command_id=CommandId("u"), by="anna", command=ReopenCase(case_id=case_id))
        play(restarted, [command], boot_epoch=boot_epoch)
        assert open_cases(restarted).keys() == {case_id}
        assert carts(restarted.standing_facts()) == {"ann": {"beans": 1}}


def test_before_the_receipt_nothing_is_adjusted_and_afterwards_it_is() -> None:
    core, said = _a_visit_with_a_case()
    (case_id,) = open_cases(core)
    said += tell(core, 20, resolve(case_id, None, None, 0))
    (receipt,) = (f for f in said if isinstance(f, ReceiptIssued))
    assert receipt.lines == ()
    said += tell(core, 21, ReopenCase(case_id=case_id))
    said += tell(core, 22, resolve(case_id, "v1", "beans", 1))
    assert [(f.sku_id, f.quantity, f.delta_minor) for f in said if isinstance(f, ReceiptAdjusted)] == [
        ("beans", 1, 100)
    ]
    said += tell(core, 23, ReopenCase(case_id=case_id))
    assert sum(f.delta_minor for f in said if isinstance(f, ReceiptAdjusted)) == 0
    assert sum(isinstance(f, ReceiptIssued) for f in said) == 1


def test_a_receipt_waits_for_what_was_taken_back() -> None:
    core, facts = StoreCore(GATED), _visit(left_s=40)
    said = play(core, [fact for fact in facts if fact.t_ns < ns(20)])
    (case_id,) = open_cases(core)
    said += tell(core, 20, resolve(case_id, None, None, 0))
    said += tell(core, 21, ReopenCase(case_id=case_id))
    said += play(core, [fact for fact in facts if fact.t_ns > ns(21)])
    said += play(core, [tick(60)])
    assert not any(isinstance(f, ReceiptIssued) for f in said)
    said += tell(core, 61, resolve(case_id, "v1", "beans", 1))
    (receipt,) = (f for f in said if isinstance(f, ReceiptIssued))
    assert [(line.sku_id, line.quantity) for line in receipt.lines] == [("beans", 1)]


def test_who_cannot_tell_leaves_it_to_the_policy_at_once() -> None:
    core, late = ambiguous((5, "s1p1", -421)), ambiguous((5, "s1p1", -421))
    (case_id,) = open_cases(core)
    said = tell(core, 20, CannotTell(case_id=case_id))
    (resolved,) = (f for f in said if isinstance(f, CaseResolved))
    assert (resolved.decided_by, resolved.left_by) == ("policy", "anna")
    (overdue,) = (f for f in play(late, [tick(200)]) if isinstance(f, CaseResolved))
    assert (overdue.decided_by, overdue.left_by, overdue.verdict) == ("policy", "", resolved.verdict)
    assert carts(core.standing_facts()) == carts(late.standing_facts())
    tell(core, 21, ReopenCase(case_id=case_id))
    assert open_cases(core).keys() == {case_id}


def commands(core: StoreCore, decided: Sequence[CaseId], data: st.DataObject) -> list[CaseCommand]:
    """Anything that anybody might ask of cases now, sensible or not."""
    known = [*open_cases(core), *decided]
    if not known:
        return []
    chosen = st.sampled_from(known)
    verdict = st.builds(
        resolve,
        chosen,
        st.sampled_from(["ann", "bob", None]),
        st.sampled_from(["beans", "rice", "tea", "milk", "soup", "oats", None]),
        st.integers(-2, 3),
    )
    any_command = st.one_of(
        verdict,
        st.builds(ReopenCase, case_id=chosen),
        st.builds(ReopenCase, case_id=chosen),
        st.builds(CannotTell, case_id=chosen),
    )
    return data.draw(st.lists(any_command, max_size=2))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(deeds=acts(), data=st.data())
def test_whatever_is_asked_in_whatever_order_carts_equal_the_fold(deeds: list[Act], data: st.DataObject) -> None:
    core, said, decided = StoreCore(STORE), list[OutputFact](), list[CaseId]()
    for number, fact in enumerate(crowded(deeds)):
        said += play(core, [fact])
        for command in commands(core, decided, data):
            given = CommandGiven(t_ns=fact.t_ns, command_id=CommandId(f"{number}"), by="anna", command=command)
            accepted, was_open = core.refusal(command) == "", command.case_id in open_cases(core)
            answered = play(core, [given])
            assert bool(answered) >= accepted
            assert accepted or not any(isinstance(f, CaseResolved | CaseReopened) for f in answered)
            if accepted and was_open and command.case_id not in open_cases(core):
                decided.append(command.case_id)
            said += answered
            if accepted:
                assert core.refusal(command) != "", "the same again has no effect"
                assert not any(isinstance(f, CaseResolved | CaseReopened) for f in play(core, [given]))
        if data.draw(st.integers(0, 30)) == 0:
            core = StoreCore.restore(STORE, core.checkpoint())
        assert all(units > 0 for cart in carts(said).values() for units in cart.values())
    assert carts(core.standing_facts()) == carts(said)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(deeds=acts(), data=st.data())
def test_any_answer_taken_back_at_once_has_not_been(deeds: list[Act], data: st.DataObject) -> None:
    core = StoreCore(STORE)
    play(core, crowded(deeds))
    for case_id in list(open_cases(core)):
        before = carts(core.standing_facts()), questions(core), books(core)
        who = data.draw(st.sampled_from(["ann", "bob", None]))
        sku = data.draw(st.sampled_from(["beans", "rice", "tea", "milk", "soup", "oats", None]))
        command = resolve(case_id, who, sku, data.draw(st.integers(-2, 3)))
        if core.refusal(command) == "":
            now_s = 4.0 * len(deeds) + 3
            tell(core, now_s, command)
            tell(core, now_s, ReopenCase(case_id=case_id))
            assert (carts(core.standing_facts()), questions(core), books(core)) == before


def _a_visit_with_a_case() -> tuple[StoreCore, list[OutputFact]]:
    core = StoreCore(GATED)
    return core, play(core, _visit(left_s=9.1))


def _visit(*, left_s: float) -> list[InputFact]:
    """One visitor walks in, stands 2.5 m from a shelf that loses beans, and walks out again."""
    there = [bodies(i / 10, body("x", at_m=(-3.5 + i / 10, 2.2))) for i in range(17)]
    stay = [bodies(1.7 + i / 10, body("x", at_m=(-1.9, 2.2))) for i in range(round(10 * left_s) - 28)]
    back = [bodies(left_s - 1.1 + i / 10, body("x", at_m=(-1.9 - i / 10, 2.2))) for i in range(21)]
    gate: list[InputFact] = [authorised(0.1, "v1"), passed(0.5, Passage.IN), passed(left_s, Passage.OUT)]
    return in_time(there, stay, back, gate, [settled("s1", 5, {"s1p1": -421}), tick(7), tick(left_s + 1.9)])
