"""The store page: following a shopper, and looking at one camera or at where time is spent."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.qt import ConsoleWindow
from console.qt._cameras import CameraTileView
from engine.domain import (
    CameraId,
)
from tests.console import scene
from tests.console.driving import ANNA, BERT, LONG_MS, press, shoot, turn_to
from tests.console.engine_standin import EngineStandIn
from tests.console.trade import NOW, S


def test_whoever_is_chosen_on_the_map_is_followed_everywhere(qtbot: QtBot, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F2)
    page, track = window.store, next(t for t in window.model.floor.tracks.values() if t.shopper.visit_id == ANNA)
    before = page.map.grab().toImage()
    QTest.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=page.map._ground.at(track.foot_m).toPoint())
    assert window.chosen.visit_id == ANNA
    page.tick(10 * S)
    assert page.visits.selected_key() == ANNA
    assert len(page.lines.table.rows) == len(window.model.state.visits[ANNA].lines) > 0
    assert "measured" in page.why.text()
    assert page.map.grab().toImage() != before
    press(window, Qt.Key.Key_F3)
    assert window.carts.visits.selected_key() == ANNA
    window.carts.visits.select(BERT)
    assert window.chosen.visit_id == BERT


def test_a_shopper_is_chosen_in_a_picture_and_nobody_beside(qtbot: QtBot, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F2)
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
    turn_to(qtbot, window, Qt.Key.Key_F2)
    plain = window.store.map.grab().toImage()
    press(window, "h")
    assert window.store.map.shows_dwell
    assert window.store.map.grab().toImage() != plain
    shoot(window, "2-store-dwell")
    press(window, "h")
    assert not window.store.map.shows_dwell


def test_one_camera_can_be_shown_alone(qtbot: QtBot, window: ConsoleWindow) -> None:
    turn_to(qtbot, window, Qt.Key.Key_F2)
    tiles = window.store.cameras.findChildren(CameraTileView)
    tiles[0].setFocus()
    press(window, Qt.Key.Key_Right)
    assert tiles[1].hasFocus()
    press(window, Qt.Key.Key_Return)
    assert [tile.isVisible() for tile in tiles[:2]] == [False, True]
    press(window, Qt.Key.Key_Escape)
    assert all(tile.isVisible() for tile in tiles)
