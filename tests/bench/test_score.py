"""The scorer, case by case: what the engine said beside what really happened."""

from dataclasses import dataclass

import pytest

from drivers.twin.devices import TruthRecord
from engine.bench.score import account, match_visits, score
from engine.bench.witness import Heard
from engine.domain import (
    CameraHealth,
    CameraId,
    CaseCause,
    CaseId,
    Drops,
    EngineHealth,
    FacingId,
    GateId,
    LineId,
    LineWithdrawn,
    NeedsReview,
    OutputFact,
    Picked,
    PutBack,
    PutElsewhere,
    Reason,
    ReceiptId,
    ReceiptIssued,
    ReceiptLine,
    ShelfId,
    SkuId,
    StepId,
    VisitId,
    VisitOpened,
)

S = 1_000_000_000
MS = 1_000_000
REASON = Reason(measured_mg=0, expected_mg=0, hand_distance_mm=None, runner_up="", runner_up_ppm=0)
DELAY_MS = 120


def deed(kind: str, t_s: float, *, shopper: int = 0, sku: str | None = None) -> TruthRecord:
    return TruthRecord(t_ns=int(t_s * S), deed=kind, shopper=shopper, sku_id=sku, plate_id=None)


def opened(t_s: float, visit: str) -> Heard:
    return heard(VisitOpened(t_ns=int(t_s * S), visit_id=VisitId(visit), gate_id=GateId("g"), staff=False), t_s)


def heard(fact: OutputFact, t_s: float, *, delay_ms: int = DELAY_MS) -> Heard:
    return Heard(int(t_s * S) + delay_ms * MS, fact)


def line(  # noqa: PLR0913 - a line's fields
    t_s: float,
    *,
    sku: str = "tea",
    visit: str = "v0",
    line_id: str = "l0",
    quantity: int = 1,
    kind: type[Picked] | type[PutBack] | type[PutElsewhere] = Picked,
    delay_ms: int = DELAY_MS,
) -> Heard:
    fact = kind(
        t_ns=int(t_s * S),
        line_id=LineId(line_id),
        step_id=StepId(f"A-1@{int(t_s * S)}"),
        visit_id=VisitId(visit),
        sku_id=SkuId(sku),
        quantity=quantity,
        facing_id=FacingId("A-1-a"),
        settled=True,
        probability_ppm=990_000,
        reason=REASON,
    )
    return heard(fact, t_s, delay_ms=delay_ms)


def withdrawn(t_s: float, line_id: str = "l0") -> Heard:
    return heard(
        LineWithdrawn(t_ns=int(t_s * S), line_id=LineId(line_id), visit_id=VisitId("v0"), cause="returned"), t_s
    )


def receipt(t_s: float, visit: str = "v0", **units: int) -> Heard:
    lines = tuple(
        ReceiptLine(sku_id=SkuId(sku), quantity=count, unit_price_minor=100, total_minor=100 * count)
        for sku, count in units.items()
    )
    total = sum(each.total_minor for each in lines)
    return heard(
        ReceiptIssued(
            t_ns=int(t_s * S),
            receipt_id=ReceiptId(visit),
            visit_id=VisitId(visit),
            lines=lines,
            total_minor=total,
            currency="EUR",
        ),
        t_s,
    )


@dataclass(frozen=True)
class Case:
    name: str
    said: tuple[Heard, ...]
    right: int
    wrong: int
    deeds: tuple[TruthRecord, ...] = (deed("pick", 10.0, sku="tea"),)


