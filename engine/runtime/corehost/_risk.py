"""What questions buy: how many movements would be charged wrong if only so many of the most doubtful were asked about.

By the engine's own probabilities, which the benchmarks find to be honest; and beside them how often the people who
were asked said something else than the engine would have.
"""

from collections.abc import Iterable

import msgspec

from engine.domain import (
    CartLine,
    CaseId,
    CaseResolved,
    LineId,
    NeedsReview,
    OutputFact,
    Policy,
    StepId,
    Verdict,
)

_CERTAIN_PPM = 1_000_000
_RATES = (0, 5, 10, 20, 30, 60, 120, 250, 500, 1000)


class RiskPoint(msgspec.Struct, frozen=True, kw_only=True):
    """If so many of 1,000 movements are asked about, the most doubtful, the share still wrong, and the cost of both."""

    asked_per_1000: float
    wrong_share: float
    cost_per_1000_minor: float


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """The curve of a journal. ``by_costs`` is where the policy's costs are least, which is what the engine goes by.

    Of ``answered`` questions people gave another answer than the likeliest to ``answered_otherwise``; that many were
    ``expected_otherwise`` by the engine's probabilities.
    """

    movements: int
    asked: int
    answered: int
    answered_otherwise: int
    expected_otherwise: float
    by_costs: RiskPoint
    points: tuple[RiskPoint, ...]


class _Told:
    """How sure the engine was of each movement when it first decided it, or asked; and what people answered."""

    def __init__(self, facts: Iterable[OutputFact]) -> None:
        self.sure_ppm: dict[LineId | CaseId, int] = {}
        self.asked: dict[CaseId, NeedsReview] = {}
        self.answers: list[tuple[NeedsReview, Verdict]] = []
        self._about: set[StepId] = set()
        for fact in facts:
            if isinstance(fact, NeedsReview):
                self._ask(fact)
            elif isinstance(fact, CaseResolved):
                self._answer(fact)
            elif isinstance(fact, CartLine) and fact.settled and fact.step_id not in self._about:
                self.sure_ppm.setdefault(fact.line_id, fact.probability_ppm)

    def _ask(self, case: NeedsReview) -> None:
        """Asking again, of somebody else or because of later facts, is not another movement."""
        if case.step_id not in self._about or case.line_id is not None:
            self.sure_ppm.setdefault(case.line_id or case.case_id, _likeliest_ppm(case))
        self._about.add(case.step_id)
        self.asked[case.case_id] = case

    def _answer(self, fact: CaseResolved) -> None:
        if fact.case_id in self.asked and fact.by_person:
            self.answers.append((self.asked[fact.case_id], fact.verdict))


def risk(facts: Iterable[OutputFact], policy: Policy) -> Risk:
    """The curve of what was said. Raises ``ValueError`` where nothing was moved."""
    told = _Told(facts)
    if not told.sure_ppm:
        raise ValueError("nothing was moved")
    doubts = sorted((1 - ppm / _CERTAIN_PPM for ppm in told.sure_ppm.values()), reverse=True)
    mistake_minor = policy.wrong_charge_minor + policy.lost_sale_minor
    worth_asking = sum(doubt * mistake_minor > policy.review_minor for doubt in doubts)
    counts = {min(len(doubts), round(rate * len(doubts) / 1000)) for rate in _RATES}
    return Risk(
        movements=len(doubts),
        asked=len(told.asked),
        answered=len(told.answers),
        answered_otherwise=sum(_likeliest(case) != verdict for case, verdict in told.answers),
        expected_otherwise=round(sum(1 - _likeliest_ppm(case) / _CERTAIN_PPM for case, _ in told.answers), 2),
        by_costs=_point(doubts, worth_asking, policy),
        points=tuple(_point(doubts, count, policy) for count in sorted(counts)),
    )


def _point(doubts: list[float], asked: int, policy: Policy) -> RiskPoint:
    wrong = sum(doubts[asked:])
    cost_minor = wrong * (policy.wrong_charge_minor + policy.lost_sale_minor) + asked * policy.review_minor
    return RiskPoint(
        asked_per_1000=round(1000 * asked / len(doubts), 1),
        wrong_share=round(wrong / len(doubts), 6),
        cost_per_1000_minor=round(1000 * cost_minor / len(doubts), 1),
    )


def _likeliest(case: NeedsReview) -> Verdict | None:
    best = max(case.hypotheses, key=lambda hypothesis: hypothesis.probability_ppm, default=None)
    return None if best is None else best.verdict


def _likeliest_ppm(case: NeedsReview) -> int:
    return max((hypothesis.probability_ppm for hypothesis in case.hypotheses), default=0)
