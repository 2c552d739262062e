"""A console window in front of a stand-in engine, and the keys that drive it."""

from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.model import DecisionStage
from console.qt import ConsoleWindow
from engine.domain import (
    CommandRequest,
    ResolveCase,
    Verdict,
    VisitId,
)
from tests.console import pictures, scene, trade
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW, S

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
LONG_MS = 10_000
ANNA, BERT = VisitId("7kq2fd"), VisitId("m4x9tt")


def stand_in(epoch: int, **more: object) -> EngineStandIn:
    peer = EngineStandIn(scene.store(), epoch=epoch, t_ns=NOW, **more)  # type: ignore[arg-type]
    peer.begin_with(trade.standing(), [pictures.background(camera) for camera in scene.store().cameras])
    peer.evidence = {case.case_id: trade.evidence(case) for case in (trade.who_case(), trade.what_case())}
    return peer.start()


def open_window(qtbot: QtBot, engine: EngineStandIn, settings: QSettings) -> ConsoleWindow:
    QApplication.setStyle("Fusion")
    window = ConsoleWindow(engine.address, settings)
    qtbot.addWidget(window)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: window.model.snapshots == 1, timeout=LONG_MS)
    keep_talking(qtbot, engine, window)
    return window


def keep_talking(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    """Two seconds of an ordinary life, told at once: trails, skeletons, health."""
    people = scene.shoppers(0)
    for tenth in range(20):
        people = scene.shoppers(tenth / 10 - 1.0)
        engine.say(scene.floor_view(NOW + tenth * S // 10, people))
    engine.say(scene.health(NOW), scene.health(NOW + S), scene.stock(NOW))
    engine.say(*(scene.overlay(NOW + 2 * S, camera, people) for camera in scene.store().cameras))
    cameras = window.model.cameras.tiles.values()
    # Views told before the subscription stood are gone: what was not heard is said again.
    while not all(tile.overlay for tile in cameras) or window.model.shelves.view is None:
        engine.say(scene.floor_view(NOW + 2 * S, people), scene.health(NOW + S), scene.stock(NOW))
        engine.say(*(scene.overlay(NOW + 2 * S, camera, people) for camera in scene.store().cameras))
        qtbot.wait(20)


def press(window: ConsoleWindow, key: Qt.Key | str) -> None:
    focused = QApplication.focusWidget() or window
    if isinstance(key, str):
        QTest.keyClicks(focused, key)
    else:
        QTest.keyClick(focused, key)


def turn_to(qtbot: QtBot, window: ConsoleWindow, key: Qt.Key) -> None:
    """Give the window the keyboard, then turn to a page by its key."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    press(window, key)


def begin_review(qtbot: QtBot, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F4)
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)


def verdict_of(request: CommandRequest) -> Verdict:
    assert isinstance(request.command, ResolveCase)
    return request.command.verdict


def stage_of(window: ConsoleWindow) -> DecisionStage:
    return window.model.review.decisions[0].stage


def items_of(window: ConsoleWindow, visit_id: VisitId) -> int:
    return window.model.state.visits[visit_id].items


def shoot(window: ConsoleWindow, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    QApplication.processEvents()
    assert window.grab().save(str(SCREENSHOTS / f"{name}.png"))
