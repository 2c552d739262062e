"""The shelves page: walking over it, and taking a shelf as it lies."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.qt import ConsoleWindow
from console.qt._shelves import ShelvesPage
from engine.domain import (
    AcceptShelf,
    GramsAccounted,
    Refused,
)
from tests.console import trade
from tests.console.driving import LONG_MS, press, turn_to
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW, S


def _at_a_mismatch(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> ShelvesPage:
    """The shelves page, with the keyboard on grams that do not add up."""
    page = window.shelves
    engine.say(trade.mismatch())
    qtbot.waitUntil(lambda: page.needs_person() == 1, timeout=LONG_MS)
    turn_to(qtbot, window, Qt.Key.Key_F5)
    page.to_do.setFocus()
    page.to_do.select(trade.mismatch())
    return page


def test_a_shelf_is_taken_as_it_lies_by_enter_twice_and_stays_flagged_until_the_engine_says_so(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    page = _at_a_mismatch(qtbot, engine, window)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Enter again" in page.hint.text(), timeout=LONG_MS)
    assert engine.commands == []
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    assert engine.commands[0].command == AcceptShelf(shelf_id=trade.mismatch().shelf_id)
    qtbot.waitUntil(lambda: "waiting for the engine" in page.hint.text(), timeout=LONG_MS)
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_Return)
    assert page.needs_person() == 1
    engine.say(GramsAccounted(t_ns=NOW + S, shelf_id=trade.mismatch().shelf_id, accepted_by="ann"))
    qtbot.waitUntil(lambda: page.needs_person() == 0, timeout=LONG_MS)
    assert len(engine.commands) == 1


def test_a_shelf_that_the_engine_does_not_take_says_why(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    engine.answer = lambda request: Refused(command_id=request.command_id, reason="a question about it is open")
    page = _at_a_mismatch(qtbot, engine, window)
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "a question about it is open" in page.hint.text(), timeout=LONG_MS)


def test_arrows_walk_over_the_shelves(qtbot: QtBot, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F5)
    wall, seen = window.shelves.wall, []
    for key in (None, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
        if key is not None:
            press(window, key)
        seen.append((wall.facing_id, wall.accessibleDescription()))
    assert [facing_id for facing_id, _ in seen] == ["G1-S1-F1", "G1-S1-F2", "G1-S2-F2", "G1-S2-F1", "G1-S1-F1"]
    assert seen[3][1] == "Olive oil 500 ml, shelf G1-S2: low: 1 of 8"
    window.shelves.tick(2 * S)
    assert "Plate G1-S1-P1" in window.shelves.detail.text()
