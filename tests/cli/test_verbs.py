"""What the verbs say when all is well, and how they explain themselves."""

import csv
import json
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine.bench.staging import Level, stage_demo_store
from engine.domain import (
    CommandId,
    DisputeOpened,
    LineRefunded,
    OutputFact,
    ReceiptAdjusted,
    ReceiptId,
    ReceiptIssued,
    ReceiptLine,
    ReceiptTax,
    SkuId,
    TaxClassId,
    VisitId,
)
from engine.runtime.ledger import Ledger, Numbered
from engine.store import CameraSection, ControllerSection, GateSection
from tests.cli.conftest import Tillfree

VERBS = [
    ("demo",),
    ("engine",),
    ("check",),
    ("console",),
    ("twin",),
    ("replay",),
    ("grams",),
    ("masses",),
    ("bench", "nanostore"),
    ("models", "build"),
    ("shelves", "probe"),
    ("shelves", "watch"),
    ("shelves", "zero"),
    ("shelves", "tare"),
    ("shelves", "span"),
    ("ledger", "verify"),
    ("ledger", "export"),
]


@pytest.mark.parametrize("verb", VERBS, ids="-".join)
def test_every_verb_explains_itself(tillfree: Tillfree, verb: tuple[str, ...]) -> None:
    shown = tillfree(*verb, "--help")
    assert shown.returncode == 0, shown.stderr
    assert f"tillfree {' '.join(verb)}" in shown.stdout.replace("python -m engine.cli", "tillfree")


def test_check_names_what_a_store_lacks(tillfree: Tillfree, tmp_path: Path) -> None:
    folder = stage_demo_store(tmp_path / "staged", level=Level.SIGNAL, review_deadline_s=5.0)
    (folder.keys_dir / "entry.pub.pem").unlink()
    shown = tillfree("check", "--store", folder.path)
    assert shown.returncode == 1
    lines = shown.stdout.splitlines()
    assert lines[0].startswith(f"{folder.keys_dir / 'entry.pub.pem'}: missing. ")
    installation = folder.installation
    devices: list[ControllerSection | GateSection | CameraSection] = [*installation.controller]
    devices += [*installation.gate, *installation.camera]
    assert [line.split(":")[0] for line in lines[1:]] == [section.id for section in devices]


