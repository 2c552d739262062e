"""What a reviewer may see of a flagged case: skeletons and weights, sealed, and gone when the case is closed."""

from engine.runtime.evidence._ring import EvidenceRing, overlay_of
from engine.runtime.evidence._vault import EvidenceVault

__all__ = ["EvidenceRing", "EvidenceVault", "overlay_of"]
