"""How a run in real time went: the scorer's verdict in short, the cameras' rates, and every account beside its bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from drivers.twin.devices import TruthRecord
from engine.bench.scoring import Trial, TrialScore, accounts_of, billed_units, judge, movements_of, true_carts
from engine.bench.staging import Level
from engine.bench.witness import Heard
from engine.domain import EngineHealth, NeedsReview, ReceiptAdjusted, ReceiptIssued, SkuId, Store, VisitId


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from the item leaving contact to the line at a client that is right and stays; -1: none measured."""

    p50: float
    p99: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How well a run went; ``MovementScore`` says what a line is here, a unit, and when it is right."""

    lines_true: int
    lines_right: int
    lines_wrong: int
    reviews: int
    receipts: int
    receipts_exact: int
    latency_ms: Latency
    fps_per_camera: dict[str, float]
    drops_per_camera: dict[str, dict[str, int]]

    @property
    def right_share(self) -> float:
        """Right lines among the true ones and the wrong ones together."""
        return self.lines_right / max(1, self.lines_true + self.lines_wrong)


@dataclass(frozen=True, kw_only=True)
class VisitAccount:
    """What one account left with beside its receipt, and what it pays, adjustments included, in minor units."""

    shopper: int
    visit_id: VisitId | None
    true_units: dict[SkuId, int]
    billed_units: dict[SkuId, int]
    paid_minor: int
    receipt: ReceiptIssued | None

    @property
    def exact(self) -> bool:
        """Whether there is a receipt and it charges what was taken, no more and no less."""
        return self.receipt is not None and self.billed_units == self.true_units


def read_truth(file: Path) -> list[TruthRecord]:
    """The twin's truth file."""
    return [msgspec.json.decode(line, type=TruthRecord) for line in file.read_text().splitlines()]


def judge_run(truth: Sequence[TruthRecord], heard: Sequence[Heard], store: Store) -> TrialScore:
    """The scorer's verdict on a run of which nothing but truth and statements was kept."""
    trial = Trial(
        scenario="",
        seed=0,
        level=Level.SIGNAL,
        evidence="fused",
        truth=tuple(truth),
        heard=tuple(heard),
        floors=(),
        true_places=(),
        reference=(),
        simulated_s=0.0,
        cpu_s=0.0,
    )
    return judge(trial, store)


def score(
    truth: Sequence[TruthRecord], heard: Sequence[Heard], *, health: Sequence[EngineHealth], store: Store
) -> Score:
    """Score a run."""
    judged = judge_run(truth, heard, store)
    units = judged.movements.units
    last = health[-1].cameras if health else ()
    return Score(
        lines_true=units.true,
        lines_right=units.right,
        lines_wrong=units.said - units.right,
        reviews=sum(isinstance(item.fact, NeedsReview) for item in heard),
        receipts=sum(isinstance(item.fact, ReceiptIssued) for item in heard),
        receipts_exact=judged.receipts.exact.hits,
        latency_ms=_latency(judged.movements.delays_ms),
        fps_per_camera=_rates(health),
        drops_per_camera={camera.camera_id: {drop.cause: drop.count for drop in camera.drops} for camera in last},
    )


def account(truth: Sequence[TruthRecord], heard: Sequence[Heard], store: Store) -> list[VisitAccount]:
    """Every account, staff apart, beside the bill of its visit."""
    true, billed = true_carts(movements_of(truth, store)), billed_units(heard)
    receipts = {item.fact.visit_id: item.fact for item in heard if isinstance(item.fact, ReceiptIssued)}
    adjusted = [item.fact for item in heard if isinstance(item.fact, ReceiptAdjusted)]
    entries: list[VisitAccount] = []
    for each in accounts_of(truth, heard):
        if each.staff:
            continue
        receipt = receipts.get(each.visit_id) if each.visit_id is not None else None
        later_minor = sum(fact.delta_minor for fact in adjusted if fact.visit_id == each.visit_id)
        entry = VisitAccount(
            shopper=each.shopper,
            visit_id=each.visit_id,
            true_units=true.get(each.shopper, {}),
            billed_units=billed.get(each.visit_id, {}) if each.visit_id is not None else {},
            paid_minor=later_minor + (receipt.total_minor if receipt is not None else 0),
            receipt=receipt,
        )
        entries.append(entry)
    return entries


def _latency(delays_ms: Sequence[float]) -> Latency:
    if not delays_ms:
        return Latency(p50=-1, p99=-1)
    p50, p99 = np.percentile(delays_ms, [50, 99])
    return Latency(p50=round(float(p50), 1), p99=round(float(p99), 1))


def _rates(health: Sequence[EngineHealth]) -> dict[str, float]:
    rates: dict[str, list[float]] = {}
    for view in health:
        for camera in view.cameras:
            rates.setdefault(camera.camera_id, []).append(camera.fps)
    return {camera_id: round(float(np.median(values)), 1) for camera_id, values in sorted(rates.items())}
