"""Open cases: questions to a person, and whose receipts wait for the answer."""

from functools import cached_property

import msgspec

from engine.domain import CaseId, LineId, NeedsReview, PlateId, SkuId, StepId, Store, VisitId

_CONCERNED_PPM = 50_000


class Case(msgspec.Struct, kw_only=True, dict=True):
    """A question that is open: what becomes of ``line_id``. ``deadline_ns`` follows the clock over a reboot."""

    question: NeedsReview
    line_id: LineId
    plate_id: PlateId
    deadline_ns: int

    @cached_property
    def concerned(self) -> frozenset[VisitId]:
        """The visits whose receipts the answer is likely enough to change that they wait for it."""
        likely = (h.verdict.visit_id for h in self.question.hypotheses if h.probability_ppm >= _CONCERNED_PPM)
        return frozenset(visit_id for visit_id in likely if visit_id is not None)

    def place_of(self, store: Store, sku_id: SkuId) -> PlateId:
        """The plate an answer speaks of: the product's own if the step touched it."""
        planned = store.facing_of_plate
        own = (p for p in self.question.plate_ids if p in planned and planned[p].sku_id == sku_id)
        return next(own, self.plate_id)


class Cases(msgspec.Struct, kw_only=True):
    """All open cases, in the order in which they were asked."""

    open: dict[CaseId, Case] = {}
    asked: int = 0

    def next_id(self, step_id: StepId) -> CaseId:
        """A case id never given before."""
        self.asked += 1
        return CaseId(f"{step_id}?{self.asked}")

    def concerning(self, visit_id: VisitId) -> bool:
        """Whether any open case concerns a visit."""
        return any(visit_id in case.concerned for case in self.open.values())

    def overdue(self, *, now_ns: int) -> tuple[Case, ...]:
        """The cases nobody answered in time."""
        return tuple(case for case in self.open.values() if case.deadline_ns <= now_ns)

    def rebase(self, shift_ns: int) -> None:
        """Move the deadlines to a new clock."""
        for case in self.open.values():
            case.deadline_ns += shift_ns
