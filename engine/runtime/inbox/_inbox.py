"""The core's end: a ROUTER that takes facts in once, acknowledges them, and counts what it cannot read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec
import structlog
import zmq

from engine.domain import InputFact, Recorded
from engine.runtime.inbox._admission import Admission, Admitted
from engine.runtime.inbox._messages import Acked, Sent, ShownView, encoder, facts, to_inbox, views

log = structlog.get_logger()

_BATCH = 500  # messages taken in before the loop looks at its other duties


@dataclass(frozen=True)
class Received:
    """What one look into the inbox brought."""

    facts: list[Recorded] = field(default_factory=list)
    views: list[ShownView] = field(default_factory=list)


class Inbox:
    """Facts and views of all senders. Lossless facts are acknowledged when the caller has journaled them."""

    def __init__(
        self, context: "zmq.Context[zmq.Socket[bytes]]", endpoint: str, *, boot_epoch: int, journaled: Mapping[str, int]
    ) -> None:
        self.unreadable = 0
        self._boot_epoch = boot_epoch
        self._admission = Admission(journaled)
        self._journaled = dict(journaled)
        self._routes: dict[str, bytes] = {}
        self._lossless: set[str] = set()
        self.socket = context.socket(zmq.ROUTER)
        self.socket.bind(endpoint)

    def receive(self, *, accepting: bool = True) -> Received:
        """Everything that waits, up to a batch. When not ``accepting``, facts are left to their senders."""
        received = Received()
        taken: dict[str, int] = {}
        for _ in range(_BATCH):
            if not self.socket.poll(0):
                break
            route, frame = self.socket.recv_multipart()[:2]
            message = self._read(frame, received)
            if message is not None and accepting:
                self._routes[message.source] = route
                self._take(message, received, taken)
        for source, seq in taken.items():
            self._acknowledge(source, seq)
        return received

    def journaled(self, batch: Iterable[Recorded]) -> None:
        """The journal holds ``batch`` for good: tell the senders of lossless facts."""
        newest: dict[str, int] = {}
        for recorded in batch:
            newest[recorded.source] = max(newest.get(recorded.source, 0), recorded.seq)
        for source in sorted(newest.keys() & self._lossless):
            self._journaled[source] = max(self._journaled.get(source, 0), newest[source])
            self._acknowledge(source, self._journaled[source])

    def close(self) -> None:
        """Stop listening."""
        self.socket.close(linger=200)

    def _read(self, frame: bytes, received: Received) -> Sent | None:
        try:
            message = to_inbox.decode(frame)
            if isinstance(message, Sent):
                return message
            if message.kind in views:
                received.views.append(views[message.kind].decode(message.body))
        except msgspec.MsgspecError as error:
            self._skip(str(error))
        return None

    def _take(self, message: Sent, received: Received, taken: dict[str, int]) -> None:
        fact = self._admit(message, taken)
        if fact is not None:
            received.facts.append(
                Recorded(boot_epoch=self._boot_epoch, source=message.source, seq=message.seq, fact=fact)
            )

    def _admit(self, sent: Sent, taken: dict[str, int]) -> InputFact | None:
        match self._admission.admit(sent):
            case Admitted.GAP:
                return None
            case Admitted.AGAIN:
                taken[sent.source] = self._journaled.get(sent.source, 0) if sent.lossless else sent.seq
                return None
        if sent.lossless:
            self._lossless.add(sent.source)
        else:
            taken[sent.source] = sent.seq
        try:
            return facts.decode(sent.fact)
        except msgspec.MsgspecError as error:
            self._skip(f"{sent.source}: {error}")
            return None

    def _skip(self, problem: str) -> None:
        self.unreadable += 1
        log.error("inbox_unreadable", problem=problem, count=self.unreadable)

    def _acknowledge(self, source: str, seq: int) -> None:
        self.socket.send_multipart([self._routes[source], encoder.encode(Acked(seq=seq))])
