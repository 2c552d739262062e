"""The scorer: what the engine said beside what was true, from one trial to a whole set. Pure: no clock, no files."""

from engine.bench.scoring._counts import Counts, Share
from engine.bench.scoring._judge import judge
from engine.bench.scoring._score import (
    Exit,
    FloorScore,
    Look,
    Mistake,
    MovementScore,
    ReceiptScore,
    ReferenceScore,
    ReviewScore,
    SaidLine,
    TrialScore,
)
from engine.bench.scoring._trial import Evidence, ReferenceLine, Trial, TruePlace

__all__ = [
    "Counts",
    "Evidence",
    "Exit",
    "FloorScore",
    "Look",
    "Mistake",
    "MovementScore",
    "ReceiptScore",
    "ReferenceLine",
    "ReferenceScore",
    "ReviewScore",
    "SaidLine",
    "Share",
    "Trial",
    "TrialScore",
    "TruePlace",
    "judge",
]
