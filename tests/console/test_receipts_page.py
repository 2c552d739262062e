"""The receipts page: units given back and disputes noted and settled, by keys, in place."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.qt import ConsoleWindow
from console.qt._receipt_lines import line_history
from console.qt._receipts import ReceiptsPage
from engine.domain import (
    CommandId,
    DisputeOpened,
    DisputeOutcome,
    DisputeSettled,
    LineRefunded,
    OpenDispute,
    Operator,
    ReceiptId,
    RefundLine,
    Refused,
    Role,
    SettleDispute,
    SkuId,
    TaxClassId,
    VisitId,
)
from tests.console import trade
from tests.console.driving import LONG_MS, press, turn_to
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW

RECEIPT, VISIT = ReceiptId("r-b5n1rz"), VisitId("b5n1rz")
DISPUTED = DisputeOpened(t_ns=NOW, receipt_id=RECEIPT, visit_id=VISIT, reason="no pesto", by="mia")


def _at_the_receipt(qtbot: QtBot, window: ConsoleWindow) -> ReceiptsPage:
    """The receipts page, with the keyboard on the lines of one."""
    page = window.receipts
    turn_to(qtbot, window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: len(page.receipts.table.rows) == 3, timeout=LONG_MS)
    page.receipts.select(RECEIPT)
    qtbot.waitUntil(lambda: RECEIPT in page._which.text(), timeout=LONG_MS)
    page.lines.setFocus()
    page.lines.select(SkuId("tomato"))
    return page


def _focused(qtbot: QtBot, field: QWidget) -> None:
    qtbot.waitUntil(field.hasFocus, timeout=LONG_MS)


def test_units_of_a_line_are_refunded_with_a_reason(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    page = _at_the_receipt(qtbot, window)
    press(window, Qt.Key.Key_R)
    _focused(qtbot, page.desk.units)
    assert page.desk.units.maximum() == 1  # of two one was adjusted away
    page.desk.reason.setFocus()
    press(window, Qt.Key.Key_Return)
    assert engine.commands == []  # no reason, no refund
    press(window, "burst")
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    wanted = RefundLine(receipt_id=RECEIPT, sku_id=SkuId("tomato"), quantity=1, reason="burst")
    assert engine.commands[0].command == wanted
    qtbot.waitUntil(lambda: "waiting for the engine" in page.desk.hint.text(), timeout=LONG_MS)
    before = page._total.text()
    engine.say(
        LineRefunded(
            t_ns=NOW,
            receipt_id=RECEIPT,
            visit_id=VISIT,
            sku_id=SkuId("tomato"),
            quantity=1,
            amount_minor=119,
            tax_class_id=TaxClassId("standard"),
            tax_minor=8,
            reason="burst",
            by="mia",
            command_id=CommandId("c"),
        )
    )
    qtbot.waitUntil(lambda: page._total.text() != before, timeout=LONG_MS)
    assert "refunded at" in page.lines.table.rows[-1].cells[1].text
    page.lines.select(SkuId("tomato"))
    press(window, Qt.Key.Key_R)
    assert not page.desk.form.isVisible()  # nothing is left to give back


def test_what_the_engine_does_not_do_says_why(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    engine.answer = lambda request: Refused(command_id=request.command_id, reason="the receipt is disputed already")
    page = _at_the_receipt(qtbot, window)
    press(window, Qt.Key.Key_D)
    _focused(qtbot, page.desk.reason)
    press(window, "no pesto")
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "disputed already" in page.desk.hint.text(), timeout=LONG_MS)
    assert engine.commands[0].command == OpenDispute(receipt_id=RECEIPT, reason="no pesto")


def test_a_dispute_stands_out_until_it_is_settled(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    page = _at_the_receipt(qtbot, window)
    engine.say(DISPUTED)
    qtbot.waitUntil(lambda: page.needs_person() == 1, timeout=LONG_MS)
    qtbot.waitUntil(lambda: "no pesto" in page.desk.hint.text(), timeout=LONG_MS)
    press(window, Qt.Key.Key_D)
    _focused(qtbot, page.desk.outcome)
    press(window, Qt.Key.Key_Down)
    page.desk.reason.setFocus()
    press(window, "it is on the film")
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    assert engine.commands[0].command == SettleDispute(
        receipt_id=RECEIPT, outcome=DisputeOutcome.DENIED, reason="it is on the film"
    )
    engine.say(
        DisputeSettled(
            t_ns=NOW, receipt_id=RECEIPT, visit_id=VISIT, outcome=DisputeOutcome.DENIED, reason="film", by="mia"
        )
    )
    qtbot.waitUntil(lambda: page.needs_person() == 0, timeout=LONG_MS)


def test_escape_leaves_the_form_and_whoever_may_not_refund_is_told(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    page = _at_the_receipt(qtbot, window)
    press(window, Qt.Key.Key_R)
    _focused(qtbot, page.desk.units)
    press(window, Qt.Key.Key_Escape)
    _focused(qtbot, page.lines)
    assert not page.desk.form.isVisible()
    window.model.operator = Operator(name="Mia", role=Role.REVIEWER)
    press(window, Qt.Key.Key_R)
    assert not page.desk.form.isVisible()
    assert "manager" in page.desk.hint.text()
    assert engine.commands == []


def test_a_receipt_without_lines_is_shown(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    *_, issued = trade.charged("empty1", ago_s=0, skus=())
    engine.say(*trade.opened("empty1", ago_s=9), issued)
    turn_to(qtbot, window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: len(window.receipts.receipts.table.rows) == 4, timeout=LONG_MS)
    window.receipts.receipts.select(ReceiptId("r-empty1"))
    qtbot.waitUntil(lambda: "r-empty1" in window.receipts._which.text(), timeout=LONG_MS)
    assert window.receipts.lines.table.rows == []


def test_each_line_says_how_it_came_into_the_cart(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    page = _at_the_receipt(qtbot, window)
    receipt, visit = window.model.state.receipts[RECEIPT], window.model.state.visits[VISIT]
    taken = [line for line in visit.lines.values() if line.sku_id == "tomato"]
    assert taken
    told = line_history(window.model, receipt, SkuId("tomato")).splitlines()
    assert len(told) == len(taken)
    assert all(str(line.facing_id) in text for line, text in zip(taken, told, strict=True))
    qtbot.waitUntil(lambda: page._history.text().splitlines() == told, timeout=LONG_MS)
    adjusted = line_history(window.model, receipt, ("later", 0))
    assert adjusted == "\n".join(told)
    assert line_history(window.model, receipt, ("tax", "standard")) == ""
    del window.model.state.visits[VISIT]
    assert "the ledger has it" in line_history(window.model, receipt, SkuId("tomato"))
