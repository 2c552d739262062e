"""Which facts of which source have been taken in: each exactly once, and none passed over."""

from collections.abc import Mapping
from enum import Enum

from engine.runtime.inbox._messages import Sent


class Admitted(Enum):
    """What becomes of a fact at the door."""

    NEW = "new"
    AGAIN = "again"
    GAP = "gap"


class Admission:
    """Per source the newest fact taken in; starts from what the journal holds.

    A sender that missed our acknowledgement sends again: ``AGAIN``. A fact whose predecessor never came (it was
    in a connection that died) is a ``GAP`` and must wait until the sender has gone back for the predecessor.
    """

    def __init__(self, journaled: Mapping[str, int]) -> None:
        self._taken = dict(journaled)

    def admit(self, sent: Sent) -> Admitted:
        """Judge a fact; ``NEW`` ones count as taken in."""
        taken = self._taken.get(sent.source, 0)
        if sent.seq <= taken:
            return Admitted.AGAIN
        if sent.lossless and sent.after > taken:
            return Admitted.GAP
        self._taken[sent.source] = sent.seq
        return Admitted.NEW
