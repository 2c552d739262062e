"""The window: rail, pages, status bar; empties the mailbox into the model and repaints by a timer."""

from getpass import getuser
from pathlib import Path
from time import monotonic_ns
from uuid import uuid4

from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.language import _, number
from console.model import ConsoleModel, Link, Place, Reset
from console.qt._carts import CartsPage
from console.qt._chosen import Chosen
from console.qt._health import HealthPage
from console.qt._keys import KeySheet
from console.qt._link import Delivery, EngineLink, EngineLost, EvidenceMissing
from console.qt._overview import OverviewPage
from console.qt._page import Page, label
from console.qt._receipts import ReceiptsPage
from console.qt._review import ReviewPage
from console.qt._shelves import ShelvesPage
from console.qt._status import Banner, StatusBar
from console.qt._store_page import StorePage
from console.qt._theme import Appearance, Theme
from engine.domain import (
    Accepted,
    AcceptShelf,
    CaseId,
    Command,
    CommandId,
    CommandRequest,
    ConsoleId,
    Evidence,
    HoldCase,
    Leases,
    Refused,
    ShelfId,
)
from engine.wire import Address

REPAINT_MS = 34
"""Below 30 Hz: nobody sees more, and two cores have better things to do."""
LAYOUT_VERSION = 2
_LAYOUT_PASSES = 3
"""A label that grows tells its panel, the panel its page."""


