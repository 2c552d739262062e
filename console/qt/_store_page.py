"""The store at a glance: cameras, floor map, who is inside."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter

from console.model import CameraChanged, CartChanged, ConsoleModel, FloorMoved, Notice, Place, Reset, VisitChanged
from console.qt._cameras import CameraGrid
from console.qt._carts import VISIT_COLUMNS, visit_rows
from console.qt._floor import FloorMap
from console.qt._page import Page, panel
from console.qt._table import KeyedView
from console.qt._theme import Theme


class StorePage(Page):
    """Cameras left; map and visits right."""

    name = Place.STORE
    listens = (VisitChanged, CartChanged)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__(model, theme)
        self.cameras = CameraGrid(model, theme)
        self.map = FloorMap(model, theme)
        self.visits = KeyedView("Visits", VISIT_COLUMNS, theme)
        right = QSplitter(Qt.Orientation.Vertical)
        right.setObjectName("store-right")
        right.addWidget(panel("FLOOR", self.map))
        right.addWidget(panel("VISITS", self.visits))
        right.setSizes([430, 320])
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.setObjectName("store")
        whole.addWidget(self.cameras)
        whole.addWidget(right)
        whole.setSizes([760, 460])
        for split in (right, whole):
            split.setChildrenCollapsible(False)
        box = QHBoxLayout(self)
        box.setContentsMargins(10, 10, 10, 10)
        box.addWidget(whole)
        self._moved = True

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
