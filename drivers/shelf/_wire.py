"""What carries a request to a device and its answer back."""

from dataclasses import dataclass
from typing import Protocol

from engine.ports import DeviceFaultKind


class WireError(Exception):
    """No answer, and why."""

    def __init__(self, problem: str, *, kind: DeviceFaultKind) -> None:
        super().__init__(problem)
        self.kind = kind


@dataclass(frozen=True)
class Answer:
    """An answer without its frame, and the instant at which it was there, on the engine's monotonic clock."""

    pdu: bytes
    t_ns: int


class Wire(Protocol):
    """A way to one device; one request at a time."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as is known."""

    async def dial(self) -> None:
        """Connect. Raises ``WireError``."""

    async def ask(self, pdu: bytes, *, within_s: float) -> Answer:
        """Send a request and wait for its answer. Raises ``WireError``."""

    def hang_up(self) -> None:
        """Drop the connection at once; ``dial`` makes another."""

    def close(self) -> None:
        """Be done with it."""
