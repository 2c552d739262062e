"""What a trial is to be."""

from dataclasses import dataclass
from pathlib import Path

from drivers.twin.physics import Assumptions
from engine.bench.scoring import Evidence
from engine.bench.staging import Level


@dataclass(frozen=True, kw_only=True)
class TrialPlan:
    """Which scenario, with which seed, and what of its evidence the engine is given."""

    scenario: Path
    seed: int
    level: Level = Level.SIGNAL
    evidence: Evidence = "fused"
    cells: Assumptions | None = None
    """What is assumed of cells, clocks and cameras; else what the twin assumes."""
