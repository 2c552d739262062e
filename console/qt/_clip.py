"""Plays the skeleton clip of a case: the two cameras that show it best, in step with each other."""

from bisect import bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.language import _, number
from console.model import ConsoleModel
from console.qt._cameras import figures_of
from console.qt._skeleton import (
    CAPTION_PX,
    FigurePainter,
    Picture,
    fit,
    paint_background,
    paint_outline,
)
from console.qt._theme import Theme
from engine.domain import Camera, CameraId, CameraOverlay, Evidence, FloorView, GondolaId

CAMERAS_SHOWN = 2


@dataclass(frozen=True)
class Clip:
    """One camera's frames, oldest first, and their instants."""

    camera: Camera
    frames: tuple[CameraOverlay, ...]
    instants_ns: tuple[int, ...]

    def at(self, t_ns: int) -> CameraOverlay | None:
        """The frame shown at an instant: the newest that is not after it."""
        place = bisect_right(self.instants_ns, t_ns)
        return self.frames[place - 1] if place else None


def clips_of(evidence: Evidence, cameras: dict[CameraId, Camera], gondola_id: GondolaId | None) -> list[Clip]:
    """The clips worth watching: the camera on the gondola first, then those that saw the most people."""
    found = []
    for camera_id in dict.fromkeys(frame.camera_id for frame in evidence.frames):
        frames = sorted((frame for frame in evidence.frames if frame.camera_id == camera_id), key=lambda f: f.t_ns)
        if camera_id in cameras:
            found.append(Clip(cameras[camera_id], tuple(frames), tuple(frame.t_ns for frame in frames)))
    return sorted(found, key=lambda clip: _rank(clip, gondola_id))[:CAMERAS_SHOWN]


def _rank(clip: Clip, gondola_id: GondolaId | None) -> tuple[bool, int]:
    watches = gondola_id is not None and clip.camera.watches_gondola == gondola_id
    return not watches, -sum(len(frame.persons) for frame in clip.frames)


class ClipPlayer(QWidget):
    """Both clips side by side; ``instant_ns`` is what is shown."""

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._clips: list[Clip] = []
        self._floor: tuple[FloorView, ...] = ()
        self._figures = FigurePainter(self.font())
        self._pictures = [Picture() for _ in range(CAMERAS_SHOWN)]
        self._instants_ns: list[int] = []
        self._ticked_ns = 0
        self._excuse = ""
        self.instant_ns = 0
        self.playing = True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(150)
        self.setAccessibleName(_("Skeleton clip"))

    def show_clips(self, clips: list[Clip], floor: tuple[FloorView, ...], *, excuse: str) -> None:
        """Play these from their beginning; ``excuse`` says why there are none."""
        self._clips, self._floor, self._excuse = clips, floor, excuse
        self._instants_ns = sorted({instant for clip in clips for instant in clip.instants_ns})
        self.instant_ns = self._instants_ns[0] if self._instants_ns else 0
        self.playing = True
        self.update()

    def tick(self, at_ns: int) -> None:
        """Move on by the time that passed; start again at the end."""
        passed_ns, self._ticked_ns = at_ns - self._ticked_ns, at_ns
        if not self.playing or not self._instants_ns or passed_ns > 1_000_000_000:
            return
        before = bisect_right(self._instants_ns, self.instant_ns)
        self.instant_ns += passed_ns
        if self.instant_ns > self._instants_ns[-1] + 600_000_000:
            self.instant_ns = self._instants_ns[0]
        if bisect_right(self._instants_ns, self.instant_ns) != before:
            self.update()

    def toggle(self) -> None:
        """Play or pause."""
        self.playing = not self.playing
        self.update()

    def step(self, frames: int) -> None:
        """Pause, and move by frames."""
        self.playing = False
        if self._instants_ns:
            place = bisect_right(self._instants_ns, self.instant_ns) - 1 + frames
            self.instant_ns = self._instants_ns[min(max(place, 0), len(self._instants_ns) - 1)]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One picture per clip."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.colours.panel))
        if not self._clips:
            painter.setPen(QColor(self._theme.colours.quiet))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._excuse)
            return
        gap = 6
        width = (self.width() - gap * (len(self._clips) - 1)) / len(self._clips)
        for place, clip in enumerate(self._clips):
            self._paint_clip(
                painter, clip, self._pictures[place], QRectF(place * (width + gap), 0, width, self.height())
            )

    def _paint_clip(self, painter: QPainter, clip: Clip, picture: Picture, room: QRectF) -> None:
        lens = clip.camera.calibration
        area = fit(lens.width_px, lens.height_px, room)
        painter.fillRect(area, QColor("#0d1013"))
        tile = self._model.cameras.tiles.get(clip.camera.camera_id)
        picture.load(None if tile is None else tile.background)
        if not paint_background(painter, picture, area):
            paint_outline(painter, clip.camera, self._model.store, area)
        frame = clip.at(self.instant_ns)
        if frame is not None:
            figures = figures_of(frame, clip.camera, self._floor_at(frame.t_ns), model=self._model, theme=self._theme)
            self._figures.paint(painter, figures, area, scale=area.width() / lens.width_px)
        self._paint_caption(painter, clip, area)

    def _paint_caption(self, painter: QPainter, clip: Clip, area: QRectF) -> None:
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        strip = QRectF(area.left(), area.top(), area.width(), CAPTION_PX)
        painter.fillRect(strip, QColor(0, 0, 0, 120))
        painter.setPen(QColor("#d6dade"))
        inner = strip.adjusted(8, 0, -8, 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(clip.camera.camera_id))
        place = min(bisect_right(clip.instants_ns, self.instant_ns), len(clip.frames))
        at = f"{number(place)}/{number(len(clip.frames))}"
        mode = _("playing   {place}", place=at) if self.playing else _("paused   {place}", place=at)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, side, mode)

    def _floor_at(self, t_ns: int) -> FloorView | None:
        return min(self._floor, key=lambda view: abs(view.t_ns - t_ns), default=None)
