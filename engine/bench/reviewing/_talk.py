"""An engine's side of a reviewer's day: rounds of cases, each with its shoppers, and what is decided on them."""

import time
from threading import Event

from msgspec.structs import replace

from engine.bench.console import NS_PER_S, settling
from engine.bench.front import Front, well
from engine.bench.reviewing._rounds import Asked, Round, shifted
from engine.domain import (
    Accepted,
    CannotTell,
    CaseId,
    CaseResolved,
    CommandRequest,
    Evidence,
    OutputFact,
    ReceiptId,
    ReceiptIssued,
    Refused,
    ResolveCase,
    Store,
    Verdict,
    VisitLeft,
    VisitOpened,
)
from engine.wire import HEALTH

_DEADLINE_NS = 3600 * NS_PER_S
_POLL_MS = 5


class Talker:
    """Tells the next round when the last is decided. ``decided`` is what was said of each case; None: cannot tell."""

    def __init__(self, store: Store, rounds: list[Round]) -> None:
        self.decided: dict[CaseId, Verdict | None] = {}
        self._store, self._rounds = store, list(rounds)
        self._cases: dict[CaseId, Asked] = {}
        self._inside: list[OutputFact] = []
        self.front = Front(store, evidence=self._evidence, obey=self._obey)

    def talk(self, stopped: Event) -> None:
        """Answer until told to stop."""
        health_ns = 0
        while not stopped.is_set():
            self.front.answer(wait_ms=_POLL_MS)
            if self._rounds and not self._cases.keys() - self.decided.keys():
                self._begin(self._rounds.pop(0))
            if time.monotonic_ns() - health_ns > NS_PER_S // HEALTH.expected_hz:
                health_ns = time.monotonic_ns()
                self.front.show(HEALTH, well(health_ns, uptime_s=1.0))
        self.front.close()

    def _begin(self, made: Round) -> None:
        """Whoever was inside pays and is gone; the next come in, and the questions about them."""
        now_ns = time.monotonic_ns()
        for visit in self._inside:
            if isinstance(visit, VisitOpened):
                self.front.say(VisitLeft(t_ns=now_ns, visit_id=visit.visit_id))
                self.front.say(_paid(visit, self._store, now_ns))
        self._inside = [replace(fact, t_ns=now_ns) for fact in made.visits]
        for fact in self._inside:
            self.front.say(fact)
        for asked in made.asked:
            moved = shifted(asked, now_ns - asked.case.t_ns, deadline_ns=now_ns + _DEADLINE_NS)
            self._cases[moved.case.case_id] = moved
            self.front.say(moved.case)

    def _evidence(self, case_id: CaseId) -> Evidence:
        asked = self._cases[case_id]
        return replace(asked.evidence, steps=(settling(asked.case),))

    def _obey(self, request: CommandRequest) -> Accepted | Refused:
        command = request.command
        if not isinstance(command, ResolveCase | CannotTell) or command.case_id not in self._cases:
            return Refused(command_id=request.command_id, reason="no such case")
        verdict = command.verdict if isinstance(command, ResolveCase) else None
        self.decided[command.case_id] = verdict
        likeliest = self._cases[command.case_id].case.hypotheses[0].verdict
        now_ns = time.monotonic_ns()
        self.front.say(
            CaseResolved(t_ns=now_ns, case_id=command.case_id, verdict=verdict or likeliest, decided_by=request.by)
        )
        return Accepted(command_id=request.command_id)


def _paid(visit: VisitOpened, store: Store, t_ns: int) -> ReceiptIssued:
    return ReceiptIssued(
        t_ns=t_ns,
        receipt_id=ReceiptId(f"r-{visit.visit_id}"),
        visit_id=visit.visit_id,
        lines=(),
        total_minor=0,
        currency=store.currency,
    )
