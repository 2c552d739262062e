"""What a whole set comes to: figures, each with its bound, and every case that failed with the command to see it."""

from typing import Literal

import msgspec

from engine.bench.scoring._bounds import Bound
from engine.bench.scoring._calibration import ReliabilityBin
from engine.bench.scoring._curve import CurvePoint
from engine.bench.scoring._score import Mistake
from engine.bench.staging import Level

Outcome = Literal["met", "open", "missed"]


class F1(msgspec.Struct, frozen=True, kw_only=True):
    """An F1 score of units moved and its 95 % bound."""

    f1: float
    f1_low: float
    f1_high: float


class Percentiles(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``count`` measured values; None when there is none."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    count: int = 0


class ScenarioReport(F1, frozen=True, kw_only=True):
    """One scenario over its seeds."""

    trials: int
    lines: int
    wrong: int
    event_precision: float
    event_recall: float
    receipt_exact: float
    idf1: float


class ReferenceReport(F1, frozen=True, kw_only=True):
    """The reference method on the same trials. ``cart_f1`` is by units on receipts, as it was published."""

    cart_f1: float
    per_scenario: dict[str, F1]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A trial with mistakes, and the command that plays it again."""

    scenario: str
    seed: int
    command: str
    mistakes: tuple[Mistake, ...]


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A goal in words, what was measured and between what it lies, and how that ended."""

    figure: str
    goal: str
    value: float
    low: float
    high: float
    outcome: Outcome


class SetReport(msgspec.Struct, frozen=True, kw_only=True):
    """A set of scenarios, each with some seeds, pooled. ``TrialScore`` says what is counted.

    Shares are of 1. ``bounds`` has the 95 % bound of every rate by its name: the wider of the bootstrap's over trials
    and the exact binomial one; of ``ece`` the bootstrap's, of ``wrong_at_30`` and ``wrong_at_120`` the exact one.

    * ``wrong_share``: wrong lines among ``lines``, before any review. ``review_curve``: after so many.
    * ``asked_per_1000_lines``: questions the engine did ask. ``receipts_touched_per_1000``: receipts that waited.
    * ``ece``: expected calibration error of the cart lines' probabilities; ``reliability`` is its table.
    * ``decision_delay_ms``: in the trials' time. ``latency_ms``: on a wall clock, of a run at 1 x real time.
    * ``exit_to_receipt_s``: of all receipts; ``exit_to_receipt_unasked_s``: of those no question concerned.
    * ``goals``: what the product is to reach in this set, judged by the bounds.
    * ``ablations``: F1 by evidence, of the trials that were played with each; all else is of fused evidence alone.
    """

    set: str
    level: Level
    trials: int
    seeds: tuple[int, ...]
    simulated_s: float
    cpu_s: float
    lines: int
    wrong: int
    f1: float
    f1_low: float
    f1_high: float
    precision: float
    recall: float
    event_precision: float
    event_recall: float
    attribution_accuracy: float
    item_identification: float
    receipt_exact: float
    receipt_exact_reviewed: float
    receipt_f1: float
    receipts_touched_per_1000: float
    asked_per_1000_lines: float
    wrong_share: float
    undecidable_share: float
    review_curve: tuple[CurvePoint, ...]
    wrong_at_30: float
    wrong_at_120: float
    ece: float
    reliability: tuple[ReliabilityBin, ...]
    decision_delay_ms: Percentiles
    latency_ms: Percentiles
    exit_to_receipt_s: Percentiles
    exit_to_receipt_unasked_s: Percentiles
    idf1: float
    id_switches: int
    reference: ReferenceReport
    ablations: dict[str, F1]
    per_scenario: dict[str, ScenarioReport]
    bounds: dict[str, Bound]
    failures: tuple[Failure, ...] = ()
    goals: tuple[Judgement, ...] = ()
