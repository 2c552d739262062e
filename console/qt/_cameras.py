"""The camera grid: one opaque tile per camera, repainted only when its skeletons or its age changed."""

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from console.language import _, number
from console.model import NS_PER_S, STALE_AFTER_NS, ConsoleModel, shoppers_of, words
from console.qt._chosen import Chosen
from console.qt._labels import Labels
from console.qt._skeleton import (
    CAPTION_PX,
    Figure,
    FigurePainter,
    Picture,
    fit,
    paint_background,
    paint_outline,
)
from console.qt._theme import Theme
from engine.domain import Camera, CameraHealth, CameraId, CameraOverlay, FloorView, PersonSeen, VisitId

_CAPTION_FONT_PX = 11


def figures_of(
    overlay: CameraOverlay, camera: Camera, floor: FloorView | None, *, model: ConsoleModel, theme: Theme
) -> list[Figure]:
    """Skeletons in the colours of the shoppers they are, neutral where the floor does not say."""
    owners = shoppers_of(overlay, camera, floor)
    figures = []
    for person, owner in zip(overlay.persons, owners, strict=True):
        visit = None if owner is None or owner.visit_id is None else model.state.visits.get(owner.visit_id)
        if visit is None:
            figures.append(Figure(person, theme.on_picture(None)))
        else:
            label = _("Staff") if visit.staff else words.short_id(visit.visit_id)
            colour = theme.on_picture(None if visit.staff else visit.colour)
            figures.append(Figure(person, colour, label, visit.visit_id))
    return figures


def _box(person: PersonSeen) -> QRectF:
    left, top, right, bottom = person.xyxy_px
    return QRectF(left, top, right - left, bottom - top)


class CameraTileView(QWidget):
    """One camera: background plate, skeletons, name and age."""

    def __init__(self, camera_id: CameraId, model: ConsoleModel, theme: Theme, chosen: Chosen) -> None:
        super().__init__()
        self.camera_id, self._model, self._theme, self._chosen = camera_id, model, theme, chosen
        self._picture = Picture()
        self._figures = FigurePainter(self.font())
        self._captions = Labels(self.font(), size_px=_CAPTION_FONT_PX)
        self._at_ns = 0
        self._age_shown = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 96)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Camera {camera}", camera=camera_id))

    def tick(self, at_ns: int, *, changed: bool) -> None:
        """Repaint if the picture changed, or if the age it shows is another."""
        self._at_ns = at_ns
        age = self._age()
        if changed or age != self._age_shown:
            self._age_shown = age
            self.setAccessibleDescription(age or _("live"))
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose who is there, or nobody."""
        super().mousePressEvent(event)
        self._chosen.choose(self._visit_at(event.position()))

    def _visit_at(self, place: QPointF) -> VisitId | None:
        """The smallest box of a known shopper around a place: whoever stands behind is larger than the part seen."""
        tile = self._model.cameras.tiles.get(self.camera_id)
        if tile is None or tile.overlay is None:
            return None
        lens = tile.camera.calibration
        area = fit(lens.width_px, lens.height_px, QRectF(self.rect()))
        at_px = (place - area.topLeft()) * (lens.width_px / area.width())
        owners = shoppers_of(tile.overlay, tile.camera, self._model.floor.view_at(tile.overlay.t_ns))
        hit = {
            owner.visit_id: box.width() * box.height()
            for person, owner in zip(tile.overlay.persons, owners, strict=True)
            if owner is not None and owner.visit_id is not None and (box := _box(person)).contains(at_px)
        }
        return min(hit, key=lambda visit_id: hit[visit_id], default=None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Plate, skeletons, caption."""
        painter = QPainter(self)
        colours = self._theme.colours
        whole = QRectF(self.rect())
        painter.fillRect(whole, QColor(colours.ground))
        tile = self._model.cameras.tiles.get(self.camera_id)
        if tile is None:
            return
        calibration = tile.camera.calibration
        area = fit(calibration.width_px, calibration.height_px, whole)
        painter.fillRect(area, QColor("#0d1013"))
        self._picture.load(tile.background)
        if not paint_background(painter, self._picture, area):
            paint_outline(painter, tile.camera, self._model.store, area)
        scale = area.width() / calibration.width_px
        if tile.overlay is not None and not self._age_shown:
            floor = self._model.floor.view_at(tile.overlay.t_ns)
            figures = figures_of(tile.overlay, tile.camera, floor, model=self._model, theme=self._theme)
            self._figures.paint(painter, figures, area, scale=scale, marked=self._chosen.visit_id)
        self._paint_caption(painter, area)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.focus), 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))

    def _paint_caption(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(self._captions.font)
        strip = QRectF(area.left(), area.top(), area.width(), CAPTION_PX)
        painter.fillRect(strip, QColor(0, 0, 0, 120))
        inner = strip.adjusted(8, 0, -8, 0)
        painter.setPen(QColor("#d6dade"))
        name = self._captions.of(str(self.camera_id))
        down_px = inner.top() + (inner.height() - name.size().height()) / 2
        painter.drawStaticText(QPointF(inner.left(), down_px), name)
        if self._age_shown:
            painter.fillRect(area, QColor(70, 74, 78, 120))
            painter.setPen(QColor("#ffc861"))
            room = int(inner.width()) - painter.fontMetrics().horizontalAdvance(f"{self.camera_id}   ")
            text = painter.fontMetrics().elidedText(f"⚠ {self._age_shown}", Qt.TextElideMode.ElideRight, room)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
            painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)
        else:
            painter.setPen(QColor("#9aa3ab"))
            rate = self._captions.of(self._rate())
            painter.drawStaticText(QPointF(inner.right() - rate.size().width(), down_px), rate)

    def _age(self) -> str:
        """In words why the picture cannot be trusted, empty when it is live."""
        health = self._health()
        if health is not None and health.fault:
            return health.fault
        tile = self._model.cameras.tiles.get(self.camera_id)
        age_ns = None if tile is None else tile.age_ns(self._at_ns)
        if age_ns is None:
            return _("nothing received yet")
        return _("no picture for {age}", age=words.age(age_ns / NS_PER_S)) if age_ns > STALE_AFTER_NS else ""

    def _rate(self) -> str:
        health = self._health()
        return "" if health is None else _("{rate} fps", rate=number(health.fps))

    def _health(self) -> CameraHealth | None:
        view = None if self._theme.stale else self._model.health.view
        cameras = () if view is None else view.cameras
        return next((camera for camera in cameras if camera.camera_id == self.camera_id), None)


