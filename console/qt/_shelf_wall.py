"""The shelves as one stands before them: every facing with its count, coloured where somebody is needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.language import _, ngettext, number, signed
from console.model import ConsoleModel, FacingStock, Level
from console.qt._theme import Colours, Theme
from engine.domain import FacingId, PlateId, Shelf, ShelfId

_TITLE_PX = 26
_ROW_PX = 50
_GUTTER_PX = 74
_GAP_PX = 3
_BETWEEN_PX = 8
_BAR_PX = 3
_LEAST_FACING_PX = 84

_Side = Qt.AlignmentFlag


@dataclass(frozen=True)
class _Place:
    """Where a facing, or a part of it, is painted."""

    facing_id: FacingId
    shelf_id: ShelfId
    box: QRectF


class ShelfWall(QWidget):
    """All gondolas, one below the other; arrows move between facings."""

    chosen = Signal()

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._stock: dict[FacingId, FacingStock] = {}
        self._places: list[_Place] = []
        self.facing_id: FacingId | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Shelves"))
        theme.changed.connect(self.update)

    def show_stock(self, stock: dict[FacingId, FacingStock]) -> None:
        """Show these facings; the chosen one stays if it is still there."""
        self._stock = stock
        if self.facing_id not in stock:
            self.facing_id = next(iter(stock), None)
        self.setMinimumHeight(self.sizeHint().height())
        self._arrange()
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as all shelves."""
        store = self._model.store
        across = max((len(list(self._runs(shelf))) for shelf in store.shelves), default=1)
        height_px = len(store.gondolas) * _TITLE_PX + len(store.shelves) * _ROW_PX
        return QSize(_GUTTER_PX + across * _LEAST_FACING_PX, height_px + 8)

    def resizeEvent(self, event: object) -> None:
        """Everything has another width."""
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        found = next((place for place in self._places if place.box.contains(event.position())), None)
        if found is not None:
            self._choose(found.facing_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right along the shelf, up and down to the facing above and below."""
        here = next((place for place in self._places if place.facing_id == self.facing_id), None)
        if here is None:
            return super().keyPressEvent(event)
        match event.key():
            case Qt.Key.Key_Left:
                self._step([p for p in self._places if p.shelf_id == here.shelf_id and p.box.x() < here.box.x()], -1)
            case Qt.Key.Key_Right:
                self._step([p for p in self._places if p.shelf_id == here.shelf_id and p.box.x() > here.box.x()], 0)
            case Qt.Key.Key_Up:
                self._cross([p for p in self._places if p.box.y() < here.box.y()], here)
            case Qt.Key.Key_Down:
                self._cross([p for p in self._places if p.box.y() > here.box.y()], here)
            case _:
                return super().keyPressEvent(event)
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Titles, boards, facings."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The wall stands as it stands: what is written on it begins left in every language.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        colours = self._theme.colours
        painter.fillRect(self.rect(), QColor(colours.panel))
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        for place in self._places:
            self._paint_facing(painter, place, colours)
        for shelf_id, row in groupby(self._places, key=lambda place: place.shelf_id):
            self._paint_gutter(painter, shelf_id, next(row).box, colours)
        for gondola_id, top in self._titles():
            self._write(
                painter, _("Gondola {gondola}", gondola=gondola_id), QRectF(10, top, 300, _TITLE_PX), colours.quiet
            )
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.focus), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # --- where things are -----------------------------------------------------------------------------------------

    def _titles(self) -> Iterator[tuple[str, float]]:
        top = 0.0
        for gondola in self._model.store.gondolas:
            yield gondola.gondola_id, top
            top += _TITLE_PX + _ROW_PX * len(self._shelves_of(gondola.gondola_id))

    def _shelves_of(self, gondola_id: str) -> list[Shelf]:
        """Highest board first, as one sees them."""
        heights_m = {plate.shelf_id: plate.centre_m[2] for plate in self._model.store.plates}
        shelves = [shelf for shelf in self._model.store.shelves if shelf.gondola_id == gondola_id]
        return sorted(shelves, key=lambda shelf: -heights_m.get(shelf.shelf_id, 0.0))

    def _runs(self, shelf: Shelf) -> Iterator[tuple[FacingId, list[PlateId]]]:
        """Plates of one facing side by side, in the shelf's order."""
        planned = [p for p in shelf.plate_ids if p in self._model.store.facing_of_plate]
        for facing_id, run in groupby(planned, key=lambda p: self._model.store.facing_of_plate[p].facing_id):
            yield facing_id, list(run)

    def _arrange(self) -> None:
        self._places = []
        widths_m = {plate.plate_id: plate.width_m for plate in self._model.store.plates}
        for gondola_id, top in self._titles():
            for row, shelf in enumerate(self._shelves_of(gondola_id)):
                total_m = sum(widths_m[plate_id] for plate_id in shelf.plate_ids) or 1.0
                scale = max(1.0, self.width() - _GUTTER_PX - 10) / total_m
                x, y = float(_GUTTER_PX), top + _TITLE_PX + row * _ROW_PX
                for facing_id, run in self._runs(shelf):
                    width_px = scale * sum(widths_m[plate_id] for plate_id in run)
                    box = QRectF(x, y, width_px - _GAP_PX, _ROW_PX - 6)
                    self._places.append(_Place(facing_id, shelf.shelf_id, box))
                    x += width_px

    def _step(self, places: list[_Place], which: int) -> None:
        others = [place for place in places if place.facing_id != self.facing_id]
        if others:
            self._choose(others[which].facing_id)

    def _cross(self, places: list[_Place], here: _Place) -> None:
        middle = here.box.center()
        if places:
            nearest = min(places, key=lambda p: (abs(p.box.y() - here.box.y()), abs(p.box.center().x() - middle.x())))
            self._choose(nearest.facing_id)

    def _choose(self, facing_id: FacingId) -> None:
        self.facing_id = facing_id
        self._describe()
        self.update()
        self.chosen.emit()

    def _describe(self) -> None:
        stock = self._stock.get(self.facing_id) if self.facing_id is not None else None
        if stock is not None:
            name = self._model.state.product_name(stock.facing.sku_id)
            told = _("{product}, shelf {shelf}: {stock}", product=name, shelf=stock.shelf_id, stock=_count(stock))
            self.setAccessibleDescription(told)

    # --- painting -------------------------------------------------------------------------------------------------

    def _paint_facing(self, painter: QPainter, place: _Place, colours: Colours) -> None:
        stock = self._stock.get(place.facing_id)
        if stock is None:
            return
        chosen = place.facing_id == self.facing_id
        painter.setPen(QPen(QColor(colours.focus if chosen else colours.line), 1))
        painter.setBrush(QColor(colours.selected if chosen else colours.raised))
        painter.drawRoundedRect(place.box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        inner = place.box.adjusted(7, 4, -7, -8)
        upper = QRectF(inner.x(), inner.y(), inner.width(), inner.height() / 2)
        lower = upper.translated(0, upper.height())
        self._write(painter, self._model.state.product_name(stock.facing.sku_id), upper, colours.ink)
        self._write_units(painter, stock, lower)
        self._paint_bar(painter, place.box, stock, QColor(colours.warn if _is_needy(stock) else colours.faint))

    def _write_units(self, painter: QPainter, stock: FacingStock, room: QRectF) -> None:
        """How many there are left; what lies there beside them right, in as many words as there is room for."""
        colours = self._theme.colours
        self._write(painter, _count(stock), room, colours.warn if _is_needy(stock) else colours.quiet)
        if stock.misplaced:
            units = sum(lying.units for lying in stock.misplaced)
            beside = f"◆ {number(units)}"
            width = painter.fontMetrics().horizontalAdvance
            whole = ngettext("◆ {count} misplaced", "◆ {count} misplaced", units)
            fits = width(_count(stock)) + _BETWEEN_PX + width(whole) <= room.width()
            self._write(painter, whole if fits else beside, room, colours.warn, _Side.AlignRight)

    def _paint_bar(self, painter: QPainter, box: QRectF, stock: FacingStock, colour: QColor) -> None:
        if not stock.units or not stock.facing.units:
            return
        share = min(1.0, stock.units / stock.facing.units)
        room = box.adjusted(7, 0, -7, 0)
        painter.fillRect(QRectF(room.x(), box.bottom() - _BAR_PX - 3, share * room.width(), _BAR_PX), colour)

    def _paint_gutter(self, painter: QPainter, shelf_id: ShelfId, first: QRectF, colours: Colours) -> None:
        flag = self._model.shelves.mismatches.get(shelf_id)
        upper = QRectF(10, first.y() + 4, _GUTTER_PX - 16, 16)
        self._write(painter, shelf_id, upper, colours.quiet if flag is None else colours.warn)
        if flag is not None:
            grams = _("{mass} g", mass=signed(flag.mass_mg / 1000))
            self._write(painter, f"⚠ {grams}", upper.translated(0, 18), colours.warn)

    def _write(self, painter: QPainter, text: str, box: QRectF, ink: str, side: _Side = _Side.AlignLeft) -> None:
        painter.setPen(QColor(ink))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, side | _Side.AlignAbsolute | _Side.AlignVCenter, shown)


def _is_needy(stock: FacingStock) -> bool:
    return stock.level in (Level.LOW, Level.EMPTY)


def _count(stock: FacingStock) -> str:
    if stock.level not in (Level.WELL, Level.LOW) or stock.units is None:
        return _(stock.level)
    planned = stock.facing.units
    units = _("{there} of {planned}", there=stock.units, planned=planned) if planned else number(stock.units)
    return _("low: {units}", units=units) if stock.level is Level.LOW else units
