"""The review queue: what the engine asks, in the order in which it matters, and what was answered."""

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum

from console.language import _
from console.model import _words as words
from console.model._clock import NS_PER_S
from console.model._notices import CaseClosed, CaseOpened, Notice
from console.model._tally import Tally
from engine.domain import (
    Accepted,
    CannotTell,
    CaseId,
    CaseReopened,
    CaseResolved,
    CommandId,
    CommandRequest,
    ConsoleId,
    EscalateCase,
    Escalation,
    Evidence,
    Hypothesis,
    Lease,
    Leases,
    NeedsReview,
    Operator,
    OutputFact,
    Refused,
    ReopenCase,
    ResolveCase,
    Role,
    Store,
    Verdict,
)

DECISIONS_KEPT = 10
_SLACK_CLASS_NS = 10 * NS_PER_S
"""Deadlines this close count as equal, so that the price at risk decides between them."""
_PPM = 1_000_000


class DecisionStage(StrEnum):
    """How far a decision of ours is on its way to becoming a fact."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CLOSED = "closed"
    TAKEN_BACK = "taken back"


@dataclass(frozen=True)
class Decision:
    """What was said of a case here: what it was, that nobody can tell, or that somebody else should look.

    ``note`` is the reason of a refusal, or who else closed the case; ``undo_id`` the command that takes it back.
    """

    command_id: CommandId
    by: str
    said: ResolveCase | CannotTell | EscalateCase
    stage: DecisionStage = DecisionStage.SENT
    note: str = ""
    undo_id: CommandId | None = None

    @property
    def case_id(self) -> CaseId:
        """What it is about."""
        return self.said.case_id

    @property
    def is_open(self) -> bool:
        """Whether it is on its way, or accepted and without effect yet."""
        return self.stage in (DecisionStage.SENT, DecisionStage.ACCEPTED)


@dataclass(frozen=True)
class Case:
    """An open case and the money that rides on it."""

    asked: NeedsReview
    at_risk_minor: int

    @property
    def case_id(self) -> CaseId:
        """The case's id."""
        return self.asked.case_id

    def slack_s(self, now_ns: int) -> float:
        """Seconds until the store's policy decides, on the engine's clock."""
        return (self.asked.deadline_ns - now_ns) / NS_PER_S


