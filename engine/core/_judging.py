"""Decide or ask: what a mistake costs against what a question costs."""

from collections.abc import Sequence

import msgspec

from engine.core._answering import end, stocked
from engine.core._asking import HELD_PPM, ask, ask_part, cause_of
from engine.core._attribution import Explanation
from engine.core._carts import Entry
from engine.core._hands import Suspect
from engine.core._parts import Part, in_units, parts_of
from engine.core._state import World
from engine.core._statements import learn_from, lines_of, say_only
from engine.domain import BY_LATER_FACTS, NOTHING_TAKEN, WeightSettled

_CERTAIN_PPM = 1_000_000


def judge(world: World, step: WeightSettled, explanations: Sequence[Explanation], suspects: Sequence[Suspect]) -> None:
    """Let a settled step become lines, a staff movement or a question; of several movements, each for itself."""
    best = explanations[0]
    by_staff = [e for e in explanations if e.staff]
    if by_staff and _cheaper_alone(world, sum(e.probability_ppm for e in by_staff)):
        say_only(world, step.step_id, (), cause="moved by staff")
        stocked(world, step, by_staff[0].moves[0].sku_id)
    elif best.chargeable and _cheaper_alone(world, best.probability_ppm):
        lines = lines_of(world, step, explanations, settled=True)
        say_only(world, step.step_id, lines, cause="weight settled")
        learn_from(world, step, lines)
    elif parts := parts_of(explanations):
        lines = lines_of(world, step, (in_units(best), *explanations[1:]), settled=True)
        _judge_each(world, step, tuple(zip(parts, lines, strict=True)), suspects=suspects)
    else:
        ask(world, step, explanations, suspects=suspects, cause=cause_of(explanations))


def reopen(world: World, step: WeightSettled, explanations: Sequence[Explanation], *, changed: bool) -> bool:
    """Whether later facts tell so much of a step that it is to be judged again; its questions are closed then."""
    asked = [case for case in world.state.cases.open.values() if case.question.step_id == step.step_id]
    best = explanations[0]
    sure = best.chargeable and _cheaper_alone(world, best.probability_ppm)
    if not changed and not (asked and sure):
        return False
    for case in asked:
        end(world, case, best.verdict or NOTHING_TAKEN, BY_LATER_FACTS)
    return True


def _judge_each(
    world: World, step: WeightSettled, parts: Sequence[tuple[Part, Entry]], *, suspects: Sequence[Suspect]
) -> None:
    """Let what is sure of several movements stand, and ask about each of the others."""
    said: list[Entry] = []
    for part, line in parts:
        ppm = part.probability_ppm
        if ppm >= HELD_PPM:
            settled = _cheaper_alone(world, ppm)
            statement = msgspec.structs.replace(line.statement, settled=settled, probability_ppm=ppm)
            said.append(msgspec.structs.replace(line, statement=statement))
    say_only(world, step.step_id, said, cause="asked")
    standing = {entry.statement.line_id: entry.statement.settled for entry in said}
    for part, line in parts:
        if not standing.get(line.statement.line_id, False):
            ask_part(world, step, part, line, suspects=suspects)


def _cheaper_alone(world: World, ppm: int) -> bool:
    costs = world.store.policy
    mistake_minor = costs.wrong_charge_minor + costs.lost_sale_minor
    return max(0, _CERTAIN_PPM - ppm) * mistake_minor <= _CERTAIN_PPM * costs.review_minor
