"""What is always in sight: the link to the engine, who is inside, sales, and what waits for a person."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from console.language import _, enumerated, ngettext
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
        self.setAccessibleName(_("Status"))

    def show_state(self, connection: Connection, at_ns: int) -> None:
        """Show the link and the figures; text only changes when it differs."""
        self._show_connection(connection)
        state = self._model.state
        live = connection.link is Link.LIVE
        inside = ngettext("{count} inside", "{count} inside", len(state.inside()))
        _say(self.inside, inside, "" if live else "quiet")
        _say(self.sales, self._sales(), "quiet")
        waiting = len(self._model.review.waiting())
        text = ngettext("{count} to review", "{count} to review", waiting) if waiting else _("Nothing to review")
        _say(self.reviews, text, "warn" if waiting and live else "quiet")
        operator = self._model.operator
        who = [operator.name, words.code(operator.role)] if operator is not None else []
        _say(self.store, "  ·  ".join([*([enumerated(who)] if who else []), self._model.store.name]), "quiet")

    def _sales(self) -> str:
        receipts = [receipt.issued.t_ns for receipt in self._model.state.receipts.values()]
        if not receipts:
            return _("No sales yet")
        return ngettext(
            "Sales since {time}  {total}, {count} receipt",
            "Sales since {time}  {total}, {count} receipts",
            len(receipts),
            time=clock_time(self._model.clock.wall_ns(min(receipts)), seconds=False),
            total=money(self._model.state.sales_minor(), self._model.store.currency),
        )

    def _show_connection(self, connection: Connection) -> None:
        match connection.link:
            case Link.CONNECTING:
                _say(self.connection, _("○ Connecting…"), "quiet")
                self.connection.setToolTip(connection.reason)
            case Link.LOST:
                _say(self.connection, _("⚠ Engine lost for {age}", age=words.age(connection.silent_s)), "alarm")
                self.connection.setToolTip(connection.reason)
            case Link.LIVE:
                late = connection.silent_s > _LIVE_S
                age = words.age(connection.silent_s)
                text = _("● Live, {age} old", age=age) if late else _("● Live")
                _say(self.connection, text, "quiet")


class Banner(QLabel):
    """Says on every page that what it shows is old."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setAccessibleName(_("Engine lost"))
        self.hide()

    def show_connection(self, connection: Connection) -> None:
        """Visible while the engine is lost, or cannot be reached at first."""
        never = connection.link is Link.CONNECTING and bool(connection.reason)
        self.setVisible(connection.link is Link.LOST or never)
        if never:
            self.setText(_("The engine cannot be reached. {reason}. Still trying.", reason=connection.reason))
        elif connection.link is Link.LOST:
            age = words.age(connection.silent_s)
            self.setText(_("Engine lost. Everything below is {age} old and may be wrong. Reconnecting.", age=age))


def _say(shown: QLabel, text: str, style: str) -> None:
    if shown.text() != text:
        shown.setText(text)
    restyle(shown, style)
