"""A walk over every widget of the window: what can be reached, read, and pressed, and that all of it goes away."""

import gc
from collections import Counter
from itertools import product

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtGui import QColor, QShortcut
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.qt import ConsoleWindow
from console.qt._page import Page
from console.qt._theme import DARK, LIGHT, Colours
from tests.console.driving import LONG_MS, press, turn_to
from tests.console.engine_standin import EngineStandIn

LEAST_CONTRAST = 4.5
_TABS_AT_MOST = 200


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_ink_is_readable_on_every_ground(colours: Colours) -> None:
    """Contrast as WCAG 2.2 has it, section 1.4.3."""
    grounds = ("ground", "panel", "raised", "selected")
    pairs = product(("ink", "quiet", "warn", "alarm"), grounds)
    weak = {
        (ink, ground): round(found, 2)
        for ink, ground in pairs
        if (found := _contrast(getattr(colours, ink), getattr(colours, ground))) < LEAST_CONTRAST
    }
    assert weak == {}


def _contrast(ink: str, ground: str) -> float:
    bright, dim = sorted((_luminance(QColor(ink)), _luminance(QColor(ground))), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_no_page_has_a_key_twice(window: ConsoleWindow) -> None:
    everywhere = [shortcut for shortcut in window.findChildren(QShortcut) if not _page_of(shortcut)]
    assert len(everywhere) > len(window.pages)
    for page in window.pages:
        here = page.findChildren(QShortcut)
        keys = Counter(shortcut.key().toString() for shortcut in (*everywhere, *here))
        assert [key for key, count in keys.items() if count > 1] == [], page.name


def _page_of(shortcut: QShortcut) -> Page | None:
    parent = shortcut.parent()
    while parent is not None and not isinstance(parent, Page):
        parent = parent.parent()
    return parent


@pytest.mark.parametrize("place", range(7))
def test_tab_comes_to_everything_on_a_page_and_round_again(qtbot: QtBot, window: ConsoleWindow, place: int) -> None:
    turn_to(qtbot, window, Qt.Key(Qt.Key.Key_F1 + place))
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=LONG_MS)
    page = window.pages[place]
    wanted = {widget for widget in page.findChildren(QWidget) if _takes_tab(widget)}
    met: list[QWidget] = []
    while len(met) < _TABS_AT_MOST and not (met and QApplication.focusWidget() is met[0]):
        met.append(_focused())
        press(window, Qt.Key.Key_Tab)
    assert len(met) < _TABS_AT_MOST, "Tab never comes back to where it began"
    assert wanted
    assert {_named(widget) for widget in wanted - set(met)} == set()


def _focused() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def _takes_tab(widget: QWidget) -> bool:
    tabbed = (widget.focusPolicy() & Qt.FocusPolicy.TabFocus) == Qt.FocusPolicy.TabFocus
    return tabbed and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None


def _named(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r}"


def test_a_window_that_is_gone_leaves_no_widget_behind(
    qtbot: QtBot, engine: EngineStandIn, settings: QSettings
) -> None:
    before = set(QApplication.allWidgets())
    _open_and_close(qtbot, engine, settings)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    left = set(QApplication.allWidgets()) - before
    assert sorted({_named(widget) for widget in left}) == []


def _open_and_close(qtbot: QtBot, engine: EngineStandIn, settings: QSettings) -> None:
    window = ConsoleWindow(engine.address, settings)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: window.model.snapshots == 1, timeout=LONG_MS)
    for place in range(len(window.pages)):
        window.go_to(place)
        QApplication.processEvents()
    window.close()
    window.deleteLater()
