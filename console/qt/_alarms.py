"""What is wrong, what follows, what to do; and setting an alarm aside for a time, with a reason."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.language import N_, _, sentences
from console.model import Alarm, ConsoleModel, Problem
from console.qt._page import label, restyle
from console.qt._table import Cell, Column, EnterableView, Row
from console.qt._text import clock_time
from console.qt._theme import Theme
from engine.domain import ShelveAlarm

_COLUMNS = (
    Column(""),
    Column(N_("What")),
    Column(N_("What follows")),
    Column(N_("What to do"), stretch=True),
    Column(N_("Since")),
)
_FOR_S = {N_("for an hour"): 3_600, N_("for 8 hours"): 28_800, N_("for a day"): 86_400, N_("for a week"): 604_800}
_ROWS_SHOWN = 8


class AlarmList(QWidget):
    """Alarms that need a person, other problems, then what somebody set aside. Enter sets aside, or puts back."""

    asked = Signal(ShelveAlarm)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.rows = EnterableView(_("What needs a person"), _COLUMNS, theme)
        self.hint = label("", "quiet")
        self.reason, self.duration = QLineEdit(), QComboBox()
        self._aside = QWidget()
        self._lay_out()
        self.rows.entered_row.connect(self._act)
        self.rows.selectionModel().currentRowChanged.connect(self._give_up)
        self.reason.returnPressed.connect(self._set_aside)
        escape = QShortcut(QKeySequence("Escape"), self._aside, self._give_up)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.setFocusProxy(self.rows)

    def refresh(self) -> None:
        """Show what stands now."""
        health = self._model.health
        others = health.other_problems()
        rows = [self._alarm_row(alarm) for alarm in health.alarms()]
        rows += [_problem_row(problem) for problem in others]
        rows += [self._aside_row(alarm) for alarm in health.shelved()]
        self.rows.show_rows(rows)
        self.rows.fit(min(len(rows), _ROWS_SHOWN))
        self.rows.setVisible(bool(rows))
        if rows and self.rows.selected_key() is None:
            self.rows.select(rows[0].key)
        self._say(rows)

    def _lay_out(self) -> None:
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(10, 0, 10, 4)
        self.reason.setPlaceholderText(_("Why it can wait; Enter sets it aside, Escape does not"))
        self.reason.setAccessibleName(_("Why it can wait"))
        self.reason.setMaxLength(120)
        for text, lasting_s in _FOR_S.items():
            self.duration.addItem(_(text), lasting_s)
        self.duration.setAccessibleName(_("For how long"))
        self.duration.view().setAccessibleName(_("For how long"))
        aside = QHBoxLayout(self._aside)
        aside.setContentsMargins(10, 0, 10, 6)
        aside.addWidget(self.reason, 1)
        aside.addWidget(self.duration)
        self._aside.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 4)
        box.setSpacing(4)
        for shown in (self.rows, self._aside, self.hint):
            box.addWidget(shown)

    def _chosen(self) -> Alarm | None:
        key = self.rows.selected_key()
        return key if isinstance(key, Alarm) else None

    def _act(self) -> None:
        alarm = self._chosen()
        if alarm is None:
            return
        if alarm.shelved is not None:
            self._ask(alarm, for_s=0)
        else:
            self._aside.show()
            self.reason.setFocus()

    def _set_aside(self) -> None:
        alarm = self._chosen()
        if alarm is not None and self.reason.text().strip():
            self._ask(alarm, for_s=int(self.duration.currentData()), reason=self.reason.text())
            self._give_up()

    def _ask(self, alarm: Alarm, *, for_s: int, reason: str = "") -> None:
        for fault in alarm.faults:
            self.asked.emit(ShelveAlarm(device_id=fault.device_id, kind=fault.kind, for_s=for_s, reason=reason))

    def _give_up(self) -> None:
        if self.reason.hasFocus() or self.duration.hasFocus():
            self.rows.setFocus()
        self.reason.clear()
        self._aside.hide()
        self._say(self.rows.table.rows)

    def _say(self, rows: "list[Row] | tuple[Row, ...]") -> None:
        alarm, refusal = self._chosen(), self._model.health.refusal
        restyle(self.hint, "warn" if refusal else "quiet")
        told = _("Not set aside: {reason}.", reason=refusal) if refusal else _hint(alarm, any_rows=bool(rows))
        self.hint.setText(told)

    def _alarm_row(self, alarm: Alarm) -> Row:
        fault = alarm.faults[0]
        cells = (
            Cell("⚠", "alarm"),
            Cell(alarm.what, "alarm"),
            Cell(fault.consequence),
            Cell(fault.remedy),
            Cell(self._time(alarm.since_ns), "quiet"),
        )
        return Row(alarm, cells, spoken=_("{alarm}. {remedy}", alarm=alarm.what, remedy=fault.remedy))

    def _aside_row(self, alarm: Alarm) -> Row:
        shelved = alarm.shelved
        if shelved is None:
            raise ValueError("nobody set it aside")
        until = _("set aside until {time} by {who}", time=self._time(shelved.until_ns), who=shelved.by)
        cells = (
            Cell("◌", "faint"),
            Cell(alarm.what, "quiet"),
            Cell(until, "quiet"),
            Cell(shelved.reason, "quiet"),
            Cell(self._time(alarm.since_ns), "quiet"),
        )
        return Row(alarm, cells, spoken=_("{what}: {problem}", what=alarm.what, problem=until))

    def _time(self, t_ns: int) -> str:
        return clock_time(self._model.clock.wall_ns(t_ns), seconds=False)


def _problem_row(problem: Problem) -> Row:
    cells = (Cell("⚠", "alarm"), Cell(problem.what, "alarm"), Cell(""), Cell(problem.more), Cell(""))
    return Row(problem, cells, spoken=problem.in_words)


def _hint(alarm: Alarm | None, *, any_rows: bool) -> str:
    if not any_rows:
        return _("Nothing needs a person.")
    if alarm is None:
        return ""
    if alarm.shelved is not None:
        return _("Enter puts it back in sight.")
    why = alarm.faults[0].cause
    said = (alarm.devices if len(alarm.faults) > 1 else "", why, _("Enter sets it aside for a time."))
    return sentences([part for part in said if part])
