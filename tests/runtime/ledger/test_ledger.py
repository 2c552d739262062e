"""The ledger: once, in a chain, never rewritten."""

import sqlite3
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.domain import (
    LineId,
    LineWithdrawn,
    OutputFact,
    Picked,
    PutBack,
    Reason,
    ReceiptId,
    ReceiptIssued,
    SensorFault,
    SkuId,
    StepId,
    VisitId,
)
from engine.runtime.ledger import Ledger, LedgerError, Numbered, verify

VISIT = VisitId("v1")


def line(kind: type[Picked | PutBack], line_id: str, *, sku: str = "tea", quantity: int = 1) -> Picked | PutBack:
    return kind(
        t_ns=5,
        line_id=LineId(line_id),
        step_id=StepId("A-1@5"),
        visit_id=VISIT,
        sku_id=SkuId(sku),
        quantity=quantity,
        facing_id=None,
        settled=True,
        probability_ppm=990_000,
        reason=Reason(measured_mg=1, expected_mg=1, hand_distance_mm=None, runner_up="", runner_up_ppm=0),
    )


def receipt(number: str) -> ReceiptIssued:
    return ReceiptIssued(t_ns=9, receipt_id=ReceiptId(number), visit_id=VISIT, lines=(), total_minor=0, currency="EUR")


def numbered(*facts: OutputFact, first: int = 1) -> list[Numbered]:
    return [Numbered(out_seq=seq, wall_ns=1000 + seq, fact=fact) for seq, fact in enumerate(facts, start=first)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_a_cart_is_a_fold_over_its_entries(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append(
        numbered(
            line(Picked, "l1", quantity=1),
            line(Picked, "l2", sku="jam", quantity=3),
            line(Picked, "l1", quantity=2),
            line(PutBack, "l3", sku="jam", quantity=1),
            line(Picked, "l4", sku="nuts"),
            LineWithdrawn(t_ns=8, line_id=LineId("l4"), visit_id=VISIT, cause="nothing stayed changed"),
        )
    )
    assert ledger.cart(VISIT) == {"tea": 2, "jam": 2}
    ledger.close()


def test_saying_it_again_after_a_restart_changes_nothing(path: Path) -> None:
    outputs = numbered(line(Picked, "l1"), line(Picked, "l2"))
    first = Ledger(path)
    assert first.append(outputs) == 2
    first.close()
    again = Ledger(path)
    assert again.append([*outputs, *numbered(receipt("r1"), first=3)]) == 1
    assert (again.last_out_seq, again.disagreements) == (3, 0)
    again.close()
    assert verify(path).entries == 3


def test_a_replay_that_says_something_else_is_reported_and_the_entry_stands(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append(numbered(line(Picked, "l1", quantity=1)))
    with capture_logs() as logs:
        ledger.append(numbered(line(Picked, "l1", quantity=2)))
    assert [entry["event"] for entry in logs] == ["ledger_disagrees_with_replay"]
    assert ledger.cart(VISIT) == {"tea": 1}
    ledger.close()


def test_a_visit_is_charged_once(path: Path) -> None:
    ledger = Ledger(path)
    ledger.append(numbered(receipt("r1")))
    with pytest.raises(sqlite3.IntegrityError):
        ledger.append(numbered(receipt("r2"), first=2))
    assert ledger.last_out_seq == 1
    ledger.close()


def test_what_is_no_matter_for_the_ledger_is_left_out(path: Path) -> None:
    ledger = Ledger(path)
    assert ledger.append(numbered(SensorFault(t_ns=1, device_id="c1", kind="silent", remedy="look"))) == 0
    ledger.close()


@pytest.mark.parametrize("statement", ["UPDATE entries SET body = '{}'", "DELETE FROM entries"])
def test_the_database_refuses_changes(path: Path, statement: str) -> None:
    ledger = Ledger(path)
    ledger.append(numbered(line(Picked, "l1")))
    ledger.close()
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        ("UPDATE entries SET body = replace(body, '\"quantity\":1', '\"quantity\":9') WHERE entry = 2", 2),
        ("DELETE FROM entries WHERE entry = 2", 3),
        ("UPDATE entries SET wall_ns = 5 WHERE entry = 1", 1),
    ],
)
def test_verify_names_the_first_bad_entry(path: Path, tampering: str, first_bad: int) -> None:
    ledger = Ledger(path)
    ledger.append(numbered(line(Picked, "l1"), line(Picked, "l2"), line(Picked, "l3")))
    ledger.close()
    assert verify(path).whole
    db = sqlite3.connect(path)
    db.executescript("DROP TRIGGER entries_stay; DROP TRIGGER entries_remain;")
    db.execute(tampering)
    db.commit()
    db.close()
    assert verify(path).first_bad == first_bad


def test_a_ledger_of_a_newer_engine_is_refused(path: Path) -> None:
    Ledger(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 999")
    db.close()
    with pytest.raises(LedgerError, match="newer engine"):
        Ledger(path)
