"""Put the facts of all sources in one order: pure, the shell tells it the time.

A fact waits at most the reorder budget after its arrival for older ones of other sources; it goes at once when
every source that spoke lately has said something newer. Once handed out, the order is final.
"""

from dataclasses import dataclass

import msgspec

from engine.domain import LateFact, Recorded
from engine.runtime.inbox._messages import LATEST_WINS

REORDER_BUDGET_NS = 60_000_000
LATENESS_NS = 500_000_000
_SILENT_NS = 1_000_000_000  # a source that said nothing for so long is not waited for


@dataclass(frozen=True, order=True)
class _Place:
    boot_epoch: int
    t_ns: int
    source: str
    seq: int


@dataclass(frozen=True)
class _Held:
    place: _Place
    due_ns: int
    recorded: Recorded


@dataclass(frozen=True)
class _Heard:
    t_ns: int
    at_ns: int


class Merger:
    """Orders facts by ``(boot_epoch, t_ns, source, seq)``.

    Cameras lag by up to 400 ms and by different amounts, so what a camera saw is *late* only when the camera facts
    handed out are ``lateness_ns`` ahead of it: then a ``LateFact`` takes its place. All other facts are handed out
    however late, with their own ``t_ns``, and never overtake one another within their source: an acknowledgement
    covers everything before it.
    """

    def __init__(self, *, budget_ns: int = REORDER_BUDGET_NS, lateness_ns: int = LATENESS_NS) -> None:
        self._budget_ns = budget_ns
        self._lateness_ns = lateness_ns
        self._held: list[_Held] = []
        self._heard: dict[str, _Heard] = {}
        self._seen_until_ns = 0  # newest camera fact handed out
        self.late = 0

    def offer(self, recorded: Recorded, now_ns: int, *, awaited: bool = True) -> None:
        """Take in a fact that arrived at ``now_ns``. A source that is not ``awaited`` never keeps others waiting."""
        fact_ns = recorded.fact.t_ns
        if isinstance(recorded.fact, LATEST_WINS):
            recorded = self._judge_lateness(recorded)
        else:
            heard = self._heard.get(recorded.source)
            fact_ns = max(fact_ns, heard.t_ns) if heard else fact_ns
        if awaited:
            self._heard[recorded.source] = _Heard(fact_ns, now_ns)
        place = _Place(recorded.boot_epoch, fact_ns, recorded.source, recorded.seq)
        self._held.append(_Held(place, now_ns + self._budget_ns, recorded))

    def due(self, now_ns: int) -> list[Recorded]:
        """The facts whose place is final at ``now_ns``, in order."""
        if not self._held:
            return []
        horizon_ns = max((held.place.t_ns for held in self._held if held.due_ns <= now_ns), default=-1)
        horizon_ns = max(horizon_ns, self._everybody_is_past_ns(now_ns))
        return self._hand_out([held for held in self._held if held.place.t_ns <= horizon_ns])

    def flush(self) -> list[Recorded]:
        """Everything held, in order: the engine stops."""
        return self._hand_out(list(self._held))

    def next_due_ns(self) -> int | None:
        """When ``due`` has something at the latest; None when nothing is held."""
        return min((held.due_ns for held in self._held), default=None)

    def _judge_lateness(self, recorded: Recorded) -> Recorded:
        late_by_ns = self._seen_until_ns - recorded.fact.t_ns
        if late_by_ns <= self._lateness_ns:
            return recorded
        self.late += 1
        what = type(recorded.fact).__name__
        late = LateFact(t_ns=recorded.fact.t_ns, source=recorded.source, late_by_ns=late_by_ns, what=what)
        return msgspec.structs.replace(recorded, fact=late)

    def _everybody_is_past_ns(self, now_ns: int) -> int:
        newest = [heard.t_ns for heard in self._heard.values() if now_ns - heard.at_ns < _SILENT_NS]
        return min(newest, default=-1)

    def _hand_out(self, going: list[_Held]) -> list[Recorded]:
        if not going:
            return []
        gone = {id(held) for held in going}
        self._held = [held for held in self._held if id(held) not in gone]
        going.sort(key=lambda held: held.place)
        for held in going:
            if isinstance(held.recorded.fact, LATEST_WINS):
                self._seen_until_ns = max(self._seen_until_ns, held.recorded.fact.t_ns)
        return [held.recorded for held in going]
