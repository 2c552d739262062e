"""What is always in sight: the link to the engine, who is inside, sales, and what waits for a person."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from console.model import Connection, ConsoleModel, Link, words
from console.qt._page import label, restyle
from console.qt._text import clock_time, money
from console.qt._theme import Theme

_LIVE_S = 1.5


class StatusBar(QWidget):
    """Grey figures; colour when a person is needed."""

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model, self._theme = model, theme
        self.connection, self.inside = label(""), label("")
        self.sales, self.reviews, self.store = label("", "quiet"), label(""), label("", "quiet")
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 5, 14, 5)
        box.setSpacing(28)
        for shown in (self.connection, self.inside, self.sales, self.reviews):
            box.addWidget(shown)
        box.addStretch()
        box.addWidget(self.store)
        self.setAccessibleName("Status")

    def show_state(self, connection: Connection, at_ns: int) -> None:
        """Show the link and the figures; text only changes when it differs."""
        self._show_connection(connection)
        state = self._model.state
        live = connection.link is Link.LIVE
        _say(self.inside, f"{len(state.inside())} inside", "" if live else "quiet")
        receipts = sorted(receipt.issued.t_ns for receipt in state.receipts.values())
        since = clock_time(self._model.clock.wall_ns(receipts[0]), seconds=False) if receipts else ""
        total = money(state.sales_minor(), self._model.store.currency)
        _say(
            self.sales,
            f"Sales since {since}  {total}, {len(receipts)} receipts" if receipts else "No sales yet",
            "quiet",
        )
        waiting = len(self._model.review.waiting())
        text = f"{waiting} to review" if waiting else "Nothing to review"
        _say(self.reviews, text, "warn" if waiting and live else "quiet")
        operator = self._model.operator
        who = f"{operator.name}, {operator.role}  ·  " if operator is not None else ""
        _say(self.store, who + self._model.store.name, "quiet")

    def _show_connection(self, connection: Connection) -> None:
        match connection.link:
            case Link.CONNECTING:
                _say(self.connection, "○ Connecting…", "quiet")
                self.connection.setToolTip(connection.reason)
            case Link.LOST:
                _say(self.connection, f"⚠ Engine lost for {words.age(connection.silent_s)}", "alarm")
                self.connection.setToolTip(connection.reason)
            case Link.LIVE:
                late = connection.silent_s > _LIVE_S
                text = f"● Live, {words.age(connection.silent_s)} old" if late else "● Live"
                _say(self.connection, text, "quiet")


class Banner(QLabel):
    """Says on every page that what it shows is old."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setAccessibleName("Engine lost")
        self.hide()

    def show_connection(self, connection: Connection) -> None:
        """Visible while the engine is lost, or cannot be reached at first."""
        never = connection.link is Link.CONNECTING and bool(connection.reason)
        self.setVisible(connection.link is Link.LOST or never)
        if never:
            self.setText(f"The engine cannot be reached. {connection.reason}. Still trying.")
        elif connection.link is Link.LOST:
            age = words.age(connection.silent_s)
            self.setText(f"Engine lost. Everything below is {age} old and may be wrong. Reconnecting.")


def _say(shown: QLabel, text: str, style: str) -> None:
    if shown.text() != text:
        shown.setText(text)
    restyle(shown, style)
