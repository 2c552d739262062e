"""What people decided lately, with all that it changed: enough to take it back."""

import msgspec

from engine.core._carts import Entry
from engine.core._cases import Case
from engine.core._doubts import Thread
from engine.core._masses import Mass
from engine.domain import CaseId, LineId, StepId, Verdict

_DEPTH = 10
_KEPT_NS = 900_000_000_000
"""As long as a visit is kept that is over and paid."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What stood for a line, and what stands since."""

    before: Entry | None
    after: Entry | None


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer put into the books beyond its line: a unit's weight, and units that nobody has."""

    weighed_mg: int = 0
    written_off: Mass | None = None


class Decision(msgspec.Struct, kw_only=True):
    """An answer to ``case``, as that was when it was open.

    ``opened`` and ``closed`` are other cases that came of it or were answered by it, ``stocked`` the steps that became
    those of staff, ``thread`` what was doubtful together with the case's step.
    """

    case: Case
    verdict: Verdict
    by: str
    at_ns: int
    lines: dict[LineId, Change]
    opened: tuple[CaseId, ...]
    closed: tuple[Case, ...]
    stocked: tuple[StepId, ...]
    thread: Thread | None
    booked: Booked

    @property
    def case_id(self) -> CaseId:
        """The case's id."""
        return self.case.question.case_id


class Decisions(msgspec.Struct, kw_only=True):
    """The last ten of each person, oldest first."""

    made: list[Decision] = []

    def note(self, decision: Decision) -> None:
        """Remember one; that person's eleventh is beyond taking back."""
        own = [made for made in self.made if made.by == decision.by]
        if len(own) == _DEPTH:
            self.made.remove(own[0])
        self.made.append(decision)

    def of(self, case_id: CaseId) -> Decision | None:
        """What was decided on a case."""
        return next((made for made in self.made if made.case_id == case_id), None)

    def forget(self, *, now_ns: int) -> None:
        """Drop what is too long ago."""
        self.made = [made for made in self.made if made.at_ns >= now_ns - _KEPT_NS]

    def rebase(self, shift_ns: int) -> None:
        """Move the instants to a new clock, on which no doubts are known."""
        for made in self.made:
            made.at_ns += shift_ns
            made.thread = None
            for case in (made.case, *made.closed):
                case.deadline_ns += shift_ns
