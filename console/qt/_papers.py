"""Papers to check: what a shopper may not buy yet, and the two answers. In place, by keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from console.language import N_, _, enumerated
from console.model import ConsoleModel, Visit
from console.qt._page import label, restyle
from console.qt._text import clock_time
from engine.domain import CheckAge, may

_CHECKED = {
    True: N_("{years} years proved, seen by {who} at {time}."),
    False: N_("{years} years not proved, says {who} at {time}; those goods are not sold."),
}


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
        self.old_enough, self.not_proved = QPushButton(), QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 4)
        row.addWidget(self.text, 1)
        for button, name, key in ((self.old_enough, _("Old enough"), "Y"), (self.not_proved, _("Not proved"), "N")):
            button.setText(f"{name}  {key}")
            button.setAccessibleName(f"{name}, {key}")
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
            self.text.setText(_("That is a reviewer's or a manager's to do. Ask one, or sign in with their key."))

    def _in_words(self) -> tuple[str, str]:
        """The style it is shown in, and what there is to say; empty when nothing is."""
        visit = self._visit
        if visit is None or not visit.age_asked:
            return "quiet", ""
        refused = self._model.ages.refused.get(visit.visit_id)
        if refused:
            return "warn", _("Not noted: {reason}.", reason=refused)
        if visit.age_needed is not None:
            goods = enumerated([self._model.state.product_name(sku_id) for sku_id in visit.age_needed.sku_ids])
            asked = _(
                "Check papers, {years} years: {products}. The receipt waits for it.",
                years=visit.age_asked,
                products=goods,
            )
            return "warn", asked
        check = visit.age_checks[-1]
        at = clock_time(self._model.clock.wall_ns(check.t_ns))
        return "quiet", _(_CHECKED[check.old_enough], years=check.minimum_age, who=check.by, time=at)
