"""A peer made of real sockets: publishes and answers as an engine does, under the test's control."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

import zmq

from engine.domain import (
    Accepted,
    BackgroundPlate,
    CommandRequest,
    Evidence,
    EvidenceRequest,
    HoldCase,
    Lease,
    Leases,
    Operator,
    OutputFact,
    Refused,
    Reply,
    Snapshot,
    SnapshotRequest,
    Store,
    View,
)
from engine.wire import (
    BACKGROUND,
    FACTS,
    FLOOR,
    HEALTH,
    OVERLAY,
    STOCK,
    Address,
    Topic,
    decode_request,
    encode_published,
    encode_reply,
)

Answer = Callable[[CommandRequest], Accepted | Refused]
_TOPICS: dict[str, Topic] = {
    "FloorView": FLOOR,
    "CameraOverlay": OVERLAY,
    "EngineHealth": HEALTH,
    "BackgroundPlate": BACKGROUND,
    "StockView": STOCK,
}


def accept(request: CommandRequest) -> Accepted:
    """The usual answer."""
    return Accepted(command_id=request.command_id)


class EngineStandIn:
    """One engine run. ``commands`` holds what arrived, ``held`` who has which case; ``stop`` is as abrupt as a kill."""

    def __init__(self, store: Store, *, epoch: int, t_ns: int, address: Address | None = None) -> None:
        self.commands: list[CommandRequest] = []
        self.held: list[Lease] = []
        self.snapshots_given = 0
        self.answer: Answer = accept
        self.operator: Operator | None = None
        self.evidence: dict[str, Evidence] = {}
        self._store, self._epoch, self._t_ns = store, epoch, t_ns
        self._facts: list[OutputFact] = []
        self._backgrounds: list[BackgroundPlate] = []
        self._seq = 0
        self._outbox: SimpleQueue[OutputFact | View] = SimpleQueue()
        self._context = zmq.Context()
        self._state, self._door = self._context.socket(zmq.PUB), self._context.socket(zmq.ROUTER)
        self.address = self._bind(address)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-stand-in")

    def begin_with(self, facts: list[OutputFact], backgrounds: list[BackgroundPlate] | None = None) -> None:
        """What a snapshot starts from; before ``start``."""
        self._facts, self._backgrounds = list(facts), backgrounds or []
        self._seq = len(facts)

    def start(self) -> "EngineStandIn":
        """Answer from now on."""
        self._thread.start()
        return self

    def say(self, *bodies: OutputFact | View) -> None:
        """Publish, in this order."""
        for body in bodies:
            self._outbox.put(body)

    def stop(self) -> None:
        """Die."""
        self._stopping.set()
        self._thread.join()
        self._state.close(linger=0)
        self._door.close(linger=0)
        self._context.term()

    def _bind(self, address: Address | None) -> Address:
        if address is not None:
            self._state.bind(address.state)
            self._door.bind(address.door)
            return address
        ports = [socket.bind_to_random_port("tcp://127.0.0.1") for socket in (self._state, self._door)]
        return Address(state=f"tcp://127.0.0.1:{ports[0]}", door=f"tcp://127.0.0.1:{ports[1]}")

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._door.poll(5):
                sender, empty, frame = self._door.recv_multipart()
                self._door.send_multipart([sender, empty, encode_reply(self._reply(frame))])
            self._publish()

    def _publish(self) -> None:
        while True:
            try:
                body = self._outbox.get_nowait()
            except Empty:
                return
            if isinstance(body, View):
                frame = encode_published(_TOPICS[type(body).__name__], body, epoch=self._epoch, seq=self._seq)
            else:
                self._seq += 1
                self._facts.append(body)
                frame = encode_published(FACTS, body, epoch=self._epoch, seq=self._seq)
            self._state.send(frame)

    def _reply(self, frame: bytes) -> Reply:
        match decode_request(frame):
            case SnapshotRequest():
                self.snapshots_given += 1
                return self._snapshot()
            case EvidenceRequest(case_id=case_id):
                return self.evidence.get(case_id, Evidence(case_id=case_id, frames=(), steps=()))
            case HoldCase(case_id=case_id, console_id=console_id) as asked:
                self.held = [lease for lease in self.held if lease.console_id != console_id]
                if case_id is not None and all(lease.case_id != case_id for lease in self.held):
                    self.held.append(Lease(case_id=case_id, console_id=console_id, by=asked.by))
                return Leases(t_ns=self._t_ns, held=tuple(self.held))
            case CommandRequest() as request:
                self.commands.append(request)
                return self.answer(request)

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            epoch=self._epoch,
            seq=self._seq,
            t_ns=self._t_ns,
            wall_ns=1_700_000_000_000_000_000,
            store=self._store,
            facts=tuple(self._facts),
            backgrounds=tuple(self._backgrounds),
            operator=self.operator,
        )
