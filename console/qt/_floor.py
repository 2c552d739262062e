"""The floor map: on the ground that stands still, people and the way they came."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.language import _, ngettext
from console.model import NS_PER_S, ConsoleModel, TrackOnFloor, words
from console.qt._chosen import Chosen
from console.qt._floor_ground import LABEL_PX, Ground
from console.qt._labels import Labels
from console.qt._theme import Colours, Theme
from console.qt._trails import Trails

_REACH_PX = 30


class FloorMap(QWidget):
    """The store from above, x to the right and y up."""

    def __init__(self, model: ConsoleModel, theme: Theme, chosen: Chosen) -> None:
        super().__init__()
        self._model, self._theme, self._chosen = model, theme, chosen
        self._ground = Ground(model, QFont(self.font()))
        self._trails = Trails(self._ground)
        self._labels = Labels(self.font(), size_px=LABEL_PX)
        self.shows_dwell = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAccessibleName(_("Floor map"))
        theme.changed.connect(self.update)
        chosen.changed.connect(self.update)

    def tick(self) -> None:
        """People moved."""
        present = sum(track.present for track in self._model.floor.tracks.values())
        self.setAccessibleDescription(ngettext("{count} person on the floor", "{count} people on the floor", present))
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
        """The ground, then the trails, then people and their names."""
        colours, view = self._theme.colours, self._model.floor.view
        dwell_at_s = view.t_ns // NS_PER_S if self.shows_dwell and view is not None else None
        painter = QPainter(self)
        painter.drawPixmap(
            0, 0, self._ground.picture(self.size(), self.devicePixelRatio(), colours, dwell_at_s=dwell_at_s)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        by_colour = self._by_colour(colours)
        self._trails.paint(painter, by_colour, colours)
        for colour, these in by_colour.items():
            self._paint_people(painter, [track for track in these if track.present], QColor(colour), colours)

    def _paint_people(self, painter: QPainter, tracks: list[TrackOnFloor], colour: QColor, colours: Colours) -> None:
        ground = QColor(colours.ground)
        painter.setFont(self._labels.font)
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
            visit_id = track.shopper.visit_id
            name = _("Staff") if track.shopper.staff else words.short_id(visit_id) if visit_id else _("unknown")
            label = self._labels.of(name)
            above = self._ground.at(track.foot_m) - QPointF(label.size().width() / 2, 24)
            painter.drawStaticText(above, label)

    def _by_colour(self, colours: Colours) -> dict[str, list[TrackOnFloor]]:
        visits = self._model.state.visits
        found: dict[str, list[TrackOnFloor]] = {}
        for track in self._model.floor.tracks.values():
            visit = None if track.shopper.visit_id is None else visits.get(track.shopper.visit_id)
            colour = colours.shopper(None if visit is None or visit.staff else visit.colour).name()
            found.setdefault(colour, []).append(track)
        return found
