"""Saying and taking back cart lines, with what follows from it for carts, stock and overdrawn carts."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core._attribution import Explanation, Move
from engine.core._candidates import WeightStep
from engine.core._carts import Entry
from engine.core._masses import Mass
from engine.core._state import World
from engine.domain import (
    LineId,
    LineWithdrawn,
    Picked,
    PlateId,
    PutBack,
    PutElsewhere,
    Reason,
    SkuId,
    StepId,
    VisitId,
)

_LEAST_SIGMA_MG = 1000
"""No plate is read better: cells drift and products touch their neighbours."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a line is to say; ``quantity`` is positive into the cart, negative out of it. ``mass`` is of all units."""

    line_id: LineId
    step_id: StepId
    start_ns: int
    visit_id: VisitId
    sku_id: SkuId
    quantity: int
    plate_id: PlateId
    mass: Mass
    settled: bool
    probability_ppm: int
    reason: Reason


def worded(world: World, words: Wording) -> Entry:
    """The statement of the right kind: a pick, or a put to where the product belongs or does not."""
    facing = world.store.facing_of_plate.get(words.plate_id)
    kind: type[Picked] | type[PutBack] | type[PutElsewhere] = Picked
    if words.quantity < 0:
        kind = PutBack if facing is not None and facing.sku_id == words.sku_id else PutElsewhere
    statement = kind(
        t_ns=world.now_ns,
        line_id=words.line_id,
        step_id=words.step_id,
        visit_id=words.visit_id,
        sku_id=words.sku_id,
        quantity=abs(words.quantity),
        facing_id=facing.facing_id if facing is not None else None,
        settled=words.settled,
        probability_ppm=words.probability_ppm,
        reason=words.reason,
    )
    return Entry(statement=statement, plate_id=words.plate_id, start_ns=words.start_ns, mass=words.mass)


def lines_of(
    world: World, step: WeightStep, explanations: Sequence[Explanation], *, settled: bool
) -> tuple[Entry, ...]:
    """The lines of the likeliest explanation, whose movements must all be chargeable."""
    best = explanations[0]
    runner_up = explanations[1] if len(explanations) > 1 else None
    entries: list[Entry] = []
    weighed = _weighed(best.moves, step)
    for number, (move, mass) in enumerate(zip(best.moves, weighed, strict=True), start=1):
        if move.visit_id is None or move.sku_id is None:
            raise ValueError("a line needs a visit and a product")
        reason = Reason(
            measured_mg=_measured_mg(move, best.moves, step),
            expected_mg=move.mass.mean_mg,
            hand_distance_mm=move.hand_distance_mm,
            runner_up=_described(runner_up) if runner_up is not None else "",
            runner_up_ppm=runner_up.probability_ppm if runner_up is not None else 0,
        )
        words = Wording(
            line_id=LineId(f"{step.step_id}/{number}"),
            step_id=step.step_id,
            start_ns=step.start_ns,
            visit_id=move.visit_id,
            sku_id=move.sku_id,
            quantity=move.quantity,
            plate_id=move.spot.main_plate_id,
            mass=mass,
            settled=settled,
            probability_ppm=best.probability_ppm,
            reason=reason,
        )
        entries.append(worded(world, words))
    return tuple(entries)


def learn_from(world: World, step: WeightStep, entries: Sequence[Entry]) -> None:
    """Let a pick that is beyond doubt, and alone on the scales, teach what units of its product weigh."""
    for entry in entries:
        sku_id, facing = entry.statement.sku_id, world.store.facing_of_plate.get(entry.plate_id)
        at_home = facing is not None and facing.sku_id == sku_id
        if len(entries) == 1 and isinstance(entry.statement, Picked) and at_home:
            weighed = Mass(abs(step.mass_mg), _variance_mg2(step))
            world.state.masses.learn(world.store, sku_id, units=entry.signed_quantity, weighed=weighed)


def say_only(world: World, step_id: StepId, entries: Sequence[Entry], *, cause: str) -> None:
    """Let exactly these lines stand for a step; others of it are withdrawn."""
    keep = {entry.statement.line_id for entry in entries}
    for standing in world.state.carts.of_step(step_id):
        if standing.statement.line_id not in keep:
            withdraw(world, standing.statement.line_id, cause=cause)
    for entry in entries:
        say(world, entry)


def say(world: World, entry: Entry) -> None:
    """Let a line stand, in place of what it said before."""
    replaced = world.state.carts.say(entry)
    if replaced is not None:
        _follow(world, replaced, undo=True)
    _follow(world, entry)
    world.emit(entry.statement)


def withdraw(world: World, line_id: LineId, *, cause: str) -> None:
    """Take a line back."""
    entry = world.state.carts.withdraw(line_id)
    _follow(world, entry, undo=True)
    visit_id = entry.statement.visit_id
    world.emit(LineWithdrawn(t_ns=world.now_ns, line_id=line_id, visit_id=visit_id, cause=cause))


def _follow(world: World, entry: Entry, *, undo: bool = False) -> None:
    world.state.stock.count(world.store, entry, undo=undo)
    world.touched[entry.statement.visit_id] = None


def _weighed(moves: Sequence[Move], step: WeightStep) -> list[Mass]:
    """The mass of each movement by what was known of it and by what the scales say of all together.

    Normal variables under a measured sum: each takes of what the sum is off as much as it may be off itself.
    """
    expected_mg = sum(-move.mass.mean_mg if move.quantity > 0 else move.mass.mean_mg for move in moves)
    off_mg = step.mass_mg - expected_mg
    weighed: list[Mass] = []
    for move in moves:
        others_mg2 = sum(other.mass.variance_mg2 for other in moves if other is not move)
        own_off_mg = -off_mg if move.quantity > 0 else off_mg
        weighed.append(move.mass.measured(move.mass.mean_mg + own_off_mg, others_mg2 + _variance_mg2(step)))
    return weighed


def _measured_mg(move: Move, moves: Sequence[Move], step: WeightStep) -> int:
    """What the scales felt of a movement: all of the step, or its share of what they felt where it was."""
    if len(moves) == 1:
        return abs(step.mass_mg)
    there = [other for other in moves if other.spot is move.spot and other.quantity * move.quantity > 0]
    return abs(move.spot.mass_mg) * move.mass.mean_mg // max(1, sum(other.mass.mean_mg for other in there))


def _variance_mg2(step: WeightStep) -> int:
    return max(_LEAST_SIGMA_MG, step.sigma_mg) ** 2


def _described(explanation: Explanation) -> str:
    if not explanation.moves:
        return "unexplained"
    parts = [f"{m.visit_id or 'somebody'}: {abs(m.quantity)} {m.sku_id or 'things'}" for m in explanation.moves]
    return " + ".join(parts)
