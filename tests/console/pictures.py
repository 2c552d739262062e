"""Background plates of the scene, drawn as its cameras would see the empty store."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from engine.domain import BackgroundPlate, Camera, Gondola, Vector3
from tests.console import scene


def background(camera: Camera) -> BackgroundPlate:
    """The empty store as this camera sees it, drawn."""
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#8d9094"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for x in range(12):
        for y in range(10):
            tone = "#b9b4aa" if (x + y) % 2 else "#b2ada3"
            x_m, y_m = x / 2, y / 2
            corners = [(x_m, y_m, 0.0), (x_m + 0.5, y_m, 0.0), (x_m + 0.5, y_m + 0.5, 0.0), (x_m, y_m + 0.5, 0.0)]
            _fill(painter, camera, corners, tone)
    for gondola in sorted(scene.store().gondolas, key=lambda g: -abs(g.origin_m[0] - camera.calibration.position_m[0])):
        _paint_gondola(painter, camera, gondola)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG", 85)  # type: ignore[call-overload]  # the stubs want bytes, the binding wants str
    return BackgroundPlate(t_ns=1, camera_id=camera.camera_id, jpeg=bytes(data.data()))


def _paint_gondola(painter: QPainter, camera: Camera, gondola: Gondola) -> None:
    x, y = gondola.origin_m
    left, right, back, top = x - 0.9, x + 0.9, y + 0.5, 1.9
    _fill(painter, camera, [(left, back, 0), (right, back, 0), (right, back, top), (left, back, top)], "#6f6a62")
    for side in (left, right):
        _fill(painter, camera, [(side, y, 0), (side, back, 0), (side, back, top), (side, y, top)], "#7d776e")
    hues = ("#8c5148", "#56708a", "#8a7a45", "#5d7d58", "#76597f", "#9a6b3f", "#4d7f7c", "#86555f")
    for level, height in enumerate(scene.BOARDS_M):
        board = [
            (left, y, height - 0.05),
            (right, y, height - 0.05),
            (right, back, height - 0.05),
            (left, back, height - 0.05),
        ]
        _fill(painter, camera, board, "#cfcac0")
        for place in range(10):
            a, b = left + 0.04 + place * 0.18, left + 0.17 + place * 0.18
            base, high = height - 0.04, height + 0.2
            hue = hues[(level * 3 + place // 3) % len(hues)]
            _fill(
                painter,
                camera,
                [(a, y + 0.06, base), (b, y + 0.06, base), (b, y + 0.06, high), (a, y + 0.06, high)],
                hue,
            )
    _fill(painter, camera, [(left, y, top), (right, y, top), (right, back, top), (left, back, top)], "#d8d4cc")


def _fill(painter: QPainter, camera: Camera, corners: Sequence[Vector3], colour: str) -> None:
    pixels = camera.calibration.project(np.array(corners, dtype=float))
    if np.isfinite(pixels).all():
        painter.setPen(QPen(QColor(colour).darker(112), 1))
        painter.setBrush(QColor(colour))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in pixels]), Qt.FillRule.OddEvenFill)
