"""Where a case is answered: by what the engine holds likely, by the same otherwise told, in words, or by others."""

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from console.language import N_, _
from console.model import Case, ConsoleModel, by_others, in_other_units, is_part, likeliest_first, words
from console.qt._correction import Correction
from console.qt._hypotheses import Choice, Choices
from console.qt._page import label
from console.qt._theme import Theme
from engine.domain import Hypothesis

_ANSWERING, _CORRECTING, _PASSING_ON = range(3)
_HINTS = (
    N_("Enter or 1–5 accepts    O other shopper    Q units    P put elsewhere    N nothing taken"),
    N_("S search    U cannot tell    E somebody else should look    ⌫ undoes"),
)


class Told(StrEnum):
    """Which answers stand beside the numbers; marked, not looked up."""

    LIKELIEST = ""
    BY_OTHERS = N_("Somebody else: who? Escape shows the likeliest again.")
    IN_OTHER_UNITS = N_("How many? Escape shows the likeliest again.")


class Deciding(QStackedWidget):
    """Emits ``decided`` (a verdict), ``passed_on`` (a note) and ``typing`` (whether keys are letters now)."""

    decided = Signal(object)
    passed_on = Signal(str)
    typing = Signal(bool)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._case: Case | None = None
        self.told = Told.LIKELIEST
        self.heading = label("", "quiet")
        self.choices = Choices(theme)
        self.answer: QLabel = label("", "quiet")
        self._hints = label("\n".join(map(_, _HINTS)), "quiet")
        self._hints.setContentsMargins(10, 0, 10, 8)
        self.correction = Correction(model, theme)
        self.note = _Note()
        for view in (self._answering(), self.correction, self._passing_on()):
            self.addWidget(view)
        self.choices.chosen.connect(self.accept)
        self.correction.decided.connect(self.decided)
        self.correction.left.connect(self.back)
        self.note.returnPressed.connect(self._pass_on)
        self.note.left.connect(self.back)

    def show_case(self, case: Case | None) -> None:
        """The case that is looked at, as it is now."""
        self._case = case
        self._hints.setVisible(case is not None)
        self.choices.show_choices([] if case is None else self._choices(case))

    def turn(self, told: Told) -> None:
        """Put other answers beside the numbers."""
        self.told = told
        nobody = self._case is not None and not self._offered(self._case)
        self.heading.setText(_("There is nothing else to choose from; S searches.") if nobody else _(told))
        self.heading.setVisible(told is not Told.LIKELIEST)
        self.show_case(self._case)

    def accept(self, place: int) -> None:
        """Take the answer at that place, from 0."""
        offered = [] if self._case is None else self._offered(self._case)
        if place < len(offered):
            self.decided.emit(offered[place].verdict)

    def correct(self) -> None:
        """Let a product be searched for."""
        if self._case is not None:
            self._type(_CORRECTING)
            self.correction.begin(self._case)

    def pass_on(self) -> None:
        """Let it be said why somebody else should look."""
        if self._case is not None and self._case.asked.escalation is None:
            self._type(_PASSING_ON)
            self.note.clear()
            self.note.setFocus()

    def back(self) -> None:
        """To the likeliest answers."""
        if self.told is not Told.LIKELIEST:
            self.turn(Told.LIKELIEST)
        if self.currentIndex() != _ANSWERING:
            self.setCurrentIndex(_ANSWERING)
            self.typing.emit(False)

    def _type(self, view: int) -> None:
        self.turn(Told.LIKELIEST)
        self.setCurrentIndex(view)
        self.typing.emit(True)

    def _offered(self, case: Case) -> list[Hypothesis]:
        match self.told:
            case Told.LIKELIEST:
                return likeliest_first(case)
            case Told.BY_OTHERS:
                return by_others(case, self._model.state)
            case Told.IN_OTHER_UNITS:
                return in_other_units(case)

    def _choices(self, case: Case) -> list[Choice]:
        part = is_part(case, self._model.review.cases.values(), self._model.state)
        return [self._choice(hypothesis, case, part=part) for hypothesis in self._offered(case)]

    def _choice(self, hypothesis: Hypothesis, case: Case, *, part: bool) -> Choice:
        held = hypothesis.verdict
        visit = None if held.visit_id is None else self._model.state.visits.get(held.visit_id)
        return Choice(
            words.verdict(held, self._model.state),
            words.hypothesis_reason(held, case.asked, self._model.state, part=part),
            hypothesis.probability_ppm,
            None if visit is None else visit.colour,
        )

    def _pass_on(self) -> None:
        if self.note.text().strip():
            self.passed_on.emit(self.note.text().strip())

    def _answering(self) -> QWidget:
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(0, 0, 0, 0)
        for line in (self.heading, self.answer):
            line.setContentsMargins(10, 0, 10, 0)
        self.heading.hide()
        box.addWidget(self.heading)
        box.addWidget(self.choices)
        box.addWidget(self.answer)
        box.addWidget(self._hints)
        return whole

    def _passing_on(self) -> QWidget:
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(10, 0, 10, 8)
        box.addWidget(label(_("Why should somebody else look? The case gets a full deadline again.")))
        box.addWidget(self.note)
        box.addWidget(label(_("Enter passes it on    Esc back"), "quiet"))
        box.addStretch()
        return whole


class _Note(QLineEdit):
    """A line that Escape leaves."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(200)
        self.setPlaceholderText(_("What you saw, and what you could not tell"))
        self.setAccessibleName(_("Note for whoever looks next"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape says that nothing is passed on."""
        if event.matches(QKeySequence.StandardKey.Cancel):
            self.left.emit()
        else:
            super().keyPressEvent(event)
