"""What a reviewer who knows the truth would answer to each question of a trial."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from engine.bench.scoring._comparison import compared
from engine.bench.scoring._review import true_changes
from engine.bench.scoring._steps import Change
from engine.bench.scoring._trial import Trial
from engine.domain import NOTHING_TAKEN, CaseId, LineId, NeedsReview, Store, Verdict

_UNNAMED_PPM = -1.0


def true_answers(trial: Trial, store: Store) -> dict[CaseId, Verdict | None]:
    """The answer to every question that was asked; None where no single verdict tells what happened."""
    found = compared(trial, store)
    changes = true_changes(found.verdicts, found.visits)
    answers: dict[CaseId, Verdict | None] = {}
    for step_id, step in found.steps.items():
        answers |= _answers(step.questions, changes.get(step_id, frozenset()))
    return answers


def _answers(questions: Sequence[NeedsReview], changes: frozenset[Change]) -> dict[CaseId, Verdict | None]:
    """Each part of a step is asked about by itself: it is the movement that fits it, together with the other parts.

    A part that is left over was nothing; a movement that is left over makes every answer a part of the truth.
    """
    truths = [Verdict(visit_id=c.visit_id, sku_id=c.sku_id, quantity=c.signed_quantity) for c in changes]
    latest: dict[LineId | None, NeedsReview] = {question.line_id: question for question in questions}
    parts = list(latest)
    if len(truths) > len(parts):
        return dict.fromkeys(question.case_id for question in questions)
    fits_ppm = np.array([[_ppm(latest[part], truth) for truth in truths] for part in parts]).reshape(len(parts), -1)
    rows, columns = linear_sum_assignment(fits_ppm, maximize=True)
    found = {parts[row]: truths[column] for row, column in zip(rows, columns, strict=True)}
    return {question.case_id: found.get(question.line_id, NOTHING_TAKEN) for question in questions}


def _ppm(question: NeedsReview, truth: Verdict) -> float:
    named = {hypothesis.verdict: float(hypothesis.probability_ppm) for hypothesis in question.hypotheses}
    return named.get(truth, _UNNAMED_PPM)
