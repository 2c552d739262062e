"""The keys, on a sheet over the window."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from console.qt._page import label

_KEYS = (
    ("Everywhere", ""),
    ("F1 … F7, Ctrl+1 … 7", "Overview, Store, Carts, Review, Shelves, Receipts, Health"),
    ("F9", "appearance: system, light, dark"),
    ("?", "this sheet"),
    ("Ctrl+Q", "close the console; the engine goes on"),
    ("Store", ""),
    ("Arrows, Enter", "move between tiles, show one alone"),
    ("Click", "choose a shopper: on the map, in a picture, in the list"),
    ("H", "where time is spent, on the map"),
    ("Carts", ""),
    ("Y, N", "papers checked: old enough, or not proved; the goods are not sold then"),
    ("Review", ""),
    ("Enter, 1 … 5", "accept the likeliest, or that answer"),
    ("O, 1 … 5", "it was somebody else, with the same"),
    ("Q, 1 … 5", "so many units, by the same"),
    ("P", "put elsewhere: it was moved, and is in nobody's cart"),
    ("N", "nothing was taken"),
    ("U", "cannot tell: the store's policy decides now"),
    ("E", "somebody else should look: say why"),
    ("Backspace, Ctrl+Z", "take the last decision back, ten deep"),
    ("S", "search: product, shopper, units; Enter decides"),
    ("Space, ← →", "play or pause the clip, step a frame"),
    ("↑ ↓", "another case"),
    ("Shelves", ""),
    ("Arrows", "another facing, another shelf"),
    ("Enter, Enter", "on grams that do not add up: looked, take it as it lies"),
    ("Health", ""),
    ("Enter", "on an alarm: set it aside for a time, with a reason; or put it back in sight"),
    ("Receipts", ""),
    ("/", "search; Escape shows all again"),
    ("R", "refund units of the chosen line"),
    ("D", "note what a customer disputes, or settle it"),
)


class KeySheet(QFrame):
    """Shown by ``?``, gone by any key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("overlay")
        self.setAccessibleName("Keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 18, 24, 20)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(7)
        for row, (keys, meaning) in enumerate(_KEYS):
            if meaning:
                grid.addWidget(label(keys, "keycap"), row, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(label(meaning), row, 1)
            else:
                grid.addWidget(label(keys.upper(), "title"), row, 0, 1, 2)
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
