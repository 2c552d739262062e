"""The store at a glance: cameras, floor map, who is inside."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from console.language import _
from console.model import (
    CameraChanged,
    CartChanged,
    ConsoleModel,
    FloorMoved,
    Notice,
    Place,
    Reset,
    Visit,
    VisitChanged,
    words,
)
from console.qt._cameras import CameraGrid
from console.qt._carts import LINE_COLUMNS, VISIT_COLUMNS, line_rows, visit_rows, why
from console.qt._chosen import Chosen
from console.qt._floor import FloorMap
from console.qt._page import Page, label, panel, split
from console.qt._table import KeyedView, Row
from console.qt._theme import Theme
from engine.domain import VisitId

_SHOWN = (0, 2, 3, 5, 6)
"""Of a cart's columns those that fit beside the pictures."""
_LINES = tuple(LINE_COLUMNS[n] for n in _SHOWN)


class StorePage(Page):
    """Cameras left; map, visits and the chosen one's cart right. Whoever is chosen stands out everywhere."""

    name = Place.STORE
    listens = (VisitChanged, CartChanged)

    def __init__(self, model: ConsoleModel, theme: Theme, chosen: Chosen) -> None:
        super().__init__(model, theme)
        self._chosen = chosen
        self.cameras = CameraGrid(model, theme, chosen)
        self.map = FloorMap(model, theme, chosen)
        self.visits = KeyedView(_("Visits"), VISIT_COLUMNS, theme)
        self.lines = KeyedView(_("Cart of the chosen shopper"), _LINES, theme)
        self.why = label("", "quiet")
        self.why.setWordWrap(True)
        self.why.setContentsMargins(10, 0, 10, 8)
        right = split(
            "store-right",
            Qt.Orientation.Vertical,
            panel(_("Floor"), self.map),
            panel(_("Visits"), self.visits),
            panel(_("Cart"), self.lines, self.why),
            sizes=(330, 200, 220),
        )
        self.fill(split("store", Qt.Orientation.Horizontal, self.cameras, right, sizes=(760, 460)))
        self._moved = True
        self.visits.selectionModel().currentRowChanged.connect(self._follow)
        self.lines.selectionModel().currentRowChanged.connect(self.mark)
        chosen.changed.connect(self.mark)
        self.setFocusProxy(self.visits)
        dwell = QShortcut(QKeySequence("H"), self, self.map.toggle_dwell)
        dwell.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def take(self, notice: Notice) -> None:
        """Cameras and the map repaint on their own."""
        match notice:
            case CameraChanged():
                self.cameras.mark(notice.camera_id)
            case FloorMoved():
                self._moved = True
            case Reset():
                self.cameras.rebuild()
                self._moved = True
        super().take(notice)

    def tick(self, at_ns: int) -> None:
        """Up to the timer's rate."""
        self.cameras.tick(at_ns)
        if self._moved:
            self._moved = False
            self.map.tick()
        super().tick(at_ns)

    def refresh(self, at_ns: int) -> None:
        """The list of visits; the map too, for what it says of open cases."""
        self._moved = True
        self.visits.show_rows(visit_rows(self.model, at_ns, charged_shown=2))
        chosen = self._chosen.visit_id
        visit = self.model.state.visits.get(chosen) if chosen is not None else None
        if visit is None:
            self.visits.clear_choice()
        else:
            self.visits.select(visit.visit_id)
        self._show_cart(visit)

    def _follow(self) -> None:
        key = self.visits.selected_key()
        if key is not None:
            self._chosen.choose(VisitId(str(key)))

    def _show_cart(self, visit: Visit | None) -> None:
        if visit is None:
            self.lines.show_rows([])
            self.why.setText(_("Choose a shopper: on the map, in a picture, or in the list."))
            return
        rows = line_rows(self.model, visit)
        self.lines.show_rows([Row(row.key, tuple(row.cells[n] for n in _SHOWN), row.spoken) for row in rows])
        if self.lines.selected_key() is None and rows:
            self.lines.select(rows[-1].key)
        line = next((line for line in visit.lines.values() if line.line_id == self.lines.selected_key()), None)
        name = words.shopper_name(visit.visit_id)
        self.why.setText(why(self.model, line) if line is not None else _("{shopper} has nothing yet.", shopper=name))
