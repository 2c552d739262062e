"""A walk over every widget of the window: what can be reached, read, and pressed, and that all of it goes away."""

import gc
from collections import Counter
from collections.abc import Iterator
from getpass import getuser
from itertools import product

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtGui import QColor, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.language import use
from console.qt import ConsoleWindow
from console.qt._deciding import Told
from console.qt._page import Page
from console.qt._theme import DARK, LIGHT, Colours
from engine.domain import (
    AgeChecked,
    AgeCheckNeeded,
    AlarmShelved,
    DisputeOpened,
    DisputeOutcome,
    DisputeSettled,
    Operator,
    ReceiptId,
    Role,
    SensorFault,
    SkuId,
    VisitId,
)
from tests.console import scene, trade
from tests.console.driving import ANNA, BERT, LONG_MS, open_window, press, stand_in, turn_to
from tests.console.engine_standin import EngineStandIn
from tests.console.marked import Bracketed, Painted, scene_data, shown, unmarked
from tests.console.trade import NOW, S

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


# --- every word comes out of the catalogue ----------------------------------------------------------------------------

_RECEIPT, _VISIT = ReceiptId("r-b5n1rz"), VisitId("b5n1rz")
_TYPED = ("burnt", "no pesto", "on the shelf")
"""By people."""
_SAID = ("no frames for 4 s; check its cable", "Its cell repeats", "It is not weighed", "Check its cell")
"""By the engine, which has no other words yet."""


def test_every_word_that_is_shown_comes_out_of_the_catalogue(
    qtbot: QtBot, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(Bracketed())
    painted = Painted(monkeypatch)
    engine = stand_in(epoch=1)
    engine.operator = Operator(name="Mia", role=Role.MANAGER)
    try:
        window = open_window(qtbot, engine, settings)
        _let_much_happen(qtbot, engine, window)
        seen = {text for step in _everywhere(window) for text in (*shown(window), step)}
    finally:
        engine.stop()
    qtbot.waitUntil(lambda: window.theme.stale, timeout=LONG_MS)
    seen |= {*shown(window), *painted.texts}
    assert sum("⟦" in text for text in seen) > 300
    data = {*scene_data(), *_TYPED, *_SAID, "Mia", getuser(), window.model.connection(0).reason}
    assert unmarked(seen, data) == set()


def test_a_word_that_is_not_marked_is_found(
    qtbot: QtBot, window: ConsoleWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(Bracketed())
    painted = Painted(monkeypatch)
    QLabel("Not marked", window)
    window.shelves.wall.setAccessibleName("Nor this")
    monkeypatch.setattr("console.qt._shelf_wall._count", lambda _stock: "nor what is painted")
    window.go_to(4)
    window.grab()
    found = unmarked({*shown(window.again()), "⟦fine⟧ 7"}, scene_data())
    assert found == set(), "another window is made of marked words"
    assert {"Not marked", "Nor this"} <= unmarked(shown(window), scene_data())
    assert "nor what is painted" in unmarked(painted.texts, scene_data())


def _let_much_happen(qtbot: QtBot, engine: EngineStandIn, window: ConsoleWindow) -> None:
    """An alarm, one that is set aside, a camera and a shelf at fault, a dispute and a settled one."""
    qtbot.waitUntil(lambda: len(window.model.review.evidence) == 2, timeout=LONG_MS)
    said = {"cause": _SAID[1], "consequence": _SAID[2], "remedy": _SAID[3]}
    for plate in ("G1-S4-P1", "G1-S4-P2"):
        engine.say(SensorFault(t_ns=NOW, device_id=plate, kind="stuck", **said))
    aside = NOW + 3600 * S
    engine.say(AlarmShelved(t_ns=NOW, device_id="G1-S4-P2", kind="stuck", until_ns=aside, reason="burnt", by="Mia"))
    settled = DisputeOutcome.UPHELD
    engine.say(
        DisputeOpened(t_ns=NOW, receipt_id=_RECEIPT, visit_id=_VISIT, reason="no pesto", by="Mia"),
        DisputeSettled(
            t_ns=NOW, receipt_id=_RECEIPT, visit_id=_VISIT, outcome=settled, reason="on the shelf", by="Mia"
        ),
        DisputeOpened(t_ns=NOW, receipt_id=_RECEIPT, visit_id=_VISIT, reason="no pesto", by="Mia"),
        trade.mismatch(),
        AgeCheckNeeded(t_ns=NOW, visit_id=ANNA, minimum_age=18, sku_ids=(SkuId("olive"),)),
        AgeChecked(t_ns=NOW, visit_id=BERT, minimum_age=18, old_enough=False, by="Mia"),
        scene.health(NOW + 2 * S, fault=_SAID[0]),
    )
    qtbot.waitUntil(lambda: len(window.model.health.problems()) == 2, timeout=LONG_MS)


def _everywhere(window: ConsoleWindow) -> Iterator[str]:
    """Turn to every page, painted, and to all that hides on it; yields what is shown beside the widgets."""
    for chosen, (place, page) in product((ANNA, BERT), enumerate(window.pages)):
        window.chosen.choose(chosen)
        window.go_to(place)
        window.grab()
        yield page.accessibleName()
    window.go_to(3)
    for told in Told:
        window.review.deciding.turn(told)
        window.grab()
        yield window.review.deciding.heading.text()
    for act in (window.review.deciding.correct, window.review.deciding.pass_on, window.review.deciding.back):
        act()
        window.grab()
        yield window.review.headline.text()
    window.receipts.receipts.select(_RECEIPT)
    window.receipts.refresh(window.review.refreshed_ns)
    for act in (window.receipts.desk.dispute, window.keys.toggle, window.store.map.toggle_dwell):
        act()
        window.grab()
        yield window.receipts.desk.what.text()
