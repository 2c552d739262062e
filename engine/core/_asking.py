"""Asking a person: which case is opened, what it names, and until when it may be answered."""

from collections.abc import Sequence

from msgspec.structs import replace

from engine.core._attribution import Explanation
from engine.core._carts import Entry
from engine.core._cases import Case
from engine.core._hands import Suspect
from engine.core._parts import Part
from engine.core._state import World
from engine.core._statements import lines_of, say_only, withdraw
from engine.domain import (
    NOTHING_TAKEN,
    CaseCause,
    Escalation,
    Hypothesis,
    LineId,
    NeedsReview,
    SkuId,
    Verdict,
    VisitId,
    WeightSettled,
)

_CERTAIN_PPM = 1_000_000
HELD_PPM = 500_000
"""What is likelier than not stays in its cart, unsettled, until the answer."""
_FRESH_NS = 2_000_000_000
_NAMED = 8
_NEAREST = 3


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
    holds = fresh and best.chargeable and len(best.moves) == 1 and best.probability_ppm >= HELD_PPM
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
    case = Case(
        question=question,
        line_id=question.line_id or LineId(f"{step.step_id}/1"),
        plate_id=best.moves[0].spot.main_plate_id if best.moves else loudest,
        deadline_ns=question.deadline_ns,
    )
    open_case(world, case)


def ask_part(world: World, step: WeightSettled, part: Part, line: Entry, *, suspects: Sequence[Suspect]) -> None:
    """Open a case about one of several movements; its line stands, unsettled, if it was said."""
    line_id = line.statement.line_id
    question = _question(
        world,
        step,
        line_id=line_id if line_id in world.state.carts.entries else None,
        cause=part.cause,
        hypotheses=_with_the_nearest(part.hypotheses, suspects),
    )
    open_case(world, Case(question=question, line_id=line_id, plate_id=line.plate_id, deadline_ns=question.deadline_ns))


def balance(world: World) -> None:
    """No cart goes below zero: a put that lost its pick is taken back, and asked about if it had settled."""
    carts = world.state.carts
    for visit_id in tuple(world.touched):
        while (entry := carts.overdrawn(visit_id)) is not None:
            put = entry.statement
            withdraw(world, put.line_id, cause="no longer in the cart")
            if put.settled:
                _ask_again(world, entry)


def escalate(world: World, case: Case, *, by: str, note: str) -> None:
    """Ask the same once more, of somebody else, who has as much time as the first had."""
    until_ns = deadline_ns(world, world.now_ns)
    escalation = Escalation(by=by, note=note)
    question = replace(case.question, t_ns=world.now_ns, deadline_ns=until_ns, escalation=escalation)
    open_case(world, replace(case, question=question, deadline_ns=until_ns))


def cause_of(explanations: Sequence[Explanation]) -> CaseCause:
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


def deadline_ns(world: World, since_ns: int) -> int:
    """Receipts wait so long, however often later facts change a question."""
    return since_ns + round(world.store.policy.review_deadline_s * 1e9)


def open_case(world: World, case: Case) -> None:
    """Ask, or ask again."""
    world.state.cases.open[case.question.case_id] = case
    world.emit(case.question)


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
        deadline_ns=deadline_ns(world, step.t_ns),
    )


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
        deadline_ns=deadline_ns(world, world.now_ns),
    )
    case = Case(question=question, line_id=put.line_id, plate_id=entry.plate_id, deadline_ns=question.deadline_ns)
    open_case(world, case)


def _hypotheses(explanations: Sequence[Explanation], suspects: Sequence[Suspect]) -> tuple[Hypothesis, ...]:
    """Each claim once with its probability, likeliest first; then the nearest shoppers not named yet."""
    ppm: dict[Verdict, int] = {}
    for e in explanations:
        verdicts = [Verdict(visit_id=m.visit_id, sku_id=m.sku_id, quantity=m.quantity) for m in e.moves]
        for verdict in verdicts or [NOTHING_TAKEN]:
            ppm[verdict] = min(_CERTAIN_PPM, ppm.get(verdict, 0) + e.probability_ppm)
    claims = [Hypothesis(verdict=verdict, probability_ppm=share) for verdict, share in ppm.items()]
    return _with_the_nearest(sorted(claims, key=lambda h: -h.probability_ppm), suspects)


def _with_the_nearest(claims: Sequence[Hypothesis], suspects: Sequence[Suspect]) -> tuple[Hypothesis, ...]:
    named = claims[:_NAMED]
    known = {h.verdict.visit_id for h in named}
    guess = next((h.verdict for h in named if h.verdict.sku_id is not None), NOTHING_TAKEN)
    near = sorted((s for s in suspects if s.visit_id not in known), key=lambda s: -s.best_ratio)[:_NEAREST]
    added = [Verdict(visit_id=s.visit_id, sku_id=guess.sku_id, quantity=guess.quantity) for s in near]
    return (*named, *(Hypothesis(verdict=verdict, probability_ppm=0) for verdict in added))
