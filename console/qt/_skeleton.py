"""Painting of people as skeletons on a camera's background plate: the only picture of a shopper there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, sin

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from console.qt._labels import Labels
from engine.domain import BackgroundPlate, Camera, Floats, Gondola, PersonSeen, Point2, Store, Vector3, VisitId

# Pairs of COCO joints.
_BONES = (
    (5, 7), (7, 9), (6, 8), (8, 10), (5, 6), (5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14), (14, 16),
)  # fmt: skip
_HEAD = range(5)
_WRISTS = (9, 10)
_MIN_SCORE = 0.2
CAPTION_PX = 20
_LABEL_PX = 10
_OUTLINE = QColor("#14181b")
_DIMMED = QColor(10, 13, 16, 110)
_LABEL_GROUND = QColor(0, 0, 0, 165)
_PIECES = 12


@dataclass(frozen=True)
class Figure:
    """One person to paint: ``label`` is empty and ``visit_id`` None for somebody unknown."""

    person: PersonSeen
    colour: QColor
    label: str = ""
    visit_id: VisitId | None = None


class Picture:
    """A background plate, scaled once for the size it is painted at and dimmed so that skeletons stand out."""

    def __init__(self) -> None:
        self._jpeg = b""
        self._full = QImage()
        self._scaled = QImage()

    def load(self, plate: BackgroundPlate | None) -> None:
        """Decode a plate unless it is the one that is loaded."""
        jpeg = b"" if plate is None else plate.jpeg
        if jpeg != self._jpeg:
            self._jpeg = jpeg
            self._full = QImage.fromData(jpeg).convertToFormat(QImage.Format.Format_RGB32) if jpeg else QImage()
            self._scaled = QImage()

    def scaled(self, size: QSize) -> QImage:
        """The picture at ``size`` device pixels; null when there is none."""
        if not self._full.isNull() and self._scaled.size() != size:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._full.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            painter = QPainter(self._scaled)
            painter.fillRect(self._scaled.rect(), _DIMMED)
            painter.end()
        return self._scaled


def fit(width_px: int, height_px: int, into: QRectF) -> QRectF:
    """The largest rectangle of a camera's shape inside ``into``, centred."""
    scale = min(into.width() / width_px, into.height() / height_px)
    size = QRectF(0, 0, width_px * scale, height_px * scale)
    size.moveCenter(into.center())
    return size


def paint_background(painter: QPainter, picture: Picture, area: QRectF) -> bool:
    """Paint the plate; False when there is none."""
    ratio = painter.device().devicePixelRatio()
    image = picture.scaled((area.size() * ratio).toSize())
    if image.isNull():
        return False
    painter.drawImage(area, image)
    return True


def paint_outline(painter: QPainter, camera: Camera, store: Store, area: QRectF) -> None:
    """Where there is no plate: the floor and the gondolas as lines, as this camera would see them."""
    pieces_m = np.concatenate([_pieces(start, end) for start, end in _edges(store)])
    pixels = camera.calibration.project(pieces_m) * (area.width() / camera.calibration.width_px)
    pixels += [area.left(), area.top()]
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#59626a"), 1))
    for a, b in zip(pixels[0::2], pixels[1::2], strict=True):
        if np.isfinite(a).all() and np.isfinite(b).all():
            painter.drawLine(QPointF(*a), QPointF(*b))
    painter.restore()


def _edges(store: Store) -> list[tuple[Vector3, Vector3]]:
    floor = [(x, y, 0.0) for x, y in store.floor_m]
    edges = _ring(floor)
    for gondola in store.gondolas:
        base = [(x, y, 0.0) for x, y in gondola_corners(gondola)]
        top = [(x, y, gondola.height_m) for x, y, _ in base]
        edges += [*_ring(base), *_ring(top), *zip(base, top, strict=True)]
    return edges


def _ring(corners: list[Vector3]) -> list[tuple[Vector3, Vector3]]:
    return list(zip(corners, corners[1:] + corners[:1], strict=True))


