"""Decide or ask: what a mistake costs against what a question costs, and what an answer changes."""

from collections.abc import Sequence

import msgspec

from engine.core._attribution import Explanation
from engine.core._carts import Entry
from engine.core._cases import Case
from engine.core._hands import Suspect
from engine.core._parts import Part, parts_of
from engine.core._state import World
from engine.core._statements import Wording, learn_from, lines_of, say, say_only, withdraw, worded
from engine.domain import (
    BY_POLICY,
    CaseCause,
    CaseResolved,
    Hypothesis,
    LineId,
    NeedsReview,
    PlateId,
    Reason,
    ResolveCase,
    SkuId,
    Stocked,
    Verdict,
    VisitId,
    WeightSettled,
)

_CERTAIN_PPM = 1_000_000
_HELD_PPM = 500_000
_FRESH_NS = 2_000_000_000
_NAMED = 8
_NEAREST = 3
_NOTHING = Verdict(visit_id=None, sku_id=None, quantity=0)
_LATER_FACTS = "later facts"


def judge(world: World, step: WeightSettled, explanations: Sequence[Explanation], suspects: Sequence[Suspect]) -> None:
    """Let a settled step become lines, a staff movement or a question; of several movements, each for itself."""
    best = explanations[0]
    by_staff = [e for e in explanations if e.staff]
    if by_staff and _cheaper_alone(world, sum(e.probability_ppm for e in by_staff)):
        say_only(world, step.step_id, (), cause="moved by staff")
        _stocked(world, step, by_staff[0].moves[0].sku_id)
    elif best.chargeable and _cheaper_alone(world, best.probability_ppm):
        lines = lines_of(world, step, explanations, settled=True)
        say_only(world, step.step_id, lines, cause="weight settled")
        learn_from(world, step, lines)
    elif parts := parts_of(explanations):
        lines = lines_of(world, step, explanations, settled=True)
        _judge_each(world, step, tuple(zip(parts, lines, strict=True)), suspects=suspects)
    else:
        ask(world, step, explanations, suspects=suspects, cause=_cause_of(explanations))


def _judge_each(
    world: World, step: WeightSettled, parts: Sequence[tuple[Part, Entry]], *, suspects: Sequence[Suspect]
) -> None:
    """Let what is sure of several movements stand, and ask about each of the others."""
    said: list[Entry] = []
    for part, line in parts:
        ppm = part.probability_ppm
        if ppm >= _HELD_PPM:
            settled = _cheaper_alone(world, ppm)
            statement = msgspec.structs.replace(line.statement, settled=settled, probability_ppm=ppm)
            said.append(msgspec.structs.replace(line, statement=statement))
    say_only(world, step.step_id, said, cause="asked")
    standing = {entry.statement.line_id: entry.statement.settled for entry in said}
    for part, line in parts:
        line_id = line.statement.line_id
        if not standing.get(line_id, False):
            question = _question(
                world,
                step,
                line_id=line_id if line_id in standing else None,
                cause=part.cause,
                hypotheses=_with_the_nearest(part.hypotheses, suspects),
            )
            _open(world, question, line_id, line.plate_id)


def ask(
    world: World,
    step: WeightSettled,
    explanations: Sequence[Explanation],
    *,
    suspects: Sequence[Suspect],
    cause: CaseCause,
) -> None:
    """Open a case; a single line that is likelier than not stays in its cart, unsettled, until the answer.

    What nobody witnessed stays out of all carts; so does what later facts have turned and left doubtful.
    """
    best = explanations[0]
    fresh = cause is not CaseCause.UNWITNESSED and world.now_ns - step.t_ns < _FRESH_NS
    holds = fresh and best.chargeable and len(best.moves) == 1 and best.probability_ppm >= _HELD_PPM
    held = lines_of(world, step, explanations, settled=False) if holds else ()
    say_only(world, step.step_id, held, cause="asked")
    shelf = world.store.shelf_by_id[step.shelf_id]
    mass_mg = {plate.plate_id: plate.mass_mg for plate in step.plates}
    loudest = max(shelf.plate_ids, key=lambda plate_id: abs(mass_mg.get(plate_id, 0)))
    question = _question(
        world,
        step,
        line_id=held[0].statement.line_id if held else None,
        cause=cause,
        hypotheses=_hypotheses(explanations, suspects),
    )
    line_id = question.line_id or LineId(f"{step.step_id}/1")
    _open(world, question, line_id, best.moves[0].spot.main_plate_id if best.moves else loudest)


