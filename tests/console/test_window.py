"""The window, driven by keys only, against a peer made of real sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.model import DecisionStage, Link
from console.qt import ConsoleWindow
from console.qt._cameras import CameraTileView
from engine.domain import (
    Accepted,
    AcceptShelf,
    CameraId,
    CaseResolved,
    CommandRequest,
    GramsAccounted,
    Refused,
    ResolveCase,
    SensorFault,
    SensorRecovered,
    Verdict,
    VisitId,
)
from tests.console import pictures, scene, trade
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW, S

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
LONG_MS = 10_000
ANNA, BERT = VisitId("7kq2fd"), VisitId("m4x9tt")


@pytest.fixture
def engine() -> Iterator[EngineStandIn]:
    peer = _engine(epoch=1)
    yield peer
    peer.stop()


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "console.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(qtbot: QtBot, engine: EngineStandIn, settings: QSettings) -> ConsoleWindow:
    return _open(qtbot, engine, settings)


def _engine(epoch: int, **more: object) -> EngineStandIn:
    peer = EngineStandIn(scene.store(), epoch=epoch, t_ns=NOW, **more)  # type: ignore[arg-type]
    peer.begin_with(trade.standing(), [pictures.background(camera) for camera in scene.store().cameras])
    peer.evidence = {case.case_id: trade.evidence(case) for case in (trade.who_case(), trade.what_case())}
    return peer.start()


def _open(qtbot: QtBot, engine: EngineStandIn, settings: QSettings) -> ConsoleWindow:
    QApplication.setStyle("Fusion")
    window = ConsoleWindow(engine.address, settings)
    qtbot.addWidget(window)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: window.model.snapshots == 1, timeout=LONG_MS)
    _keep_talking(qtbot, engine, window)
    return window


def _keep_talking(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
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


def _press(window: ConsoleWindow, key: Qt.Key | str) -> None:
    focused = QApplication.focusWidget() or window
    if isinstance(key, str):
        QTest.keyClicks(focused, key)
    else:
        QTest.keyClick(focused, key)


def _begin_review(qtbot: QtBot, window: ConsoleWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F4)
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)


def _verdict(request: CommandRequest) -> Verdict:
    assert isinstance(request.command, ResolveCase)
    return request.command.verdict


def _stage(window: ConsoleWindow) -> DecisionStage:
    return window.model.review.decisions[0].stage


def _items(window: ConsoleWindow, visit_id: VisitId) -> int:
    return window.model.state.visits[visit_id].items


def test_one_key_accepts_and_the_cart_follows_the_fact(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    _begin_review(qtbot, window)
    _press(window, "2")
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    [request] = engine.commands
    bert = trade.who_case().hypotheses[1].verdict
    assert request.command == ResolveCase(case_id=trade.WHO_CASE, verdict=bert)
    qtbot.waitUntil(lambda: _stage(window) is DecisionStage.ACCEPTED, timeout=LONG_MS)
    assert (_items(window, ANNA), _items(window, BERT)) == (5, 3)
    assert window.review.case_id == trade.WHAT_CASE

    engine.say(
        trade.picked("L4", "m4x9tt", "olive"),
        CaseResolved(t_ns=NOW, case_id=trade.WHO_CASE, verdict=bert, decided_by=request.by),
    )
    qtbot.waitUntil(lambda: trade.WHO_CASE not in window.model.review.cases, timeout=LONG_MS)
    assert _items(window, BERT) == 4


def test_enter_accepts_the_likeliest_and_n_says_that_nothing_was_taken(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    _begin_review(qtbot, window)
    _press(window, Qt.Key.Key_Return)
    _press(window, "n")  # too soon for the next case: nobody can have looked at it
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)
    _press(window, "n")
    qtbot.waitUntil(lambda: len(engine.commands) == 2, timeout=LONG_MS)
    first, second = (_verdict(request) for request in engine.commands)
    assert first == trade.who_case().hypotheses[0].verdict
    assert (second.visit_id, second.sku_id, second.quantity) == (None, None, 0)
    qtbot.waitUntil(lambda: window.review.headline.text() == "Nothing waits for you", timeout=LONG_MS)


def test_a_reviewer_who_knows_better_types_the_product(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    _begin_review(qtbot, window)
    _press(window, "s")
    _press(window, "rice")
    _shoot(window, "4-review-search")
    _press(window, Qt.Key.Key_Tab)
    _press(window, Qt.Key.Key_Down)
    _press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    verdict = _verdict(engine.commands[0])
    assert (verdict.visit_id, verdict.sku_id, verdict.quantity) == (BERT, "rice", 1)


def test_a_refusal_is_shown_and_the_case_stays(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    def refuse(request: CommandRequest) -> Accepted | Refused:
        return Refused(command_id=request.command_id, reason="the case is closed")

    engine.answer = refuse
    _begin_review(qtbot, window)
    _press(window, "1")
    qtbot.waitUntil(lambda: _stage(window) is DecisionStage.REFUSED, timeout=LONG_MS)
    qtbot.waitUntil(lambda: window.review.queue.table.rows[0].key == trade.WHO_CASE, timeout=LONG_MS)
    _press(window, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: "refused: the case is closed" in window.review.answer.text(), timeout=LONG_MS)
    assert trade.WHO_CASE in window.model.review.cases


def test_the_clip_plays_stops_and_steps(qtbot: QtBot, window: ConsoleWindow) -> None:
    _begin_review(qtbot, window)
    player = window.review.player
    qtbot.waitUntil(lambda: player.instant_ns > trade.who_case().start_ns - 3 * S, timeout=LONG_MS)
    _press(window, Qt.Key.Key_Space)
    before_ns = player.instant_ns
    _press(window, Qt.Key.Key_Right)
    assert not player.playing
    assert 0 < player.instant_ns - before_ns <= S // 10
    _press(window, Qt.Key.Key_Left)
    _press(window, Qt.Key.Key_Left)
    assert player.instant_ns < before_ns


def test_a_lost_engine_is_said_and_a_new_run_is_joined(qtbot: QtBot, settings: QSettings) -> None:
    first = _engine(epoch=1)
    window = _open(qtbot, first, settings)
    assert not window.banner.isVisible()
    first.stop()
    qtbot.waitUntil(window.banner.isVisible, timeout=LONG_MS)
    assert "Engine lost" in window.banner.text()
    assert "Engine lost" in window.status.connection.text()
    assert window.theme.stale
    assert len(window.model.state.inside()) == 3, "old values stay readable"
    _shoot(window, "1-overview-lost")

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
            return _items(window, VisitId("new-one")) == 1

        qtbot.waitUntil(followed, timeout=LONG_MS)
    finally:
        second.stop()


def test_a_decision_made_while_the_engine_is_away_arrives_once(qtbot: QtBot, settings: QSettings) -> None:
    first = _engine(epoch=1)
    window = _open(qtbot, first, settings)
    _begin_review(qtbot, window)
    first.stop()
    _press(window, "1")
    qtbot.waitUntil(window.banner.isVisible, timeout=LONG_MS)
    assert _stage(window) is DecisionStage.SENT
    second = _engine(epoch=2, address=first.address)
    try:
        qtbot.waitUntil(lambda: _stage(window) is DecisionStage.ACCEPTED, timeout=LONG_MS)
        assert len(second.commands) == 1
    finally:
        second.stop()


def test_a_restart_is_noticed_by_views_alone(qtbot: QtBot, settings: QSettings) -> None:
    first = _engine(epoch=1)
    window = _open(qtbot, first, settings)
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
        _press(window, Qt.Key(Qt.Key.Key_F1 + place))
        assert window.stack.currentIndex() == place
    _press(window, "?")
    assert window.keys.isVisible()
    _shoot(window, "8-keys")
    _press(window, Qt.Key.Key_Escape)
    assert not window.keys.isVisible()
    _press(window, Qt.Key.Key_F3)
    window.close()

    again = ConsoleWindow(engine.address, settings)
    qtbot.addWidget(again)
    assert again.stack.currentIndex() == 2
    settings.setValue("layout/version", 99)
    fresh = ConsoleWindow(engine.address, settings)
    qtbot.addWidget(fresh)
    assert fresh.stack.currentIndex() == 0


def test_the_overview_tells_what_waits_and_opens_it(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F1)
    page = window.overview
    engine.say(trade.mismatch())
    qtbot.waitUntil(lambda: window.shelves.needs_person() == 1, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F1)
    said = {title: tile.accessibleDescription() for title, tile in page.tiles.items()}
    assert said["Inside"].startswith("3, €")
    assert said["To review"].startswith("2, €")
    assert said["Stock"] == "1 empty, 1 low, 1 misplaced, 1 not adding up"
    assert said["Devices"] == "Well, 8 of 8 cameras and controllers"
    assert [row.cells[3].text for row in page.needs.table.rows] == ["Review", "Review", "Shelves", "Shelves"]
    page.needs.setFocus()
    page.needs.setCurrentIndex(page.needs.table.index(2, 0))
    _press(window, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.shelves
    _press(window, Qt.Key.Key_F1)
    page.tiles["Sales"].setFocus()
    _press(window, Qt.Key.Key_Space)
    assert window.stack.currentWidget() is window.receipts


def test_whoever_is_chosen_on_the_map_is_followed_everywhere(qtbot: QtBot, window: ConsoleWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F2)
    page, track = window.store, next(t for t in window.model.floor.tracks.values() if t.shopper.visit_id == ANNA)
    before = page.map.grab().toImage()
    QTest.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=page.map._at(*track.foot_m).toPoint())
    assert window.chosen.visit_id == ANNA
    page.tick(10 * S)
    assert page.visits.selected_key() == ANNA
    assert len(page.lines.table.rows) == len(window.model.state.visits[ANNA].lines) > 0
    assert "measured" in page.why.text()
    assert page.map.grab().toImage() != before
    _press(window, Qt.Key.Key_F3)
    assert window.carts.visits.selected_key() == ANNA
    window.carts.visits.select(BERT)
    assert window.chosen.visit_id == BERT


def test_a_shopper_is_chosen_in_a_picture_and_nobody_beside(qtbot: QtBot, window: ConsoleWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F2)
    window.store.tick(10 * S)
    (tile,) = [t for t in window.store.cameras.findChildren(CameraTileView) if "face-G1" in t.accessibleName()]
    overlay = window.model.cameras.tiles[CameraId("face-G1")].overlay
    assert overlay is not None
    left, top, right, bottom = max(overlay.persons, key=lambda person: person.xyxy_px[3]).xyxy_px
    scale = min(tile.width() / 640, tile.height() / 360)
    corner = QPointF((tile.width() - 640 * scale) / 2, (tile.height() - 360 * scale) / 2)
    place = corner + QPointF((left + right) / 2 * scale, (top + 0.3 * (bottom - top)) * scale)
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert window.chosen.visit_id in (ANNA, BERT)
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton, pos=(corner + QPointF(3, 3)).toPoint())
    assert window.chosen.visit_id is None


def test_h_shows_where_time_is_spent(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    for n in range(20):  # one by one: of views that come at once only the newest is shown
        view = scene.floor_view(NOW + (30 + n) * S // 10, scene.shoppers(n / 10))
        engine.say(view)
        qtbot.waitUntil(lambda view=view: window.model.floor.view == view, timeout=LONG_MS)  # type: ignore[misc]
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F2)
    plain = window.store.map.grab().toImage()
    _press(window, "h")
    assert window.store.map.shows_dwell
    assert window.store.map.grab().toImage() != plain
    _shoot(window, "2-store-dwell")
    _press(window, "h")
    assert not window.store.map.shows_dwell


def test_one_camera_can_be_shown_alone(qtbot: QtBot, window: ConsoleWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F2)
    tiles = window.store.cameras.findChildren(CameraTileView)
    tiles[0].setFocus()
    _press(window, Qt.Key.Key_Right)
    assert tiles[1].hasFocus()
    _press(window, Qt.Key.Key_Return)
    assert [tile.isVisible() for tile in tiles[:2]] == [False, True]
    _press(window, Qt.Key.Key_Escape)
    assert all(tile.isVisible() for tile in tiles)


def test_an_alarm_is_on_the_health_page_until_it_is_over(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    alarm = SensorFault(
        t_ns=NOW,
        device_id="A-4-6",
        kind="stuck",
        cause="Its cell repeats one value",
        consequence="The plate is not weighed",
        remedy="Check its cable",
    )
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F7)
    engine.say(alarm)
    problems = window.health.problems
    qtbot.waitUntil(lambda: "A-4-6: stuck" in problems.text(), timeout=LONG_MS)
    assert all(words in problems.text() for words in (alarm.cause, alarm.consequence, alarm.remedy))
    engine.say(SensorRecovered(t_ns=NOW + S, device_id="A-4-6", kind="stuck"))
    qtbot.waitUntil(lambda: problems.text() == "Nothing needs a person.", timeout=LONG_MS)


def test_a_shelf_is_taken_as_it_lies_by_enter_twice_and_stays_flagged_until_the_engine_says_so(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    page = window.shelves
    engine.say(trade.mismatch())
    qtbot.waitUntil(lambda: page.needs_person() == 1, timeout=LONG_MS)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F5)
    page.to_do.setFocus()
    page.to_do.select(trade.mismatch())
    _press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Enter again" in page.hint.text(), timeout=LONG_MS)
    assert engine.commands == []
    _press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(engine.commands) == 1, timeout=LONG_MS)
    assert engine.commands[0].command == AcceptShelf(shelf_id=trade.mismatch().shelf_id)
    qtbot.waitUntil(lambda: "waiting for the engine" in page.hint.text(), timeout=LONG_MS)
    _press(window, Qt.Key.Key_Return)
    _press(window, Qt.Key.Key_Return)
    assert page.needs_person() == 1
    engine.say(GramsAccounted(t_ns=NOW + S, shelf_id=trade.mismatch().shelf_id, accepted_by="ann"))
    qtbot.waitUntil(lambda: page.needs_person() == 0, timeout=LONG_MS)
    assert len(engine.commands) == 1


def test_a_shelf_that_the_engine_does_not_take_says_why(
    qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow
) -> None:
    page = window.shelves
    engine.answer = lambda request: Refused(command_id=request.command_id, reason="a question about it is open")
    engine.say(trade.mismatch())
    qtbot.waitUntil(lambda: page.needs_person() == 1, timeout=LONG_MS)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F5)
    page.to_do.setFocus()
    page.to_do.select(trade.mismatch())
    _press(window, Qt.Key.Key_Return)
    _press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "a question about it is open" in page.hint.text(), timeout=LONG_MS)


def test_a_receipt_is_found_by_what_is_on_it(qtbot: QtBot, window: ConsoleWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F6)
    page, everything = window.receipts, len(window.model.state.receipts)
    _press(window, "/")
    _press(window, "pesto")
    qtbot.waitUntil(lambda: page.found.text().startswith("1 of 3 receipts"), timeout=LONG_MS)
    assert len(page.receipts.table.rows) == 1
    _press(window, Qt.Key.Key_Return)
    assert page.receipts.hasFocus()
    _press(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(page.receipts.table.rows) == everything, timeout=LONG_MS)


def test_arrows_walk_over_the_shelves(qtbot: QtBot, window: ConsoleWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG_MS)
    _press(window, Qt.Key.Key_F5)
    wall, seen = window.shelves.wall, []
    for key in (None, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
        if key is not None:
            _press(window, key)
        seen.append((wall.facing_id, wall.accessibleDescription()))
    assert [facing_id for facing_id, _ in seen] == ["G1-S1-F1", "G1-S1-F2", "G1-S2-F2", "G1-S2-F1", "G1-S1-F1"]
    assert seen[3][1] == "Olive oil 500 ml, shelf G1-S2: low: 1 of 8"
    window.shelves.tick(2 * S)
    assert "Plate G1-S1-P1" in window.shelves.detail.text()


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_every_page_has_a_screenshot(qtbot: QtBot, engine: EngineStandIn, settings: QSettings, appearance: str) -> None:
    settings.setValue("layout/appearance", appearance)
    window = _open(qtbot, engine, settings)
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


def _shoot(window: ConsoleWindow, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    QApplication.processEvents()
    assert window.grab().save(str(SCREENSHOTS / f"{name}.png"))


def test_a_closed_window_leaves_no_thread_behind(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    assert window.model.connection(0).link is not Link.CONNECTING
    window.close()
    assert not window.link.running
