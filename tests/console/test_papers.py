"""Papers on the carts page: who is to be asked for them, the two answers by key, and what the engine says to them."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.model import ConsoleModel, Place, needs
from console.qt import ConsoleWindow
from engine.domain import (
    AgeChecked,
    AgeCheckLapsed,
    AgeCheckNeeded,
    CheckAge,
    Operator,
    ReceiptIssued,
    Refused,
    Role,
    SkuId,
    Snapshot,
    VisitId,
    VisitLeft,
)
from tests.console import scene, trade
from tests.console.driving import LONG_MS, press, turn_to
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW

VISIT = VisitId("7kq2fd")
NEEDED = AgeCheckNeeded(t_ns=NOW, visit_id=VISIT, minimum_age=18, sku_ids=(SkuId("tomato"),))


def checked(*, old_enough: bool, age: int = 18) -> AgeChecked:
    return AgeChecked(t_ns=NOW, visit_id=VISIT, minimum_age=age, old_enough=old_enough, by="mia")


def test_whose_papers_are_to_be_checked_is_answered_by_one_key(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    page = window.carts
    engine.say(NEEDED)
    turn_to(qtbot, window, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: page.visits.selected_key() == VISIT and page.papers.isVisible(), timeout=LONG_MS)
    assert "18 years" in page.papers.text.text()
    assert page.papers.text.objectName() == "warn"
    press(window, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    assert engine.commands[0].command == CheckAge(visit_id=VISIT, minimum_age=18, old_enough=True)
    engine.say(checked(old_enough=True))
    qtbot.waitUntil(lambda: "proved, seen by mia" in page.papers.text.text(), timeout=LONG_MS)
    press(window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: len(engine.commands) == 2, timeout=LONG_MS)
    assert engine.commands[1].command == CheckAge(visit_id=VISIT, minimum_age=18, old_enough=False)


def test_what_the_engine_does_not_note_says_why(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    engine.answer = lambda request: Refused(command_id=request.command_id, reason="that visit is over")
    page = window.carts
    engine.say(NEEDED)
    turn_to(qtbot, window, Qt.Key.Key_F3)
    qtbot.waitUntil(page.papers.isVisible, timeout=LONG_MS)
    page.papers.not_proved.click()
    qtbot.waitUntil(lambda: "that visit is over" in page.papers.text.text(), timeout=LONG_MS)


def test_keys_do_nothing_where_nobody_is_asked_and_a_viewer_is_told_whom_to_ask(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    page = window.carts
    turn_to(qtbot, window, Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: page.visits.selected_key() is not None, timeout=LONG_MS)
    press(window, Qt.Key.Key_Y)
    window.model.operator = Operator(name="vi", role=Role.VIEWER)
    engine.say(NEEDED)
    qtbot.waitUntil(lambda: window.model.state.visits[VISIT].age_needed is not None, timeout=LONG_MS)
    page.visits.select(VISIT)
    qtbot.waitUntil(page.papers.isVisible, timeout=LONG_MS)
    press(window, Qt.Key.Key_Y)
    assert "sign in" in page.papers.text.text()
    assert engine.commands == []


@pytest.fixture
def replica() -> ConsoleModel:
    """A console's model after an ordinary hour."""
    model, facts = ConsoleModel(), tuple(trade.standing())
    model.apply(
        Snapshot(epoch=1, seq=0, t_ns=NOW, wall_ns=0, store=scene.store(), facts=facts, backgrounds=()), at_ns=0
    )
    return model


def test_what_waits_for_papers_is_a_need_and_an_alarm_once_the_shopper_is_out(replica: ConsoleModel) -> None:
    state = replica.state
    state.apply(NEEDED)
    (need,) = [need for need in needs(replica, NOW) if "papers" in need.text]
    assert (need.place, need.alarm) == (Place.CARTS, False)
    state.apply(VisitLeft(t_ns=NOW, visit_id=VISIT))
    (need,) = [need for need in needs(replica, NOW) if "papers" in need.text]
    assert need.alarm
    state.apply(AgeCheckLapsed(t_ns=NOW, visit_id=VISIT))
    assert not any("papers" in need.text for need in needs(replica, NOW))


def test_a_check_of_a_lower_age_leaves_the_higher_one_to_be_asked(replica: ConsoleModel) -> None:
    state = replica.state
    state.apply(NEEDED)
    state.apply(checked(old_enough=True, age=16))
    assert state.visits[VISIT].age_asked == 18
    assert state.visits[VISIT].age_needed is not None
    state.apply(checked(old_enough=False, age=16))
    assert state.visits[VISIT].age_needed is None


def test_a_receipt_names_what_was_not_sold(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    issued = next(fact for fact in trade.standing() if isinstance(fact, ReceiptIssued))
    engine.say(replace(issued, withheld=(SkuId("tomato"),)))
    page = window.receipts
    turn_to(qtbot, window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: len(page.receipts.table.rows) == 3, timeout=LONG_MS)
    page.receipts.select(issued.receipt_id)
    qtbot.waitUntil(lambda: any("not sold" in row.cells[1].text for row in page.lines.table.rows), timeout=LONG_MS)
