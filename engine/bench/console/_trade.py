"""An ordinary hour's facts, one after the other: visits, lines that settle, receipts, and a question now and then."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.domain import (
    CameraOverlay,
    CaseCause,
    CaseId,
    CaseResolved,
    Evidence,
    Facing,
    FloorView,
    Hypothesis,
    LineId,
    NeedsReview,
    OutputFact,
    Picked,
    PlateMass,
    Reason,
    ReceiptId,
    ReceiptIssued,
    ReceiptLine,
    ShopperBound,
    StepId,
    Store,
    TrackId,
    Verdict,
    VisitId,
    VisitLeft,
    VisitOpened,
    WeightSettled,
)

NS_PER_S = 1_000_000_000
VISITS_PER_HOUR = 60
_LINES = 6
_ASKED_EVERY = 30
"""Lines; design section 10 allows 30 questions in 1,000 lines."""
_SETTLES_AFTER_NS = NS_PER_S // 2
_DEADLINE_NS = 120 * NS_PER_S
_STAYS_S = 240.0


@dataclass(frozen=True, kw_only=True)
class Trade:
    """What a store's shoppers do."""

    store: Store

    def inside(self, visits: tuple[VisitId, ...], *, t_ns: int) -> Iterator[OutputFact]:
        """These come in and take something; each is the track of its number."""
        for number, visit_id in enumerate(visits):
            yield from self._come(visit_id, number + 1, t_ns)
            yield self._picked(f"{visit_id}-0", visit_id, number, t_ns=t_ns, settled=True)

    def hour(self, *, from_ns: int) -> Iterator[OutputFact]:
        """Visits without end, ``VISITS_PER_HOUR``, in the order of their instants."""
        began_ns, visit = from_ns, 0
        rest: list[OutputFact] = []
        while True:
            began_ns += 3600 * NS_PER_S // VISITS_PER_HOUR
            visit += 1
            rest = sorted([*rest, *self._visit(visit, began_ns)], key=lambda fact: fact.t_ns)
            due = sum(fact.t_ns <= began_ns for fact in rest)
            yield from rest[:due]
            rest = rest[due:]

    def case(self, number: int, visits: tuple[VisitId, ...], *, t_ns: int) -> NeedsReview:
        """One of two shoppers took something that somebody has to look at."""
        facing = self._facing(number)
        product = self.store.product_by_sku[facing.sku_id]
        who = [visits[(number + step) % len(visits)] for step in range(2)]
        verdicts = [Verdict(visit_id=visit_id, sku_id=facing.sku_id, quantity=1) for visit_id in who]
        ppm = (610_000, 370_000)
        return NeedsReview(
            t_ns=t_ns,
            case_id=CaseId(f"case-{number}"),
            step_id=StepId(f"step-{number}"),
            line_id=None,
            shelf_id=self.store.plate_by_id[facing.plate_ids[0]].shelf_id,
            plate_ids=facing.plate_ids,
            start_ns=t_ns - 2 * NS_PER_S,
            end_ns=t_ns - NS_PER_S,
            mass_mg=-round(1000 * product.unit_mass_g),
            cause=CaseCause.WHO,
            hypotheses=tuple(
                Hypothesis(verdict=verdict, probability_ppm=sure) for verdict, sure in zip(verdicts, ppm, strict=True)
            ),
            deadline_ns=t_ns + 30 * _DEADLINE_NS,
        )

    def _visit(self, number: int, began_ns: int) -> Iterator[OutputFact]:
        visit_id = VisitId(f"v{number:05}")
        yield from self._come(visit_id, 1000 + number, began_ns)
        step_ns = round(_STAYS_S * NS_PER_S / (_LINES + 1))
        for place in range(_LINES):
            line, taken = f"{visit_id}-{place}", number * _LINES + place
            t_ns = began_ns + (place + 1) * step_ns
            yield self._picked(line, visit_id, taken, t_ns=t_ns, settled=False)
            yield self._picked(line, visit_id, taken, t_ns=t_ns + _SETTLES_AFTER_NS, settled=True)
            if taken % _ASKED_EVERY == 0:
                asked = self.case(taken, (visit_id, VisitId("nobody")), t_ns=t_ns + NS_PER_S)
                yield asked
                verdict = asked.hypotheses[0].verdict
                closed_ns = t_ns + 20 * NS_PER_S
                yield CaseResolved(t_ns=closed_ns, case_id=asked.case_id, verdict=verdict, decided_by="somebody")
        left_ns = began_ns + round(_STAYS_S * NS_PER_S)
        yield VisitLeft(t_ns=left_ns, visit_id=visit_id)
        yield self._receipt(number, visit_id, left_ns + NS_PER_S)

    def _come(self, visit_id: VisitId, track: int, t_ns: int) -> Iterator[OutputFact]:
        yield VisitOpened(t_ns=t_ns, visit_id=visit_id, gate_id=self.store.gates[0].gate_id, staff=False)
        yield ShopperBound(t_ns=t_ns, visit_id=visit_id, track_id=TrackId(track), probability_ppm=996_000)

    def _picked(self, line: str, visit_id: VisitId, taken: int, *, t_ns: int, settled: bool) -> Picked:
        facing = self._facing(taken)
        mass_mg = round(1000 * self.store.product_by_sku[facing.sku_id].unit_mass_g)
        return Picked(
            t_ns=t_ns,
            line_id=LineId(line),
            step_id=StepId(line),
            visit_id=visit_id,
            sku_id=facing.sku_id,
            quantity=1,
            facing_id=facing.facing_id,
            settled=settled,
            probability_ppm=970_000,
            reason=Reason(
                measured_mg=-mass_mg, expected_mg=-mass_mg, hand_distance_mm=60, runner_up="", runner_up_ppm=0
            ),
        )

    def _receipt(self, number: int, visit_id: VisitId, t_ns: int) -> ReceiptIssued:
        skus = [self._facing(number * _LINES + place).sku_id for place in range(_LINES)]
        products = [self.store.product_by_sku[sku_id] for sku_id in dict.fromkeys(skus)]
        lines = tuple(
            ReceiptLine(
                sku_id=product.sku_id,
                quantity=skus.count(product.sku_id),
                unit_price_minor=product.price_minor,
                total_minor=product.price_minor * skus.count(product.sku_id),
            )
            for product in products
        )
        return ReceiptIssued(
            t_ns=t_ns,
            receipt_id=ReceiptId(f"r-{visit_id}"),
            visit_id=visit_id,
            lines=lines,
            total_minor=sum(line.total_minor for line in lines),
            currency=self.store.currency,
        )

    def _facing(self, number: int) -> Facing:
        return self.store.facings[number * 7 % len(self.store.facings)]


def evidence(case: NeedsReview, frames: tuple[CameraOverlay, ...], floor: tuple[FloorView, ...]) -> Evidence:
    """A clip, and the weight falling within half a second."""
    return Evidence(case_id=case.case_id, frames=frames, steps=(settling(case),), floor=floor)


def settling(case: NeedsReview) -> WeightSettled:
    """A step that falls within half a second."""
    falling = np.clip((np.arange(180) - 60) / 25, 0, 1) * case.mass_mg
    noisy = falling + np.random.default_rng(len(case.case_id)).normal(0, 900, len(falling))
    return WeightSettled(
        t_ns=case.end_ns,
        step_id=case.step_id,
        shelf_id=case.shelf_id,
        start_ns=case.start_ns,
        end_ns=case.end_ns,
        mass_mg=case.mass_mg,
        sigma_mg=1400,
        plates=(PlateMass(plate_id=case.plate_ids[0], mass_mg=case.mass_mg),),
        trace_mg=tuple(int(mass_mg) for mass_mg in np.round(noisy)),
        trace_period_ms=20,
        trace_lead_ms=1200,
    )
