"""What every page is: told of changes, repainted by the window's timer only while it is looked at."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from console.language import _
from console.model import ConsoleModel, Notice, Reset
from console.qt._speech import leading
from console.qt._theme import Theme

_SECOND_NS = 1_000_000_000


class Page(QWidget):
    """One place of the console. Subclasses name the notices they care for and refresh themselves from the model."""

    name = ""
    """Marked, not looked up."""
    listens: tuple[type, ...] = ()

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__()
        self.model, self.theme = model, theme
        self._stale = True
        self.refreshed_ns = 0
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(_(self.name))
        theme.changed.connect(self.mark)

    def take(self, notice: Notice) -> None:
        """Something changed; remember if it is shown here."""
        if isinstance(notice, (Reset, *self.listens)):
            self.mark()

    def mark(self) -> None:
        """Refresh at the next tick."""
        self._stale = True

    def tick(self, at_ns: int) -> None:
        """Refresh what changed; ages once a second."""
        if self._stale or at_ns - self.refreshed_ns >= _SECOND_NS:
            self._stale, self.refreshed_ns = False, at_ns
            self.refresh(at_ns)

    def refresh(self, at_ns: int) -> None:
        """Show the model as it is now."""
        raise NotImplementedError

    def needs_person(self) -> int:
        """How many things here wait for somebody; shown beside the page's name."""
        return 0

    def fill(self, whole: QWidget) -> None:
        """Let one widget be all of the page."""
        box = QHBoxLayout(self)
        box.setContentsMargins(10, 10, 10, 10)
        box.addWidget(whole)

    def splitters(self) -> list[QSplitter]:
        """What a person may have moved, to be remembered."""
        return self.findChildren(QSplitter)


def split(name: str, orientation: Qt.Orientation, *parts: QWidget, sizes: Sequence[int]) -> QSplitter:
    """Parts that a person may move against each other; what they make of ``sizes`` is remembered by ``name``."""
    made = QSplitter(orientation)
    made.setObjectName(name)
    for part in parts:
        made.addWidget(part)
    made.setSizes(sizes)
    made.setChildrenCollapsible(False)
    return made


def panel(title: str, *contents: QWidget) -> QFrame:
    """A titled box."""
    frame = QFrame()
    frame.setObjectName("panel")
    box = QVBoxLayout(frame)
    box.setContentsMargins(1, 8, 1, 1)
    box.setSpacing(6)
    if title:
        heading = label(title.upper(), "title")
        heading.setContentsMargins(10, 0, 10, 0)
        box.addWidget(heading, 0, Qt.AlignmentFlag.AlignTop)
    for content in contents:
        box.addWidget(content)
    return frame


def label_box(title: str, content: QWidget) -> QWidget:
    """A small titled part of a panel."""
    whole = QWidget()
    box = QVBoxLayout(whole)
    box.setContentsMargins(0, 4, 0, 0)
    box.setSpacing(0)
    heading = label(title.upper(), "title")
    heading.setContentsMargins(10, 0, 10, 0)
    box.addWidget(heading)
    box.addWidget(content)
    return whole


def label(text: str, style: str = "") -> QLabel:
    """A line of text in one of the style sheet's roles."""
    made = QLabel(text)
    made.setObjectName(style)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setAlignment(leading() | Qt.AlignmentFlag.AlignVCenter)
    return made


def restyle(widget: QWidget, style: str) -> None:
    """Give a widget another role of the style sheet."""
    if widget.objectName() != style:
        widget.setObjectName(style)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