def _question(
    world: World,
    step: WeightSettled,
    *,
    line_id: LineId | None,
    cause: CaseCause,
    hypotheses: tuple[Hypothesis, ...],
) -> NeedsReview:
    return NeedsReview(
        t_ns=world.now_ns,
        case_id=world.state.cases.next_id(step.step_id),
        step_id=step.step_id,
        line_id=line_id,
        shelf_id=step.shelf_id,
        plate_ids=tuple(plate.plate_id for plate in step.plates),
        start_ns=step.start_ns,
        end_ns=step.end_ns,
        mass_mg=step.mass_mg,
        cause=cause,
        hypotheses=hypotheses,
        deadline_ns=_deadline_ns(world, step.t_ns),
    )


def balance(world: World) -> None:
    """No cart goes below zero: a put that lost its pick is taken back, and asked about if it had settled."""
    carts = world.state.carts
    for visit_id in tuple(world.touched):
        while (entry := carts.overdrawn(visit_id)) is not None:
            put = entry.statement
            withdraw(world, put.line_id, cause="no longer in the cart")
            if put.settled:
                _ask_again(world, entry)


def _ask_again(world: World, entry: Entry) -> None:
    put = entry.statement
    nobody = Verdict(visit_id=None, sku_id=put.sku_id, quantity=-put.quantity)
    holders = [
        visit_id
        for visit_id in world.state.visits.known
        if world.state.carts.cart(visit_id).get(put.sku_id, 0) >= put.quantity
    ]
    share_ppm = _CERTAIN_PPM // (len(holders) + 1)
    verdicts = [Verdict(visit_id=v, sku_id=put.sku_id, quantity=-put.quantity) for v in holders]
    question = NeedsReview(
        t_ns=world.now_ns,
        case_id=world.state.cases.next_id(put.step_id),
        step_id=put.step_id,
        line_id=None,
        shelf_id=world.store.plate_by_id[entry.plate_id].shelf_id,
        plate_ids=(entry.plate_id,),
        start_ns=put.t_ns,
        end_ns=put.t_ns,
        mass_mg=put.reason.measured_mg,
        cause=CaseCause.WHO,
        hypotheses=tuple(Hypothesis(verdict=v, probability_ppm=share_ppm) for v in (*verdicts, nobody)),
        deadline_ns=_deadline_ns(world, world.now_ns),
    )
    _open(world, question, put.line_id, entry.plate_id)


def _deadline_ns(world: World, since_ns: int) -> int:
    """Receipts wait so long, however often later facts change a question."""
    return since_ns + round(world.store.policy.review_deadline_s * 1e9)


def _open(world: World, question: NeedsReview, line_id: LineId, plate_id: PlateId) -> None:
    world.state.cases.open[question.case_id] = Case(
        question=question, line_id=line_id, plate_id=plate_id, deadline_ns=question.deadline_ns
    )
    world.emit(question)


def refusal(world: World, command: ResolveCase) -> str:
    """Why a command would have no effect; empty when it may be given."""
    case = world.state.cases.open.get(command.case_id)
    verdict = command.verdict
    if case is None:
        return f"case {command.case_id} is not open"
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


def resolve(world: World, command: ResolveCase, *, by: str) -> None:
    """Act on an answer; one that would be refused changes nothing."""
    if not refusal(world, command):
        _close(world, world.state.cases.open[command.case_id], command.verdict, by, _CERTAIN_PPM)


def decide_overdue(world: World) -> None:
    """After the deadline the store's costs decide: charge, or credit, only when that is the cheaper mistake."""
    for case in world.state.cases.overdue(now_ns=world.now_ns):
        likeliest = max(case.question.hypotheses, key=lambda h: h.probability_ppm, default=None)
        verdict, ppm = _NOTHING, 0
        if likeliest is not None and _worth_it(world, likeliest):
            command = ResolveCase(case_id=case.question.case_id, verdict=likeliest.verdict)
            if not refusal(world, command):
                verdict, ppm = likeliest.verdict, likeliest.probability_ppm
        _close(world, case, verdict, BY_POLICY, ppm)


def reopen(world: World, step: WeightSettled, explanations: Sequence[Explanation], *, changed: bool) -> bool:
    """Whether later facts tell so much of a step that it is to be judged again; its questions are closed then."""
    asked = [case for case in world.state.cases.open.values() if case.question.step_id == step.step_id]
    best = explanations[0]
    sure = best.chargeable and _cheaper_alone(world, best.probability_ppm)
    if not changed and not (asked and sure):
        return False
    for case in asked:
        _end(world, case, best.verdict or _NOTHING, _LATER_FACTS)
    return True


