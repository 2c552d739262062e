"""Answering: what an answer, or the store's policy in its place, changes in carts and on the shelf."""

from engine.core._cases import Case
from engine.core._state import World
from engine.core._statements import Wording, say, withdraw, worded
from engine.domain import (
    BY_LATER_FACTS,
    BY_POLICY,
    NOTHING_TAKEN,
    CannotTell,
    CaseResolved,
    EscalateCase,
    Hypothesis,
    LineId,
    NeedsReview,
    Reason,
    ResolveCase,
    SkuId,
    Stocked,
    Verdict,
    WeightSettled,
)

_CERTAIN_PPM = 1_000_000


def refusal(world: World, command: ResolveCase | CannotTell | EscalateCase) -> str:
    """Why a command would have no effect; empty when it may be given."""
    case = world.state.cases.open.get(command.case_id)
    if case is None:
        return f"case {command.case_id} is not open"
    match command:
        case ResolveCase():
            return _impossible(world, case, command.verdict)
        case EscalateCase() if case.question.escalation is not None:
            return f"{case.question.escalation.by} has passed case {command.case_id} on already"
        case EscalateCase() if not command.note.strip():
            return "say why somebody else should look"
        case _:
            return ""


def resolve(world: World, case: Case, verdict: Verdict, *, by: str) -> None:
    """Let what a person saw be true."""
    end(world, case, verdict, by)
    _apply(world, case, verdict, by=by, ppm=_CERTAIN_PPM)


def leave_to_policy(world: World, case: Case, *, left_by: str = "") -> Verdict:
    """Let the store's costs decide: charge, or credit, only when that is the cheaper mistake."""
    likeliest = max(case.question.hypotheses, key=lambda h: h.probability_ppm, default=None)
    verdict, ppm = NOTHING_TAKEN, 0
    if likeliest is not None and _worth_it(world, likeliest) and not _impossible(world, case, likeliest.verdict):
        verdict, ppm = likeliest.verdict, likeliest.probability_ppm
    end(world, case, verdict, BY_POLICY, left_by=left_by)
    _apply(world, case, verdict, by=BY_POLICY, ppm=ppm)
    return verdict


def decide_overdue(world: World) -> None:
    """After the deadline the policy decides."""
    for case in world.state.cases.overdue(now_ns=world.now_ns):
        leave_to_policy(world, case)


def drop_question(world: World, line_id: LineId) -> None:
    """Close the case that holds a line, if one does, because later facts tell that nothing was taken."""
    for case in list(world.state.cases.open.values()):
        if case.line_id == line_id:
            end(world, case, NOTHING_TAKEN, BY_LATER_FACTS)


def end(world: World, case: Case, verdict: Verdict, by: str, *, left_by: str = "") -> None:
    """Close a case, whatever becomes of its line."""
    case_id = case.question.case_id
    del world.state.cases.open[case_id]
    world.emit(CaseResolved(t_ns=world.now_ns, case_id=case_id, verdict=verdict, decided_by=by, left_by=left_by))


def stocked(world: World, step: WeightSettled | NeedsReview, sku_id: SkuId | None) -> None:
    """Say that staff did it."""
    stocked = Stocked(
        t_ns=world.now_ns, step_id=step.step_id, shelf_id=step.shelf_id, sku_id=sku_id, mass_mg=step.mass_mg
    )
    world.emit(stocked)


def _impossible(world: World, case: Case, verdict: Verdict) -> str:
    """Why a verdict cannot be true; empty when it can."""
    if verdict.visit_id is not None and verdict.visit_id not in world.state.visits.known:
        return f"visit {verdict.visit_id} is not known"
    if verdict.sku_id is not None and verdict.sku_id not in world.store.product_by_sku:
        return f"product {verdict.sku_id} is not known"
    if verdict.visit_id is None or verdict.sku_id is None or verdict.quantity >= 0:
        return ""
    cart = world.state.carts.cart(verdict.visit_id, without=case.question.step_id)
    if cart.get(verdict.sku_id, 0) < -verdict.quantity and not world.state.visits.known[verdict.visit_id].staff:
        return f"the cart of {verdict.visit_id} holds only {cart.get(verdict.sku_id, 0)} of {verdict.sku_id}"
    return ""


def _worth_it(world: World, likeliest: Hypothesis) -> bool:
    ppm, costs = likeliest.probability_ppm, world.store.policy
    wrong, lost = costs.wrong_charge_minor, costs.lost_sale_minor
    if likeliest.verdict.quantity < 0:  # leaving the item in the cart would be the wrong charge
        wrong, lost = lost, wrong
    return (_CERTAIN_PPM - ppm) * wrong < ppm * lost


def _apply(world: World, case: Case, verdict: Verdict, *, by: str, ppm: int) -> None:
    """The verdict replaces whatever the step's line said, in every cart and on the shelf."""
    question = case.question
    visit_id, sku_id = verdict.visit_id, verdict.sku_id
    shopper = visit_id is not None and not world.state.visits.known[visit_id].staff
    if visit_id is None or sku_id is None or verdict.quantity == 0 or not shopper:
        if case.line_id in world.state.carts.entries:
            withdraw(world, case.line_id, cause=f"resolved by {by}")
        if visit_id is not None and not shopper:
            stocked(world, question, sku_id)
        return
    mass = world.state.masses.units(world.store, sku_id, abs(verdict.quantity))
    words = Wording(
        line_id=case.line_id,
        step_id=question.step_id,
        start_ns=question.start_ns,
        visit_id=visit_id,
        sku_id=sku_id,
        quantity=verdict.quantity,
        plate_id=case.place_of(world.store, sku_id),
        mass=mass,
        settled=True,
        probability_ppm=ppm,
        reason=_reason(question, mass.mean_mg, verdict),
    )
    say(world, worded(world, words))


def _reason(question: NeedsReview, expected_mg: int, verdict: Verdict) -> Reason:
    others = [h for h in question.hypotheses if h.verdict != verdict]
    runner_up = max(others, key=lambda h: h.probability_ppm, default=None)
    return Reason(
        measured_mg=abs(question.mass_mg),
        expected_mg=expected_mg,
        hand_distance_mm=None,
        runner_up=_described(runner_up.verdict) if runner_up is not None else "",
        runner_up_ppm=runner_up.probability_ppm if runner_up is not None else 0,
    )


def _described(verdict: Verdict) -> str:
    if verdict.sku_id is None:
        return "unexplained"
    return f"{verdict.visit_id or 'somebody'}: {abs(verdict.quantity)} {verdict.sku_id}"
