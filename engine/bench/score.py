"""The scorer: what the engine said against what really happened. It alone reads the twin's truth.

A true movement (an item taken or put by a shopper) is right when the engine's final statements hold a line of the
same visit, SKU and direction within a few seconds of it. Every other unit that a final line claims is wrong.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from drivers.twin.devices import TruthRecord
from engine.bench.witness import Heard
from engine.domain import (
    CartLine,
    EngineHealth,
    LineWithdrawn,
    NeedsReview,
    Picked,
    ReceiptIssued,
    ShopperBound,
    SkuId,
    VisitId,
    VisitOpened,
    standing_lines,
)

_ENTRY_WINDOW_NS = 4_000_000_000
_MOVEMENT_WINDOW_NS = 3_000_000_000


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from the item leaving contact to the line at a client that is right and stays; -1: none measured."""

    p50: float
    p99: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How well a run went."""

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
    """One shopper's true basket beside the receipt."""

    shopper: int
    visit_id: VisitId | None
    true_units: dict[SkuId, int]
    receipt: ReceiptIssued | None

    @property
    def exact(self) -> bool:
        """The receipt charges what was taken, no more and no less."""
        charged = {line.sku_id: line.quantity for line in self.receipt.lines} if self.receipt else None
        return charged == self.true_units


@dataclass(frozen=True, kw_only=True)
class _Movement:
    t_ns: int
    shopper: int
    sku_id: SkuId
    taken: bool


def read_truth(file: Path) -> list[TruthRecord]:
    """The twin's truth file."""
    return [msgspec.json.decode(line, type=TruthRecord) for line in file.read_text().splitlines()]


def score(truth: list[TruthRecord], heard: list[Heard], health: list[EngineHealth]) -> Score:
    """Score a run."""
    visits = match_visits(truth, heard)
    movements = [_movement(record) for record in truth if record.deed in ("pick", "put")]
    final = standing_lines(item.fact for item in heard)
    unclaimed = [line for line in final.values() for _ in range(line.quantity)]
    claimed: list[tuple[_Movement, CartLine]] = []
    for movement in movements:
        line = _claim(movement, unclaimed, visits)
        if line is not None:
            unclaimed.remove(line)
            claimed.append((movement, line))
    accounts = account(truth, heard)
    last = health[-1].cameras if health else ()
    return Score(
        lines_true=len(movements),
        lines_right=len(claimed),
        lines_wrong=len(unclaimed),
        reviews=sum(isinstance(item.fact, NeedsReview) for item in heard),
        receipts=sum(isinstance(item.fact, ReceiptIssued) for item in heard),
        receipts_exact=sum(entry.exact for entry in accounts),
        latency_ms=_latency(claimed, heard),
        fps_per_camera=_rates(health),
        drops_per_camera={camera.camera_id: {drop.cause: drop.count for drop in camera.drops} for camera in last},
    )


def account(truth: list[TruthRecord], heard: list[Heard]) -> list[VisitAccount]:
    """Every shopper's true basket beside the receipt of the visit."""
    visits = match_visits(truth, heard)
    receipts = {item.fact.visit_id: item.fact for item in heard if isinstance(item.fact, ReceiptIssued)}
    accounts: list[VisitAccount] = []
    for shopper in sorted({record.shopper for record in truth}):
        units: dict[SkuId, int] = {}
        for movement in (_movement(record) for record in truth if record.deed in ("pick", "put")):
            if movement.shopper == shopper:
                units[movement.sku_id] = units.get(movement.sku_id, 0) + (1 if movement.taken else -1)
        visit_id = visits.get(shopper)
        accounts.append(
            VisitAccount(
                shopper=shopper,
                visit_id=visit_id,
                true_units={sku_id: count for sku_id, count in units.items() if count},
                receipt=receipts.get(visit_id) if visit_id else None,
            )
        )
    return accounts


def match_visits(truth: list[TruthRecord], heard: list[Heard]) -> dict[int, VisitId]:
    """The visit of each shopper: a visit opens when its shopper walks in, and the gate admits one at a time."""
    opened = [item.fact for item in heard if isinstance(item.fact, VisitOpened | ShopperBound)]
    matched: dict[int, VisitId] = {}
    for record in truth:
        if record.deed != "enter":
            continue
        free = [fact for fact in opened if fact.visit_id not in matched.values()]
        near = min(free, key=lambda fact: abs(fact.t_ns - record.t_ns), default=None)
        if near is not None and abs(near.t_ns - record.t_ns) < _ENTRY_WINDOW_NS:
            matched[record.shopper] = near.visit_id
    return matched


def _movement(record: TruthRecord) -> _Movement:
    if record.sku_id is None:
        raise ValueError(f"truth: {record.deed} without a SKU at {record.t_ns}")
    return _Movement(t_ns=record.t_ns, shopper=record.shopper, sku_id=SkuId(record.sku_id), taken=record.deed == "pick")


def _claim(movement: _Movement, lines: list[CartLine], visits: dict[int, VisitId]) -> CartLine | None:
    fitting = [
        line
        for line in lines
        if line.visit_id == visits.get(movement.shopper)
        and line.sku_id == movement.sku_id
        and isinstance(line, Picked) == movement.taken
        and abs(_started_ns(line) - movement.t_ns) < _MOVEMENT_WINDOW_NS
    ]
    return min(fitting, key=lambda line: abs(_started_ns(line) - movement.t_ns), default=None)


def _started_ns(line: CartLine) -> int:
    return int(line.step_id.rpartition("@")[2])


def _latency(claimed: list[tuple[_Movement, CartLine]], heard: list[Heard]) -> Latency:
    delays_ms = [(_right_since_ns(final, heard) - movement.t_ns) / 1e6 for movement, final in claimed]
    if not delays_ms:
        return Latency(p50=-1, p99=-1)
    p50, p99 = np.percentile(delays_ms, [50, 99])
    return Latency(p50=round(float(p50), 1), p99=round(float(p99), 1))


def _right_since_ns(final: CartLine, heard: list[Heard]) -> int:
    """When a client had the line as it stayed; saying something else in between starts the wait again."""
    since_ns = 0
    for item in heard:
        fact = item.fact
        if not isinstance(fact, CartLine | LineWithdrawn) or fact.line_id != final.line_id:
            continue
        if type(fact) is not type(final) or (fact.visit_id, fact.sku_id) != (final.visit_id, final.sku_id):
            since_ns = 0
        elif since_ns == 0:
            since_ns = item.arrived_ns
    return since_ns


def _rates(health: list[EngineHealth]) -> dict[str, float]:
    rates: dict[str, list[float]] = {}
    for view in health:
        for camera in view.cameras:
            rates.setdefault(camera.camera_id, []).append(camera.fps)
    return {camera_id: round(float(np.median(values)), 1) for camera_id, values in sorted(rates.items())}
