"""Receipts that leave the console: as the ledger has them, as PDF, on paper."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from console.qt import ConsoleWindow
from console.qt._receipt_paper import receipt_paper
from console.qt._receipts import ReceiptsPage
from engine.domain import CommandId, LineRefunded, ReceiptFact, ReceiptId, SkuId, TaxClassId, VisitId
from engine.runtime.ledger import Ledger, Numbered, Sheet, export_csv
from tests.console import trade
from tests.console.driving import LONG_MS, press, turn_to
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW

RECEIPT, VISIT = ReceiptId("r-b5n1rz"), VisitId("b5n1rz")
REFUND = LineRefunded(
    t_ns=NOW,
    receipt_id=RECEIPT,
    visit_id=VISIT,
    sku_id=SkuId("tomato"),
    quantity=1,
    amount_minor=119,
    tax_class_id=TaxClassId("standard"),
    tax_minor=8,
    reason='burst, says "Mia"',
    by="mia",
    command_id=CommandId("c"),
)


def _receipts(qtbot: QtBot, window: ConsoleWindow) -> ReceiptsPage:
    page = window.receipts
    turn_to(qtbot, window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: len(page.receipts.table.rows) == 3, timeout=LONG_MS)
    page.receipts.setFocus()
    page.receipts.select(RECEIPT)
    return page


def _save_as(qtbot: QtBot, window: ConsoleWindow, file: Path) -> None:
    """Answer the question for a file, by keys."""
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is not None, timeout=LONG_MS)
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    name = dialog.findChild(QLineEdit)
    assert isinstance(name, QLineEdit)
    name.setText(str(file))
    QTest.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None, timeout=LONG_MS)


def test_what_is_written_is_what_the_ledger_has(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow, tmp_path: Path
) -> None:
    page = _receipts(qtbot, window)
    engine.say(REFUND)
    qtbot.waitUntil(lambda: REFUND in window.model.state.receipts[RECEIPT].later, timeout=LONG_MS)
    press(window, "x")
    _save_as(qtbot, window, tmp_path / "receipts.csv")

    ledger = Ledger(tmp_path / "ledger.db")
    said = [fact for fact in (*trade.standing(), REFUND) if isinstance(fact, ReceiptFact)]
    said.sort(key=lambda fact: fact.t_ns)
    clock = window.model.clock
    ledger.append(
        [Numbered(out_seq=seq, wall_ns=clock.wall_ns(fact.t_ns), fact=fact) for seq, fact in enumerate(said, start=1)]
    )
    ledger.close()
    with (tmp_path / "ledger.csv").open("w", encoding="utf-8", newline="") as out:
        rows = export_csv(tmp_path / "ledger.db", Sheet.RECEIPTS, out)
    assert rows > 3
    assert (tmp_path / "receipts.csv").read_bytes() == (tmp_path / "ledger.csv").read_bytes()
    assert page.out.said.text() == f"3 receipts written to {tmp_path / 'receipts.csv'}"


def test_only_what_the_search_shows_is_written(qtbot: QtBot, window: ConsoleWindow, tmp_path: Path) -> None:
    page = _receipts(qtbot, window)
    page.search.setText(RECEIPT)
    press(window, "x")
    _save_as(qtbot, window, tmp_path / "one")
    head, *rows = (tmp_path / "one.csv").read_text(encoding="utf-8").splitlines()
    assert head.startswith("at,kind,receipt_id,")
    assert {row.split(",")[2] for row in rows} == {RECEIPT}


def test_a_file_that_cannot_be_written_is_named(qtbot: QtBot, window: ConsoleWindow, tmp_path: Path) -> None:
    page = _receipts(qtbot, window)
    gone = tmp_path / "gone" / "receipts.csv"
    page.out.write_csv(list(window.model.state.receipts.values()), str(gone))
    assert str(gone) in page.out.said.text()
    assert "Choose another place" in page.out.said.text()
    page.out.write_pdf(window.model.state.receipts[RECEIPT], str(tmp_path))
    assert f"{tmp_path} was not written: Is a directory" in page.out.said.text()


def test_a_receipt_becomes_a_pdf(qtbot: QtBot, window: ConsoleWindow, tmp_path: Path) -> None:
    page = _receipts(qtbot, window)
    press(window, "p")
    _save_as(qtbot, window, tmp_path / "bon.pdf")
    qtbot.waitUntil(lambda: "bon.pdf" in page.out.said.text(), timeout=LONG_MS)
    written = (tmp_path / "bon.pdf").read_bytes()
    assert written.startswith(b"%PDF-")
    assert b"/Count 1\n" in written  # one page


def test_the_paper_says_what_the_page_shows(qtbot: QtBot, window: ConsoleWindow) -> None:
    page = _receipts(qtbot, window)
    qtbot.waitUntil(lambda: RECEIPT in page._which.text(), timeout=LONG_MS)
    paper = receipt_paper(window.model, window.model.state.receipts[RECEIPT]).toPlainText()
    assert window.model.store.name in paper
    assert RECEIPT in paper
    for row in page.lines.table.rows:
        assert all(" ".join(cell.text.split()) in paper for cell in row.cells)
    assert page._total.text() in paper


def test_a_receipt_goes_to_the_printer_that_is_chosen(qtbot: QtBot, window: ConsoleWindow, tmp_path: Path) -> None:
    page = _receipts(qtbot, window)
    _print_to(qtbot, window, tmp_path / "no" / "such" / "bon.pdf")
    qtbot.waitUntil(lambda: "was not printed" in page.out.said.text(), timeout=LONG_MS)
    _print_to(qtbot, window, tmp_path / "bon.pdf")
    qtbot.waitUntil(lambda: "is printed" in page.out.said.text(), timeout=LONG_MS)
    assert (tmp_path / "bon.pdf").read_bytes().startswith(b"%PDF-")


def _print_to(qtbot: QtBot, window: ConsoleWindow, file: Path) -> None:
    """Without a printer the dialog offers a file."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    QTest.keyClick(window.receipts.receipts, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.findChild(QPrintDialog) is not None, timeout=LONG_MS)
    dialog = window.findChild(QPrintDialog)
    assert isinstance(dialog, QPrintDialog)
    name = dialog.findChild(QLineEdit, "filename")
    assert isinstance(name, QLineEdit)
    name.setText(str(file))
    dialog.accept()
    qtbot.waitUntil(lambda: window.findChild(QPrintDialog) is None, timeout=LONG_MS)
