"""A table whose rows are keyed: given the rows as they should be, it tells Qt exactly which changed."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from console.language import _, isolated
from console.qt._speech import has_italics
from console.qt._theme import Theme

Index = QModelIndex | QPersistentModelIndex

_ROWS_MEASURED = 200
_PADDING_PX = 22
_STRETCH_AT_LEAST_PX = 110
_JITTER_PX = 12
"""A column narrower by less than this stays: changing figures must not make the table tremble."""


@dataclass(frozen=True)
class Cell:
    """What stands in one place. ``ink`` names a colour of the palette; ``shopper`` indexes the shoppers' ones."""

    text: str
    ink: str = "ink"
    italic: bool = False
    bold: bool = False
    shopper: int | None = None


@dataclass(frozen=True)
class Row:
    """One row; ``spoken`` is what a screen reader says instead of the symbols."""

    key: Hashable
    cells: tuple[Cell, ...]
    spoken: str = ""


@dataclass(frozen=True)
class Column:
    """A column's heading, marked and not looked up; whether it is a number; whether it takes the space that is left."""

    title: str
    number: bool = False
    stretch: bool = False


class KeyedTable(QAbstractTableModel):
    """Rows by key."""

    def __init__(self, columns: Sequence[Column], theme: Theme) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._columns = tuple(columns)
        self._theme = theme

    def show(self, wanted: Sequence[Row]) -> None:
        """Turn the present rows into ``wanted``, by removals, moves, insertions and changes."""
        keys = {row.key for row in wanted}
        for place in range(len(self.rows) - 1, -1, -1):
            if self.rows[place].key not in keys:
                self._remove(place)
        for place, row in enumerate(wanted):
            self._settle(place, row)

    def row_of(self, key: Hashable) -> int | None:
        """Where a key stands."""
        return next((place for place, row in enumerate(self.rows) if row.key == key), None)

    def repaint(self) -> None:
        """The palette changed."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self._columns) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: ANN401
        """Column titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(self._columns[section].title)
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = 0) -> Any:  # noqa: ANN401 - Qt's variant
        """One role of one cell."""
        row, column = self.rows[index.row()], index.column()
        cell = row.cells[column]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return isolated(cell.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken if column == 0 and row.spoken else cell.text
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(cell)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case Qt.ItemDataRole.FontRole if cell.bold or (cell.italic and has_italics()):
                font = QFont()
                font.setPixelSize(12)
                font.setItalic(cell.italic and has_italics())
                font.setBold(cell.bold)
                return font
        return None

    def _ink(self, cell: Cell) -> Any:  # noqa: ANN401
        colours = self._theme.colours
        return colours.shopper(cell.shopper) if cell.shopper is not None else QColor(getattr(colours, cell.ink))

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        # Digits run to the right in every language: units stand below units only on the right.
        number = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        side = number if self._columns[column].number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _remove(self, place: int) -> None:
        self.beginRemoveRows(QModelIndex(), place, place)
        del self.rows[place]
        self.endRemoveRows()

    def _settle(self, place: int, row: Row) -> None:
        present = next((at for at in range(place, len(self.rows)) if self.rows[at].key == row.key), None)
        if present is None:
            self.beginInsertRows(QModelIndex(), place, place)
            self.rows.insert(place, row)
            self.endInsertRows()
            return
        if present != place:
            self.beginMoveRows(QModelIndex(), present, present, QModelIndex(), place)
            self.rows.insert(place, self.rows.pop(present))
            self.endMoveRows()
        if self.rows[place] != row:
            self.rows[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(self._columns) - 1))


class KeyedView(QTableView):
    """A quiet table: whole rows, no grid, keys of its own only for moving."""

    def __init__(self, name: str, columns: Sequence[Column], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = KeyedTable(columns, theme)
        self.setModel(self.table)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        for place, column in enumerate(columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(place, mode)
        self._columns = tuple(columns)
        self.setItemDelegate(_KeepInk(self))
        theme.changed.connect(self.table.repaint)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Turn the rows into these, and the columns into the width of what they hold."""
        self.table.show(rows)
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setBold(True)  # the widest this table writes
        metrics = QFontMetrics(font)
        for place, column in enumerate(self._columns):
            if column.stretch:
                continue
            texts = [_(column.title), *(row.cells[place].text for row in rows[:_ROWS_MEASURED])]
            width_px = max(metrics.horizontalAdvance(text) for text in texts) + _PADDING_PX
            if not 0 <= self.columnWidth(place) - width_px <= _JITTER_PX:
                self.setColumnWidth(place, width_px)
        fixed_px = sum(self.columnWidth(place) for place, column in enumerate(self._columns) if not column.stretch)
        self.setMinimumWidth(fixed_px + _STRETCH_AT_LEAST_PX)

    def fit(self, rows: int) -> None:
        """Be as high as so many rows and the header: letters of some scripts need a higher one."""
        header_px = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(header_px + rows * self.verticalHeader().defaultSectionSize() + 2)

    def selected_key(self) -> Hashable | None:
        """The key of the row the reader is on."""
        index = self.currentIndex()
        return self.table.rows[index.row()].key if index.isValid() else None

    def clear_choice(self) -> None:
        """Be on no row."""
        self.setCurrentIndex(QModelIndex())

    def select(self, key: Hashable) -> None:
        """Move to a key, if it is there."""
        place = self.table.row_of(key)
        if place is not None:
            self.setCurrentIndex(self.table.index(place, 0))


class EnterableView(KeyedView):
    """A table whose rows lead somewhere: Enter says so, everything else moves."""

    entered_row = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, on either side of the keyboard."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit()
        else:
            super().keyPressEvent(event)


class _KeepInk(QStyledItemDelegate):
    """A chosen row keeps the colours that mean something."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        if ink is not None:
            option.palette.setBrush(QPalette.ColorRole.HighlightedText, QBrush(ink))
