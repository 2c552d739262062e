"""What a sender still has to say, without a socket: one outbox that loses nothing, one that keeps the newest.

Sequence numbers start at the sender's monotonic clock, so they go on rising when its process starts again.
"""

from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import msgspec

from engine.domain import CameraId, FramesDropped, InputFact, PersonsSeen, SensorFault, SensorRecovered

_LOSSLESS_WINDOW = 256
_LATEST_WINDOW = 8  # facts on their way at once: what a slow core is behind at most, besides one fact a camera


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A numbered fact; ``after`` as in ``Sent``."""

    seq: int
    after: int
    fact: InputFact


class Outbox(Protocol):
    """What is to be sent, what is on its way, what has arrived."""

    def put(self, fact: InputFact) -> bool:
        """Take a fact in; False when there is no room for it."""

    def outgoing(self) -> list[Outgoing]:
        """What to send now; it is on its way from here."""

    def acked(self, seq: int) -> None:
        """The inbox has everything up to ``seq``."""

    def rewind(self) -> None:
        """What is on its way did not arrive."""

    @property
    def in_flight(self) -> int:
        """How many facts are on their way."""

    @property
    def waiting(self) -> int:
        """How many facts are not acknowledged."""


class LosslessOutbox:
    """Keeps every fact, in order, until it is acknowledged. When full it takes no more: the oldest are kept."""

    def __init__(self, *, first_seq: int, capacity: int) -> None:
        self._next_seq = first_seq
        self._capacity = capacity
        self._kept: deque[tuple[int, InputFact]] = deque()
        self._in_flight = 0

    def put(self, fact: InputFact) -> bool:
        """Take a fact in; False when full."""
        if len(self._kept) >= self._capacity:
            return False
        self._kept.append((self._next_seq, fact))
        self._next_seq += 1
        return True

    def outgoing(self) -> list[Outgoing]:
        """The next facts, up to a window of unacknowledged ones."""
        after = self._kept[self._in_flight - 1][0] if self._in_flight else 0
        batch: list[Outgoing] = []
        for seq, fact in islice(self._kept, self._in_flight, _LOSSLESS_WINDOW):
            batch.append(Outgoing(seq=seq, after=after, fact=fact))
            after = seq
        self._in_flight += len(batch)
        return batch

    def acked(self, seq: int) -> None:
        """Forget what is safe."""
        while self._kept and self._kept[0][0] <= seq:
            self._kept.popleft()
            self._in_flight = max(0, self._in_flight - 1)

    def rewind(self) -> None:
        """Send everything unacknowledged again."""
        self._in_flight = 0

    @property
    def in_flight(self) -> int:
        """How many facts are on their way."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """How many facts are not acknowledged."""
        return len(self._kept)


class LatestOutbox:
    """Keeps the newest fact of each camera or device; what it replaces is dropped and counted.

    A dropped ``PersonsSeen`` is told to the core as ``FramesDropped`` as soon as the core listens again.
    """

    def __init__(self, *, first_seq: int) -> None:
        self.dropped: Counter[str] = Counter()
        self._next_seq = first_seq
        self._pending: dict[tuple[str, ...], InputFact] = {}
        self._in_flight: deque[tuple[int, InputFact]] = deque()

    def put(self, fact: InputFact) -> bool:
        """Take a fact in, in place of an older one of its kind."""
        key = _key(fact)
        older = self._pending.pop(key, None)
        if isinstance(older, FramesDropped) and isinstance(fact, FramesDropped):
            fact = msgspec.structs.replace(fact, count=fact.count + older.count)
        elif older is not None:
            self._drop(older)
        self._pending[key] = fact
        return True

    def outgoing(self) -> list[Outgoing]:
        """The oldest pending facts, as many as may be on their way."""
        batch: list[Outgoing] = []
        while self._pending and len(self._in_flight) < _LATEST_WINDOW:
            key = next(iter(self._pending))
            fact = self._pending.pop(key)
            batch.append(Outgoing(seq=self._next_seq, after=0, fact=fact))
            self._in_flight.append((self._next_seq, fact))
            self._next_seq += 1
        return batch

    def acked(self, seq: int) -> None:
        """Room for more."""
        while self._in_flight and self._in_flight[0][0] <= seq:
            self._in_flight.popleft()

    def rewind(self) -> None:
        """What was on its way is lost; drop counts and alarms are kept and go again."""
        lost = [fact for _, fact in self._in_flight]
        self._in_flight.clear()
        for fact in lost:
            if isinstance(fact, FramesDropped):
                self.put(fact)
            elif isinstance(fact, SensorFault | SensorRecovered):
                self._pending.setdefault(_key(fact), fact)  # an alarm is told once
            else:
                self._drop(fact)

    @property
    def in_flight(self) -> int:
        """How many facts are on their way."""
        return len(self._in_flight)

    @property
    def waiting(self) -> int:
        """How many facts are not acknowledged."""
        return len(self._pending) + len(self._in_flight)

    def _drop(self, fact: InputFact) -> None:
        self.dropped[_key(fact)[1]] += 1
        if isinstance(fact, PersonsSeen):
            self.put(FramesDropped(t_ns=fact.t_ns, camera_id=CameraId(fact.camera_id), count=1, cause="core slow"))


def _key(fact: InputFact) -> tuple[str, ...]:
    name = type(fact).__name__
    if isinstance(fact, FramesDropped):
        return name, fact.camera_id, fact.cause
    if isinstance(fact, PersonsSeen):
        return name, fact.camera_id
    if isinstance(fact, SensorFault | SensorRecovered):
        return "Sensor", fact.device_id, fact.kind
    return name, name
