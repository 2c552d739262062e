"""Facts of an ordinary hour: visits, carts, receipts, and two cases with their evidence."""

from dataclasses import dataclass

import msgspec

from engine.domain import (
    CaseCause,
    CaseId,
    Evidence,
    FacingId,
    GateId,
    GramsMismatch,
    Hypothesis,
    LineId,
    NeedsReview,
    OutputFact,
    Picked,
    PlateId,
    PlateMass,
    PutBack,
    Reason,
    ReceiptAdjusted,
    ReceiptId,
    ReceiptIssued,
    ReceiptLine,
    ShelfId,
    ShopperBound,
    SkuId,
    StepId,
    TrackId,
    Verdict,
    VisitId,
    VisitLeft,
    VisitOpened,
    WeightSettled,
)
from tests.console import scene

S = 1_000_000_000
NOW = 40_000 * S
"""The instant of the snapshot on the engine's clock."""

WHO_CASE = CaseId("case-31")
WHAT_CASE = CaseId("case-32")


def opened(visit_id: str, *, ago_s: float, track_id: int | None = None) -> list[OutputFact]:
    """A visit that began, bound when it has a track."""
    t_ns = NOW - round(ago_s * S)
    facts: list[OutputFact] = [
        VisitOpened(t_ns=t_ns, visit_id=VisitId(visit_id), gate_id=GateId("gate-1"), staff=False)
    ]
    if track_id is not None:
        facts.append(
            ShopperBound(t_ns=t_ns + S, visit_id=VisitId(visit_id), track_id=TrackId(track_id), probability_ppm=996_000)
        )
    return facts


def reason(measured_g: float, expected_g: float, *, hand_mm: int | None = 60) -> Reason:
    """Why, in few words."""
    return Reason(
        measured_mg=round(measured_g * 1000),
        expected_mg=round(expected_g * 1000),
        hand_distance_mm=hand_mm,
        runner_up="m4x9tt: 1 olive",
        runner_up_ppm=40_000,
    )


@dataclass(frozen=True, kw_only=True)
class Said:
    """How a line is said: since when, how many, how surely."""

    ago_s: float = 30
    quantity: int = 1
    settled: bool = True
    ppm: int = 975_000


def picked(line: str, visit_id: str, sku: str, said: Said = Said()) -> Picked:
    """A pick."""
    expected_g = scene.store().product_by_sku[SkuId(sku)].unit_mass_g * said.quantity
    return Picked(
        t_ns=NOW - round(said.ago_s * S),
        line_id=LineId(line),
        step_id=StepId(f"step-{line}"),
        visit_id=VisitId(visit_id),
        sku_id=SkuId(sku),
        quantity=said.quantity,
        facing_id=FacingId("G1-S2-F1"),
        settled=said.settled,
        probability_ppm=said.ppm,
        reason=reason(expected_g + 2, expected_g),
    )


def standing() -> list[OutputFact]:
    """What a snapshot holds: two charged visits, three shoppers inside, two open cases."""
    back = picked("L5", "7kq2fd", "pesto", Said(ago_s=51))
    return [
        *charged("h2d8qa", ago_s=2400, skus=("coffee", "oat-1l", "choc")),
        *charged("b5n1rz", ago_s=1130, skus=("pasta", "pesto", "tomato", "tomato")),
        ReceiptAdjusted(
            t_ns=NOW - 1000 * S,
            receipt_id=ReceiptId("r-b5n1rz"),
            visit_id=VisitId("b5n1rz"),
            sku_id=SkuId("tomato"),
            quantity=-1,
            delta_minor=-119,
        ),
        *charged("x90plk", ago_s=420, skus=("water",)),
        *opened("7kq2fd", ago_s=184, track_id=11),
        *opened("m4x9tt", ago_s=121, track_id=12),
        *opened("c83wpa", ago_s=46, track_id=14),
        picked("L1", "7kq2fd", "oat-1l", Said(ago_s=160, quantity=2)),
        picked("L2", "7kq2fd", "crisps", Said(ago_s=141, ppm=998_000)),
        picked("L3", "7kq2fd", "pesto", Said(ago_s=96)),
        PutBack(**msgspec.structs.asdict(back)),
        picked("L4", "7kq2fd", "olive", Said(ago_s=21, ppm=580_000)),
        picked("L6", "7kq2fd", "coffee", Said(ago_s=1, settled=False, ppm=910_000)),
        picked("L7", "m4x9tt", "pasta", Said(ago_s=70, quantity=2, ppm=985_000)),
        picked("L8", "m4x9tt", "tomato", Said(ago_s=64)),
        picked("L9", "c83wpa", "tea", Said(ago_s=12, ppm=931_000)),
        who_case(),
        what_case(),
    ]


