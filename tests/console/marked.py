"""A catalogue in which every message stands in brackets, and every text that a window shows.

What has no brackets is not said through the catalogue, and has to be data.
"""

import re
from collections.abc import Iterable, Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QStaticText
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTableView,
    QWidget,
)

from console.model import ConsoleModel
from console.qt import _labels
from tests.console import scene, trade

TRANSLATIONS = Path(__file__).parents[2] / "resources" / "translations"
_KEY = re.compile(r"\b(F\d|[A-Z])\b")


class Bracketed(NullTranslations):
    """Says what is marked in ⟦brackets⟧, and anything else as it is."""

    def __init__(self) -> None:
        super().__init__()
        with (TRANSLATIONS / "de" / "LC_MESSAGES" / "console.po").open("rb") as file:
            ids = [message.id for message in read_po(file) if message.id]
        self._marked = {one if isinstance(one, str) else one[0] for one in ids}

    def gettext(self, message: str) -> str:
        """In brackets if it is marked."""
        return f"⟦{message}⟧" if message in self._marked else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """So with plurals."""
        message = msgid1 if n == 1 else msgid2
        return f"⟦{message}⟧" if msgid1 in self._marked else message


class Painted:
    """Every text that our widgets paint by themselves from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        draw = QPainter.drawText

        def heard(painter: QPainter, *told: object) -> object:
            self.texts.extend(one for one in told if isinstance(one, str))
            return draw(painter, *told)  # type: ignore[call-overload]  # whatever it was called with

        def laid_out(text: str) -> QStaticText:
            self.texts.append(text)
            return QStaticText(text)

        monkeypatch.setattr(QPainter, "drawText", heard)
        monkeypatch.setattr(_labels, "QStaticText", laid_out)


def unmarked(texts: Iterable[str], data: Iterable[str]) -> set[str]:
    """The texts that hold words which are neither out of the catalogue nor data."""
    known = sorted({one for one in data if one}, key=len, reverse=True)
    return {text for text in texts if _words_left(text, known)}


def _words_left(text: str, known: list[str]) -> bool:
    left = _outside(text)
    if left.endswith("…") and any(one.startswith(left[:-1].strip()) for one in known):
        return False  # data, cut off
    for one in known:
        left = left.replace(one, " ").replace(one.upper(), " ")
    return any(letter.isalpha() for letter in _KEY.sub(" ", left))


def _outside(text: str) -> str:
    """What stands outside all brackets; those of a text that was cut off are never closed."""
    depth, left = 0, []
    for letter in text:
        depth += letter == "⟦"
        if not depth:
            left.append(letter)
        depth -= letter == "⟧"
    return "".join(left)


def shown(window: QWidget) -> Iterator[str]:
    """Every text of every widget: seen, or spoken by a screen reader."""
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.objectName().startswith("qt_"):  # a part of another widget, with Qt's own words
            yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis(), widget.windowTitle())
            yield from (widget.accessibleName(), widget.accessibleDescription())
            yield from (action.text() for action in widget.actions())
            yield from _own(widget)


def _own(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(place) for place in range(widget.count()))
        case QSpinBox():
            yield from (widget.prefix(), widget.suffix(), widget.specialValueText())
        case QTableView():
            yield from _table(widget)
        case QGraphicsView():
            yield from (item.toPlainText() for item in widget.items() if isinstance(item, QGraphicsTextItem))
        case _:
            pass


def _table(view: QTableView) -> Iterator[str]:
    model = view.model()
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole))
        for row in range(model.rowCount()):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                yield str(model.data(model.index(row, column), role))


def scene_data() -> set[str]:
    """Names, ids and free words of the engine in the scene: what is no message of ours."""
    store, health = scene.store(), scene.health(0)
    ids: list[str] = [shelf.shelf_id for shelf in store.shelves]
    ids += [plate.plate_id for plate in store.plates]
    ids += [facing.facing_id for facing in store.facings] + [gondola.gondola_id for gondola in store.gondolas]
    ids += [camera.camera_id for camera in store.cameras] + [process.name for process in health.processes]
    ids += [controller.controller_id for controller in health.controllers]
    ids += [tax.tax_class_id for tax in store.tax_classes]
    visits = {visit for fact in trade.standing() if (visit := getattr(fact, "visit_id", None))}
    receipts = {receipt for fact in trade.standing() if (receipt := getattr(fact, "receipt_id", None))}
    names = [product.name for product in store.products] + [
        store.name,
        "Tillfree",
        "CPU",
        ConsoleModel().store.currency,
    ]
    return {*ids, *visits, *receipts, *names, *(said for kept in health.kept for said in (kept.holds, kept.deleted))}
