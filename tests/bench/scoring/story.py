"""Tell a trial by hand: what was true and what was said of it, in seconds. Nothing is wrong but what is told so."""

from dataclasses import dataclass, field
from typing import Self

from drivers.twin.devices import TruthRecord
from engine.bench.scoring import Evidence, ReferenceLine, Trial, TruePlace
from engine.bench.staging import Level
from engine.bench.witness import Heard
from engine.domain import (
    CaseCause,
    CaseId,
    CaseResolved,
    FloorView,
    GateId,
    Hypothesis,
    LineId,
    LineWithdrawn,
    NeedsReview,
    OutputFact,
    Picked,
    PutBack,
    PutElsewhere,
    Reason,
    ReceiptAdjusted,
    ReceiptId,
    ReceiptIssued,
    ReceiptLine,
    ShelfId,
    ShopperOnFloor,
    SkuId,
    StepId,
    Stocked,
    TrackId,
    Verdict,
    VisitId,
    VisitOpened,
)
from tests.build import ns, small_store

STORE = small_store()
DELAY_S = 0.12
PLATE = {facing.sku_id: facing.plate_ids[0] for facing in STORE.facings}


@dataclass
class Story:
    """A trial in the making. Visit ``v0`` is shopper 0's; lines and steps are numbered as they are said."""

    truth: list[TruthRecord] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    floors: list[FloorView] = field(default_factory=list)
    places: list[TruePlace] = field(default_factory=list)
    reference: list[ReferenceLine] = field(default_factory=list)

    def comes(self, shopper: int = 0, *, at_s: float = 1.0, on_code_of: int | None = None, seen: bool = True) -> Self:
        """Walks in, on a code of their own or of somebody else; ``seen``: the engine opens the visit."""
        if on_code_of is not None:
            return self.did("enter", at_s, shopper=on_code_of, by=shopper)
        self.did("enter", at_s, shopper=shopper)
        return self.opened(f"v{shopper}", at_s + 0.2) if seen else self

    def staff_comes(self, shopper: int, *, at_s: float) -> Self:
        """Staff walks in on a code of the staff."""
        self.truth.append(
            TruthRecord(t_ns=ns(at_s), deed="enter", shopper=shopper, sku_id=None, plate_id=None, by_staff=True)
        )
        return self.opened(f"v{shopper}", at_s + 0.2, staff=True)

    def opened(self, visit: str, t_s: float, *, staff: bool = False) -> Self:
        """The engine opens a visit."""
        return self.hear(VisitOpened(t_ns=ns(t_s), visit_id=VisitId(visit), gate_id=GateId("gate"), staff=staff), t_s)

    def did(  # noqa: PLR0913 - a record's fields
        self,
        deed: str,
        t_s: float,
        *,
        shopper: int = 0,
        sku: str | None = None,
        plate: str | None = None,
        by: int | None = None,
    ) -> Self:
        """Something true of an account; on the SKU's own plate and by its holder unless told otherwise."""
        plate_id = plate if plate is not None else PLATE.get(SkuId(sku)) if sku is not None else None
        self.truth.append(TruthRecord(t_ns=ns(t_s), deed=deed, shopper=shopper, sku_id=sku, plate_id=plate_id, by=by))
        return self

    def picks(self, t_s: float, sku: str, *, shopper: int = 0, by: int | None = None) -> Self:
        """A unit is taken."""
        return self.did("pick", t_s, shopper=shopper, sku=sku, by=by)

    def puts(self, t_s: float, sku: str, *, shopper: int = 0, plate: str | None = None) -> Self:
        """Somebody puts a unit."""
        return self.did("put", t_s, shopper=shopper, sku=sku, plate=plate)

    def leaves(self, shopper: int = 0, *, at_s: float = 60.0, by: int | None = None) -> Self:
        """Walks out."""
        return self.did("leave", at_s, shopper=shopper, by=by)

    def says(  # noqa: PLR0913 - a line's fields
        self,
        t_s: float,
        sku: str,
        *,
        visit: str = "v0",
        line: str = "l0",
        kind: type[Picked] | type[PutBack] | type[PutElsewhere] = Picked,
        units: int = 1,
        ppm: int = 990_000,
        runner_up: str = "",
        shelf: str = "",
        settled: bool = True,
        start_s: float | None = None,
        delay_s: float = DELAY_S,
    ) -> Self:
        """A line of the step that began then, on the SKU's own shelf unless told otherwise."""
        fact = kind(
            t_ns=ns(t_s),
            line_id=LineId(line),
            step_id=step_id(t_s if start_s is None else start_s, sku, shelf),
            visit_id=VisitId(visit),
            sku_id=SkuId(sku),
            quantity=units,
            facing_id=None,
            settled=settled,
            probability_ppm=ppm,
            reason=Reason(measured_mg=0, expected_mg=0, hand_distance_mm=None, runner_up=runner_up, runner_up_ppm=0),
        )
        return self.hear(fact, t_s, delay_s=delay_s)

    def withdraws(self, t_s: float, line: str = "l0") -> Self:
        """A line is taken back."""
        fact = LineWithdrawn(t_ns=ns(t_s), line_id=LineId(line), visit_id=VisitId("v0"), cause="returned")
        return self.hear(fact, t_s)

    def asks(
        self, t_s: float, sku: str, *hypotheses: tuple[str | None, str | None, int, int], taken: bool = True
    ) -> Self:
        """A question about the step that began then; hypotheses are visit, SKU, signed units, ppm."""
        at = step_id(t_s, sku)
        fact = NeedsReview(
            t_ns=ns(t_s + 1),
            case_id=CaseId(f"{at}?"),
            step_id=at,
            line_id=None,
            shelf_id=ShelfId(at.partition("@")[0]),
            plate_ids=(),
            start_ns=ns(t_s),
            end_ns=ns(t_s + 1),
            mass_mg=-1 if taken else 1,
            cause=CaseCause.WHO,
            hypotheses=tuple(
                Hypothesis(verdict=_verdict(visit, sku_id, units), probability_ppm=ppm)
                for visit, sku_id, units, ppm in hypotheses
            ),
            deadline_ns=ns(t_s + 60),
        )
        return self.hear(fact, t_s + 1)

    def resolves(self, t_s: float, asked_s: float, sku: str) -> Self:
        """The question about a step is closed."""
        case_id = CaseId(f"{step_id(asked_s, sku)}?")
        nothing = Verdict(visit_id=None, sku_id=None, quantity=0)
        return self.hear(CaseResolved(t_ns=ns(t_s), case_id=case_id, verdict=nothing, decided_by="policy"), t_s)

    def stocks(self, t_s: float, sku: str, *, units: int) -> Self:
        """The engine holds that staff put units on the shelf."""
        mass_mg = round(1000 * STORE.product_by_sku[SkuId(sku)].unit_mass_g) * units
        at = step_id(t_s, sku)
        shelf_id = ShelfId(at.partition("@")[0])
        return self.hear(Stocked(t_ns=ns(t_s), step_id=at, shelf_id=shelf_id, sku_id=SkuId(sku), mass_mg=mass_mg), t_s)

    def bills(self, t_s: float, visit: str = "v0", **units: int) -> Self:
        """A receipt."""
        lines = tuple(
            ReceiptLine(sku_id=SkuId(sku), quantity=count, unit_price_minor=1, total_minor=count)
            for sku, count in units.items()
        )
        fact = ReceiptIssued(
            t_ns=ns(t_s),
            receipt_id=ReceiptId(f"R-{visit}"),
            visit_id=VisitId(visit),
            lines=lines,
            total_minor=sum(units.values()),
            currency="EUR",
        )
        return self.hear(fact, t_s)

    def adjusts(self, t_s: float, sku: str, units: int, visit: str = "v0") -> Self:
        """A receipt is adjusted."""
        fact = ReceiptAdjusted(
            t_ns=ns(t_s),
            receipt_id=ReceiptId(f"R-{visit}"),
            visit_id=VisitId(visit),
            sku_id=SkuId(sku),
            quantity=units,
            delta_minor=units,
        )
        return self.hear(fact, t_s)

    def hear(self, fact: OutputFact, t_s: float, *, delay_s: float = DELAY_S) -> Self:
        """A fact reaches a client."""
        self.heard.append(Heard(ns(t_s + delay_s), fact))
        return self

    def stands(self, t_s: float, *, people: dict[int, float], tracks: dict[int, float]) -> Self:
        """Who stands where on a line along x, in metres, and which tracks the engine shows."""
        self.places += [TruePlace(ns(t_s), shopper, x_m, 1.0) for shopper, x_m in people.items()]
        shown = tuple(
            ShopperOnFloor(
                track_id=TrackId(track), visit_id=None, staff=False, foot_mm=(round(1000 * x_m), 1000), joints_m=()
            )
            for track, x_m in tracks.items()
        )
        self.floors.append(FloorView(t_ns=ns(t_s), shoppers=shown))
        return self

    def refers(self, t_s: float, sku: str, *, shopper: int = 0, units: int = 1, taken: bool = True) -> Self:
        """The reference method says a line."""
        self.reference.append(ReferenceLine(ns(t_s), shopper, SkuId(sku), units, taken))
        return self

    def trial(self, *, scenario: str = "story", seed: int = 1, evidence: Evidence = "fused") -> Trial:
        """The whole story."""
        return Trial(
            scenario=scenario,
            seed=seed,
            level=Level.SIGNAL,
            evidence=evidence,
            truth=tuple(sorted(self.truth, key=lambda record: record.t_ns)),
            heard=tuple(self.heard),
            floors=tuple(self.floors),
            true_places=tuple(self.places),
            reference=tuple(self.reference),
            simulated_s=60.0,
            cpu_s=1.2,
        )


def step_id(t_s: float, sku: str, shelf: str = "") -> StepId:
    """The step that began then on a shelf, the SKU's own unless told otherwise."""
    return StepId(f"{shelf or STORE.plate_by_id[PLATE[SkuId(sku)]].shelf_id}@{ns(t_s)}")


def _verdict(visit: str | None, sku: str | None, units: int) -> Verdict:
    return Verdict(
        visit_id=VisitId(visit) if visit is not None else None,
        sku_id=SkuId(sku) if sku is not None else None,
        quantity=units,
    )
