"""A replica's end of the wire: subscribe, take a snapshot, apply what follows, start again on a gap.

Synchronous and single-threaded by design: the console runs it in its network thread, tests and tools inline.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import zmq

from engine.domain import (
    Accepted,
    CaseId,
    CommandRequest,
    Evidence,
    EvidenceRequest,
    HoldCase,
    Leases,
    Refused,
    Reply,
    Request,
    Snapshot,
    SnapshotRequest,
)
from engine.wire._codec import FrameError, Published, decode_published, decode_reply, encode_request
from engine.wire._keys import ClientKey
from engine.wire._topics import FACTS


class EngineUnreachableError(ConnectionError):
    """The engine did not answer in time."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where an engine listens: ZeroMQ endpoints of its state (PUB) and of its door for requests (ROUTER).

    ``key`` says who we are, to an engine that asks.
    """

    state: str
    door: str
    key: ClientKey | None = None


class EngineClient:
    """Reads an engine's state in order and without gaps, and asks things of it."""

    def __init__(self, address: Address, *, request_timeout_s: float = 2.0) -> None:
        self.frames_skipped = 0
        self._address = address
        self._timeout_ms = int(request_timeout_s * 1000)
        self._context = zmq.Context()
        self._state = self._context.socket(zmq.SUB)
        self._state.setsockopt(zmq.RCVHWM, 100_000)
        self._state.setsockopt(zmq.SUBSCRIBE, b"")
        self._show_key(self._state)
        self._state.connect(address.state)
        self._door = self._open_door()
        self._epoch = 0
        self._seq = 0
        self._in_step = False

    def __enter__(self) -> "EngineClient":
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    def receive(self, timeout_s: float) -> Iterator[Snapshot | Published]:
        """Whatever came within ``timeout_s``: a ``Snapshot`` first and after every gap, publications between.

        Returns at the first quiet moment. Raises ``EngineUnreachableError`` when a snapshot is due and the
        engine does not answer; calling again tries again.
        """
        if not self._in_step:
            yield self._resynchronise()
        if not self._state.poll(int(timeout_s * 1000)):
            return
        for published in self._drain():
            if self._follows(published):
                yield published
            elif not self._in_step:
                yield self._resynchronise()

    def evidence(self, case_id: CaseId) -> Evidence:
        """What a reviewer needs to decide a case."""
        reply = self._ask(EvidenceRequest(case_id=case_id))
        if not isinstance(reply, Evidence):
            raise FrameError(f"expected evidence, got {type(reply).__name__}")
        return reply

    def hold(self, asked: HoldCase) -> Leases:
        """Say which case a console shows; the answer says who has which, this one included if it got it."""
        reply = self._ask(asked)
        if not isinstance(reply, Leases):
            raise FrameError(f"expected leases, got {type(reply).__name__}")
        return reply

    def command(self, request: CommandRequest) -> Accepted | Refused:
        """Give a command; sending the same ``command_id`` again is harmless."""
        reply = self._ask(request)
        if not isinstance(reply, Accepted | Refused):
            raise FrameError(f"expected an answer to a command, got {type(reply).__name__}")
        return reply

    def snapshot(self) -> Snapshot:
        """The engine's present state; does not move this client's place in the stream."""
        reply = self._ask(SnapshotRequest())
        if not isinstance(reply, Snapshot):
            raise FrameError(f"expected a snapshot, got {type(reply).__name__}")
        return reply

    def close(self) -> None:
        """Hang up."""
        self._state.close(linger=0)
        self._door.close(linger=0)
        self._context.term()

    def _follows(self, published: Published) -> bool:
        if published.topic is not FACTS:
            # A view has no number of its own: it tells the run and the last fact before it, so that a lost fact or a
            # new run is noticed before the next fact.
            self._in_step = published.epoch == self._epoch and published.seq <= self._seq
            return self._in_step
        if published.epoch == self._epoch and published.seq <= self._seq:
            return False
        if published.epoch != self._epoch or published.seq != self._seq + 1:
            self._in_step = False
            return False
        self._seq = published.seq
        return True

    def _resynchronise(self) -> Snapshot:
        self._state.poll(0)  # libzmq renews subscriptions after a reconnect only when the socket is touched
        snapshot = self.snapshot()
        self._epoch, self._seq, self._in_step = snapshot.epoch, snapshot.seq, True
        return snapshot

    def _drain(self) -> Iterator[Published]:
        frames: deque[bytes] = deque()
        while self._state.poll(0):
            frames.append(self._state.recv())
        for frame in frames:
            try:
                yield decode_published(frame)
            except FrameError:
                self.frames_skipped += 1

    def _ask(self, request: Request) -> Reply:
        self._door.send(encode_request(request))
        if not self._door.poll(self._timeout_ms):
            self._door.close(linger=0)
            self._door = self._open_door()
            self._in_step = False
            raise EngineUnreachableError(
                f"no answer from {self._address.door} in {self._timeout_ms} ms; {self._doubt()}"
            )
        return decode_reply(self._door.recv())

    def _open_door(self) -> "zmq.Socket[bytes]":
        door = self._context.socket(zmq.REQ)
        self._show_key(door)
        door.connect(self._address.door)
        return door

    def _show_key(self, socket: "zmq.Socket[bytes]") -> None:
        key = self._address.key
        if key is not None:
            socket.curve_serverkey = key.engine.encode()
            socket.curve_publickey, socket.curve_secretkey = key.pair.public.encode(), key.pair.secret.encode()

    def _doubt(self) -> str:
        """An engine does not say why it shuts its door."""
        key = self._address.key
        if key is None:
            return "is the engine running, and does it want no key?"
        return f"is the engine running, and is {key.name} among its people?"
