"""The way people came, as lines that fade: laid out when somebody takes a step, not whenever they are seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from console.model import TrackOnFloor
from console.qt._floor_ground import Ground
from console.qt._theme import Colours, mix
from engine.domain import TrackId

_SHADES = 4
_WIDTH_PX = 2.5
_DARKEST = 0.8
_SOLID, _FLAT, _BEVEL = Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin


@dataclass(frozen=True)
class _Way:
    """All of a trail but its last point, which moves: a line for each shade, oldest first."""

    first_ns: int
    last_ns: int
    lines: tuple[QPolygonF, ...]


class Trails:
    """The trails on one map."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._ways: dict[TrackId, _Way] = {}
        self._scale = ground.scale

    def paint(self, painter: QPainter, by_colour: Mapping[str, list[TrackOnFloor]], colours: Colours) -> None:
        """Paint all of them, by shade and colour, so that pens seldom change."""
        if self._scale != self._ground.scale:
            self._scale, self._ways = self._ground.scale, {}
        came = {colour: [track for track in these if len(track.trail) > 1] for colour, these in by_colour.items()}
        self._ways = {track.shopper.track_id: self._way(track) for these in came.values() for track in these}
        # Shades are mixed with the floor's colour: half-transparent lines cost many times as much to paint.
        for shade in range(_SHADES):
            for colour, these in came.items():
                ink = QColor(mix(colour, colours.ground, share=_DARKEST * (shade + 1) / _SHADES))
                painter.setPen(QPen(ink, _WIDTH_PX, _SOLID, _FLAT, _BEVEL))
                for track in these:
                    painter.drawPolyline(self._ways[track.shopper.track_id].lines[shade])
                if shade == _SHADES - 1:
                    painter.drawLines([self._last_piece(track) for track in these])

    def _way(self, track: TrackOnFloor) -> _Way:
        known, first_ns, last_ns = self._ways.get(track.shopper.track_id), track.trail[0].t_ns, track.trail[-2].t_ns
        if known is not None and (known.first_ns, known.last_ns) == (first_ns, last_ns):
            return known
        line = self._ground.line(point.foot_m for point in track.trail)[:-1]
        ends = [(len(line) - 1) * shade // _SHADES for shade in range(_SHADES + 1)]
        lines = (QPolygonF(line[begin : end + 1]) for begin, end in pairwise(ends))
        return _Way(first_ns, last_ns, tuple(lines))

    def _last_piece(self, track: TrackOnFloor) -> QLineF:
        before, now = self._ground.line((track.trail[-2].foot_m, track.foot_m))
        return QLineF(before, now)
