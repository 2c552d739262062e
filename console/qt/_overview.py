"""Is the store all right? Nine figures, grey while it is, and one list of everything that waits for a person."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.language import N_, _
from console.model import NS_PER_S, ConsoleModel, Need, Place, VisitStage, latest_lines, needs, overview, words
from console.qt._page import Page, label, panel, split
from console.qt._readings import READINGS
from console.qt._table import Cell, Column, EnterableView, Row
from console.qt._text import clock_time
from console.qt._theme import Theme
from console.qt._tile import Tile
from engine.domain import CartLine, Verdict, signed_quantity

_COLUMNS = 3
_LATEST_SHOWN = 40
_LATEST = (Column(""), Column(N_("Time")), Column(N_("What"), stretch=True), Column(N_("Sure"), number=True))
_NEEDS = (Column(""), Column(N_("What"), stretch=True), Column(N_("For"), number=True), Column(N_("Page")))


class OverviewPage(Page):
    """Tiles left, what needs a person right."""

    name = Place.OVERVIEW
    wanted = Signal(object)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__(model, theme)
        self.tiles = {title: Tile(title, reading.place, theme) for title, reading in READINGS.items()}
        self.needs = EnterableView(_("Needs a person"), _NEEDS, theme)
        self.latest = EnterableView(_("Latest"), _LATEST, theme)
        self.calm = label("", "quiet")
        self._lay_out()
        for tile in self.tiles.values():
            tile.clicked.connect(lambda _=False, place=tile.place: self.wanted.emit(place))
        for entered in (self.needs.entered_row, self.needs.doubleClicked):
            entered.connect(self._open)
        for entered in (self.latest.entered_row, self.latest.doubleClicked):
            entered.connect(lambda *_: self.wanted.emit(Place.CARTS))
        self.setFocusProxy(self.tiles["Inside"])

    def refresh(self, at_ns: int) -> None:
        """Once a second: everything here is a sum over what changed."""
        now_ns = self.model.clock.engine_ns(at_ns)
        now = overview(self.model, now_ns)
        for title, reading in READINGS.items():
            self.tiles[title].show_reading(reading.say(now, self.model, now_ns))
        shown = needs(self.model, now_ns)
        self.needs.show_rows([_row(need, now_ns) for need in shown])
        self.latest.show_rows([self._line_row(line) for line in latest_lines(self.model, _LATEST_SHOWN)])
        self.calm.setText("" if shown else _("Nothing needs a person."))
        self.calm.setVisible(not shown)

    def _lay_out(self) -> None:
        left, grid = QWidget(), QGridLayout()
        grid.setSpacing(8)
        for place, tile in enumerate(self.tiles.values()):
            grid.addWidget(tile, place // _COLUMNS, place % _COLUMNS)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(panel(_("Latest"), self.latest), 1)
        self.calm.setContentsMargins(10, 0, 10, 10)
        waiting = panel(_("Needs a person"), self.calm, self.needs)
        self.fill(split("overview", Qt.Orientation.Horizontal, left, waiting, sizes=(760, 460)))

    def _line_row(self, line: CartLine) -> Row:
        state = self.model.state
        visit = state.visits[line.visit_id]
        text = words.verdict(Verdict(visit_id=line.visit_id, sku_id=line.sku_id, quantity=signed_quantity(line)), state)
        cells = (
            Cell("●", shopper=visit.colour) if visit.stage is VisitStage.INSIDE else Cell("○", "quiet"),
            Cell(clock_time(self.model.clock.wall_ns(line.t_ns)), "quiet"),
            Cell(text, "ink" if line.settled else "quiet", italic=not line.settled),
            Cell(words.probability(line.probability_ppm), "quiet"),
        )
        return Row(line.line_id, cells, spoken=text)

    def _open(self) -> None:
        key = self.needs.selected_key()
        if isinstance(key, Need):
            self.wanted.emit(key.place)


def _row(need: Need, now_ns: int) -> Row:
    ink = "alarm" if need.alarm else "warn"
    ago = "" if need.since_ns is None else words.age((now_ns - need.since_ns) / NS_PER_S)
    cells = (Cell("⚠" if need.alarm else "●", ink), Cell(need.text), Cell(ago, "quiet"), Cell(_(need.place), "quiet"))
    return Row(need, cells, spoken=_("{what}: {problem}", what=_(need.place), problem=need.text))
