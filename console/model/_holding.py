"""Which case this console says it shows, and when it says so again."""

from console.model._clock import NS_PER_S
from engine.domain import CaseId

IDLE_NS = 60 * NS_PER_S
"""Who has pressed no key for so long is not looking: somebody else may have the case."""
_RENEWALS = 3
"""Said so often while a lease lasts, so that one that is lost or late does no harm."""


class Holding:
    """What was said last, and when a person was last here. Instants are of this host's monotonic clock."""

    def __init__(self) -> None:
        self._said: CaseId | None = None
        self._said_ns = 0
        self._touched_ns = 0

    def touch(self, at_ns: int) -> None:
        """Somebody is here."""
        self._touched_ns = at_ns

    def is_idle(self, at_ns: int) -> bool:
        """Whether nobody seems to be here."""
        return at_ns - self._touched_ns >= IDLE_NS

    def forget(self) -> None:
        """Another engine run has not heard what was said."""
        self._said = None

    def is_due(self, shown: CaseId | None, *, lease_s: float, at_ns: int) -> bool:
        """Whether it is to be said now that this case, or none, is shown; then it is taken for said."""
        again = shown is not None and at_ns - self._said_ns >= lease_s * NS_PER_S / _RENEWALS
        if shown == self._said and not again:
            return False
        self._said, self._said_ns = shown, at_ns
        return True