class ConsoleWindow(QMainWindow):
    """One engine's console."""

    def __init__(self, address: Address, settings: QSettings, model: ConsoleModel | None = None) -> None:
        super().__init__()
        self.model = model or ConsoleModel(ConsoleId(uuid4().hex), by=getuser())
        self.link = EngineLink(address, self)
        self._address, self._settings = address, settings
        self.theme = Theme(_appearance(settings), self)
        self.chosen = Chosen(self)
        self.store = StorePage(self.model, self.theme, self.chosen)
        self.carts = CartsPage(self.model, self.theme, self.chosen)
        self.review, self.health = ReviewPage(self.model, self.theme), HealthPage(self.model, self.theme)
        self.receipts, self.shelves = ReceiptsPage(self.model, self.theme), ShelvesPage(self.model, self.theme)
        self.overview = OverviewPage(self.model, self.theme)
        seen_to = (self.store, self.carts, self.review, self.shelves, self.receipts, self.health)
        self.pages: list[Page] = [self.overview, *seen_to]
        self.stack = QStackedWidget()
        self.status, self.banner = StatusBar(self.model, self.theme), Banner()
        self._rail = QButtonGroup(self)
        self._lay_out()
        self.keys = KeySheet(self)
        self._connect()
        self._restore()
        self._recolour()
        self._timer = QTimer(self)
        self._timer.setInterval(REPAINT_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Connect and repaint from now on."""
        self.link.start()
        self._timer.start()

    def go_to(self, place: int) -> None:
        """Show a page and give it the keyboard."""
        self.stack.setCurrentIndex(place)
        self._rail.button(place).setChecked(True)
        page = self.pages[place]
        page.mark()
        page.tick(monotonic_ns())
        page.setFocus()

    def open_page(self, place: Place) -> None:
        """Show the page of this name."""
        self.go_to(next(number for number, page in enumerate(self.pages) if page.name == place))

    def save_screenshots(self, folder: Path) -> list[Path]:
        """One PNG of every page; the page that was shown stays."""
        folder.mkdir(parents=True, exist_ok=True)
        shown, saved = self.stack.currentIndex(), []
        for place, page in enumerate(self.pages):
            self.go_to(place)
            self._tick()
            for _pass in range(_LAYOUT_PASSES):
                QApplication.processEvents()
            saved.append(folder / f"{place + 1}-{page.name.lower()}.png")
            if not self.grab().save(str(saved[-1])):
                raise OSError(f"cannot write {saved[-1]}")
        self.go_to(shown)
        return saved

    def again(self) -> "ConsoleWindow":
        """Another window on what this one keeps up to date, in the language that is spoken now."""
        other = ConsoleWindow(self._address, self._settings, self.model)
        for page in other.pages:
            page.take(Reset())
        return other

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, hang up."""
        self._timer.stop()
        self._hold(None)
        self.link.stop()
        self._save()
        super().closeEvent(event)

    # --- moving with the engine -------------------------------------------------------------------------------

    def _empty_mailbox(self) -> None:
        for delivery in self.link.mailbox.take():
            self._apply(delivery)

    def _apply(self, delivery: Delivery) -> None:
        match delivery.message:
            case EngineLost(reason):
                self.model.lose(reason)
            case Leases() as leases:
                self.model.review.show(leases)
                self.review.mark()
            case Evidence() as evidence:
                self.model.review.keep_evidence(evidence)
                self.review.mark()
            case EvidenceMissing(case_id, reason):
                self.review.evidence_missing(case_id, reason)
            case Accepted() | Refused() as reply:
                self.model.answer(reply)
                for answered in (self.review, self.shelves, self.health, self.carts):
                    answered.mark()
            case message:
                for notice in self.model.apply(message, at_ns=delivery.at_ns):
                    for page in self.pages:
                        page.take(notice)

    def _tick(self) -> None:
        at_ns = monotonic_ns()
        connection = self.model.connection(at_ns)
        self.theme.set_stale(connection.link is Link.LOST)
        self.banner.show_connection(connection)
        self.status.show_state(connection, at_ns)
        live = connection.link is Link.LIVE
        for place, page in enumerate(self.pages):
            self._show_alert(place, page.name, count=page.needs_person(), live=live)
        name = self.model.store.name
        self.setWindowTitle(f"{name} – Tillfree" if name else "Tillfree")
        self.review.want_evidence(at_ns)
        self.review.keep_hold(at_ns)
        self.pages[self.stack.currentIndex()].tick(at_ns)

    def _hold(self, case_id: CaseId | None) -> None:
        self.link.hold(HoldCase(console_id=self.model.review.console_id, by=self.model.review.by, case_id=case_id))

    def _accept_shelf(self, shelf_id: str) -> None:
        self._command(AcceptShelf(shelf_id=ShelfId(shelf_id)))

    def _command(self, command: Command) -> None:
        us = self.model.review
        request = CommandRequest(command_id=CommandId(uuid4().hex), by=us.by, command=command, console_id=us.console_id)
        self.model.send(request)
        self.link.give(request)

    # --- building ---------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        rail = QWidget()
        rail.setObjectName("rail")
        rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rail.setFixedWidth(132)
        buttons = QVBoxLayout(rail)
        buttons.setContentsMargins(0, 12, 1, 12)
        buttons.setSpacing(2)
        for place, page in enumerate(self.pages):
            self.stack.addWidget(page)
            buttons.addWidget(self._rail_button(place, page.name))
        buttons.addStretch()
        hint = label(_("?  keys"), "quiet")
        hint.setContentsMargins(17, 0, 17, 0)
        buttons.addWidget(hint)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(rail)
        across.addWidget(self.stack, 1)
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addLayout(across, 1)
        box.addWidget(self.status)
        self.setCentralWidget(whole)
        self.setMinimumSize(QSize(1180, 680))

    def _rail_button(self, place: int, name: str) -> QPushButton:
        button = QPushButton()
        button.setText(_(name))
        button.setCheckable(True)
        button.setToolTip(f"F{place + 1}")
        button.setAccessibleName(f"{_(name)}, F{place + 1}")
        button.clicked.connect(lambda: self.go_to(place))
        self._rail.addButton(button, place)
        return button

    def _connect(self) -> None:
        self.link.arrived.connect(self._empty_mailbox)
        self.review.decided.connect(self._command)
        self.overview.wanted.connect(self.open_page)
        self.shelves.accepted.connect(self._accept_shelf)
        self.receipts.desk.asked.connect(self._command)
        self.carts.papers.checked.connect(self._command)
        self.health.alarms.asked.connect(self._command)
        self.review.evidence_wanted.connect(self.link.fetch_evidence)
        self.review.holding.connect(self._hold)
        self.theme.changed.connect(self._recolour)
        for place in range(len(self.pages)):
            for key in (f"F{place + 1}", f"Ctrl+{place + 1}"):
                QShortcut(QKeySequence(key), self, lambda place=place: self.go_to(place))
        QShortcut(QKeySequence("?"), self, self.keys.toggle)
        QShortcut(QKeySequence("F9"), self, self.theme.next_appearance)
        QShortcut(QKeySequence("Ctrl+Q"), self, self.close)

    def _show_alert(self, place: int, name: str, *, count: int, live: bool) -> None:
        button, alert = self._rail.button(place), count > 0 and live
        text = f"{_(name)}  {number(count)}" if count else _(name)
        if button.text() != text:
            button.setText(text)
            button.setAccessibleName(f"{text}, F{place + 1}")
        if button.property("alert") != alert:
            button.setProperty("alert", alert)
            button.style().unpolish(button)
            button.style().polish(button)

    def _recolour(self) -> None:
        QApplication.setPalette(self.theme.palette())
        self.setStyleSheet(self.theme.style_sheet(values=False))
        self.stack.setStyleSheet(self.theme.style_sheet(values=True) if self.theme.stale else "")

    # --- the layout a person chose ----------------------------------------------------------------------------

    def _restore(self) -> None:
        self.resize(1366, 820)
        self.go_to(0)
        if self._settings.value("layout/version", 0, int) != LAYOUT_VERSION:
            return
        geometry = self._settings.value("layout/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        for split in self._splitters():
            state = self._settings.value(f"layout/split/{split.objectName()}")
            if state is not None:
                split.restoreState(state)
        self.go_to(min(int(str(self._settings.value("layout/page", 0))), len(self.pages) - 1))

    def _save(self) -> None:
        self._settings.setValue("layout/version", LAYOUT_VERSION)
        self._settings.setValue("layout/geometry", self.saveGeometry())
        self._settings.setValue("layout/page", self.stack.currentIndex())
        self._settings.setValue("layout/appearance", str(self.theme.appearance))
        for split in self._splitters():
            self._settings.setValue(f"layout/split/{split.objectName()}", split.saveState())
        self._settings.sync()

    def _splitters(self) -> list[QSplitter]:
        return [split for page in self.pages for split in page.splitters()]


def _appearance(settings: QSettings) -> Appearance:
    chosen = str(settings.value("layout/appearance", Appearance.SYSTEM))
    return Appearance(chosen) if chosen in list(Appearance) else Appearance.SYSTEM
