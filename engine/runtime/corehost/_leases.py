"""Who looks at which case: kept in memory, since consoles say it again long before anybody misses it."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.domain import CaseId, ConsoleId, HoldCase, Lease, Leases


@dataclass(frozen=True)
class _Held:
    lease: Lease
    until_ns: int


class LeaseBook:
    """A case has at most one holder and a console at most one case."""

    def __init__(self, lease_s: float) -> None:
        self._lease_ns = round(lease_s * 1e9)
        self._held: dict[CaseId, _Held] = {}

    def hold(self, asked: HoldCase, *, now_ns: int) -> None:
        """Let a console have the case it shows, unless another one has it; what it held before is free."""
        self._expire(now_ns)
        self._drop(lambda held: held.lease.console_id == asked.console_id)
        if asked.case_id is not None and asked.case_id not in self._held:
            lease = Lease(case_id=asked.case_id, console_id=asked.console_id, by=asked.by)
            self._held[asked.case_id] = _Held(lease, now_ns + self._lease_ns)

    def kept_from(self, case_id: CaseId, console_id: ConsoleId, *, now_ns: int) -> str:
        """Who has the case, if that is another console than this one; empty when it may be answered here."""
        self._expire(now_ns)
        held = self._held.get(case_id)
        return "" if held is None or held.lease.console_id == console_id else held.lease.by

    def closed(self, case_id: CaseId) -> None:
        """Nobody holds what is decided."""
        self._held.pop(case_id, None)

    def view(self, now_ns: int) -> Leases:
        """What everybody is told."""
        self._expire(now_ns)
        return Leases(t_ns=now_ns, held=tuple(held.lease for held in self._held.values()))

    def _expire(self, now_ns: int) -> None:
        self._drop(lambda held: held.until_ns <= now_ns)

    def _drop(self, gone: Callable[[_Held], bool]) -> None:
        self._held = {case_id: held for case_id, held in self._held.items() if not gone(held)}
