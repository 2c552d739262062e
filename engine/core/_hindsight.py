"""What a later step tells of earlier ones: a step is explained in every world that is still possible."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from engine.core._attribution import Explanation
from engine.core._carts import Entry
from engine.core._doubts import Doubt, Thread
from engine.core._hands import Suspect
from engine.core._judging import judge, reopen
from engine.core._state import World
from engine.core._statements import lines_of
from engine.domain import StepId, Verdict, WeightSettled

_NEAR = 0.02
"""The hand of whoever puts something down is at least so likely there, against that of the likeliest."""

Explain = Callable[[], tuple[Explanation, ...]]


def decide(world: World, step: WeightSettled, suspects: tuple[Suspect, ...], explain: Explain) -> None:
    """Judge a step in the light of what is doubtful, and what is doubtful in the light of the step.

    ``explain`` explains the step by the carts and shelves as they stand when it is called.
    """
    doubts = world.state.doubts
    nearest = max((suspect.best_ratio for suspect in suspects), default=0.0)
    visits = {s.visit_id for s in suspects if s.visit_id is not None and s.best_ratio >= _NEAR * nearest}
    before = doubts.take(step, visits)
    if before is None:
        explanations = explain()
        judge(world, step, explanations, suspects)
        doubts.begin(step, suspects, explanations)
        return
    by_guess: list[tuple[Explanation, ...]] = []
    for guess in before.guesses:
        with _as_if(world, before, guess.choices):
            by_guess.append(explain())
    after = before.extended(Doubt(step=step, suspects=suspects, options=[]), by_guess)
    for at, doubt in enumerate(before.doubts):
        _judge_again(world, doubt, before.explanations(at), after.explanations(at))
    judge(world, step, after.explanations(len(before.doubts)), suspects)
    trimmed = after.trimmed()
    if trimmed.doubts:
        doubts.threads.append(trimmed)


def answered(world: World, step_id: StepId, verdict: Verdict) -> None:
    """A person says what a step was: that tells of the steps beside it, and nothing later decides otherwise."""
    found = world.state.doubts.of_step(step_id)
    if found is None:
        return
    before, at = found
    after = before.given(at, verdict)
    for other, doubt in enumerate(before.doubts):
        if after is not None and other != at:
            _judge_again(world, doubt, before.explanations(other), after.explanations(other))
    if after is not None:
        before.guesses = after.guesses
    world.state.doubts.known([step_id])


def _judge_again(world: World, doubt: Doubt, before: Sequence[Explanation], after: Sequence[Explanation]) -> None:
    """Say of an earlier step what is true of it by now, where that is something else, or the question is answered."""
    changed = before[0].key != after[0].key
    if reopen(world, doubt.step, after, changed=changed):
        judge(world, doubt.step, after, doubt.suspects)


@contextmanager
def _as_if(world: World, thread: Thread, choices: Sequence[int]) -> Iterator[None]:
    """Carts and shelves as they are when the steps of a thread were what a guess takes them for."""
    carts, stock, store = world.state.carts, world.state.stock, world.store
    said = [entry for doubt in thread.doubts for entry in carts.of_step(doubt.step.step_id)]
    assumed: list[Entry] = []
    for doubt, choice in zip(thread.doubts, choices, strict=True):
        option = doubt.options[choice]
        if option.chargeable:
            assumed += lines_of(world, doubt.step, (option,), settled=False)
    for entry in said:
        stock.count(store, entry, undo=True)
    for entry in assumed:
        stock.count(store, entry)
    with carts.supposing(said, assumed):
        yield
    for entry in assumed:
        stock.count(store, entry, undo=True)
    for entry in said:
        stock.count(store, entry)
