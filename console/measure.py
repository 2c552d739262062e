"""Looks over a window's shoulder for ``tillfree bench console``: when it painted what, and how old that was."""

import sys
from enum import StrEnum
from time import monotonic_ns

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.model import Place
from console.qt import CameraTileView, ConsoleWindow, run
from engine.domain import CameraId, CaseId
from engine.wire import Address

_LOOK_MS = 50
_THINK_NS = 300_000_000
"""A hurried reviewer; nobody decides the instant a case is up."""
_TURN_NS = 1_500_000_000


class Stint(StrEnum):
    """What the one at the window does: looks at the store, decides case after case, or turns from page to page."""

    WATCH = "watch"
    REVIEW = "review"
    TOUR = "tour"


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Ages from a view's own instant to the end of the painting that showed it; the two clocks must be the same."""

    frame_age_ms: list[float]
    next_case_ms: list[float]


class Meter(QObject):
    """One stint, from the window's first picture of a camera on, which ``first_picture_ns`` tells."""

    def __init__(self, window: ConsoleWindow, stint: Stint) -> None:
        super().__init__(window)
        self.first_picture_ns = 0
        self._window, self._stint = window, stint
        self._painted: set[QWidget] = set()
        self._watched: set[QWidget] = set()
        self._shown_ns: dict[CameraId, int] = {}
        self._frame_age_ms: list[float] = []
        self._next_case_ms: list[float] = []
        self._left: tuple[CaseId, int] | None = None
        self._acted_ns = monotonic_ns()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._act)
        self._timer.start(_LOOK_MS)
        window.installEventFilter(self)
        window.open_page(Place.STORE)

    def measured(self) -> Measured:
        """What was seen so far."""
        return Measured(frame_age_ms=self._frame_age_ms, next_case_ms=self._next_case_ms)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note what is painted; the window paints everything that is due in one go, and then it is to be seen."""
        if watched is self._window and event.type() is QEvent.Type.UpdateRequest:
            self._painted.clear()
            handled = self._window.event(event)
            self._look(monotonic_ns())
            return handled
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget):
            self._painted.add(watched)
        return False

    def _watch_tiles(self) -> None:
        for widget in self._window.findChildren(CameraTileView):
            if widget not in self._watched:
                self._watched.add(widget)
                widget.installEventFilter(self)
                widget.update()  # it may have been painted before anybody looked, and a still camera is not again

    def _look(self, at_ns: int) -> None:
        self._look_at_cameras(at_ns)
        self._look_at_case(at_ns)

    def _look_at_cameras(self, at_ns: int) -> None:
        for widget in self._painted:
            if not isinstance(widget, CameraTileView):
                continue
            tile = self._window.model.cameras.tiles[widget.camera_id]
            if not self.first_picture_ns and tile.background is not None:
                self.first_picture_ns = at_ns
                sys.stdout.write(f"{at_ns}\n")
                sys.stdout.flush()
            if tile.overlay is not None and tile.overlay.t_ns != self._shown_ns.get(widget.camera_id):
                self._shown_ns[widget.camera_id] = tile.overlay.t_ns
                self._frame_age_ms.append((at_ns - tile.overlay.t_ns) / 1e6)

    def _look_at_case(self, at_ns: int) -> None:
        review = self._window.review
        if self._left is None or review.player not in self._painted or review.case_id is None:
            return
        case_id, left_ns = self._left
        if (
            review.case_id != case_id
            and review.refreshed_ns > left_ns
            and self._window.model.review.evidence.get(review.case_id)
        ):
            self._next_case_ms.append((at_ns - left_ns) / 1e6)
            self._left = None

    def _act(self) -> None:
        self._watch_tiles()
        if not self.first_picture_ns:
            return
        at_ns = monotonic_ns()
        match self._stint:
            case Stint.REVIEW:
                self._decide(at_ns)
            case Stint.TOUR if at_ns - self._acted_ns > _TURN_NS:
                self._acted_ns = at_ns
                self._window.go_to((self._window.stack.currentIndex() + 1) % self._window.stack.count())
            case _:
                pass

    def _decide(self, at_ns: int) -> None:
        review = self._window.review
        if self._window.stack.currentWidget() is not review:
            review.player.installEventFilter(self)
            self._window.activateWindow()
            self._window.open_page(Place.REVIEW)
        if review.case_id is None or not review.ready() or self._left is not None:
            self._acted_ns = at_ns
        elif at_ns - self._acted_ns > _THINK_NS:
            self._left = (review.case_id, monotonic_ns())
            QTest.keyClick(review.queue, Qt.Key.Key_Return)


def measure(address: Address, stint: Stint) -> int:
    """Open a window for a stint; on standard output the instant of the first picture, at the end what was measured."""
    meters: list[Meter] = []
    code = run(address, attend=lambda window: meters.append(Meter(window, stint)))
    sys.stdout.buffer.write(msgspec.json.encode(meters[0].measured()) + b"\n")
    return code
