"""A core small enough to see through: one visit at a time, every settled step is a pick of its only product."""

import msgspec

from engine.domain import (
    CaseCause,
    CaseId,
    CaseResolved,
    Command,
    CommandGiven,
    FloorView,
    GateId,
    GatePassed,
    InputFact,
    LineId,
    NeedsReview,
    OutputFact,
    Passage,
    Picked,
    Reason,
    ReceiptId,
    ReceiptIssued,
    Recorded,
    ResolveCase,
    SkuId,
    StockView,
    Store,
    VisitId,
    VisitLeft,
    VisitOpened,
    WeightSettled,
)

STRANGE_MASS_MG = 666_000


class State(msgspec.Struct):
    """Everything the stand-in knows."""

    visits: int = 0
    facts: list[OutputFact] = []
    open_cases: list[CaseId] = []


class StandInCore:
    """In: a visit opens. A settled step: a line, or a case when it weighs 666 g. Out: a receipt."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._state = State()

    @classmethod
    def restore(cls, store: Store, data: bytes) -> "StandInCore":
        core = cls(store)
        core._state = msgspec.msgpack.decode(data, type=State)
        return core

    def step(self, recorded: Recorded) -> tuple[OutputFact, ...]:
        outputs = self._outputs(recorded.fact)
        self._state.facts += outputs
        return outputs

    def floor(self, t_ns: int) -> FloorView:
        return FloorView(t_ns=t_ns, shoppers=())

    def stock(self, t_ns: int) -> StockView:
        return StockView(t_ns=t_ns, shelves=(), unit_masses=())

    def standing_facts(self) -> tuple[OutputFact, ...]:
        return tuple(self._state.facts)

    def reopenable(self) -> frozenset[CaseId]:
        return frozenset()

    def refusal(self, command: Command) -> str | None:
        known = isinstance(command, ResolveCase) and command.case_id in self._state.open_cases
        return None if known else "there is no such open case"

    def checkpoint(self) -> bytes:
        return msgspec.msgpack.encode(self._state)

    def _outputs(self, fact: InputFact) -> tuple[OutputFact, ...]:
        match fact:
            case GatePassed(passage=Passage.IN):
                self._state.visits += 1
                visit_id = self._visit_id()
                return (VisitOpened(t_ns=fact.t_ns, visit_id=visit_id, gate_id=fact.gate_id, staff=False),)
            case GatePassed():
                return self._leave(fact.t_ns, fact.gate_id)
            case WeightSettled(mass_mg=-666_000):
                return (self._case(fact),)
            case WeightSettled():
                return (self._line(fact),)
            case CommandGiven(command=ResolveCase() as command):
                self._state.open_cases.remove(command.case_id)
                return (
                    CaseResolved(t_ns=fact.t_ns, case_id=command.case_id, verdict=command.verdict, decided_by=fact.by),
                )
        return ()

    def _visit_id(self) -> VisitId:
        return VisitId(f"v{self._state.visits}")

    def _leave(self, t_ns: int, gate_id: GateId) -> tuple[OutputFact, ...]:
        visit_id = self._visit_id()
        receipt = ReceiptIssued(
            t_ns=t_ns, receipt_id=ReceiptId(f"r-{visit_id}"), visit_id=visit_id, lines=(), total_minor=0, currency="EUR"
        )
        return (VisitLeft(t_ns=t_ns, visit_id=visit_id), receipt)

    def _line(self, fact: WeightSettled) -> OutputFact:
        if fact.mass_mg == STRANGE_MASS_MG:
            raise RuntimeError("the stand-in cannot bear this")
        return Picked(
            t_ns=fact.t_ns,
            line_id=LineId(fact.step_id),
            step_id=fact.step_id,
            visit_id=self._visit_id(),
            sku_id=SkuId("tea"),
            quantity=1,
            facing_id=None,
            settled=True,
            probability_ppm=1_000_000,
            reason=Reason(
                measured_mg=fact.mass_mg, expected_mg=0, hand_distance_mm=None, runner_up="", runner_up_ppm=0
            ),
        )

    def _case(self, fact: WeightSettled) -> OutputFact:
        case_id = CaseId(f"c-{fact.step_id}")
        self._state.open_cases.append(case_id)
        return NeedsReview(
            t_ns=fact.t_ns,
            case_id=case_id,
            step_id=fact.step_id,
            line_id=None,
            shelf_id=fact.shelf_id,
            plate_ids=(),
            start_ns=fact.start_ns,
            end_ns=fact.end_ns,
            mass_mg=fact.mass_mg,
            cause=CaseCause.WHO,
            hypotheses=(),
            deadline_ns=fact.t_ns + 60_000_000_000,
        )
