"""Papers to check: what a shopper may not buy yet, and the two answers. In place, by keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from console.model import ConsoleModel, Visit
from console.qt._page import label, restyle
from console.qt._text import clock_time
from engine.domain import CheckAge, may


class Papers(QWidget):
    """A line about the age check of one visit, there only while there is something to say. ``checked`` has a command.

    The answer may be given again: the last word counts.
    """

    checked = Signal(object)

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__()
        self._model = model
        self._visit: Visit | None = None
        self.text = label("")
        self.text.setWordWrap(True)
        self.old_enough, self.not_proved = QPushButton("Old enough  Y"), QPushButton("Not proved  N")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 4)
        row.addWidget(self.text, 1)
        for button, name in ((self.old_enough, "Old enough, Y"), (self.not_proved, "Not proved, N")):
            button.setAccessibleName(name)
            row.addWidget(button)
        self.old_enough.clicked.connect(lambda: self.answer(old_enough=True))
        self.not_proved.clicked.connect(lambda: self.answer(old_enough=False))
        self.hide()

    def show_visit(self, visit: Visit | None) -> None:
        """The visit that is looked at."""
        self._visit = visit
        style, said = self._in_words()
        self.text.setText(said)
        restyle(self.text, style)
        self.setVisible(bool(said))

    def bind_keys(self, page: QWidget) -> None:
        """Let the two keys answer wherever on a page the keyboard is."""
        for key, old_enough in (("Y", True), ("N", False)):
            shortcut = QShortcut(QKeySequence(key), page, lambda old=old_enough: self.answer(old_enough=old))
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def answer(self, *, old_enough: bool) -> None:
        """Say what the papers say, where anybody is asked or has answered."""
        visit, operator = self._visit, self._model.operator
        if visit is None or not visit.age_asked:
            return
        command = CheckAge(visit_id=visit.visit_id, minimum_age=visit.age_asked, old_enough=old_enough)
        if operator is None or may(operator.role, command):
            self.checked.emit(command)
        else:
            restyle(self.text, "warn")
            self.text.setText("That is a reviewer's or a manager's to do. Ask one, or sign in with their key.")

    def _in_words(self) -> tuple[str, str]:
        """The style it is shown in, and what there is to say; empty when nothing is."""
        visit = self._visit
        if visit is None or not visit.age_asked:
            return "quiet", ""
        refused = self._model.ages.refused.get(visit.visit_id)
        if refused:
            return "warn", f"Not noted: {refused}."
        if visit.age_needed is not None:
            goods = ", ".join(self._model.state.product_name(sku_id) for sku_id in visit.age_needed.sku_ids)
            return "warn", f"Check papers, {visit.age_asked} years: {goods}. The receipt waits for it."
        check = visit.age_checks[-1]
        at = clock_time(self._model.clock.wall_ns(check.t_ns))
        if check.old_enough:
            return "quiet", f"{check.minimum_age} years proved, seen by {check.by} at {at}."
        return "quiet", f"{check.minimum_age} years not proved, says {check.by} at {at}; those goods are not sold."
