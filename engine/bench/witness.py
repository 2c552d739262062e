"""A witness on the wire: every fact a ZeroMQ client gets, with the instant it got it."""

import threading
import time
from dataclasses import dataclass

from engine.domain import EngineHealth, OutputFact, Snapshot, View
from engine.wire import Address, EngineClient, EngineUnreachableError, Published

_POLL_S = 0.05


@dataclass(frozen=True)
class Heard:
    """A fact and when it arrived, on the host's monotonic clock."""

    arrived_ns: int
    fact: OutputFact


class Witness:
    """Listens in a thread of its own until stopped."""

    def __init__(self, address: Address) -> None:
        self.heard: list[Heard] = []
        self.health: list[EngineHealth] = []
        self.connected = threading.Event()
        self._address = address
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="witness")
        self._thread.start()

    def stop(self) -> None:
        """Hang up and wait for the thread."""
        self._stopped.set()
        self._thread.join()

    def facts(self) -> tuple[OutputFact, ...]:
        """What was heard, in order."""
        return tuple(heard.fact for heard in list(self.heard))

    def _listen(self) -> None:
        with EngineClient(self._address) as client:
            while not self._stopped.is_set():
                try:
                    for message in client.receive(_POLL_S):
                        self._take(message)
                except EngineUnreachableError:
                    self.connected.clear()

    def _take(self, message: Snapshot | Published) -> None:
        now_ns = time.monotonic_ns()
        if isinstance(message, Snapshot):
            known = {heard.fact for heard in self.heard}
            self.heard += [Heard(now_ns, fact) for fact in message.facts if fact not in known]
            self.connected.set()
        elif isinstance(message.body, EngineHealth):
            self.health.append(message.body)
        elif not isinstance(message.body, View):
            self.heard.append(Heard(now_ns, message.body))
