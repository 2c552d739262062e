"""Evidence follows the cases: sealed when one is flagged, destroyed when it is closed for good."""

from collections.abc import Collection, Iterable

from engine.domain import CaseId, CaseResolved, NeedsReview, OutputFact
from engine.runtime.evidence import EvidenceRing, EvidenceVault


class CaseEvidence:
    """Cuts evidence out of the ring for each case and keeps it while the case is open, or may be opened again."""

    def __init__(self, ring: EvidenceRing, vault: EvidenceVault, *, keep_hours: float) -> None:
        self.ring = ring
        self.vault = vault
        self._keep_hours = keep_hours

    def follow(self, facts: Iterable[OutputFact], *, reopenable: Collection[CaseId]) -> None:
        """Act on what the core said."""
        for fact in facts:
            match fact:
                case NeedsReview():
                    self.vault.keep(self.ring.cut(fact))
                case CaseResolved() if fact.case_id not in reopenable:
                    self.vault.destroy(fact.case_id)

    def sweep(self, standing: Iterable[OutputFact], *, reopenable: Collection[CaseId]) -> None:
        """Destroy what no case needs; ``standing`` are the core's standing facts."""
        wanted: set[CaseId] = set()
        for fact in standing:
            match fact:
                case NeedsReview():
                    wanted.add(fact.case_id)
                case CaseResolved():
                    wanted.discard(fact.case_id)
        self.vault.sweep(wanted=wanted.union(reopenable), keep_hours=self._keep_hours)
