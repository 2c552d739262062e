"""An engine's end of the wire and nothing behind it: state on a PUB socket, a door that answers snapshots."""

import threading

import zmq

from engine.domain import (
    Accepted,
    CommandRequest,
    Evidence,
    EvidenceRequest,
    FloorView,
    OutputFact,
    Reply,
    Snapshot,
    Store,
    VisitId,
    VisitLeft,
)
from engine.wire import FACTS, FLOOR, Address, decode_request, encode_published, encode_reply

_DEADLINE_MS = 5000


def left(seq: int) -> VisitLeft:
    """A fact that can be told from others."""
    return VisitLeft(t_ns=seq, visit_id=VisitId(f"v{seq}"))


class StandIn:
    """One run of an engine. What is published counts from 1; ``snapshots_given`` counts the answers."""

    def __init__(self, address: Address, store: Store, *, epoch: int) -> None:
        self.epoch = epoch
        self.seq = 0
        self.snapshots_given = 0
        self._store = store
        self._context = zmq.Context()
        self._state = self._context.socket(zmq.XPUB)  # tells when somebody subscribes
        self._state.bind(address.state)
        self._door = self._context.socket(zmq.REP)
        self._door.bind(address.door)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def await_subscriber(self) -> None:
        """Wait until a client's subscription has arrived, so that nothing said from now on is lost to it."""
        if not self._state.poll(_DEADLINE_MS):
            raise AssertionError("nobody subscribed")
        self._state.recv()

    def tell(self, *, lose: bool = False) -> OutputFact:
        """Publish the next fact, or let it get lost on the way."""
        self.seq += 1
        fact = left(self.seq)
        if not lose:
            self.send(encode_published(FACTS, fact, epoch=self.epoch, seq=self.seq))
        return fact

    def show(self) -> None:
        """Publish a view."""
        view = FloorView(t_ns=self.seq, shoppers=())
        self.send(encode_published(FLOOR, view, epoch=self.epoch, seq=self.seq))

    def send(self, frame: bytes) -> None:
        """Publish any bytes."""
        self._state.send(frame)

    def stop(self) -> None:
        """Be gone."""
        self._stopped.set()
        self._thread.join()
        self._state.close(linger=0)
        self._context.term()

    def _answer(self) -> None:
        while not self._stopped.is_set():
            if self._door.poll(10):
                self._door.send(encode_reply(self._reply(self._door.recv())))
        self._door.close(linger=0)

    def _reply(self, frame: bytes) -> Reply:
        match decode_request(frame):
            case CommandRequest(command_id=command_id):
                return Accepted(command_id=command_id)
            case EvidenceRequest(case_id=case_id):
                return Evidence(case_id=case_id, frames=(), steps=())
            case _:
                self.snapshots_given += 1
                return Snapshot(
                    epoch=self.epoch,
                    seq=self.seq,
                    t_ns=0,
                    wall_ns=0,
                    store=self._store,
                    facts=tuple(left(seq) for seq in range(1, self.seq + 1)),
                    backgrounds=(),
                )