def drop_question(world: World, line_id: LineId) -> None:
    """Close the case that holds a line, if one does, because later facts tell that nothing was taken."""
    for case in list(world.state.cases.open.values()):
        if case.line_id == line_id:
            _end(world, case, _NOTHING, _LATER_FACTS)


def _worth_it(world: World, likeliest: Hypothesis) -> bool:
    ppm, costs = likeliest.probability_ppm, world.store.policy
    wrong, lost = costs.wrong_charge_minor, costs.lost_sale_minor
    if likeliest.verdict.quantity < 0:  # leaving the item in the cart would be the wrong charge
        wrong, lost = lost, wrong
    return (_CERTAIN_PPM - ppm) * wrong < ppm * lost


def _close(world: World, case: Case, verdict: Verdict, by: str, ppm: int) -> None:
    """The verdict replaces whatever the step's line said, in every cart and on the shelf."""
    question = case.question
    _end(world, case, verdict, by)
    visit_id, sku_id = verdict.visit_id, verdict.sku_id
    shopper = visit_id is not None and not world.state.visits.known[visit_id].staff
    if visit_id is None or sku_id is None or verdict.quantity == 0 or not shopper:
        if case.line_id in world.state.carts.entries:
            withdraw(world, case.line_id, cause=f"resolved by {by}")
        if visit_id is not None and not shopper:
            _stocked(world, question, sku_id)
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


def _end(world: World, case: Case, verdict: Verdict, by: str) -> None:
    case_id = case.question.case_id
    del world.state.cases.open[case_id]
    world.emit(CaseResolved(t_ns=world.now_ns, case_id=case_id, verdict=verdict, decided_by=by))


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


def _stocked(world: World, step: WeightSettled | NeedsReview, sku_id: SkuId | None) -> None:
    stocked = Stocked(
        t_ns=world.now_ns, step_id=step.step_id, shelf_id=step.shelf_id, sku_id=sku_id, mass_mg=step.mass_mg
    )
    world.emit(stocked)


def _cheaper_alone(world: World, ppm: int) -> bool:
    costs = world.store.policy
    mistake_minor = costs.wrong_charge_minor + costs.lost_sale_minor
    return max(0, _CERTAIN_PPM - ppm) * mistake_minor <= _CERTAIN_PPM * costs.review_minor


def _cause_of(explanations: Sequence[Explanation]) -> CaseCause:
    """What is least certain: that anything known happened, who it was, or what it was."""
    unexplained = sum(e.probability_ppm for e in explanations if not e.moves)
    if 2 * unexplained >= _CERTAIN_PPM:
        return CaseCause.UNEXPLAINED
    who: dict[tuple[VisitId | None, ...], int] = {}
    what: dict[tuple[tuple[SkuId | None, int], ...], int] = {}
    for e in explanations:
        persons = tuple(move.visit_id for move in e.moves)
        things = tuple((move.sku_id, move.quantity) for move in e.moves)
        who[persons] = who.get(persons, 0) + e.probability_ppm
        what[things] = what.get(things, 0) + e.probability_ppm
    return CaseCause.WHO if max(who.values()) <= max(what.values()) else CaseCause.WHAT


def _hypotheses(explanations: Sequence[Explanation], suspects: Sequence[Suspect]) -> tuple[Hypothesis, ...]:
    """Each claim once with its probability, likeliest first; then the nearest shoppers not named yet."""
    ppm: dict[Verdict, int] = {}
    for e in explanations:
        verdicts = [Verdict(visit_id=m.visit_id, sku_id=m.sku_id, quantity=m.quantity) for m in e.moves]
        for verdict in verdicts or [_NOTHING]:
            ppm[verdict] = min(_CERTAIN_PPM, ppm.get(verdict, 0) + e.probability_ppm)
    claims = [Hypothesis(verdict=verdict, probability_ppm=share) for verdict, share in ppm.items()]
    return _with_the_nearest(sorted(claims, key=lambda h: -h.probability_ppm), suspects)


def _with_the_nearest(claims: Sequence[Hypothesis], suspects: Sequence[Suspect]) -> tuple[Hypothesis, ...]:
    named = claims[:_NAMED]
    known = {h.verdict.visit_id for h in named}
    guess = next((h.verdict for h in named if h.verdict.sku_id is not None), _NOTHING)
    near = sorted((s for s in suspects if s.visit_id not in known), key=lambda s: -s.best_ratio)[:_NEAREST]
    added = [Verdict(visit_id=s.visit_id, sku_id=guess.sku_id, quantity=guess.quantity) for s in near]
    return (*named, *(Hypothesis(verdict=verdict, probability_ppm=0) for verdict in added))
