"""The window, driven by keys only, against a peer made of real sockets."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.model import DecisionStage, Link
from console.qt import ConsoleWindow
from engine.domain import (
    Operator,
    Role,
    SensorFault,
    VisitId,
)
from tests.console import scene, trade
from tests.console.driving import (
    ANNA,
    LONG_MS,
    SCREENSHOTS,
    begin_review,
    items_of,
    open_window,
    press,
    shoot,
    stage_of,
    stand_in,
    turn_to,
)
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW, S


def test_whom_the_engine_takes_us_for_is_always_in_sight(qtbot: QtBot, settings: QSettings) -> None:
    peer = EngineStandIn(scene.store(), epoch=1, t_ns=NOW)
    peer.operator = Operator(name="ana", role=Role.REVIEWER)
    peer.start()
    window = open_window(qtbot, peer, settings)
    qtbot.waitUntil(lambda: window.status.store.text().startswith("ana, reviewer  ·  "), timeout=LONG_MS)
    peer.stop()


def test_a_lost_engine_is_said_and_a_new_run_is_joined(qtbot: QtBot, settings: QSettings) -> None:
    first = stand_in(epoch=1)
    window = open_window(qtbot, first, settings)
    assert not window.banner.isVisible()
    first.stop()
    qtbot.waitUntil(window.banner.isVisible, timeout=LONG_MS)
    assert "Engine lost" in window.banner.text()
    assert "Engine lost" in window.status.connection.text()
    assert window.theme.stale
    assert len(window.model.state.inside()) == 3, "old values stay readable"
    shoot(window, "1-overview-lost")

    second = EngineStandIn(scene.store(), epoch=2, t_ns=NOW + 60 * S, address=first.address)
    second.begin_with(trade.opened("new-one", ago_s=3, track_id=40))
    second.start()
    try:
        qtbot.waitUntil(lambda: window.model.epoch == 2, timeout=LONG_MS)
        qtbot.waitUntil(lambda: not window.banner.isVisible(), timeout=LONG_MS)
        assert [visit.visit_id for visit in window.model.state.inside()] == ["new-one"]
        qtbot.waitUntil(lambda: not window.theme.stale, timeout=LONG_MS)
        second.say(trade.picked("L1", "new-one", "tea"))

        def followed() -> bool:
            second.say(scene.health(NOW + 61 * S))  # a fact told before the subscription stood is noticed by this
            return items_of(window, VisitId("new-one")) == 1

        qtbot.waitUntil(followed, timeout=LONG_MS)
    finally:
        second.stop()


def test_a_decision_made_while_the_engine_is_away_arrives_once(qtbot: QtBot, settings: QSettings) -> None:
    first = stand_in(epoch=1)
    window = open_window(qtbot, first, settings)
    begin_review(qtbot, window)
    first.stop()
    press(window, "1")
    qtbot.waitUntil(window.banner.isVisible, timeout=LONG_MS)
    assert stage_of(window) is DecisionStage.SENT
    second = stand_in(epoch=2, address=first.address)
    try:
        qtbot.waitUntil(lambda: stage_of(window) is DecisionStage.ACCEPTED, timeout=LONG_MS)
        assert len(second.commands) == 1
    finally:
        second.stop()


def test_a_restart_is_noticed_by_views_alone(qtbot: QtBot, settings: QSettings) -> None:
    first = stand_in(epoch=1)
    window = open_window(qtbot, first, settings)
    first.stop()
    second = EngineStandIn(scene.store(), epoch=2, t_ns=NOW, address=first.address)
    second.start()
    try:

        def joined() -> bool:
            second.say(scene.health(NOW))
            return window.model.epoch == 2

        qtbot.waitUntil(joined, timeout=LONG_MS)
        assert not window.model.state.visits
    finally:
        second.stop()


def test_keys_reach_every_page_and_the_layout_is_remembered(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow, settings: QSettings
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    for place in range(7):
        press(window, Qt.Key(Qt.Key.Key_F1 + place))
        assert window.stack.currentIndex() == place
    press(window, "?")
    assert window.keys.isVisible()
    shoot(window, "8-keys")
    press(window, Qt.Key.Key_Escape)
    assert not window.keys.isVisible()
    press(window, Qt.Key.Key_F3)
    window.close()

    again = ConsoleWindow(engine.address, settings)
    qtbot.addWidget(again)
    assert again.stack.currentIndex() == 2
    settings.setValue("layout/version", 99)
    fresh = ConsoleWindow(engine.address, settings)
    qtbot.addWidget(fresh)
    assert fresh.stack.currentIndex() == 0


def test_the_overview_tells_what_waits_and_opens_it(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F1)
    page = window.overview
    engine.say(trade.mismatch())
    qtbot.waitUntil(lambda: window.shelves.needs_person() == 1, timeout=LONG_MS)
    press(window, Qt.Key.Key_F1)
    said = {title: tile.accessibleDescription() for title, tile in page.tiles.items()}
    assert said["Inside"].startswith("3, €")
    assert said["To review"].startswith("2, €")
    assert said["Stock"] == "1 empty, 1 low, 1 misplaced, 1 not adding up"
    assert said["Devices"] == "Well, 8 of 8 cameras and controllers"
    assert [row.cells[3].text for row in page.needs.table.rows] == ["Review", "Review", "Shelves", "Shelves"]
    page.needs.setFocus()
    page.needs.setCurrentIndex(page.needs.table.index(2, 0))
    press(window, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.shelves
    press(window, Qt.Key.Key_F1)
    page.tiles["Sales"].setFocus()
    press(window, Qt.Key.Key_Space)
    assert window.stack.currentWidget() is window.receipts


def test_a_receipt_is_found_by_what_is_on_it(qtbot: QtBot, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F6)
    page, everything = window.receipts, len(window.model.state.receipts)
    press(window, "/")
    press(window, "pesto")
    qtbot.waitUntil(lambda: page.found.text().startswith("1 of 3 receipts"), timeout=LONG_MS)
    assert len(page.receipts.table.rows) == 1
    press(window, Qt.Key.Key_Return)
    assert page.receipts.hasFocus()
    press(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(page.receipts.table.rows) == everything, timeout=LONG_MS)


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_every_page_has_a_screenshot(qtbot: QtBot, engine: EngineStandIn, settings: QSettings, appearance: str) -> None:
    settings.setValue("layout/appearance", appearance)
    window = open_window(qtbot, engine, settings)
    qtbot.waitUntil(lambda: len(window.model.review.evidence) == 2, timeout=LONG_MS)
    engine.say(SensorFault(t_ns=NOW, device_id="A-4-6", kind="stuck", remedy="Check its load cell"))
    engine.say(scene.health(NOW + 2 * S, fault="no frames for 4 s; check its cable and address"))
    qtbot.waitUntil(lambda: len(window.model.health.problems()) == 2, timeout=LONG_MS)
    engine.say(trade.mismatch())
    qtbot.waitUntil(lambda: len(window.model.shelves.mismatches) == 1, timeout=LONG_MS)
    window.chosen.choose(ANNA)
    saved = window.save_screenshots(SCREENSHOTS / appearance)
    assert [path.stem for path in saved] == [
        "1-overview",
        "2-store",
        "3-carts",
        "4-review",
        "5-shelves",
        "6-receipts",
        "7-health",
    ]
    for path in saved:
        image = QImage(str(path))
        assert image.width() >= 1280
        assert len({image.pixel(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)}) > 20


def test_what_the_models_run_on_is_shown(qtbot: QtBot, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: window.health.figures["Models run on"].text() == "CPU", timeout=LONG_MS)


def test_everything_a_keyboard_reaches_has_a_name(qtbot: QtBot, window: ConsoleWindow) -> None:
    reached = [widget for widget in window.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    unnamed = [
        widget for widget in reached if not widget.isHidden() and not widget.accessibleName() and not _is_inner(widget)
    ]
    assert [(type(widget).__name__, type(widget.parent()).__name__) for widget in unnamed] == []
    assert QGuiApplication.platformName() == "offscreen"


def _is_inner(widget: QWidget) -> bool:
    """Parts that Qt makes itself speak through the widget they belong to."""
    return widget.objectName().startswith("qt_") or type(widget).__name__ in ("QTableCornerButton", "QAbstractButton")


def test_a_closed_window_leaves_no_thread_behind(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    assert window.model.connection(0).link is not Link.CONNECTING
    window.close()
    assert not window.link.running
