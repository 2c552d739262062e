"""The answers a reviewer chooses from: each a button with its key, its probability and its reason."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from console.language import listed, number
from console.model import OFFERED, words
from console.qt._theme import Theme


@dataclass(frozen=True)
class Choice:
    """One answer. ``colour`` is the shopper's, None where nobody is charged."""

    text: str
    why: str
    probability_ppm: int
    colour: int | None


class ChoiceButton(QAbstractButton):
    """One answer, painted."""

    def __init__(self, number: int, theme: Theme) -> None:
        super().__init__()
        self._number, self._theme = number, theme
        self.choice: Choice | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def show_choice(self, choice: Choice | None) -> None:
        """Show an answer, or nothing."""
        if choice != self.choice:
            self.choice = choice
            self.setVisible(choice is not None)
            if choice is not None:
                sure = words.probability(choice.probability_ppm)
                self.setAccessibleName(listed([number(self._number), choice.text, sure]))
                self.setAccessibleDescription(choice.why)
            self.update()

    def sizeHint(self) -> QSize:
        """Two lines of text."""
        return QSize(320, 44)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Key, answer, reason, probability with a bar."""
        if self.choice is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(QColor(colours.selected if self.underMouse() or self.isDown() else colours.raised))
        painter.setPen(QPen(QColor(colours.focus if self.hasFocus() else colours.line), 1.5 if self.hasFocus() else 1))
        painter.drawRoundedRect(whole, 4, 4)
        self._paint_key(painter, QRectF(whole.left() + 8, whole.center().y() - 11, 22, 22))
        left = whole.left() + 40
        if self.choice.colour is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.shopper(self.choice.colour))
            painter.drawEllipse(self._placed(QRectF(left, whole.top() + 9, 8, 8)))
            left += 14
        room = whole.right() - left - 96
        text = self._placed(QRectF(left, whole.top() + 4, room, 18))
        painter.setPen(QColor(colours.ink))
        _write(painter, self.choice.text, text, bold=self._number == 1)
        painter.setPen(QColor(colours.quiet))
        _write(painter, self.choice.why, text.translated(0, 18))
        self._paint_probability(painter, QRectF(whole.right() - 88, whole.top(), 80, whole.height()))

    def _placed(self, box: QRectF) -> QRectF:
        """On the other side where one reads from the right."""
        return box.translated(self.width() - box.left() - box.right(), 0) if self.isRightToLeft() else box

    def _paint_key(self, painter: QPainter, box: QRectF) -> None:
        colours, key = self._theme.colours, self._placed(box)
        painter.setPen(QPen(QColor(colours.quiet), 1))
        painter.setBrush(QColor(colours.panel))
        painter.drawRoundedRect(key, 4, 4)
        painter.setPen(QColor(colours.ink))
        _write(painter, str(self._number), key, bold=True, side=Qt.AlignmentFlag.AlignCenter)

    def _paint_probability(self, painter: QPainter, room: QRectF) -> None:
        colours = self._theme.colours
        ppm = self.choice.probability_ppm if self.choice else 0
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        upper = QRectF(room.left(), room.top() + 6, room.width(), 18)
        painter.setPen(QColor(colours.ink))
        _write(painter, words.probability(ppm), self._placed(upper), side=side)
        bar = QRectF(room.left(), room.bottom() - 14, room.width(), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(self._placed(bar), 2, 2)
        painter.setBrush(QColor(colours.quiet))
        filled = QRectF(bar.left(), bar.top(), bar.width() * ppm / 1_000_000, bar.height())
        painter.drawRoundedRect(self._placed(filled), 2, 2)


class Choices(QWidget):
    """Answers, as many as have a key; ``chosen`` says which, from 0."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 0, 10, 4)
        box.setSpacing(5)
        self.buttons = [ChoiceButton(place + 1, theme) for place in range(OFFERED)]
        for place, button in enumerate(self.buttons):
            button.clicked.connect(lambda _=False, place=place: self.chosen.emit(place))
            box.addWidget(button)
        box.addStretch()
        theme.changed.connect(self._repaint)

    def show_choices(self, choices: list[Choice]) -> None:
        """Show these, best first."""
        for place, button in enumerate(self.buttons):
            button.show_choice(choices[place] if place < len(choices) else None)

    def _repaint(self) -> None:
        for button in self.buttons:
            button.update()


def _write(
    painter: QPainter,
    text: str,
    box: QRectF,
    *,
    bold: bool = False,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
) -> None:
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(bold)
    painter.setFont(font)
    painter.drawText(box, side, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width())))