class ReviewQueue:
    """Open cases, who looks at them, their evidence, the last decisions, and how many cases this run has ``asked``.

    ``console_id`` is ours among all consoles of the engine; ``by`` is the name of whoever sits here.
    """

    def __init__(self, store: Store, console_id: ConsoleId, *, by: str) -> None:
        self.asked = 0
        self.console_id = console_id
        self.by = by
        self.tally = Tally()
        self._operator: Operator | None = None
        self.leases: dict[CaseId, Lease] = {}
        self.cases: dict[CaseId, Case] = {}
        self.evidence: dict[CaseId, Evidence] = {}
        self.decisions: deque[Decision] = deque(maxlen=DECISIONS_KEPT)
        self._store = store

    def restart(self, store: Store, operator: Operator | None) -> None:
        """Forget the cases, keep the decisions: a snapshot tells what is still open. ``operator`` is who we are."""
        self.asked = 0
        self._operator = operator
        self.by = operator.name if operator is not None else self.by
        self.leases.clear()
        self.cases.clear()
        self.evidence.clear()
        self._store = store

    def apply(self, fact: OutputFact) -> tuple[Notice, ...]:
        """Fold one fact in."""
        if isinstance(fact, NeedsReview):
            self.asked += fact.case_id not in self.cases
            self.cases[fact.case_id] = Case(fact, at_risk_minor(fact, self._store))
            if fact.escalation is not None:
                self._passed_on(fact.case_id)
            return (CaseOpened(fact.case_id),)
        if isinstance(fact, CaseResolved):
            self._close(fact)
            return (CaseClosed(fact.case_id),)
        if isinstance(fact, CaseReopened):
            for place, decision in enumerate(self.decisions):
                if decision.case_id == fact.case_id and decision.stage is not DecisionStage.REFUSED:
                    self.decisions[place] = replace(decision, stage=DecisionStage.TAKEN_BACK, note="")
        return ()

    def show(self, view: Leases) -> None:
        """Take in who looks at what."""
        self.leases = {lease.case_id: lease for lease in view.held}

    def is_ours(self, case_id: CaseId) -> bool:
        """Whether this console has the case to itself."""
        lease = self.leases.get(case_id)
        return lease is not None and lease.console_id == self.console_id

    def held_by(self, case_id: CaseId) -> str:
        """Who looks at the case at another console; empty when nobody does."""
        lease = self.leases.get(case_id)
        return "" if lease is None or lease.console_id == self.console_id else lease.by

    def free(self) -> list[Case]:
        """Cases that wait for us and that nobody looks at elsewhere, most urgent first."""
        return [case for case in self.for_us() if not self.held_by(case.case_id)]

    def for_us(self) -> list[Case]:
        """Cases that wait, but for those that were passed on to others: by us, or to a manager whom we are not."""
        return [case for case in self.waiting() if self._is_for_us(case.asked.escalation)]

    def ordered(self) -> list[Case]:
        """Cases by deadline slack, then price at risk; those already answered last."""
        return sorted(self.cases.values(), key=self._urgency)

    def last_standing(self) -> Decision | None:
        """Our newest decision that is not taken back, nor being so."""
        stand = (DecisionStage.ACCEPTED, DecisionStage.CLOSED)
        decided = [d for d in self.decisions if not isinstance(d.said, EscalateCase)]
        return next((d for d in reversed(decided) if d.stage in stand and not d.undo_id), None)

    def waiting(self) -> list[Case]:
        """Cases that still need a person, most urgent first."""
        return [case for case in self.ordered() if not self.is_answered(case.case_id)]

    def is_answered(self, case_id: CaseId) -> bool:
        """Whether a decision is on its way or accepted; its effect has not come yet."""
        return any(decision.case_id == case_id and decision.is_open for decision in self.decisions)

    def send(self, request: CommandRequest) -> None:
        """A decision leaves; the case stays open until the engine's fact closes it."""
        command = request.command
        if isinstance(command, ResolveCase | CannotTell | EscalateCase):
            self.decisions.append(Decision(request.command_id, request.by, command))
        elif isinstance(command, ReopenCase):
            last = self.last_standing()
            if last is not None and last.case_id == command.case_id:
                self.decisions[self.decisions.index(last)] = replace(last, undo_id=request.command_id)
                self.tally.take_back()

    def answer(self, reply: Accepted | Refused) -> None:
        """The engine answered a decision."""
        for place, decision in enumerate(self.decisions):
            if decision.undo_id == reply.command_id and isinstance(reply, Refused):
                self.decisions[place] = replace(decision, note=_("stays: {reason}", reason=reply.reason))
            if decision.command_id != reply.command_id or decision.stage is DecisionStage.CLOSED:
                continue
            if isinstance(reply, Refused):
                self.decisions[place] = replace(decision, stage=DecisionStage.REFUSED, note=reply.reason)
            else:
                self.decisions[place] = replace(decision, stage=DecisionStage.ACCEPTED)

    def keep_evidence(self, evidence: Evidence) -> None:
        """Keep what was fetched for a case that is still open."""
        if evidence.case_id in self.cases:
            self.evidence[evidence.case_id] = evidence

    def _urgency(self, case: Case) -> tuple[bool, int, int, int]:
        deadline_ns = case.asked.deadline_ns
        return (self.is_answered(case.case_id), deadline_ns // _SLACK_CLASS_NS, -case.at_risk_minor, deadline_ns)

    def _is_for_us(self, escalation: Escalation | None) -> bool:
        senior = self._operator is None or self._operator.role is Role.MANAGER
        return escalation is None or (senior and escalation.by != self.by)

    def _passed_on(self, case_id: CaseId) -> None:
        for place, decision in enumerate(self.decisions):
            if decision.case_id == case_id and isinstance(decision.said, EscalateCase) and decision.is_open:
                self.decisions[place] = replace(decision, stage=DecisionStage.CLOSED)

    def _close(self, fact: CaseResolved) -> None:
        self.cases.pop(fact.case_id, None)
        self.evidence.pop(fact.case_id, None)
        for place, decision in enumerate(self.decisions):
            if decision.case_id == fact.case_id and decision.is_open:
                ours = decision.by in (fact.decided_by, fact.left_by)
                note = "" if ours else _("decided by {who}", who=words.decider(fact.decided_by))
                self.decisions[place] = replace(decision, stage=DecisionStage.CLOSED, note=note)


def at_risk_minor(case: NeedsReview, store: Store) -> int:
    """Expected wrong money if the likeliest hypothesis were simply taken: price times uncertainty."""
    if not case.hypotheses:
        return 0
    best = max(case.hypotheses, key=lambda hypothesis: hypothesis.probability_ppm)
    return sum(_wrong_minor(best, other, store) * other.probability_ppm for other in case.hypotheses) // _PPM


def charge_minor(verdict: Verdict, store: Store) -> int:
    """What a verdict adds to its visit's cart; 0 when nobody's cart changes."""
    if verdict.visit_id is None or verdict.sku_id is None or verdict.sku_id not in store.product_by_sku:
        return 0
    return verdict.quantity * store.product_by_sku[verdict.sku_id].price_minor


def _wrong_minor(taken: Hypothesis, truth: Hypothesis, store: Store) -> int:
    charged, owed = charge_minor(taken.verdict, store), charge_minor(truth.verdict, store)
    if taken.verdict.visit_id == truth.verdict.visit_id:
        return abs(charged - owed)
    return abs(charged) + abs(owed)
