"""A reviewer who knows the answers and has nothing but keys, for ``tillfree bench review``."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from time import monotonic_ns

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.model import OFFERED, Case, Place, by_others, in_other_units, likeliest_first, put_elsewhere
from console.qt import ConsoleWindow, run
from engine.domain import NOTHING_TAKEN, CaseId, Hypothesis, Verdict
from engine.wire import Address

_LOOK_MS = 20


class Way(StrEnum):
    """How an answer was given."""

    ACCEPTED = "accepted"
    ANOTHER_OFFERED = "another that was offered"
    NOTHING_TAKEN = "nothing taken"
    PUT_ELSEWHERE = "put elsewhere"
    OTHER_SHOPPER = "other shopper"
    OTHER_UNITS = "other units"
    SEARCHED = "searched"
    CANNOT_TELL = "cannot tell"


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """``keys`` were pressed beside the ``letters`` of a search; ``lead_ms`` after the case came up."""

    case_id: CaseId
    way: Way
    keys: int
    letters: int
    lead_ms: float


class Reviewer(QObject):
    """Answers whatever case is up as soon as keys count and its evidence is there; closes the window after the last."""

    def __init__(self, window: ConsoleWindow, truths: Mapping[CaseId, Verdict | None]) -> None:
        super().__init__(window)
        self.answered: list[Answered] = []
        self._window, self._truths = window, truths
        self._keys = self._letters = 0
        self._up: tuple[CaseId | None, int] = (None, 0)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)

    def _look(self) -> None:
        review, at_ns = self._window.review, monotonic_ns()
        if self._window.stack.currentWidget() is not review:
            self._window.activateWindow()
            self._window.open_page(Place.REVIEW)
        if review.case_id != self._up[0]:
            self._up = (review.case_id, at_ns)
        if len(self.answered) == len(self._truths):
            self._window.close()
            return
        case = None if review.case_id is None else self._window.model.review.cases.get(review.case_id)
        if case is None or not review.ready() or case.case_id not in self._window.model.review.evidence:
            return
        self._keys = self._letters = 0
        way = self._answer(case, self._truths[case.case_id])
        lead_ms = (at_ns - self._up[1]) / 1e6
        said = Answered(case_id=case.case_id, way=way, keys=self._keys, letters=self._letters, lead_ms=lead_ms)
        self.answered.append(said)

    def _answer(self, case: Case, truth: Verdict | None) -> Way:
        offered = likeliest_first(case)[:OFFERED]
        if truth is None:
            self._press("u")
            return Way.CANNOT_TELL
        if (place := _place(truth, offered)) is not None:
            self._press(str(place + 1) if place else Qt.Key.Key_Return)
            return Way.ANOTHER_OFFERED if place else Way.ACCEPTED
        if truth == NOTHING_TAKEN:
            self._press("n")
            return Way.NOTHING_TAKEN
        if truth == put_elsewhere(case):
            self._press("p")
            return Way.PUT_ELSEWHERE
        if (place := _place(truth, by_others(case, self._window.model.state))) is not None:
            self._press("o", str(place + 1))
            return Way.OTHER_SHOPPER
        if (place := _place(truth, in_other_units(case))) is not None:
            self._press("q", str(place + 1))
            return Way.OTHER_UNITS
        self._search(truth)
        return Way.SEARCHED

    def _search(self, truth: Verdict) -> None:
        """Type until the product is the one that is found; then whose, and how many."""
        self._press("s")
        form = self._window.review.deciding.correction
        product = self._window.model.store.product_by_sku.get(truth.sku_id) if truth.sku_id is not None else None
        for letter in product.name.lower() if product is not None else "":
            if form.found.selected_key() == truth.sku_id:
                break
            QTest.keyClicks(form.search, letter)
            self._letters += 1
        further = form.shopper.findData(truth.visit_id or "") - form.shopper.currentIndex()
        way = Qt.Key.Key_Down if further > 0 else Qt.Key.Key_Up
        units = str(truth.quantity) if form.quantity.value() != truth.quantity else ""
        if further or units:
            self._press(Qt.Key.Key_Tab, *[way] * abs(further))
        if units:
            self._press(Qt.Key.Key_Tab, *units)
        self._press(Qt.Key.Key_Return)

    def _press(self, *keys: Qt.Key | str) -> None:
        for key in keys:
            focused = QApplication.focusWidget() or self._window.review.queue
            if isinstance(key, str):
                QTest.keyClicks(focused, key)
            else:
                QTest.keyClick(focused, key)
            self._keys += 1


def review(address: Address, truths: Path) -> int:
    """Open a window and work off its cases with the answers in a JSON file; the answers given go to standard output."""
    known = msgspec.json.decode(truths.read_bytes(), type=dict[CaseId, Verdict | None])
    reviewers: list[Reviewer] = []
    code = run(address, attend=lambda window: reviewers.append(Reviewer(window, known)))
    sys.stdout.buffer.write(msgspec.json.encode(reviewers[0].answered) + b"\n")
    return code


def _place(truth: Verdict, offered: list[Hypothesis]) -> int | None:
    return next((place for place, hypothesis in enumerate(offered) if hypothesis.verdict == truth), None)
