"""A visit's dossier proves its receipt by itself, and shows whatever was changed in it."""

from pathlib import Path

import msgspec
import pytest

from engine.domain import (
    AgeChecked,
    CommandId,
    LineRefunded,
    OutputFact,
    Picked,
    PutBack,
    ReceiptId,
    ReceiptIssued,
    ReceiptLine,
    SkuId,
    TaxClassId,
    VisitId,
    VisitLeft,
)
from engine.runtime.ledger import Dossier, Ledger, LedgerError, against_ledger, dossier_of, doubts, read_dossier
from tests.runtime.ledger.test_ledger import VISIT, line, numbered


def receipt(*, units: int = 2, total_minor: int = 500) -> ReceiptIssued:
    bought = ReceiptLine(sku_id=SkuId("tea"), quantity=units, unit_price_minor=250, total_minor=250 * units)
    return ReceiptIssued(
        t_ns=9, receipt_id=ReceiptId("R1"), visit_id=VISIT, lines=(bought,), total_minor=total_minor, currency="EUR"
    )


def refund(quantity: int) -> LineRefunded:
    return LineRefunded(
        t_ns=10,
        receipt_id=ReceiptId("R1"),
        visit_id=VISIT,
        sku_id=SkuId("tea"),
        quantity=quantity,
        amount_minor=250 * quantity,
        tax_class_id=TaxClassId("standard"),
        tax_minor=0,
        reason="stale",
        by="mia",
        command_id=CommandId("c"),
    )


def write(path: Path, *facts: OutputFact) -> Dossier:
    """A ledger of what somebody took three and put one back of, and of another visit, and then of ``facts``."""
    ledger = Ledger(path)
    taken, other = line(Picked, "l1", quantity=3), line(Picked, "m1", sku="salt")
    between = msgspec.structs.replace(other, visit_id=VisitId("v2"))
    ledger.append(numbered(taken, between, line(PutBack, "l2"), VisitLeft(t_ns=8, visit_id=VISIT), *facts))
    ledger.close()
    return dossier_of(path, VISIT)


def test_what_is_withheld_was_asked_about_in_vain(tmp_path: Path) -> None:
    withholding = msgspec.structs.replace(receipt(), lines=(), total_minor=0, withheld=(SkuId("tea"),))
    refused = AgeChecked(t_ns=8, visit_id=VISIT, minimum_age=18, old_enough=False, by="mia")
    assert doubts(write(tmp_path / "asked.db", refused, withholding)) == ()
    (doubt,) = doubts(write(tmp_path / "unasked.db", withholding))
    assert "nobody was asked" in doubt


def test_a_dossier_holds_its_visits_entries_and_proves_its_receipt(tmp_path: Path) -> None:
    dossier = write(tmp_path / "ledger.db", receipt(), refund(1))
    assert [entry.entry for entry in dossier.entries] == [1, 3, 4, 5, 6]
    assert doubts(dossier) == ()
    assert against_ledger(dossier, tmp_path / "ledger.db") == ()


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("field", ["body", "wall_ns", "out_seq", "kind", "prev_hash", "hash"])
def test_whatever_is_changed_in_it_shows(tmp_path: Path, place: int, field: str) -> None:
    dossier = write(tmp_path / "ledger.db", receipt(), refund(1))
    entry = dossier.entries[place]
    value = getattr(entry, field)
    changed = msgspec.structs.replace(entry, **{field: value + 1 if isinstance(value, int) else value + "0"})
    entries = (*dossier.entries[:place], changed, *dossier.entries[place + 1 :])
    assert f"entry {entry.entry} is not what was written" in doubts(msgspec.structs.replace(dossier, entries=entries))


def test_what_is_left_out_shows(tmp_path: Path) -> None:
    dossier = write(tmp_path / "ledger.db", receipt(), refund(1))
    without_put = msgspec.structs.replace(dossier, entries=(dossier.entries[0], *dossier.entries[2:]))
    assert doubts(without_put) == ("the receipt's units are not those of the lines before it",)
    without_refund = msgspec.structs.replace(dossier, entries=dossier.entries[:-1])
    assert doubts(without_refund) == ()
    assert against_ledger(without_refund, tmp_path / "ledger.db") == ("entry 6 of the ledger is missing",)
    without_receipt = msgspec.structs.replace(dossier, entries=dossier.entries[:3])
    assert doubts(without_receipt) == ("it holds 0 receipts",)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ((receipt(units=3, total_minor=750),), "the receipt's units are not those of the lines before it"),
        ((receipt(total_minor=501),), "the total is not the sum of the lines and of the taxes on top"),
        ((receipt(), refund(3)), "more of tea was refunded than paid for"),
    ],
)
def test_a_receipt_that_does_not_follow_from_its_lines_is_no_proof(
    tmp_path: Path, facts: tuple[OutputFact, ...], problem: str
) -> None:
    assert doubts(write(tmp_path / "ledger.db", *facts)) == (problem,)


def test_an_unknown_visit_and_another_file_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "ledger.db", receipt())
    with pytest.raises(LedgerError, match="nothing about visit v9"):
        dossier_of(tmp_path / "ledger.db", VisitId("v9"))
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"other\.json: not a dossier"):
        read_dossier(tmp_path / "other.json")
