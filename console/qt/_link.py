"""The network thread: reads the engine's state, sends what people decide, and never lets the window wait.

What arrives goes through a bounded mailbox: of each view only the newest is kept, a snapshot replaces the facts
before it, and a mailbox that nobody empties is emptied and begun again with a snapshot.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic_ns

from PySide6.QtCore import QObject, Signal

from console.language import _
from console.model import LOST_AFTER_NS
from engine.domain import (
    Accepted,
    BackgroundPlate,
    CameraOverlay,
    CaseId,
    CommandRequest,
    Evidence,
    HoldCase,
    Leases,
    Refused,
    Snapshot,
    View,
)
from engine.wire import Address, EngineClient, EngineUnreachableError, FrameError, Published

FACTS_KEPT = 20_000
_POLL_S = 0.02
_GATHER_S = 0.008
"""Views of many cameras come one by one; waking the window for each costs more than taking a few together."""
_REQUEST_TIMEOUT_S = 1.0
_RETRY_S = 0.3


@dataclass(frozen=True)
class EngineLost:
    """The engine did not answer, or not in words this console knows."""

    reason: str


@dataclass(frozen=True)
class EvidenceMissing:
    """The evidence of a case could not be had, and why."""

    case_id: CaseId
    reason: str


Message = Snapshot | Published | EngineLost | Evidence | EvidenceMissing | Leases | Accepted | Refused


@dataclass(frozen=True)
class Delivery:
    """A message and when it arrived, on this host's monotonic clock."""

    message: Message
    at_ns: int


class Mailbox:
    """What arrived and was not looked at yet. Safe between two threads."""

    def __init__(self, on_first: Callable[[], None]) -> None:
        self._on_first = on_first
        self._lock = threading.Lock()
        self._ordered: deque[Delivery] = deque()
        self._newest: dict[Hashable, Delivery] = {}

    def put(self, message: Message) -> bool:
        """Add a message; False when the box was full and its facts are gone: only a snapshot helps."""
        with self._lock:
            first = not self._ordered and not self._newest
            kept = self._keep(Delivery(message, monotonic_ns()))
        if first:
            self._on_first()
        return kept

    def take(self) -> Iterator[Delivery]:
        """Everything that arrived: what must be seen in order first, then the newest views."""
        with self._lock:
            ordered, newest = self._ordered, self._newest
            self._ordered, self._newest = deque(), {}
        yield from ordered
        yield from newest.values()

    def _keep(self, delivery: Delivery) -> bool:
        message = delivery.message
        if isinstance(message, Published) and isinstance(message.body, View):
            self._newest[_view_key(message.body)] = delivery
            return True
        if isinstance(message, Snapshot):
            # It replaces facts only: answers to what people asked stay.
            kept = [old for old in self._ordered if not isinstance(old.message, Snapshot | Published)]
            self._ordered = deque(kept)
        self._ordered.append(delivery)
        if len(self._ordered) <= FACTS_KEPT:
            return True
        self._ordered.clear()
        return False


class EngineLink(QObject):
    """Owns the socket and the thread that reads it; ``arrived`` says that the mailbox has something."""

    arrived = Signal()

    def __init__(self, address: Address, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox(self.arrived.emit)
        self._address = address
        self._asked: SimpleQueue[CommandRequest | HoldCase | CaseId] = SimpleQueue()
        self._unanswered: deque[CommandRequest] = deque()
        self._wanted: deque[CaseId] = deque()
        self._to_hold: HoldCase | None = None
        self._heard_ns = monotonic_ns()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="console-network", daemon=True)

    def start(self) -> None:
        """Begin to connect; keeps trying for ever."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and wait for the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5 * _REQUEST_TIMEOUT_S)

    @property
    def running(self) -> bool:
        """Whether the network thread lives."""
        return self._thread.is_alive()

    def give(self, request: CommandRequest) -> None:
        """Send a command; it is sent again until the engine answers, which its id makes harmless."""
        self._asked.put(request)

    def hold(self, asked: HoldCase) -> None:
        """Say which case is shown here; only the newest counts."""
        self._asked.put(asked)

    def fetch_evidence(self, case_id: CaseId) -> None:
        """Ask for a case's evidence."""
        self._asked.put(case_id)

    def _run(self) -> None:
        with EngineClient(self._address, request_timeout_s=_REQUEST_TIMEOUT_S) as client:
            while not self._stopping.is_set():
                try:
                    self._read(client)
                    self._ask(client)
                    self._stopping.wait(_GATHER_S)
                except (EngineUnreachableError, FrameError) as error:
                    self._deliver(EngineLost(str(error)))
                    self._stopping.wait(_RETRY_S)
            self._let_go(client)

    def _read(self, client: EngineClient) -> None:
        for message in client.receive(_POLL_S):
            self._heard_ns = monotonic_ns()
            if not self._deliver(message):
                self._deliver(client.snapshot())
        if monotonic_ns() - self._heard_ns > LOST_AFTER_NS:
            # Silence alone does not tell a dead engine from a dead subscription: ask.
            self._deliver(client.snapshot())
            self._heard_ns = monotonic_ns()

    def _ask(self, client: EngineClient) -> None:
        self._collect_questions()
        while self._unanswered:
            request = self._unanswered[0]
            try:
                self._deliver(client.command(request))
            except FrameError as error:
                reason = _("no answer this console knows: {error}", error=error)
                self._deliver(Refused(command_id=request.command_id, reason=reason))
            self._unanswered.popleft()
        if self._to_hold is not None:  # after the answers: whoever holds the next case has let go of the last
            self._deliver(client.hold(self._to_hold))
            self._to_hold = None
        while self._wanted:
            try:
                self._deliver(client.evidence(self._wanted[0]))
            except FrameError as error:
                self._deliver(EvidenceMissing(self._wanted[0], str(error)))
            self._wanted.popleft()

    def _let_go(self, client: EngineClient) -> None:
        """Free what was held here; an engine that does not hear it waits until the lease is over."""
        self._collect_questions()
        if self._to_hold is not None:
            with suppress(EngineUnreachableError, FrameError):
                client.hold(self._to_hold)

    def _collect_questions(self) -> None:
        while True:
            try:
                asked = self._asked.get_nowait()
            except Empty:
                return
            if isinstance(asked, CommandRequest):
                self._unanswered.append(asked)
            elif isinstance(asked, HoldCase):
                self._to_hold = asked
            else:
                self._wanted.append(asked)

    def _deliver(self, message: Message) -> bool:
        return self.mailbox.put(message)


def _view_key(view: View) -> Hashable:
    if isinstance(view, CameraOverlay | BackgroundPlate):
        return type(view), view.camera_id
    return type(view)
