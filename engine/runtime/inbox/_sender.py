"""The end of the inbox that shelves, doors, perception and the supervisor hold."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import structlog
import zmq

from engine.domain import InputFact
from engine.runtime.inbox._messages import Sent, Shown, ShownView, encoder, to_sender
from engine.runtime.inbox._outbox import LatestOutbox, LosslessOutbox, Outbox, Outgoing

log = structlog.get_logger()

_STALLED_NS = 500_000_000  # no acknowledgement for so long while facts are on their way: connect and send again
_POLL_MS = 100


@dataclass(frozen=True, kw_only=True)
class SenderStatus:
    """``waiting``: facts not acknowledged; ``lost``: refused for lack of room; ``dropped``: replaced, by camera."""

    waiting: int
    lost: int
    dropped: Counter[str]


class FactSender:
    """Hands facts and views to the core from any thread or event loop, never blocking.

    ``lossless``: every fact is kept until the core has journaled it, and sent again when the core was away; when
    ``capacity`` facts wait, further ones are refused, counted and logged. Otherwise the newest fact of each camera
    wins. The connection is made again for ever.
    """

    def __init__(self, endpoint: str, source: str, *, lossless: bool, capacity: int = 50_000) -> None:
        self._endpoint = endpoint
        self._source = source
        self._lossless = lossless
        self._outbox = _outbox(lossless=lossless, capacity=capacity)
        self._views: dict[tuple[str, str], ShownView] = {}
        self._lost = 0
        self._lock = threading.Lock()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"sender-{source}", daemon=True)
        self._thread.start()

    def send(self, fact: InputFact) -> bool:
        """Take charge of a fact; False when it was refused because the outbox is full."""
        with self._lock:
            taken = self._outbox.put(fact)
            if not taken:
                self._lost += 1
        if not taken:
            log.error("fact_lost", source=self._source, fact=type(fact).__name__, lost=self._lost)
        os.eventfd_write(self._wake, 1)
        return taken

    def show(self, view: ShownView) -> None:
        """Show a view; a newer one of the same thing replaces it."""
        with self._lock:
            self._views[_subject(view)] = view
        os.eventfd_write(self._wake, 1)

    @property
    def status(self) -> SenderStatus:
        """What waits and what was lost."""
        with self._lock:
            dropped = self._outbox.dropped if isinstance(self._outbox, LatestOutbox) else Counter[str]()
            return SenderStatus(waiting=self._outbox.waiting, lost=self._lost, dropped=Counter(dropped))

    def close(self, *, patience_s: float = 2.0) -> int:
        """Stop, after waiting up to ``patience_s`` for acknowledgements; how many facts were left unacknowledged."""
        deadline_s = time.monotonic() + patience_s
        while self._lossless and self.status.waiting and time.monotonic() < deadline_s:
            time.sleep(0.005)
        self._closing = True
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        os.close(self._wake)
        return self.status.waiting

    def _run(self) -> None:
        context = zmq.Context()
        socket = _connect(context, self._endpoint)
        progress_ns = time.monotonic_ns()
        while not self._closing:
            self._await(socket)
            now_ns = time.monotonic_ns()
            if self._take_acks(socket) or not self._outbox.in_flight:
                progress_ns = now_ns
            elif now_ns - progress_ns > _STALLED_NS:
                socket.close(linger=0)
                socket = _connect(context, self._endpoint)
                progress_ns = now_ns
                with self._lock:
                    self._outbox.rewind()
            self._send_facts(socket)
            self._send_views(socket)
        socket.close(linger=200)
        context.term()

    def _await(self, socket: "zmq.Socket[bytes]") -> None:
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        poller.register(self._wake, zmq.POLLIN)
        if self._wake in dict(poller.poll(_POLL_MS)):
            os.eventfd_read(self._wake)

    def _take_acks(self, socket: "zmq.Socket[bytes]") -> bool:
        newest = 0
        while socket.poll(0):
            newest = max(newest, to_sender.decode(socket.recv()).seq)
        if newest:
            with self._lock:
                self._outbox.acked(newest)
        return bool(newest)

    def _send_facts(self, socket: "zmq.Socket[bytes]") -> None:
        with self._lock:
            batch = self._outbox.outgoing()
        for outgoing in batch:
            if not _offer(socket, encoder.encode(self._sent(outgoing))):
                return  # the stall clock runs: everything unacknowledged goes again over a new connection

    def _send_views(self, socket: "zmq.Socket[bytes]") -> None:
        with self._lock:
            views, self._views = self._views, {}
        for view in views.values():
            shown = Shown(kind=type(view).__name__, body=msgspec.Raw(encoder.encode(view)))
            _offer(socket, encoder.encode(shown))

    def _sent(self, outgoing: Outgoing) -> Sent:
        return Sent(
            source=self._source,
            seq=outgoing.seq,
            after=outgoing.after,
            lossless=self._lossless,
            fact=msgspec.Raw(encoder.encode(outgoing.fact)),
        )


def _outbox(*, lossless: bool, capacity: int, clock: Callable[[], int] = time.monotonic_ns) -> Outbox:
    if lossless:
        return LosslessOutbox(first_seq=clock(), capacity=capacity)
    return LatestOutbox(first_seq=clock())


def _connect(context: "zmq.Context[zmq.Socket[bytes]]", endpoint: str) -> "zmq.Socket[bytes]":
    socket = context.socket(zmq.DEALER)
    socket.setsockopt(zmq.RECONNECT_IVL, 50)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 1000)
    socket.connect(endpoint)
    return socket


def _offer(socket: "zmq.Socket[bytes]", frame: bytes) -> bool:
    try:
        socket.send(frame, zmq.NOBLOCK)
    except zmq.Again:
        return False
    return True


def _subject(view: ShownView) -> tuple[str, str]:
    for name in ("camera_id", "controller_id", "name"):
        subject = getattr(view, name, None)
        if subject is not None:
            return type(view).__name__, subject
    raise TypeError(f"{type(view).__name__} names no subject")
