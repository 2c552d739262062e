"""The keys, on a sheet over the window."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from console.language import N_, _
from console.qt._page import label

_KEYS = (
    (N_("Everywhere"), ""),
    (N_("F1 … F7, Ctrl+1 … 7"), N_("Overview, Store, Carts, Review, Shelves, Receipts, Health")),
    ("F9", N_("appearance: system, light, dark")),
    ("?", N_("this sheet")),
    (N_("Ctrl+Q"), N_("close the console; the engine goes on")),
    (N_("Store"), ""),
    (N_("Arrows, Enter"), N_("move between tiles, show one alone")),
    (N_("Click"), N_("choose a shopper: on the map, in a picture, in the list")),
    ("H", N_("where time is spent, on the map")),
    (N_("Carts"), ""),
    ("Y, N", N_("papers checked: old enough, or not proved; the goods are not sold then")),
    (N_("Receipts"), ""),
    ("/", N_("search; Escape shows all again")),
    ("R", N_("refund units of the chosen line")),
    ("D", N_("note what a customer disputes, or settle it")),
    ("X", N_("write the receipts that are shown as CSV, as the ledger has them")),
    (N_("P, Ctrl+P"), N_("the chosen receipt as PDF, on paper")),
    (N_("Review"), ""),
    (N_("Enter, 1 … 5"), N_("accept the likeliest, or that answer")),
    ("O, 1 … 5", N_("it was somebody else, with the same")),
    ("Q, 1 … 5", N_("so many units, by the same")),
    ("P", N_("put elsewhere: it was moved, and is in nobody's cart")),
    ("N", N_("nothing was taken")),
    ("U", N_("cannot tell: the store's policy decides now")),
    ("E", N_("somebody else should look: say why")),
    (N_("Backspace, Ctrl+Z"), N_("take the last decision back, ten deep")),
    ("S", N_("search: product, shopper, units; Enter decides")),
    (N_("Space, ← →"), N_("play or pause the clip, step a frame")),
    ("↑ ↓", N_("another case")),
    (N_("Shelves"), ""),
    (N_("Arrows"), N_("another facing, another shelf")),
    (N_("Enter, Enter"), N_("on grams that do not add up: looked, take it as it lies")),
    (N_("Health"), ""),
    (N_("Enter"), N_("on an alarm: set it aside for a time, with a reason; or put it back in sight")),
)


class KeySheet(QFrame):
    """Shown by ``?``, gone by any key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("overlay")
        self.setAccessibleName(_("Keys"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 18, 24, 20)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(4)
        row, column = 0, 0
        for keys, meaning in _KEYS:
            if not meaning and column == 0 and row >= len(_KEYS) // 2:  # a low window must not cut it off
                row, column = 0, 2
            if meaning:
                grid.addWidget(label(_(keys), "keycap"), row, column, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(label(_(meaning)), row, column + 1)
            else:
                grid.addWidget(label(_(keys).upper(), "title"), row, column, 1, 2)
            row += 1
        self.hide()

    def toggle(self) -> None:
        """Show in the middle of the window, or hide."""
        if self.isVisible():
            return self.hide()
        self.adjustSize()
        room = self._window.rect()
        self.move(room.center() - self.rect().center())
        self.show()
        self.raise_()
        return self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key closes it."""
        self.hide()
        self._window.setFocus()
