"""Weight steps on their way to a decision: held until the hands are known, first answered, then settled."""

import msgspec

from engine.core._hands import WINDOW_AFTER_NS
from engine.core._sight import Sight
from engine.domain import ShelfId, StepId, WeightProvisional, WeightSettled

_ANSWER_WITHIN_NS = 300_000_000
_SETTLE_WITHIN_NS = 800_000_000
_REMEMBERED_NS = 900_000_000_000
_LAST_NS = 2_000_000_000


class Step(msgspec.Struct, kw_only=True):
    """One step that is not decided yet; ``answered`` once its first answer was given (or found impossible)."""

    step_id: StepId
    shelf_id: ShelfId
    start_ns: int
    provisional: WeightProvisional | None = None
    settled: WeightSettled | None = None
    answered: bool = False


class Steps(msgspec.Struct, kw_only=True):
    """Steps that wait, the ids of those decided lately, and what the ``last`` of them were."""

    open: dict[StepId, Step] = {}
    decided_ns: dict[StepId, int] = {}
    last: list[WeightSettled] = []

    def hear(self, fact: WeightProvisional | WeightSettled) -> bool:
        """Take in what a shelf says, and whether it settles a step; repeats and late first answers change nothing."""
        if fact.step_id in self.decided_ns:
            return False
        step = self.open.get(fact.step_id)
        if step is None:
            step = Step(step_id=fact.step_id, shelf_id=fact.shelf_id, start_ns=fact.start_ns)
            self.open[fact.step_id] = step
        news = step.settled is None
        if isinstance(fact, WeightSettled):
            step.settled = msgspec.structs.replace(fact, trace_mg=(min(fact.trace_mg, default=0),))
        else:
            step.provisional, step.answered = fact, False
        return news and step.settled is not None

    def ready(self, sight: Sight, *, now_ns: int) -> tuple[Step, ...]:
        """The steps that can be answered or decided now, in the order in which they began."""
        found: list[Step] = []
        for step in self.open.values():
            if step.settled is not None:
                until_ns, at_last_ns = step.start_ns + WINDOW_AFTER_NS, step.start_ns + _SETTLE_WITHIN_NS
            elif not step.answered:
                until_ns, at_last_ns = step.start_ns, step.start_ns + _ANSWER_WITHIN_NS
            else:
                continue
            if now_ns >= at_last_ns or sight.complete(until_ns, now_ns=now_ns):
                found.append(step)
        return tuple(sorted(found, key=lambda step: (step.start_ns, step.step_id)))

    def decide(self, step_id: StepId, *, now_ns: int) -> None:
        """Strike a step off; its id is remembered for as long as a sender may repeat itself."""
        step = self.open.pop(step_id, None)
        self.decided_ns[step_id] = now_ns
        if step is not None and step.settled is not None:
            self.last = [s for s in self.last if s.start_ns > step.start_ns - _LAST_NS] + [step.settled]

    def about(self, start_ns: int, *, within_ns: int) -> tuple[WeightProvisional | WeightSettled, ...]:
        """What is known of the steps that began within so much of an instant, decided or not."""
        waiting = [step.settled or step.provisional for step in self.open.values()]
        return tuple(
            fact for fact in (*self.last, *waiting) if fact is not None and abs(fact.start_ns - start_ns) <= within_ns
        )

    def forget(self, *, now_ns: int) -> None:
        """Drop ids nobody will repeat any more."""
        self.decided_ns = {s: t_ns for s, t_ns in self.decided_ns.items() if t_ns > now_ns - _REMEMBERED_NS}
