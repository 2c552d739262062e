"""An engine's side of a reviewer's day: rounds of cases, each with its shoppers, and what is decided on them."""

import time
from threading import Event

import zmq
from msgspec.structs import replace

from engine.bench.console import NS_PER_S, free_endpoint, granted, settling
from engine.bench.reviewing._rounds import Asked, Round, shifted
from engine.domain import (
    Accepted,
    CannotTell,
    CaseId,
    CaseResolved,
    CommandRequest,
    EngineHealth,
    Evidence,
    EvidenceRequest,
    HoldCase,
    OutputFact,
    ProcessHealth,
    ReceiptId,
    ReceiptIssued,
    Refused,
    Reply,
    Request,
    ResolveCase,
    Snapshot,
    SnapshotRequest,
    Store,
    Verdict,
    VisitLeft,
    VisitOpened,
)
from engine.runtime.hub import Hub
from engine.runtime.ledger import Numbered
from engine.store import NetworkSection
from engine.wire import HEALTH

_DEADLINE_NS = 3600 * NS_PER_S
_POLL_MS = 5
_EPOCH = 1


class Talker:
    """Tells the next round when the last is decided. ``decided`` is what was said of each case; None: cannot tell."""

    def __init__(self, store: Store, rounds: list[Round]) -> None:
        self.decided: dict[CaseId, Verdict | None] = {}
        self._store, self._rounds = store, list(rounds)
        self._cases: dict[CaseId, Asked] = {}
        self._facts: list[OutputFact] = []
        self._inside: list[OutputFact] = []
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.state, self.door = free_endpoint(), free_endpoint()
        self._hub = Hub(self._context, NetworkSection(state=self.state, door=self.door), epoch=_EPOCH)

    def talk(self, stopped: Event) -> None:
        """Answer until told to stop."""
        health_ns = 0
        while not stopped.is_set():
            self._hub.door.poll(_POLL_MS)
            for asked in self._hub.requests():
                self._hub.answer(asked, self._reply(asked.request))
            if self._rounds and not self._cases.keys() - self.decided.keys():
                self._begin(self._rounds.pop(0))
            if time.monotonic_ns() - health_ns > NS_PER_S // HEALTH.expected_hz:
                health_ns = time.monotonic_ns()
                self._hub.show(HEALTH, _health(health_ns))
        self._hub.close()
        self._context.term()

    def _begin(self, made: Round) -> None:
        """Whoever was inside pays and is gone; the next come in, and the questions about them."""
        now_ns = time.monotonic_ns()
        for visit in self._inside:
            if isinstance(visit, VisitOpened):
                self._say(VisitLeft(t_ns=now_ns, visit_id=visit.visit_id))
                self._say(_paid(visit, self._store, now_ns))
        self._inside = [replace(fact, t_ns=now_ns) for fact in made.visits]
        for fact in self._inside:
            self._say(fact)
        for asked in made.asked:
            moved = shifted(asked, now_ns - asked.case.t_ns, deadline_ns=now_ns + _DEADLINE_NS)
            self._cases[moved.case.case_id] = moved
            self._say(moved.case)

    def _say(self, fact: OutputFact) -> None:
        self._facts.append(fact)
        self._hub.publish([Numbered(out_seq=len(self._facts), wall_ns=time.time_ns(), fact=fact)])

    def _reply(self, request: Request) -> Reply:
        match request:
            case SnapshotRequest():
                return Snapshot(
                    epoch=_EPOCH,
                    seq=len(self._facts),
                    t_ns=time.monotonic_ns(),
                    wall_ns=time.time_ns(),
                    store=self._store,
                    facts=tuple(self._facts),
                    backgrounds=(),
                )
            case EvidenceRequest(case_id=case_id):
                return self._evidence(case_id)
            case HoldCase():
                return granted(request)
            case CommandRequest():
                return self._obey(request)

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
        self._say(
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


def _health(t_ns: int) -> EngineHealth:
    core = ProcessHealth(name="core", state="running", restarts=0, cpu_share=0.05, memory_mb=140.0)
    return EngineHealth(
        t_ns=t_ns,
        uptime_s=1.0,
        processes=(core,),
        cameras=(),
        controllers=(),
        core_lag_ms=38.0,
        journal_free_mb=80_000.0,
    )
