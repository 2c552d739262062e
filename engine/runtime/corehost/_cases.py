"""Evidence follows the cases: sealed when one is flagged, destroyed when it is closed."""

from collections.abc import Iterable

from engine.domain import CaseId, CaseResolved, NeedsReview, OutputFact
from engine.runtime.evidence import EvidenceRing, EvidenceVault


class CaseEvidence:
    """Cuts evidence out of the ring for each case and keeps it while the case is open."""

    def __init__(self, ring: EvidenceRing, vault: EvidenceVault, *, keep_hours: float) -> None:
        self.ring = ring
        self.vault = vault
        self._keep_hours = keep_hours

    def follow(self, facts: Iterable[OutputFact]) -> None:
        """Act on what the core said."""
        for fact in facts:
            match fact:
                case NeedsReview():
                    self.vault.keep(self.ring.cut(fact))
                case CaseResolved():
                    self.vault.destroy(fact.case_id)

    def sweep(self, standing: Iterable[OutputFact]) -> None:
        """Destroy what no open case needs; ``standing`` are the core's standing facts."""
        open_cases: set[CaseId] = set()
        for fact in standing:
            match fact:
                case NeedsReview():
                    open_cases.add(fact.case_id)
                case CaseResolved():
                    open_cases.discard(fact.case_id)
        self.vault.sweep(open_cases=open_cases, keep_hours=self._keep_hours)
