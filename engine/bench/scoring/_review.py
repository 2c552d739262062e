"""A perfect reviewer, limited by the evidence: who knows the truth, and can only choose what the engine offers."""

from collections.abc import Mapping, Sequence

from engine.bench.scoring._score import Look, ReviewScore
from engine.bench.scoring._steps import Change, Step
from engine.bench.scoring._verdicts import Verdict
from engine.domain import SkuId, StepId, VisitId, signed_quantity


class Review:
    """Every step that can be looked at, and whether a look would tell what really happened."""

    def __init__(
        self,
        steps: Mapping[StepId, Step],
        verdicts: Sequence[Verdict],
        visits: Mapping[int, VisitId],
        staff: frozenset[VisitId],
    ) -> None:
        self._steps = {step_id: step for step_id, step in steps.items() if step.lines or step.questions}
        self._verdicts, self._staff = verdicts, staff
        self._truth = true_changes(verdicts, visits)
        self._decidable = {
            step_id for step_id, step in self._steps.items() if step.offers(self._true_changes(step_id), staff)
        }

    def decides(self, verdict: Verdict) -> bool:
        """Whether a look at where the unit belongs would tell the truth about it."""
        return verdict.step is not None and verdict.step.step_id in self._decidable

    def score(self) -> ReviewScore:
        """What all this comes to."""
        wrong = [verdict for verdict in self._verdicts if verdict.wrong]
        mends = dict.fromkeys(self._steps, 0)
        for verdict in wrong:
            if verdict.step is not None and self.decides(verdict):
                mends[verdict.step.step_id] += 1
        return ReviewScore(
            lines=sum(verdict.right for verdict in self._verdicts) + len(wrong),
            wrong=len(wrong),
            undecidable=len(wrong) - sum(mends.values()),
            asked=sum(len(step.questions) for step in self._steps.values()),
            looks=tuple(
                Look(doubt_ppm=step.doubt_ppm(self._staff), mends=mends[step_id])
                for step_id, step in self._steps.items()
            ),
        )

    def answered(self, bill: Mapping[SkuId, int], visit_id: VisitId | None) -> dict[SkuId, int]:
        """A visit's bill had every question been answered with the truth, where it was offered."""
        units = dict(bill)
        for step_id in self._decidable:
            step = self._steps[step_id]
            if not step.questions:
                continue
            for change in self._true_changes(step_id):
                if change.visit_id == visit_id:
                    units[change.sku_id] = units.get(change.sku_id, 0) + change.signed_quantity
            for line in step.lines:
                if line.visit_id == visit_id and line.settled:
                    units[line.sku_id] = units.get(line.sku_id, 0) - signed_quantity(line)
        return {sku_id: count for sku_id, count in units.items() if count}

    def _true_changes(self, step_id: StepId) -> frozenset[Change]:
        return self._truth.get(step_id, frozenset())


def true_changes(verdicts: Sequence[Verdict], visits: Mapping[int, VisitId]) -> dict[StepId, frozenset[Change]]:
    """What really happened to carts in each step."""
    units: dict[StepId, dict[tuple[VisitId | None, SkuId, bool], int]] = {}
    for verdict in verdicts:
        movement, step = verdict.movement, verdict.step
        if movement is None or movement.shopper is None or step is None:
            continue
        key = visits.get(movement.shopper), movement.sku_id, movement.taken
        counts = units.setdefault(step.step_id, {})
        counts[key] = counts.get(key, 0) + 1
    return {
        step_id: frozenset(Change(*key, quantity) for key, quantity in counts.items())
        for step_id, counts in units.items()
    }
