"""The floor map: on the ground that stands still, people and the way they came."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QStaticText
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.model import NS_PER_S, ConsoleModel, TrackOnFloor, words
from console.qt._chosen import Chosen
from console.qt._floor_ground import Ground
from console.qt._theme import Colours, Theme, mix

_REACH_PX = 30
_AGES = 4
"""A trail's shades, oldest first."""
_LABELS_KEPT = 500
_SOLID, _FLAT, _ROUND = Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin


class FloorMap(QWidget):
    """The store from above, x to the right and y up."""

    def __init__(self, model: ConsoleModel, theme: Theme, chosen: Chosen) -> None:
        super().__init__()
        self._model, self._theme, self._chosen = model, theme, chosen
        self._ground = Ground(model, QFont(self.font()))
        self._labels: dict[str, QStaticText] = {}
        self.shows_dwell = False
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
            track.shopper.visit_id: (self._ground.at(track.foot_m) - event.position()).manhattanLength()
            for track in self._model.floor.tracks.values()
            if track.present and track.shopper.visit_id is not None
        }
        nearest = min(near, key=lambda visit_id: near[visit_id], default=None)
        self._chosen.choose(nearest if nearest is not None and near[nearest] <= _REACH_PX else None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, then everybody: trails by shade and colour, so that pens seldom change, then people and names."""
        colours, view = self._theme.colours, self._model.floor.view
        dwell_at_s = view.t_ns // NS_PER_S if self.shows_dwell and view is not None else None
        painter = QPainter(self)
        painter.drawPixmap(
            0, 0, self._ground.picture(self.size(), self.devicePixelRatio(), colours, dwell_at_s=dwell_at_s)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        by_colour = self._by_colour(colours)
        self._paint_trails(painter, by_colour, colours)
        for colour, these in by_colour.items():
            self._paint_people(painter, [track for track in these if track.present], QColor(colour), colours)

    def _paint_trails(self, painter: QPainter, by_colour: dict[str, list[TrackOnFloor]], colours: Colours) -> None:
        # Shades are mixed with the floor's colour: half-transparent lines cost many times as much to paint.
        trails = [
            (colour, [self._ground.line(point.foot_m for point in track.trail) for track in these])
            for colour, these in by_colour.items()
        ]
        for age in range(_AGES):
            for colour, lines in trails:
                shade = QColor(mix(colour, colours.ground, share=0.8 * (age + 1) / _AGES))
                painter.setPen(QPen(shade, 2.5, _SOLID, _FLAT, _ROUND))
                for line in lines:
                    begin, end = (len(line) * step // _AGES for step in (age, age + 1))
                    if end > begin:
                        painter.drawPolyline(QPolygonF(line[begin : end + 1]))

    def _paint_people(self, painter: QPainter, tracks: list[TrackOnFloor], colour: QColor, colours: Colours) -> None:
        ground = QColor(colours.ground)
        painter.setFont(self._ground.font)
        for known, inside, rim in ((True, colour, ground), (False, ground, colour)):
            painter.setPen(QPen(rim, 2))
            painter.setBrush(inside)
            for track in tracks:
                if (track.shopper.visit_id is not None) == known:
                    painter.drawEllipse(self._ground.at(track.foot_m), 7, 7)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.ink), 1.5))
        for track in tracks:
            if track.shopper.visit_id is not None and track.shopper.visit_id == self._chosen.visit_id:
                painter.drawEllipse(self._ground.at(track.foot_m), 11, 11)
        painter.setPen(colour)
        for track in tracks:
            label = self._label("Staff" if track.shopper.staff else words.short_id(track.shopper.visit_id or "unknown"))
            above = self._ground.at(track.foot_m) - QPointF(label.size().width() / 2, 24)
            painter.drawStaticText(above, label)

    def _label(self, text: str) -> QStaticText:
        """A name, laid out once."""
        if text not in self._labels:
            if len(self._labels) >= _LABELS_KEPT:
                self._labels.clear()
            made = self._labels[text] = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.prepare(font=self._ground.font)
        return self._labels[text]

    def _by_colour(self, colours: Colours) -> dict[str, list[TrackOnFloor]]:
        visits = self._model.state.visits
        found: dict[str, list[TrackOnFloor]] = {}
        for track in self._model.floor.tracks.values():
            visit = None if track.shopper.visit_id is None else visits.get(track.shopper.visit_id)
            colour = colours.shopper(None if visit is None or visit.staff else visit.colour).name()
            found.setdefault(colour, []).append(track)
        return found