def charged(visit_id: str, *, ago_s: float, skus: tuple[str, ...]) -> list[OutputFact]:
    """A visit that is over."""
    t_ns = NOW - round(ago_s * S)
    products = [scene.store().product_by_sku[SkuId(sku)] for sku in dict.fromkeys(skus)]
    lines = tuple(
        ReceiptLine(
            sku_id=product.sku_id,
            quantity=skus.count(product.sku_id),
            unit_price_minor=product.price_minor,
            total_minor=product.price_minor * skus.count(product.sku_id),
        )
        for product in products
    )
    return [
        *opened(visit_id, ago_s=ago_s + 200, track_id=3),
        *(picked(f"{visit_id}-{n}", visit_id, sku, Said(ago_s=ago_s + 100)) for n, sku in enumerate(skus)),
        VisitLeft(t_ns=t_ns, visit_id=VisitId(visit_id)),
        ReceiptIssued(
            t_ns=t_ns + S,
            receipt_id=ReceiptId(f"r-{visit_id}"),
            visit_id=VisitId(visit_id),
            lines=lines,
            total_minor=sum(line.total_minor for line in lines),
            currency="EUR",
        ),
    ]


def who_case() -> NeedsReview:
    """Two shoppers side by side, one bottle of oil gone."""
    return NeedsReview(
        t_ns=NOW - 20 * S,
        case_id=WHO_CASE,
        step_id=StepId("step-L4"),
        line_id=LineId("L4"),
        shelf_id=ShelfId("G1-S2"),
        plate_ids=(PlateId("G1-S2-P1"), PlateId("G1-S2-P2")),
        start_ns=NOW - 22 * S,
        end_ns=NOW - 21 * S,
        mass_mg=-923_000,
        cause=CaseCause.WHO,
        hypotheses=(
            hypothesis("7kq2fd", "olive", 1, 580_000),
            hypothesis("m4x9tt", "olive", 1, 391_000),
            hypothesis("m4x9tt", "tomato", 2, 21_000),
            hypothesis(None, "olive", 1, 8_000),
        ),
        deadline_ns=NOW + 24 * S,
    )


def what_case() -> NeedsReview:
    """Something of 345 g: pesto and soap weigh the same."""
    return NeedsReview(
        t_ns=NOW - 8 * S,
        case_id=WHAT_CASE,
        step_id=StepId("step-32"),
        line_id=None,
        shelf_id=ShelfId("G2-S3"),
        plate_ids=(PlateId("G2-S3-P3"),),
        start_ns=NOW - 10 * S,
        end_ns=NOW - 9 * S,
        mass_mg=-345_000,
        cause=CaseCause.WHAT,
        hypotheses=(
            hypothesis("c83wpa", "soap", 1, 520_000),
            hypothesis("c83wpa", "pesto", 1, 460_000),
            Hypothesis(verdict=Verdict(visit_id=None, sku_id=None, quantity=0), probability_ppm=20_000),
        ),
        deadline_ns=NOW + 83 * S,
    )


def mismatch() -> GramsMismatch:
    """A packet is gone that nobody was seen to take."""
    return GramsMismatch(
        t_ns=NOW - 600 * S,
        shelf_id=ShelfId("G2-S1"),
        plates=(PlateMass(plate_id=PlateId("G2-S1-P3"), mass_mg=-212_000),),
        mass_mg=-212_000,
        sigma_mg=4000,
        since_ns=NOW - 640 * S,
    )


def hypothesis(visit_id: str | None, sku: str, quantity: int, ppm: int) -> Hypothesis:
    """Somebody moved something, with that probability."""
    held = Verdict(visit_id=None if visit_id is None else VisitId(visit_id), sku_id=SkuId(sku), quantity=quantity)
    return Hypothesis(verdict=held, probability_ppm=ppm)


def evidence(case: NeedsReview) -> Evidence:
    """Five seconds of three cameras at 10 fps, the floor, and the weight falling."""
    frames, floors = [], []
    for place in range(50):
        t_ns = case.start_ns - 3 * S + place * S // 10
        people = scene.shoppers(place / 10 + 0.2)
        floors.append(scene.floor_view(t_ns, people))
        frames += [scene.overlay(t_ns, camera, people) for camera in scene.store().cameras[2:5]]
    return Evidence(case_id=case.case_id, frames=tuple(frames), steps=(_step(case),), floor=tuple(floors))


def _step(case: NeedsReview) -> WeightSettled:
    trace = [
        round(_wobble(place) + case.mass_mg * min(1.0, max(0.0, (place - 60) / 22)) - _dip(place))
        for place in range(180)
    ]
    return WeightSettled(
        t_ns=case.end_ns,
        step_id=case.step_id,
        shelf_id=case.shelf_id,
        start_ns=case.start_ns,
        end_ns=case.end_ns,
        mass_mg=case.mass_mg,
        sigma_mg=1400,
        plates=tuple(PlateMass(plate_id=plate_id, mass_mg=case.mass_mg) for plate_id in case.plate_ids[:1]),
        trace_mg=tuple(trace),
        trace_period_ms=20,
        trace_lead_ms=1200,
    )


def _wobble(place: int) -> float:
    return 1500 * ((place * 7919) % 13 - 6) / 6


def _dip(place: int) -> float:
    return -90_000 * max(0.0, 1 - abs(place - 57) / 6)
