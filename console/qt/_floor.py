"""The floor map: walls, gondolas, gates, camera views, people and the way they came."""

from math import atan, atan2, degrees, hypot

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.model import SQUARE_M, TRAIL_NS, ConsoleModel, TrackOnFloor, words
from console.qt._chosen import Chosen
from console.qt._skeleton import gondola_corners
from console.qt._theme import Colours, Theme
from engine.domain import Camera, Gondola, GondolaId, Point2

_MARGIN_PX = 26
_VIEW_M = 1.1
_REACH_PX = 30


class FloorMap(QWidget):
    """The store from above, x to the right and y up."""

    def __init__(self, model: ConsoleModel, theme: Theme, chosen: Chosen) -> None:
        super().__init__()
        self._model, self._theme, self._chosen = model, theme, chosen
        self.shows_dwell = False
        self._to_widget = QTransform()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAccessibleName("Floor map")
        theme.changed.connect(self.update)
        chosen.changed.connect(self.update)

    def tick(self) -> None:
        """People moved."""
        present = sum(track.present for track in self._model.floor.tracks.values())
        self.setAccessibleDescription(f"{present} people on the floor")
        self.update()

    def toggle_dwell(self) -> None:
        """Show where time is spent, or do not."""
        self.shows_dwell = not self.shows_dwell
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose who stands there, or nobody."""
        near = {
            track.shopper.visit_id: (self._at(*track.foot_m) - event.position()).manhattanLength()
            for track in self._model.floor.tracks.values()
            if track.present and track.shopper.visit_id is not None
        }
        nearest = min(near, key=lambda visit_id: near[visit_id], default=None)
        self._chosen.choose(nearest if nearest is not None and near[nearest] <= _REACH_PX else None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Everything; the map is small enough to paint whole."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        painter.fillRect(self.rect(), QColor(colours.panel))
        store = self._model.store
        if not store.floor_m:
            return
        self._to_widget = self._fit(store.floor_m)
        self._paint_floor(painter, colours)
        if self.shows_dwell:
            self._paint_dwell(painter, colours)
        for camera in store.cameras:
            self._paint_camera(painter, camera, colours)
        asking = self._gondolas_asking()
        for gondola in store.gondolas:
            self._paint_gondola(painter, gondola, colours, asking=gondola.gondola_id in asking)
        for gate in store.gates:
            self._paint_gate(painter, gate.left_m, gate.right_m, colours)
        for track in self._model.floor.tracks.values():
            self._paint_trail(painter, track, colours)
        for track in self._model.floor.tracks.values():
            if track.present:
                self._paint_person(painter, track, colours)

    def _fit(self, floor_m: tuple[Point2, ...]) -> QTransform:
        xs, ys = [x for x, _ in floor_m], [y for _, y in floor_m]
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        scale = min(room.width() / max(max(xs) - min(xs), 0.1), room.height() / max(max(ys) - min(ys), 0.1))
        middle = room.center()
        transform = QTransform.fromTranslate(middle.x(), middle.y()).scale(scale, -scale)
        return transform.translate(-(max(xs) + min(xs)) / 2, -(max(ys) + min(ys)) / 2)

    def _at(self, x_m: float, y_m: float) -> QPointF:
        return self._to_widget.map(QPointF(x_m, y_m))

    def _paint_floor(self, painter: QPainter, colours: Colours) -> None:
        floor = QPolygonF([self._at(*corner) for corner in self._model.store.floor_m])
        painter.setPen(QPen(QColor(colours.faint), 1.5))
        painter.setBrush(QColor(colours.ground))
        painter.drawPolygon(floor)
        xs = [x for x, _ in self._model.store.floor_m]
        start = self._at(min(xs), 0)
        length = self._at(min(xs) + 1, 0).x() - start.x()
        bar = QPointF(self.rect().left() + 12, self.rect().bottom() - 10)
        painter.setPen(QPen(QColor(colours.quiet), 1))
        painter.drawLine(bar, bar + QPointF(length, 0))
        self._write(painter, "1 m", QRectF(bar.x(), bar.y() - 16, length, 14), QColor(colours.quiet))

    def _paint_dwell(self, painter: QPainter, colours: Colours) -> None:
        squares = self._model.floor.dwell.squares()
        longest_s = max((seconds for _, seconds in squares), default=1.0)
        side_px = abs(self._to_widget.m11()) * SQUARE_M
        for (x_m, y_m), seconds in squares:
            colour = QColor(colours.focus)
            colour.setAlphaF(0.55 * (seconds / longest_s) ** 0.5)
            corner = self._at(x_m, y_m + SQUARE_M)
            painter.fillRect(QRectF(corner.x(), corner.y(), side_px, side_px), colour)

    def _paint_camera(self, painter: QPainter, camera: Camera, colours: Colours) -> None:
        lens = camera.calibration
        where = self._at(lens.position_m[0], lens.position_m[1])
        towards = self._at(lens.look_at_m[0], lens.look_at_m[1]) - where
        size_px = abs(self._to_widget.m11()) * _VIEW_M
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
        corners = [self._at(*corner) for corner in gondola_corners(gondola)]
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
        self._write(painter, name, QRectF(-80, -8, 160, 16), QColor(colours.warn if asking else colours.quiet))
        painter.restore()

    def _paint_gate(self, painter: QPainter, left_m: Point2, right_m: Point2, colours: Colours) -> None:
        left, right = self._at(*left_m), self._at(*right_m)
        painter.setPen(QPen(QColor(colours.ground), 4))
        painter.drawLine(left, right)
        painter.setPen(QPen(QColor(colours.ink), 2, Qt.PenStyle.DotLine))
        painter.drawLine(left, right)
        middle = (left + right) / 2
        if abs(left.y() - right.y()) > abs(left.x() - right.x()):
            inward = -44 if middle.x() > self.rect().center().x() else 4
            box = QRectF(middle.x() + inward, middle.y() - 7, 40, 14)
        else:
            below = middle.y() > self.rect().center().y()
            box = QRectF(middle.x() - 40, middle.y() + (4 if below else -18), 80, 14)
        self._write(painter, "Gate", box, QColor(colours.quiet))

    def _paint_trail(self, painter: QPainter, track: TrackOnFloor, colours: Colours) -> None:
        newest_ns = track.trail[-1].t_ns if self._model.floor.view is None else self._model.floor.view.t_ns
        points = [self._at(*point.foot_m) for point in track.trail]
        colour = self._colour(track, colours)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        step = max(1, len(points) // 24)
        for begin in range(0, len(points) - 1, step):
            part = points[begin : begin + step + 1]
            age = (newest_ns - track.trail[begin].t_ns) / TRAIL_NS
            colour.setAlphaF(max(0.05, 0.75 * (1 - age)))
            painter.setPen(QPen(colour, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline(QPolygonF(part))

    def _paint_person(self, painter: QPainter, track: TrackOnFloor, colours: Colours) -> None:
        where = self._at(*track.foot_m)
        colour = self._colour(track, colours)
        known = track.shopper.visit_id is not None
        painter.setPen(QPen(colour if not known else QColor(colours.ground), 2))
        painter.setBrush(colour if known else QColor(colours.ground))
        painter.drawEllipse(where, 7, 7)
        if known and track.shopper.visit_id == self._chosen.visit_id:
            painter.setPen(QPen(QColor(colours.ink), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(where, 11, 11)
        label = "Staff" if track.shopper.staff else words.short_id(track.shopper.visit_id or "unknown")
        self._write(painter, label, QRectF(where.x() - 50, where.y() - 24, 100, 14), colour)

    def _colour(self, track: TrackOnFloor, colours: Colours) -> QColor:
        visit_id = track.shopper.visit_id
        visit = None if visit_id is None else self._model.state.visits.get(visit_id)
        return colours.shopper(None if visit is None or visit.staff else visit.colour)

    def _gondolas_asking(self) -> set[GondolaId]:
        shelves = self._model.store.shelf_by_id
        asking = (shelves.get(case.asked.shelf_id) for case in self._model.review.waiting())
        return {shelf.gondola_id for shelf in asking if shelf is not None}

    def _write(self, painter: QPainter, text: str, box: QRectF, colour: QColor) -> None:
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _degrees_of(direction: QPointF) -> float:
    """Angle of a direction on the screen, clockwise from the right, as y points down."""

    return degrees(atan2(direction.y(), direction.x()))