CASES = [
    Case("right", (line(10.1),), right=1, wrong=0),
    Case("nothing said", (), right=0, wrong=0),
    Case("wrong SKU", (line(10.1, sku="cola"),), right=0, wrong=1),
    Case("wrong shopper", (line(10.1, visit="v1"),), right=0, wrong=1),
    Case("a visit nobody made", (line(10.1, visit="v9"),), right=0, wrong=1),
    Case("wrong direction", (line(10.1, kind=PutBack),), right=0, wrong=1),
    Case("too late to be it", (line(14.0),), right=0, wrong=1),
    Case("extra line", (line(10.1), line(10.2, line_id="l1", sku="cola")), right=1, wrong=1),
    Case("said twice under two ids", (line(10.1), line(10.2, line_id="l1")), right=1, wrong=1),
    Case("said again under its id", (line(10.1), line(10.1)), right=1, wrong=0),
    Case("one unit too many", (line(10.1, quantity=2),), right=1, wrong=1),
    Case("withdrawn", (line(10.1), withdrawn(12.0)), right=0, wrong=0),
    Case("a wrong line withdrawn", (line(10.1, sku="cola"), withdrawn(12.0)), right=0, wrong=0),
    Case("withdrawn and said again", (line(10.1), withdrawn(12.0), line(10.1)), right=1, wrong=0),
    Case("corrected to the truth", (line(10.1, sku="cola"), line(10.1)), right=1, wrong=0),
    Case("corrected away from it", (line(10.1), line(10.1, visit="v1")), right=0, wrong=1),
    Case(
        "two units in one line",
        (line(10.1, quantity=2),),
        right=2,
        wrong=0,
        deeds=(deed("pick", 10.0, sku="tea"), deed("pick", 10.3, sku="tea")),
    ),
    Case(
        "taken and put back",
        (line(10.1), line(20.1, line_id="l1", kind=PutBack)),
        right=2,
        wrong=0,
        deeds=(deed("pick", 10.0, sku="tea"), deed("put", 20.0, sku="tea")),
    ),
    Case(
        "put elsewhere",
        (line(20.1, kind=PutElsewhere),),
        right=1,
        wrong=0,
        deeds=(deed("put", 20.0, sku="tea"),),
    ),
    Case(
        "exchanged between two shoppers",
        (line(10.1, visit="v1"), line(10.6, line_id="l1", visit="v0", sku="cola")),
        right=0,
        wrong=2,
        deeds=(deed("pick", 10.0, sku="tea"), deed("pick", 10.5, shopper=1, sku="cola")),
    ),
    Case(
        "each line goes to the movement it is nearest to",
        (line(10.1), line(12.6, line_id="l1")),
        right=2,
        wrong=0,
        deeds=(deed("pick", 10.0, sku="tea"), deed("pick", 12.5, sku="tea")),
    ),
    Case("only touched", (line(10.1),), right=0, wrong=1, deeds=(deed("touch", 10.0),)),
]
ENTERED = (deed("enter", 1.0), deed("enter", 6.0, shopper=1))
OPENED = (opened(1.5, "v0"), opened(6.4, "v1"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_lines_are_right_or_wrong(case: Case) -> None:
    result = score([*ENTERED, *case.deeds], [*OPENED, *case.said], [])
    movements = [record for record in case.deeds if record.deed != "touch"]
    assert (result.lines_true, result.lines_right, result.lines_wrong) == (len(movements), case.right, case.wrong)
    assert result.right_share == case.right / max(1, len(movements) + case.wrong)


@pytest.mark.parametrize(
    ("said", "latency_ms"),
    [
        ((line(10.0, delay_ms=150),), 150.0),
        ((line(10.0, delay_ms=150), line(10.0, delay_ms=900)), 150.0),  # right from the first
        ((line(10.0, sku="cola", delay_ms=150), line(10.0, delay_ms=900)), 900.0),  # right when it was corrected
        ((line(10.0, visit="v1", delay_ms=150), line(10.0, delay_ms=700)), 700.0),
        ((line(10.0, delay_ms=150), line(10.0, sku="cola", delay_ms=300), line(10.0, delay_ms=900)), 900.0),
        ((line(10.0, sku="cola"),), -1.0),  # never right: not measured
    ],
)
def test_latency_is_from_leaving_contact_to_the_line_that_stays_right(
    said: tuple[Heard, ...], latency_ms: float
) -> None:
    result = score([*ENTERED, deed("pick", 10.0, sku="tea")], [*OPENED, *said], [])
    assert result.latency_ms.p50 == latency_ms
    assert result.latency_ms.p99 == latency_ms


def test_a_visit_belongs_to_the_shopper_who_walked_in_with_it() -> None:
    assert match_visits([*ENTERED], [*OPENED]) == {0: "v0", 1: "v1"}
    assert match_visits([*ENTERED], [*reversed(OPENED)]) == {0: "v0", 1: "v1"}
    assert match_visits([*ENTERED], [opened(6.4, "v1")]) == {1: "v1"}  # the first shopper was missed
    assert match_visits([*ENTERED], [opened(30.0, "v1")]) == {}


def test_a_receipt_is_exact_when_it_charges_what_was_taken() -> None:
    deeds = [
        *ENTERED,
        deed("pick", 10.0, sku="tea"),
        deed("pick", 11.0, sku="tea"),
        deed("pick", 12.0, sku="cola"),
        deed("put", 13.0, sku="cola"),
        deed("pick", 14.0, shopper=1, sku="oats"),
    ]
    exact = [*OPENED, receipt(20.0, "v0", tea=2), receipt(21.0, "v1", oats=1)]
    assert [entry.exact for entry in account(deeds, exact)] == [True, True]
    wrong = [*OPENED, receipt(20.0, "v0", tea=2, cola=1), receipt(21.0, "v1", oats=2)]
    assert [entry.exact for entry in account(deeds, wrong)] == [False, False]
    result = score(deeds, [*OPENED, receipt(20.0, "v0", tea=2)], [])
    assert (result.receipts, result.receipts_exact) == (1, 1)


def test_reviews_rates_and_drops_are_counted() -> None:
    case = NeedsReview(
        t_ns=S,
        case_id=CaseId("c"),
        step_id=StepId("A-1@1"),
        line_id=None,
        shelf_id=ShelfId("A-1"),
        plate_ids=(),
        start_ns=1,
        end_ns=2,
        mass_mg=-1,
        cause=CaseCause.WHO,
        hypotheses=(),
        deadline_ns=3,
    )
    views = [health(fps, drops) for fps, drops in ((9.0, 1), (10.0, 2), (10.0, 4))]
    result = score([], [heard(case, 1.0)], views)
    assert result.reviews == 1
    assert result.fps_per_camera == {"c1": 10.0}
    assert result.drops_per_camera == {"c1": {"busy": 4}}
    assert result.right_share == 0.0


def health(fps: float, drops: int) -> EngineHealth:
    camera = CameraHealth(
        camera_id=CameraId("c1"), fps=fps, lag_ms=1.0, drops=(Drops(cause="busy", count=drops),), fault=""
    )
    return EngineHealth(
        t_ns=0, uptime_s=1.0, processes=(), cameras=(camera,), controllers=(), core_lag_ms=0.0, journal_free_mb=1.0
    )