def test_check_says_that_a_store_can_open(tillfree: Tillfree, tmp_path: Path) -> None:
    folder = stage_demo_store(tmp_path / "staged", level=Level.SIGNAL, review_deadline_s=5.0)
    installation = folder.installation
    ports = {section.port for section in installation.controller} | {section.port for section in installation.gate}
    ports |= {int(section.url.rpartition(":")[2]) for section in installation.camera}
    with ExitStack() as listening:
        for port in ports:
            listening.enter_context(socket.create_server(("127.0.0.1", port)))
        shown = tillfree("check", "--store", folder.path)
    assert (shown.returncode, shown.stdout) == (0, "ready to open\n"), shown.stderr


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with one receipt of two lines, of which one was adjusted later and one refunded; and it is disputed."""
    path = tmp_path / "ledger.db"
    receipt = ReceiptIssued(
        t_ns=1,
        receipt_id=ReceiptId("r1"),
        visit_id=VisitId("v1"),
        lines=(
            ReceiptLine(sku_id=SkuId("tea"), quantity=2, unit_price_minor=299, total_minor=598),
            ReceiptLine(sku_id=SkuId("jam"), quantity=1, unit_price_minor=349, total_minor=349),
        ),
        total_minor=947,
        currency="EUR",
        taxes=(
            ReceiptTax(tax_class_id=TaxClassId("food"), rate_ppm=70_000, included=True, taxed_minor=947, tax_minor=62),
        ),
    )
    adjusted = ReceiptAdjusted(
        t_ns=2,
        receipt_id=ReceiptId("r1"),
        visit_id=VisitId("v1"),
        sku_id=SkuId("tea"),
        quantity=-1,
        delta_minor=-299,
        tax_class_id=TaxClassId("food"),
        tax_minor=-20,
    )
    refunded = LineRefunded(
        t_ns=3,
        receipt_id=ReceiptId("r1"),
        visit_id=VisitId("v1"),
        sku_id=SkuId("jam"),
        quantity=1,
        amount_minor=349,
        tax_class_id=TaxClassId("food"),
        tax_minor=22,
        reason="mouldy",
        by="mo",
        command_id=CommandId("c1"),
    )
    disputed = DisputeOpened(t_ns=4, receipt_id=ReceiptId("r1"), visit_id=VisitId("v1"), reason="took no tea", by="mo")
    written = Ledger(path)
    facts: list[OutputFact] = [receipt, adjusted, refunded, disputed]
    written.append(Numbered(out_seq=4 + n, wall_ns=60 * 10**9 * n, fact=fact) for n, fact in enumerate(facts))
    written.close()
    return path


def test_export_has_a_row_for_each_line_tax_and_adjustment(tillfree: Tillfree, ledger: Path) -> None:
    shown = tillfree("ledger", "export", ledger)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines() == [
        "at,kind,receipt_id,visit_id,sku_id,quantity,amount_minor,tax_class,tax_minor,currency,by,reason",
        "1970-01-01T00:00:00.000Z,charge,r1,v1,tea,2,598,,0,EUR,,",
        "1970-01-01T00:00:00.000Z,charge,r1,v1,jam,1,349,,0,EUR,,",
        "1970-01-01T00:00:00.000Z,tax,r1,v1,,,0,food,62,EUR,,",
        "1970-01-01T00:01:00.000Z,adjustment,r1,v1,tea,-1,-299,food,-20,EUR,,",
        "1970-01-01T00:02:00.000Z,refund,r1,v1,jam,-1,-349,food,-22,EUR,mo,mouldy",
        "1970-01-01T00:03:00.000Z,dispute,r1,v1,,,0,,0,EUR,mo,took no tea",
    ]


def test_the_ledger_tells_the_story_of_a_receipt(tillfree: Tillfree, ledger: Path) -> None:
    shown = tillfree("ledger", "receipt", ledger, "r1")
    assert shown.returncode == 0, shown.stderr
    assert [" ".join(line.split()) for line in shown.stdout.splitlines()] == [
        "1970-01-01T00:00:00.000Z charge +2 tea 5.98",
        "1970-01-01T00:00:00.000Z charge +1 jam 3.49",
        "1970-01-01T00:00:00.000Z tax food 0.00",
        "1970-01-01T00:01:00.000Z adjustment -1 tea -2.99",
        "1970-01-01T00:02:00.000Z refund -1 jam -3.49 mouldy (mo)",
        "1970-01-01T00:03:00.000Z dispute 0.00 took no tea (mo)",
        "paid 2.99 EUR, of it tax 0.20",
    ]
    unknown = tillfree("ledger", "receipt", ledger, "r9")
    assert (unknown.returncode, unknown.stderr) == (1, f"{ledger}: no receipt r9\n")


def test_export_can_write_every_entry_to_a_file(tillfree: Tillfree, ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "entries.csv"
    shown = tillfree("ledger", "export", ledger, "--entries", "--out", out)
    assert shown.stdout == f"4 rows in {out}\n", shown.stderr
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["entry"], row["kind"], json.loads(row["body"])["t_ns"]) for row in rows] == [
        ("1", "ReceiptIssued", 1),
        ("2", "ReceiptAdjusted", 2),
        ("3", "LineRefunded", 3),
        ("4", "DisputeOpened", 4),
    ]


def test_verify_answers_no_with_exit_code_1(tillfree: Tillfree, ledger: Path) -> None:
    assert tillfree("ledger", "verify", ledger).stdout == "4 entries, all as they were written\n"
    content = ledger.read_bytes()
    ledger.write_bytes(content.replace(b'"total_minor":947', b'"total_minor":900'))
    shown = tillfree("ledger", "verify", ledger)
    assert shown.returncode == 1
    assert shown.stdout == "0 entries are right; entry 1: this entry is not what was written\n"
