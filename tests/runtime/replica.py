"""A client that keeps what it was told, for tests."""

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from engine.domain import EngineHealth, OutputFact, ProcessHealth, Snapshot
from engine.store import StoreFolder
from engine.wire import Address, ClientKey, EngineClient, EngineUnreachableError
from tests.runtime.build import wait_for


class Replica:
    """Facts as a replica holds them: the snapshot's, then those that followed; views as they came."""

    def __init__(self, folder: StoreFolder, key: ClientKey | None = None) -> None:
        network = folder.installation.network
        self.client = EngineClient(Address(state=network.state, door=network.door, key=key), request_timeout_s=1.0)
        self.facts: list[OutputFact] = []
        self.views: list[object] = []
        self.snapshots = 0

    def __enter__(self) -> "Replica":
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.client.close()

    def until(self, condition: Callable[[], bool], *, within_s: float = 5.0) -> None:
        """Listen until the condition holds, also through a restart of the engine."""

        def listen() -> bool:
            with suppress(EngineUnreachableError):
                self._listen()
            return condition()

        wait_for(listen, within_s=within_s)

    def processes(self) -> tuple[ProcessHealth, ...]:
        """The processes as the newest health view has them."""
        return next((view.processes for view in reversed(self.views) if isinstance(view, EngineHealth)), ())

    def names(self) -> list[str]:
        """The classes of the facts."""
        return [type(fact).__name__ for fact in self.facts]

    def _listen(self) -> None:
        for message in self.client.receive(0.02):
            if isinstance(message, Snapshot):
                self.snapshots += 1
                self.facts = list(message.facts)
            elif isinstance(message.body, OutputFact):
                self.facts.append(message.body)
            else:
                self.views.append(message.body)