def _pieces(start: Vector3, end: Vector3) -> Floats:
    """An edge as short pieces, (2 * n, 3), so that the part in front of the camera is kept."""
    stops = np.linspace(start, end, _PIECES + 1)
    pieces: Floats = np.repeat(stops, 2, axis=0)[1:-1]
    return pieces


def gondola_corners(gondola: Gondola) -> list[Point2]:
    """Its corners on the floor: front left, front right, back right, back left, as a shopper sees it."""
    front = (cos(gondola.yaw_rad), sin(gondola.yaw_rad))
    side = (-front[1], front[0])
    half = gondola.width_m / 2
    places = ((-half, 0.0), (half, 0.0), (half, -gondola.depth_m), (-half, -gondola.depth_m))
    x, y = gondola.origin_m
    return [(x + side[0] * a + front[0] * b, y + side[1] * a + front[1] * b) for a, b in places]


class FigurePainter:
    """Paints people as skeletons, with their names in a small ``font``."""

    def __init__(self, font: QFont) -> None:
        self._labels = Labels(font, size_px=_LABEL_PX)

    def paint(
        self,
        painter: QPainter,
        figures: Sequence[Figure],
        area: QRectF,
        *,
        scale: float,
        marked: VisitId | None = None,
    ) -> None:
        """Skeletons given in pixels of the camera, ``scale`` widget pixels each, from ``area``'s corner.

        Whoever is of the ``marked`` visit stands out.
        """
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        painter.setFont(self._labels.font)
        for figure in figures:
            points = [
                QPointF(area.left() + x * scale, area.top() + y * scale) if score >= _MIN_SCORE else None
                for x, y, score in _triples(figure.person.keypoints)
            ]
            if points:
                bold = 2 if marked is not None and figure.visit_id == marked else 1
                _paint_skeleton(painter, points, figure.colour, width=bold * max(1.5, 3.2 * scale))
            else:
                _paint_box(painter, figure, area, scale)
            if figure.label:
                self._paint_label(painter, figure, area, scale)
        painter.restore()

    def _paint_label(self, painter: QPainter, figure: Figure, area: QRectF, scale: float) -> None:
        label = self._labels.of(figure.label)
        size = label.size()
        left, top, right, _ = figure.person.xyxy_px
        across_px = area.left() + (left + right) / 2 * scale - size.width() / 2
        corner = QPointF(across_px, area.top() + max(top * scale - 17, CAPTION_PX + 2))
        painter.fillRect(QRectF(corner.x() - 4, corner.y(), size.width() + 8, size.height()), _LABEL_GROUND)
        painter.setPen(figure.colour)
        painter.drawStaticText(corner, label)


def _triples(numbers: Sequence[float]) -> list[tuple[float, float, float]]:
    return [(numbers[at], numbers[at + 1], numbers[at + 2]) for at in range(0, len(numbers), 3)]


def _paint_skeleton(painter: QPainter, points: list[QPointF | None], colour: QColor, *, width: float) -> None:
    bones = [
        QLineF(a, b) for start, end in _BONES if (a := points[start]) is not None and (b := points[end]) is not None
    ]
    # Opaque lines with flat ends: half-transparent or round ones cost twenty times as much to paint.
    for pen in (QPen(_OUTLINE, width + 2), QPen(colour, width)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(bones)
    painter.setPen(QPen(_OUTLINE, 1))
    painter.setBrush(colour)
    heads = [point for place in _HEAD if (point := points[place]) is not None]
    if heads:
        centre = QPointF(sum(p.x() for p in heads) / len(heads), sum(p.y() for p in heads) / len(heads))
        painter.drawEllipse(centre, width * 1.9, width * 1.9)
    painter.setBrush(QColor(255, 255, 255))
    for place in _WRISTS:
        wrist = points[place]
        if wrist is not None:
            painter.drawEllipse(wrist, width * 0.95, width * 0.95)


def _paint_box(painter: QPainter, figure: Figure, area: QRectF, scale: float) -> None:
    left, top, right, bottom = figure.person.xyxy_px
    painter.setPen(QPen(figure.colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corner = QPointF(area.left() + left * scale, area.top() + top * scale)
    painter.drawRect(QRectF(corner, QPointF(area.left() + right * scale, area.top() + bottom * scale)))
