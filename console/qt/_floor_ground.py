"""What of the floor map seldom changes: floor, dwell, camera views, gondolas and gates, painted once and kept."""

from collections.abc import Hashable, Iterable
from math import atan, atan2, degrees, hypot

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap, QPolygonF

from console.language import _, number
from console.model import SQUARE_M, ConsoleModel
from console.qt._skeleton import gondola_corners
from console.qt._theme import Colours
from engine.domain import Camera, Gondola, GondolaId, Point2

_MARGIN_PX = 26
_VIEW_M = 1.1
LABEL_PX = 11


class Ground:
    """A picture of everything that stands still, made anew only when it would be another."""

    def __init__(self, model: ConsoleModel, font: QFont) -> None:
        self._model, self.font = model, font
        self.font.setPixelSize(LABEL_PX)
        self._picture = QPixmap()
        self._shown: Hashable = None
        self._size = QSize()
        self.scale = (0.0, 0.0, 0.0, 0.0)

    def picture(self, size: QSize, ratio: float, colours: Colours, *, dwell_at_s: int | None) -> QPixmap:
        """For a widget of this ``size``; with the dwell as it was at that second, or without."""
        asking = frozenset(self._gondolas_asking())
        wanted = (size, ratio, colours, self._model.snapshots, asking, dwell_at_s)
        if wanted != self._shown:
            self._shown, self._size = wanted, size
            self._picture = QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(colours.panel))
            if self._model.store.floor_m:
                self.scale = _fit(self._model.store.floor_m, QRectF(0, 0, size.width(), size.height()))
                self._paint(colours, asking, shows_dwell=dwell_at_s is not None)
        return self._picture

    def at(self, foot_m: Point2) -> QPointF:
        """Where in the widget a point of the floor is."""
        return self.line([foot_m])[0]

    def line(self, feet_m: Iterable[Point2]) -> list[QPointF]:
        """Where in the widget points of the floor are."""
        right, down, left, top = self.scale
        return [QPointF(right * x + left, down * y + top) for x, y in feet_m]

    def _paint(self, colours: Colours, asking: frozenset[GondolaId], *, shows_dwell: bool) -> None:
        painter = QPainter(self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font)
        self._paint_floor(painter, colours)
        if shows_dwell:
            self._paint_dwell(painter, colours)
        store = self._model.store
        for camera in store.cameras:
            self._paint_camera(painter, camera, colours)
        for gondola in store.gondolas:
            self._paint_gondola(painter, gondola, colours, asking=gondola.gondola_id in asking)
        for gate in store.gates:
            self._paint_gate(painter, gate.left_m, gate.right_m, colours)
        painter.end()

    def _paint_floor(self, painter: QPainter, colours: Colours) -> None:
        floor = QPolygonF([self.at(corner) for corner in self._model.store.floor_m])
        painter.setPen(QPen(QColor(colours.faint), 1.5))
        painter.setBrush(QColor(colours.ground))
        painter.drawPolygon(floor)
        xs = [x for x, _ in self._model.store.floor_m]
        start = self.at((min(xs), 0))
        length = self.at((min(xs) + 1, 0)).x() - start.x()
        bar = QPointF(12, self._size.height() - 11)
        painter.setPen(QPen(QColor(colours.quiet), 1))
        painter.drawLine(bar, bar + QPointF(length, 0))
        _write(painter, _("{length} m", length=number(1)), QRectF(bar.x(), bar.y() - 16, length, 14), colours.quiet)

    def _paint_dwell(self, painter: QPainter, colours: Colours) -> None:
        squares = self._model.floor.dwell.squares()
        longest_s = max((seconds for _, seconds in squares), default=1.0)
        side_px = self.scale[0] * SQUARE_M
        for (x_m, y_m), seconds in squares:
            colour = QColor(colours.focus)
            colour.setAlphaF(0.55 * (seconds / longest_s) ** 0.5)
            corner = self.at((x_m, y_m + SQUARE_M))
            painter.fillRect(QRectF(corner.x(), corner.y(), side_px, side_px), colour)

    def _paint_camera(self, painter: QPainter, camera: Camera, colours: Colours) -> None:
        lens = camera.calibration
        where = self.at((lens.position_m[0], lens.position_m[1]))
        towards = self.at((lens.look_at_m[0], lens.look_at_m[1])) - where
        size_px = self.scale[0] * _VIEW_M
        colour = QColor(colours.quiet)
        if hypot(towards.x(), towards.y()) > 1e-6:
            half = degrees(atan(lens.width_px / 2 / lens.focal_px))
            heading = -_degrees_of(towards)
            colour.setAlpha(38)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            box = QRectF(where.x() - size_px, where.y() - size_px, 2 * size_px, 2 * size_px)
            painter.drawPie(box, round((heading - half) * 16), round(2 * half * 16))
        colour.setAlpha(255)
        painter.setPen(QPen(QColor(colours.ground), 1))
        painter.setBrush(colour)
        painter.drawRect(QRectF(where.x() - 3.5, where.y() - 3.5, 7, 7))

    def _paint_gondola(self, painter: QPainter, gondola: Gondola, colours: Colours, *, asking: bool) -> None:
        corners = [self.at(corner) for corner in gondola_corners(gondola)]
        painter.setBrush(QColor(colours.raised))
        painter.setPen(QPen(QColor(colours.warn if asking else colours.line), 2 if asking else 1))
        painter.drawPolygon(QPolygonF(corners))
        painter.setPen(QPen(QColor(colours.warn if asking else colours.quiet), 2.5))
        painter.drawLine(corners[0], corners[1])
        name = f"{gondola.gondola_id} ?" if asking else str(gondola.gondola_id)
        box = QPolygonF(corners).boundingRect()
        upright = box.height() > 1.4 * box.width()
        painter.save()
        painter.translate(box.center())
        painter.rotate(-90 if upright else 0)
        _write(painter, name, QRectF(-80, -8, 160, 16), colours.warn if asking else colours.quiet)
        painter.restore()

    def _paint_gate(self, painter: QPainter, left_m: Point2, right_m: Point2, colours: Colours) -> None:
        left, right = self.at(left_m), self.at(right_m)
        painter.setPen(QPen(QColor(colours.ground), 4))
        painter.drawLine(left, right)
        painter.setPen(QPen(QColor(colours.ink), 2, Qt.PenStyle.DotLine))
        painter.drawLine(left, right)
        middle = (left + right) / 2
        if abs(left.y() - right.y()) > abs(left.x() - right.x()):
            inward = -44 if middle.x() > self._size.width() / 2 else 4
            box = QRectF(middle.x() + inward, middle.y() - 7, 40, 14)
        else:
            below = middle.y() > self._size.height() / 2
            box = QRectF(middle.x() - 40, middle.y() + (4 if below else -18), 80, 14)
        _write(painter, _("Gate"), box, colours.quiet)

    def _gondolas_asking(self) -> set[GondolaId]:
        shelves = self._model.store.shelf_by_id
        asking = (shelves.get(case.asked.shelf_id) for case in self._model.review.waiting())
        return {shelf.gondola_id for shelf in asking if shelf is not None}


def _fit(floor_m: tuple[Point2, ...], room: QRectF) -> tuple[float, float, float, float]:
    """The whole floor in the middle, y up: pixels a metre to the right and down, and where its origin is."""
    xs, ys = [x for x, _ in floor_m], [y for _, y in floor_m]
    room.adjust(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
    scale = min(room.width() / max(max(xs) - min(xs), 0.1), room.height() / max(max(ys) - min(ys), 0.1))
    middle = room.center()
    return (
        scale,
        -scale,
        middle.x() - scale * (max(xs) + min(xs)) / 2,
        middle.y() + scale * (max(ys) + min(ys)) / 2,
    )


def _write(painter: QPainter, text: str, box: QRectF, ink: str) -> None:
    painter.setPen(QColor(ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _degrees_of(direction: QPointF) -> float:
    """Angle of a direction on the screen, clockwise from the right, as y points down."""
    return degrees(atan2(direction.y(), direction.x()))
