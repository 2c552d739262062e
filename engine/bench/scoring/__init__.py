"""The scorer: what the engine said beside what was true, from one trial to a whole set. Pure: no clock, no files."""

from engine.bench.scoring._accounts import Account, Movement, accounts_of, billed_units, movements_of, true_carts
from engine.bench.scoring._answers import true_answers
from engine.bench.scoring._bounds import Bound
from engine.bench.scoring._calibration import ReliabilityBin
from engine.bench.scoring._counts import Counts, Share
from engine.bench.scoring._curve import CurvePoint
from engine.bench.scoring._judge import judge
from engine.bench.scoring._pool import pool
from engine.bench.scoring._report import F1, Failure, Judgement, Percentiles, ReferenceReport, ScenarioReport, SetReport
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
from engine.bench.scoring._steps import Step, steps_of
from engine.bench.scoring._tracks import judge_floor
from engine.bench.scoring._trial import Evidence, ReferenceLine, Trial, TruePlace
from engine.bench.scoring._verdicts import WINDOW_NS, Verdict, compare

__all__ = [
    "F1",
    "WINDOW_NS",
    "Account",
    "Bound",
    "Counts",
    "CurvePoint",
    "Evidence",
    "Exit",
    "Failure",
    "FloorScore",
    "Judgement",
    "Look",
    "Mistake",
    "Movement",
    "MovementScore",
    "Percentiles",
    "ReceiptScore",
    "ReferenceLine",
    "ReferenceReport",
    "ReferenceScore",
    "ReliabilityBin",
    "ReviewScore",
    "SaidLine",
    "ScenarioReport",
    "SetReport",
    "Share",
    "Step",
    "Trial",
    "TrialScore",
    "TruePlace",
    "Verdict",
    "accounts_of",
    "billed_units",
    "compare",
    "judge",
    "judge_floor",
    "movements_of",
    "pool",
    "steps_of",
    "true_answers",
    "true_carts",
]
