"""The core's process: one loop around the inbox, the pipeline and the hub."""

import signal
import time
from importlib.metadata import PackageNotFoundError, version
from types import FrameType

import structlog
import zmq

from engine.core import LagEstimator
from engine.domain import (
    CommandRequest,
    EngineStarted,
    EvidenceRequest,
    HoldCase,
    InputFact,
    Operator,
    PersonsSeen,
    Recorded,
    Reply,
    Request,
    Snapshot,
    SnapshotRequest,
    Tick,
)
from engine.runtime.corehost._books import CHECKPOINT_FACTS, Books
from engine.runtime.corehost._cases import CaseEvidence
from engine.runtime.corehost._conductor import CoreType
from engine.runtime.corehost._door import Door
from engine.runtime.corehost._health import HealthBoard
from engine.runtime.corehost._pipeline import Listeners
from engine.runtime.evidence import EvidenceRing, EvidenceVault, overlay_of
from engine.runtime.hub import Hub
from engine.runtime.inbox import Inbox, Merger
from engine.runtime.ledger import Numbered
from engine.runtime.sealing import KeyRing
from engine.runtime.supervise import Watched
from engine.store import StoreFolder
from engine.wire import BACKGROUND, FLOOR, HEALTH, LEASES, OVERLAY, STOCK

log = structlog.get_logger()

_TICK_NS = 100_000_000
_HEALTH_NS = 1_000_000_000
_STOCK_NS = 5_000_000_000
_CHECKPOINT_NS = 120_000_000_000
_RETIRE_NS = 60_000_000_000
_SOURCE = "core"


class _Every:
    """Says when a period is over."""

    def __init__(self, period_ns: int, now_ns: int) -> None:
        self._period_ns = period_ns
        self.next_ns = now_ns + period_ns

    def over(self, now_ns: int) -> bool:
        """Whether it is; then the next one begins."""
        if now_ns < self.next_ns:
            return False
        self.next_ns = now_ns + self._period_ns
        return True


