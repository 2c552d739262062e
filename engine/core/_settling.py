"""From weight steps to statements: the first answer and the settled one."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from engine.core._at_once import Elsewhere, believe_less
from engine.core._attribution import Attribution, Explanation
from engine.core._candidates import WeightStep
from engine.core._hands import AT_ONCE_NS, Suspect
from engine.core._hindsight import decide
from engine.core._returned import forget_returned
from engine.core._state import World
from engine.core._statements import lines_of, say_only
from engine.core._steps import Step
from engine.core._stock import PART_OF_UNIT
from engine.core._wiring import as_wired, learn_wiring
from engine.domain import (
    Browsed,
    PlateId,
    PlateMass,
    StepId,
    Vector3,
    WeightSettled,
)

_ANSWER_PPM = 500_000
_ANSWER_BLIND_PPM = 900_000
_NOISE_SIGMAS = 3
_WITHIN_REACH_M = 3.0
"""Between two plates: twice an arm, and what a wrist is misplaced by."""
_TOUCHING = 1.0
"""A hand that explains a touched shelf better than chance."""


def advance(world: World) -> None:
    """Answer and decide every step whose time has come."""
    for step in world.state.steps.ready(world.state.sight, now_ns=world.now_ns):
        if step.settled is not None:
            _settle(world, step, step.settled)
        else:
            _answer(world, step)


def abandon(world: World) -> None:
    """Decide what has settled and drop what has not: the clock is about to change."""
    for step in sorted(world.state.steps.open.values(), key=lambda s: (s.start_ns, s.step_id)):
        if step.settled is not None:
            _settle(world, step, step.settled)
        else:
            world.state.steps.decide(step.step_id, now_ns=world.now_ns)
            say_only(world, step.step_id, (), cause="the host rebooted before the weight settled")
    world.state.steps.decided_ns.clear()


def _answer(world: World, step: Step) -> None:
    """The first answer: what a shopper's hand explains better than anything else, or nearly surely without one."""
    step.answered = True
    if step.provisional is None:
        return
    fact = as_wired(world, step.provisional)
    if _is_noise(world, fact):
        return
    explanations = attribute(world, fact, _doers(world, fact))
    best = explanations[0]
    hand_seen = all(move.hand_distance_mm is not None for move in best.moves)
    if best.chargeable and best.probability_ppm >= (_ANSWER_PPM if hand_seen else _ANSWER_BLIND_PPM):
        lines = lines_of(world, fact, explanations, settled=False)
        say_only(world, step.step_id, lines, cause="weight changed")
    else:
        say_only(world, step.step_id, (), cause="weight changed")


def _settle(world: World, step: Step, fact: WeightSettled) -> None:
    world.state.steps.decide(step.step_id, now_ns=world.now_ns)
    learn_wiring(world, fact)
    fact = as_wired(world, fact)
    if _is_noise(world, fact):
        say_only(world, step.step_id, (), cause="nothing stayed changed")
        _browsed(world, step, fact)
        return
    suspects = _doers(world, fact)
    decide(world, fact, suspects, lambda: attribute(world, fact, suspects))
    forget_returned(world, fact)


def _doers(world: World, step: WeightStep) -> tuple[Suspect, ...]:
    """Everybody who may have made a step, in the light of the steps of the same instant."""
    suspects = _suspects(world, step)
    for other in world.state.steps.about(step.start_ns, within_ns=AT_ONCE_NS):
        if other.step_id != step.step_id and _within_reach(world, step, other) and not _is_noise(world, other):
            there = _suspects(world, other)
            elsewhere = Elsewhere(suspects=there, explanations=attribute(world, other, there))
            suspects = believe_less(suspects, elsewhere)
    return suspects


def _within_reach(world: World, step: WeightStep, other: WeightStep) -> bool:
    """Whether one person may have both hands where these steps are."""
    here_m, there_m = (_place_m(world, each) for each in (step, other))
    return math.dist(here_m, there_m) < _WITHIN_REACH_M


def _place_m(world: World, step: WeightStep) -> Vector3:
    loudest = max(step.plates, key=lambda plate: abs(plate.mass_mg), default=None)
    plate_id = loudest.plate_id if loudest is not None else world.store.shelf_by_id[step.shelf_id].plate_ids[0]
    return world.store.plate_by_id[plate_id].centre_m


def _suspects(world: World, step: WeightStep) -> tuple[Suspect, ...]:
    """Everybody, and what their hands did at the plates that moved."""
    shelf = world.store.shelf_by_id[step.shelf_id]
    moved = {plate.plate_id for plate in step.plates}
    plate_ids = tuple(p for p in shelf.plate_ids if p in moved) or shelf.plate_ids
    return world.hands.suspects(plate_ids, step.start_ns)


def attribute(world: World, step: WeightStep, suspects: Sequence[Suspect]) -> tuple[Explanation, ...]:
    """Explain a step, whatever has been said about it before."""
    state = world.state
    shoppers = [s.visit_id for s in suspects if s.visit_id is not None and not s.staff]
    carts = state.carts.lots(shoppers, without=step.step_id)
    puts_away = state.carts.puts_away(without=step.step_id)
    with _unsaid(world, step.step_id):
        attribution = Attribution(world.store, stock=state.stock, masses=state.masses, carts=carts, puts_away=puts_away)
        return attribution.explain(step, suspects)


@contextmanager
def _unsaid(world: World, step_id: StepId) -> Iterator[None]:
    """The shelf as it lay before what was said about a step."""
    own = world.state.carts.of_step(step_id)
    for entry in own:
        world.state.stock.count(world.store, entry, undo=True)
    yield
    for entry in own:
        world.state.stock.count(world.store, entry)


def _is_noise(world: World, step: WeightStep) -> bool:
    """Whether a step is too small for the lightest unit that could have moved: from the plates, or out of a cart."""
    plate_ids = tuple(plate.plate_id for plate in step.plates)
    with _unsaid(world, step.step_id):
        units_g = [world.state.stock.lightest_unit_g(world.store, plate_ids)]
    if step.mass_mg > 0:
        taken = world.state.carts.taken(without=step.step_id)
        units_g += [world.store.product_by_sku[sku_id].unit_mass_g for sku_id in taken]
    lightest_mg = round(1000 * PART_OF_UNIT * min((g for g in units_g if g), default=0.0))
    loudest_mg = max(abs(step.mass_mg), *(abs(plate.mass_mg) for plate in step.plates), 0)
    return loudest_mg < max(_NOISE_SIGMAS * step.sigma_mg, lightest_mg, 1)


def _browsed(world: World, step: Step, fact: WeightSettled) -> None:
    """Somebody had a hand in there and took nothing; said only when it is plain who and where."""
    touched: Sequence[PlateMass] = fact.plates or (step.provisional.plates if step.provisional is not None else ())
    plate_ids = tuple(p.plate_id for p in touched if p.plate_id in world.store.facing_of_plate)
    suspects = world.hands.suspects(plate_ids, step.start_ns)
    found = max((s for s in suspects), key=lambda s: s.best_ratio, default=None)
    if found is None or found.visit_id is None or found.staff or found.best_ratio <= _TOUCHING:
        return
    plate_id: PlateId = max(found.at, key=lambda p: found.at[p].ratio)
    provisional_mg = step.provisional.mass_mg if step.provisional is not None else 0
    browsed = Browsed(
        t_ns=world.now_ns,
        visit_id=found.visit_id,
        facing_id=world.store.facing_of_plate[plate_id].facing_id,
        lifted_mg=max(0, -provisional_mg, -min(fact.trace_mg, default=0)),
    )
    world.emit(browsed)