class CameraGrid(QWidget):
    """All tiles in a grid; Enter shows one alone, Escape or Enter goes back."""

    def __init__(self, model: ConsoleModel, theme: Theme, chosen: Chosen) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAccessibleName(_("Cameras"))
        self._model, self._theme, self._chosen = model, theme, chosen
        self._tiles: dict[CameraId, CameraTileView] = {}
        self._alone: CameraId | None = None
        self._changed: set[CameraId] = set()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        theme.changed.connect(self.repaint_all)
        chosen.changed.connect(self.repaint_all)

    def rebuild(self) -> None:
        """The store has other cameras: make their tiles anew."""
        if list(self._tiles) == list(self._model.cameras.tiles):
            return self.repaint_all()
        for tile in self._tiles.values():
            self._grid.removeWidget(tile)
            tile.deleteLater()
        self._alone = None
        self._tiles = {
            camera_id: CameraTileView(camera_id, self._model, self._theme, self._chosen)
            for camera_id in self._model.cameras.tiles
        }
        return self._arrange()

    def mark(self, camera_id: CameraId) -> None:
        """This camera's picture changed."""
        self._changed.add(camera_id)

    def repaint_all(self) -> None:
        """Everything may look different."""
        self._changed |= set(self._tiles)

    def tick(self, at_ns: int) -> None:
        """Repaint what changed."""
        for camera_id, tile in self._tiles.items():
            tile.tick(at_ns, changed=camera_id in self._changed)
        self._changed.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between tiles, Enter shows one alone."""
        focused = next((place for place, tile in enumerate(self._tiles.values()) if tile.hasFocus()), None)
        columns = self._columns()
        right = -1 if self.isRightToLeft() else 1
        steps = {Qt.Key.Key_Left: -right, Qt.Key.Key_Right: right, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        key = Qt.Key(event.key())
        if focused is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(list(self._tiles)[focused])
        elif key is Qt.Key.Key_Escape and self._alone is not None:
            self._toggle(self._alone)
        elif focused is not None and key in steps and self._alone is None:
            wanted = focused + steps[key]
            if 0 <= wanted < len(self._tiles):
                list(self._tiles.values())[wanted].setFocus()
        else:
            super().keyPressEvent(event)

    def _toggle(self, camera_id: CameraId) -> None:
        self._alone = None if self._alone == camera_id else camera_id
        self._arrange()
        self._tiles[camera_id].setFocus()

    def _columns(self) -> int:
        count = len(self._tiles)
        return 1 if count <= 2 else 2 if count <= 6 else ceil(count**0.5)

    def _arrange(self) -> None:
        columns = self._columns()
        for place, (camera_id, tile) in enumerate(self._tiles.items()):
            shown = self._alone in (None, camera_id)
            tile.setVisible(shown)
            if self._alone is None:
                self._grid.addWidget(tile, place // columns, place % columns)
            elif shown:
                self._grid.addWidget(tile, 0, 0)
        self.repaint_all()