class CoreHost:
    """A running core. ``run`` returns after ``stop``, with everything it was given journaled and a checkpoint."""

    def __init__(self, folder: StoreFolder, core_type: CoreType) -> None:
        self._folder = folder
        ring = EvidenceRing(folder.store)
        self._books = Books(folder, core_type, recovered=lambda recorded: ring.note(recorded.fact))
        self._conductor = self._books.conductor
        self._boot_epoch = self._books.boot_epoch
        self._started_ns = time.monotonic_ns()
        self._seq = self._started_ns
        self._stopping = False
        vault = EvidenceVault(folder.evidence_dir, KeyRing(folder.keys_dir / "evidence"))
        self._evidence = CaseEvidence(ring, vault, keep_hours=folder.installation.retention.evidence_hours)
        self._merger = Merger()
        self._board = HealthBoard(started_ns=self._started_ns, folder=folder, lags=LagEstimator(folder.store))
        self._door = Door(folder.store.policy, self._conductor, self._recorded)
        self._open_sockets()
        listeners = Listeners(said=self._said, durable=self._inbox.journaled)
        self._pipeline = self._books.pipeline(listeners)

    def stop(self) -> None:
        """Ask ``run`` to return; safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Serve until stopped."""
        watched = Watched()
        self._pipeline.feed([self._recorded(self._started_fact())])
        self._retire()
        now_ns = time.monotonic_ns()
        ticks, health, stock = (_Every(period_ns, now_ns) for period_ns in (_TICK_NS, _HEALTH_NS, _STOCK_NS))
        checkpoint, retire = _Every(_CHECKPOINT_NS, now_ns), _Every(_RETIRE_NS, now_ns)
        while not self._stopping:
            self._wait(ticks.next_ns)
            self._take_in()
            self._move_on()
            self._answer()
            now_ns = time.monotonic_ns()
            if ticks.over(now_ns):
                self._tick(now_ns)
                watched.beat()
            if health.over(now_ns):
                self._hub.show(HEALTH, self._board.health(now_ns, blocked=self._pipeline.blocked))
                self._hub.show(LEASES, self._door.leases())
            if stock.over(now_ns):
                self._hub.show(STOCK, self._conductor.core.stock(now_ns))
            if checkpoint.over(now_ns) or self._conductor.since_checkpoint > CHECKPOINT_FACTS:
                self._write_checkpoint()
            if retire.over(now_ns):
                self._retire()
        self._shut_down()

    def _open_sockets(self) -> None:
        network = self._folder.installation.network
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._hub = Hub(self._context, network, epoch=time.time_ns(), access=self._folder.access)
        known = self._conductor.journaled if self._conductor.boot_epoch == self._boot_epoch else {}
        self._inbox = Inbox(self._context, network.inbox, boot_epoch=self._boot_epoch, journaled=known)
        self._poller = zmq.Poller()
        self._poller.register(self._hub.door, zmq.POLLIN)
        self._poller.register(self._inbox.socket, zmq.POLLIN)

    def _wait(self, tick_ns: int) -> None:
        due_ns = self._merger.next_due_ns()
        until_ns = tick_ns if due_ns is None else min(tick_ns, due_ns)
        wait_ms = max(0, -((time.monotonic_ns() - until_ns) // 1_000_000))
        self._poller.poll(wait_ms)

    def _take_in(self) -> None:
        received = self._inbox.receive(accepting=not self._pipeline.blocked)
        now_ns = time.monotonic_ns()
        for recorded in received.facts:
            self._merger.offer(recorded, now_ns)
            self._evidence.ring.note(recorded.fact)
            self._board.hear(recorded.fact)
            if isinstance(recorded.fact, PersonsSeen):
                self._hub.show(OVERLAY, overlay_of(recorded.fact))
        for view in received.views:
            changed = self._board.note(view, now_ns)
            if changed is not None:
                self._hub.show(BACKGROUND, changed)

    def _move_on(self) -> None:
        now_ns = time.monotonic_ns()
        due_ns = self._merger.next_due_ns()
        batch = self._merger.due(now_ns)
        if not batch:
            self._pipeline.run()
            return
        self._pipeline.feed(batch)
        overdue_ns = max(0, now_ns - due_ns) if due_ns else 0
        self._board.note_lag(time.monotonic_ns() - now_ns + overdue_ns)

    def _tick(self, now_ns: int) -> None:
        if not self._pipeline.blocked:
            self._merger.offer(self._recorded(Tick(t_ns=now_ns)), now_ns, awaited=False)
        floor = self._conductor.core.floor(now_ns)
        self._evidence.ring.note_floor(floor)
        self._hub.show(FLOOR, floor)

    def _said(self, outputs: list[Numbered]) -> None:
        self._hub.publish(outputs)
        facts = [output.fact for output in outputs]
        self._evidence.follow(facts, reopenable=self._conductor.core.reopenable())
        self._door.follow(facts)

    def _answer(self) -> None:
        for asked in self._hub.requests():
            self._hub.answer(asked, self._reply(asked.request, asked.operator))

    def _reply(self, request: Request, operator: Operator | None) -> Reply:
        match request:
            case SnapshotRequest():
                return self._snapshot(operator)
            case EvidenceRequest(case_id=case_id):
                return self._evidence.vault.read(case_id)
            case HoldCase():
                leases = self._door.hold(request, operator)
                self._hub.show(LEASES, leases)
                return leases
            case CommandRequest():
                return self._door.obey(request, operator, self._pipeline)

    def _snapshot(self, operator: Operator | None) -> Snapshot:
        now_ns = time.monotonic_ns()
        return Snapshot(
            epoch=self._hub.epoch,
            seq=self._conductor.out_seq,
            t_ns=now_ns,
            wall_ns=self._conductor.wall_ns(now_ns),
            store=self._folder.store,
            facts=self._conductor.core.standing_facts(),
            backgrounds=tuple(self._board.backgrounds[camera] for camera in sorted(self._board.backgrounds)),
            operator=operator,
        )

    def _recorded(self, fact: InputFact) -> Recorded:
        self._seq += 1
        return Recorded(boot_epoch=self._boot_epoch, source=_SOURCE, seq=self._seq, fact=fact)

    def _started_fact(self) -> EngineStarted:
        return EngineStarted(t_ns=time.monotonic_ns(), wall_ns=time.time_ns(), version=_version())

    def _write_checkpoint(self) -> None:
        if not self._pipeline.blocked:
            self._books.write_checkpoint()

    def _retire(self) -> None:
        self._books.retire()
        core = self._conductor.core
        self._evidence.sweep(core.standing_facts(), reopenable=core.reopenable())

    def _shut_down(self) -> None:
        self._take_in()
        self._pipeline.feed(self._merger.flush())
        self._write_checkpoint()
        self._books.close()
        self._inbox.close()
        self._hub.close()
        self._context.term()
        log.info("core_stopped")


def run_core(folder: StoreFolder, core_type: CoreType) -> None:
    """The body of the core's process: serve until SIGTERM or SIGINT."""
    host = CoreHost(folder, core_type)

    def stop(signal_number: int, frame: FrameType | None) -> None:
        host.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    host.run()


def _version() -> str:
    try:
        return version("tillfree")
    except PackageNotFoundError:
        return "not installed"
