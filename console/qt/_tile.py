"""A reading that says at a glance whether all is well, the way it went, and where its rows are."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from console.language import _, enumerated
from console.model import Place
from console.qt._theme import Theme

_PAD_PX = 12
_TREND_PX = 34
_HEIGHT_PX = 122
_LEAST_BINS = 20
"""A morning's first minutes are drawn as a beginning, not as a whole hour."""


@dataclass(frozen=True)
class Reading:
    """What a tile shows. ``ink`` names a colour of the palette: plain when all is well; sums are drawn as ``bars``."""

    text: str
    said: str
    ink: str = "ink"
    trend: tuple[float, ...] = ()
    bars: bool = False


class Tile(QAbstractButton):
    """A button that opens the rows behind its reading."""

    def __init__(self, title: str, place: Place, theme: Theme) -> None:
        super().__init__()
        self.title, self.place = _(title), place
        self._theme = theme
        self._reading = Reading("–", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(_("Opens {page}", page=_(place)))
        self.setAccessibleName(self.title)
        theme.changed.connect(self.update)

    def show_reading(self, reading: Reading) -> None:
        """Show this; repaints only when it differs."""
        if reading != self._reading:
            self._reading = reading
            self.setAccessibleDescription(enumerated([reading.text, reading.said]))
            self.update()

    def sizeHint(self) -> QSize:
        """Room for a long amount of money."""
        return QSize(200, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Title, reading, what is said of it, and the last hour as a line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, reading = self._theme.colours, self._reading
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(colours.focus if self.hasFocus() else colours.line), 1))
        painter.setBrush(QColor(colours.raised if self.underMouse() else colours.panel))
        painter.drawRoundedRect(box, 4, 4)
        inner = box.adjusted(_PAD_PX, 8, -_PAD_PX, -10)
        self._write(painter, self.title.upper(), inner, 11, colours.quiet)
        self._write(painter, reading.text, inner.adjusted(0, 18, 0, 0), 24, getattr(colours, reading.ink))
        self._write(painter, reading.said, inner.adjusted(0, 50, 0, 0), 12, colours.quiet)
        room = QRectF(inner.x(), inner.bottom() - _TREND_PX, inner.width(), _TREND_PX)
        if len(reading.trend) > 1 and max(reading.trend) > 0:
            (self._paint_bars if reading.bars else self._paint_line)(painter, room)

    def _paint_line(self, painter: QPainter, room: QRectF) -> None:
        trend = self._reading.trend
        step, scale = room.width() / max(_LEAST_BINS, len(trend) - 1), room.height() / max(trend)
        left = room.right() - step * (len(trend) - 1)
        line = [QPointF(left + i * step, room.bottom() - scale * value) for i, value in enumerate(trend)]
        ground = QColor(self._theme.colours.faint)
        painter.setPen(QPen(ground, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        ground.setAlpha(36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPolygon(QPolygonF([QPointF(left, room.bottom()), *line, room.bottomRight()]))

    def _paint_bars(self, painter: QPainter, room: QRectF) -> None:
        trend, colour = self._reading.trend, QColor(self._theme.colours.faint)
        step, scale = room.width() / max(_LEAST_BINS, len(trend)), room.height() / max(trend)
        left = room.right() - step * len(trend)
        for i, value in enumerate(trend):
            height_px = scale * value
            bar = QRectF(left + i * step, room.bottom() - height_px, max(1.5, step - 1), height_px)
            painter.fillRect(bar, colour)
        painter.fillRect(QRectF(room.x(), room.bottom(), room.width(), 1), QColor(self._theme.colours.line))

    def _write(self, painter: QPainter, text: str, box: QRectF, size_px: int, ink: str) -> None:
        font = QFont(self.font())
        font.setPixelSize(size_px)
        font.setWeight(QFont.Weight.DemiBold if size_px != 12 else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)
