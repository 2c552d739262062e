"""Cases: who answers, what an answer moves, and what happens when nobody does."""

from engine.core import StoreCore
from engine.domain import (
    CaseCause,
    CaseResolved,
    CommandGiven,
    CommandId,
    EscalateCase,
    Escalation,
    GramsMismatch,
    InputFact,
    LineWithdrawn,
    NeedsReview,
    OutputFact,
    Passage,
    Picked,
    ReceiptAdjusted,
    ReceiptIssued,
    ResolveCase,
    SkuId,
    Store,
    UnwitnessedChange,
    Verdict,
    VisitId,
)
from tests.build import (
    answer,
    authorised,
    baseline,
    bodies,
    body,
    carts,
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
from tests.domain.trade_goods import together

STORE = small_store(gates=False)
GATED = small_store()


def ambiguous(start_s: float, *, plates_g: dict[str, float] | None = None) -> tuple[StoreCore, list[OutputFact]]:
    """Ann and Bob both have a hand at the beans while some leave, Ann's a little nearer."""
    core = StoreCore(STORE)
    bob = body("bob", at_m=(-0.2, 0.9), hands=[(-0.45, 0.32, 0.9)])
    step = settled("s1", start_s, plates_g or {"s1p1": -421})
    return core, play(core, in_time(reach(STORE, "ann", "s1p1", start_s, others=[bob]), [step, tick(start_s + 2)]))


def the_case(said: list[OutputFact]) -> NeedsReview:
    (case,) = [f for f in said if isinstance(f, NeedsReview)]
    return case


def test_a_case_holds_the_likelier_line_unsettled() -> None:
    _, said = ambiguous(5)
    case = the_case(said)
    held = [f for f in said if isinstance(f, Picked)]
    assert [(f.line_id, f.visit_id, f.settled) for f in held] == [(case.line_id, "ann", False)]


def test_an_answer_moves_the_line_to_the_other_cart() -> None:
    core, said = ambiguous(5)
    said += play(core, [answer(20, the_case(said).case_id, "bob", "beans", 1)])
    assert carts(said) == {"bob": {"beans": 1}}
    resolved = next(f for f in said if isinstance(f, CaseResolved))
    assert resolved.decided_by == "anna"
    assert not any(isinstance(f, NeedsReview) for f in core.standing_facts())


def test_an_answer_that_nothing_was_taken_withdraws_the_line() -> None:
    core, said = ambiguous(5)
    said += play(core, [answer(20, the_case(said).case_id, None, None, 0)])
    assert carts(said) == {}
    assert [f.line_id for f in said if isinstance(f, LineWithdrawn)] == [the_case(said).line_id]
    missing = said[-1]
    assert isinstance(missing, GramsMismatch)
    assert (missing.shelf_id, missing.mass_mg, missing.since_ns) == ("s1", -421_000, 5_000_000_000)


def test_answering_twice_or_unknown_cases_has_no_effect() -> None:
    core, said = ambiguous(5)
    case_id = the_case(said).case_id
    play(core, [answer(20, case_id, "bob", "beans", 1)])
    assert play(core, [answer(21, case_id, "ann", "beans", 1)]) == []
    verdict = Verdict(visit_id=None, sku_id=None, quantity=0)
    assert "not open" in core.refusal(ResolveCase(case_id=case_id, verdict=verdict))


def test_refusals_say_why() -> None:
    core, said = ambiguous(5)
    case_id = the_case(said).case_id

    def refusal(visit: str, sku: str, quantity: int) -> str:
        verdict = Verdict(visit_id=VisitId(visit), sku_id=SkuId(sku), quantity=quantity)
        return core.refusal(ResolveCase(case_id=case_id, verdict=verdict))

    assert refusal("ann", "beans", 1) == ""
    assert "zoe" in refusal("zoe", "beans", 1)
    assert "caviar" in refusal("ann", "caviar", 1)
    assert "holds only 0" in refusal("ann", "rice", -1)


def test_after_the_deadline_the_costs_decide() -> None:
    core, said = ambiguous(5)
    likeliest = the_case(said).hypotheses[0]
    said += play(core, [tick(7 + STORE.policy.review_deadline_s)])
    resolved = next(f for f in said if isinstance(f, CaseResolved))
    assert resolved.decided_by == "policy"
    charge = likeliest.probability_ppm * 200 > (1_000_000 - likeliest.probability_ppm) * 500
    assert carts(said) == ({"ann": {"beans": 1}} if charge else {})


def test_a_put_whose_pick_goes_to_somebody_else_becomes_a_question() -> None:
    core, said = ambiguous(5)
    put = in_time(reach(STORE, "ann", "s1p2", 12), [settled("s1", 12, {"s1p2": 420}), tick(14)])
    said += play(core, put, boot_epoch=2)  # what was doubtful before tells nothing any more
    assert carts(said) == {}
    said += play(core, [answer(20, the_case(said).case_id, "bob", "beans", 1)], boot_epoch=2)
    assert carts(said) == {"bob": {"beans": 1}}
    again = [f for f in core.standing_facts() if isinstance(f, NeedsReview)]
    assert [c.step_id for c in again] == ["s1@12000000000"]
    said += play(core, [answer(30, again[0].case_id, "bob", "beans", -1)], boot_epoch=2)
    assert carts(said) == {}


def test_what_changed_while_nobody_measured_is_always_a_case() -> None:
    core = StoreCore(STORE)
    said = play(core, [baseline("s2", 1, {"s2p1": 5000, "s2p2": 3000}), tick(2)])
    said += play(core, [baseline("s2", 9, {"s2p1": 5001, "s2p2": 1972}, resumed=True)])
    assert [f.mass_mg for f in said if isinstance(f, UnwitnessedChange)] == [-1_028_000]
    assert the_case(said).cause is CaseCause.UNWITNESSED
    assert carts(said) == {}


def test_a_shelf_that_resumes_as_it_was_is_no_case() -> None:
    facts = [baseline("s2", 1, {"s2p1": 5000}), baseline("s2", 9, {"s2p1": 5003}, resumed=True)]
    assert play(StoreCore(STORE), facts) == []


def test_a_settled_step_is_part_of_the_weight_to_compare_with() -> None:
    core = StoreCore(STORE)
    play(core, [baseline("s1", 1, {"s1p1": 5000})])
    play(core, in_time(reach(STORE, "ann", "s1p1", 5), [settled("s1", 5, {"s1p1": -420}), tick(7)]))
    assert play(core, [baseline("s1", 9, {"s1p1": 4580}, resumed=True)]) == []


def test_a_step_cut_off_by_a_restart_is_taken_back_and_asked_about() -> None:
    core = StoreCore(STORE)
    said = play(core, [baseline("s1", 1, {"s1p1": 5000}), tick(2)])
    said += play(core, in_time(reach(STORE, "ann", "s1p1", 5), [provisional("s1", 5, {"s1p1": -400})]))
    assert carts(said) == {"ann": {"beans": 1}}
    said += play(core, [baseline("s1", 9, {"s1p1": 4580}, resumed=True)])
    assert carts(said) == {}
    assert the_case(said).hypotheses[0].verdict.sku_id == "beans"
    assert play(core, [settled("s1", 5, {"s1p1": -420}), tick(12)]) == []


def test_a_receipt_waits_for_its_case_and_only_up_to_the_deadline() -> None:
    core, said = _visit_with_a_case()
    assert not any(isinstance(f, ReceiptIssued) for f in said)
    said += play(core, [tick(200)])
    assert [f.visit_id for f in said if isinstance(f, ReceiptIssued)] == ["v1"]


def test_an_answer_after_the_receipt_adjusts_it() -> None:
    core, said = _visit_with_a_case()
    case_id = the_case(said).case_id
    said += play(core, [answer(20, case_id, None, None, 0)])
    receipt = next(f for f in said if isinstance(f, ReceiptIssued))
    assert receipt.lines == ()
    late = in_time([settled("s1", 8, {"s1p1": -421}), tick(30)])
    said += play(core, late)
    second = next(f for f in core.standing_facts() if isinstance(f, NeedsReview))
    said += play(core, [answer(40, second.case_id, "v1", "beans", 1)])
    assert [(f.sku_id, f.quantity, f.delta_minor) for f in said if isinstance(f, ReceiptAdjusted)] == [
        ("beans", 1, 100)
    ]
    assert sum(isinstance(f, ReceiptIssued) for f in said) == 1


def test_an_adjustment_prices_the_whole_cart_again() -> None:
    pair = together(("beans",), units=2, price_minor=150)
    core, said = _visit_with_a_case(small_store(promotions=(pair,)))
    said += play(core, [answer(20, the_case(said).case_id, "v1", "beans", 1)])
    said += play(core, in_time([settled("s1", 8, {"s1p1": -421}), tick(30)]))
    second = next(f for f in core.standing_facts() if isinstance(f, NeedsReview))
    said += play(core, [answer(40, second.case_id, "v1", "beans", 1)])
    assert next(f for f in said if isinstance(f, ReceiptIssued)).total_minor == 100
    assert [(f.quantity, f.delta_minor) for f in said if isinstance(f, ReceiptAdjusted)] == [(1, 50)]


def _visit_with_a_case(store: Store = GATED) -> tuple[StoreCore, list[OutputFact]]:
    """One visitor walks in, stands 2.5 m from a shelf that loses beans, and walks out again."""
    core = StoreCore(store)
    there = [bodies(i / 10, body("x", at_m=(-3.5 + i / 10, 2.2))) for i in range(17)]
    stay = [bodies(1.7 + i / 10, body("x", at_m=(-1.9, 2.2))) for i in range(63)]
    back = [bodies(8 + i / 10, body("x", at_m=(-1.9 - i / 10, 2.2))) for i in range(21)]
    gate: list[InputFact] = [authorised(0.1, "v1"), passed(0.5, Passage.IN), passed(9.1, Passage.OUT)]
    return core, play(core, in_time(there, stay, back, gate, [settled("s1", 5, {"s1p1": -421}), tick(11)]))


def test_a_case_passed_on_is_asked_again_with_a_full_deadline_and_once() -> None:
    core, said = ambiguous(5)
    case = the_case(said)
    pass_on = EscalateCase(case_id=case.case_id, note="two look alike to me")
    late_s = 4 + STORE.policy.review_deadline_s
    [again] = play(core, [_given(late_s, pass_on)])
    assert isinstance(again, NeedsReview)
    assert again.escalation == Escalation(by="anna", note="two look alike to me")
    assert again.deadline_ns == ns(late_s + STORE.policy.review_deadline_s)
    assert (again.case_id, again.hypotheses) == (case.case_id, case.hypotheses)
    assert core.refusal(pass_on) == f"anna has passed case {case.case_id} on already"
    assert not any(isinstance(f, CaseResolved) for f in play(core, [tick(late_s + 5)])), "it waits for somebody else"
    play(core, [answer(late_s + 9, case.case_id, "bob", "beans", 1)])
    assert carts([*core.standing_facts()]) == {"bob": {"beans": 1}}
    assert core.refusal(pass_on) == f"case {case.case_id} is not open"


def test_who_passes_a_case_on_says_why() -> None:
    core, said = ambiguous(5)
    assert core.refusal(EscalateCase(case_id=the_case(said).case_id, note=" ")) == "say why somebody else should look"


def _given(t_s: float, command: EscalateCase) -> CommandGiven:
    return CommandGiven(t_ns=ns(t_s), command_id=CommandId(f"c{t_s}"), by="anna", command=command)
