"""Visits and what they hold: the list of visits, and the lines of one cart with the reason for each."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.language import N_, _, listed, ngettext, number, sentences, signed
from console.model import (
    NS_PER_S,
    CartChanged,
    CaseClosed,
    CaseOpened,
    ConsoleModel,
    Place,
    ReceiptChanged,
    Visit,
    VisitChanged,
    VisitStage,
    by_stage,
    words,
)
from console.qt._chosen import Chosen
from console.qt._page import Page, label, label_box, panel, split
from console.qt._papers import Papers
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import clock_time, money
from console.qt._theme import Theme
from engine.domain import CartLine, PutBack, PutElsewhere, VisitId, signed_quantity

CHARGED_SHOWN = 5
_STAGES = {VisitStage.INSIDE: N_("inside"), VisitStage.LEFT: N_("receipt pending"), VisitStage.CHARGED: N_("charged")}


def visit_rows(model: ConsoleModel, at_ns: int, *, charged_shown: int = CHARGED_SHOWN) -> list[Row]:
    """One row a visit: who, stage, since, items, total."""
    visits = by_stage(list(model.state.visits.values()), charged_shown=charged_shown)
    return [_visit_row(model, visit, model.clock.engine_ns(at_ns)) for visit in visits]


VISIT_COLUMNS = (
    Column(""),
    Column(N_("Visit")),
    Column(N_("Stage"), stretch=True),
    Column(N_("For"), number=True),
    Column(N_("Items"), number=True),
    Column(N_("Total"), number=True),
)


def _visit_row(model: ConsoleModel, visit: Visit, now_ns: int) -> Row:
    charged = visit.stage is VisitStage.CHARGED
    ink = "quiet" if charged else "ink"
    name = words.visitor_name(visit)
    receipt = None if visit.receipt_id is None else model.state.receipts.get(visit.receipt_id)
    total_minor = model.state.total_minor(visit) if receipt is None else receipt.total_minor
    stage = _("check papers") if visit.age_needed is not None else _(_STAGES[visit.stage])
    if visit.stage is VisitStage.INSIDE and visit.age_needed is None:
        if visit.track_id is None:
            stage = _("at the gate")
        elif visit.provisional:
            stage = _("weighing")
    total = money(total_minor, model.store.currency)
    duration = words.age(max(0.0, ((visit.left_ns or now_ns) - visit.opened_ns) / NS_PER_S))
    cells = (
        Cell("○", ink) if charged or visit.staff else Cell("●", shopper=visit.colour),
        Cell(name, ink),
        Cell(stage, "warn" if visit.age_needed is not None else "quiet"),
        Cell(duration, "quiet"),
        Cell(number(visit.items), ink, italic=visit.provisional),
        Cell(total, ink, italic=visit.provisional),
    )
    items = ngettext("{count} item", "{count} items", visit.items)
    return Row(visit.visit_id, cells, spoken=listed([name, stage, items, total]))


LINE_COLUMNS = (
    Column(""),
    Column(N_("Time")),
    Column(N_("Units"), number=True),
    Column(N_("Product"), stretch=True),
    Column(N_("Facing")),
    Column(N_("Sure"), number=True),
    Column(N_("Price"), number=True),
)


def line_rows(model: ConsoleModel, visit: Visit) -> list[Row]:
    """One row a line of the visit's cart: state, time, units, product, facing, probability, price."""
    asked = {case.asked.line_id for case in model.review.cases.values()}
    return [_line_row(model, visit, line, asked=line.line_id in asked) for line in visit.lines.values()]


def why(model: ConsoleModel, line: CartLine) -> str:
    """Why a line says what it says, and whether that is its last word."""
    asked = any(case.asked.line_id == line.line_id for case in model.review.cases.values())
    said = [_("A person is asked about this line")] if asked else []
    said += [] if line.settled else [_("Provisional, the weight still moves")]
    return _("{reason}.", reason=sentences([*said, words.reason(line.reason, model.state)]))


def _line_row(model: ConsoleModel, visit: Visit, line: CartLine, *, asked: bool) -> Row:
    quantity = signed_quantity(line)
    ink = "warn" if asked else "ink" if line.settled else "quiet"
    mark = "?" if asked else "●" if line.settled else "○"
    name = model.state.product_name(line.sku_id)
    if isinstance(line, PutElsewhere):
        name = _("{product}  (put on another product's place)", product=name)
    elif isinstance(line, PutBack):
        name = _("{product}  (put back)", product=name)
    elif model.state.is_withheld(visit, line.sku_id):
        name = _("{product}  (not sold: no age proved)", product=name)
    price = money(model.state.line_minor(line), model.store.currency)
    state = _("under review") if asked else _("settled") if line.settled else _("provisional")
    texts = (
        clock_time(model.clock.wall_ns(line.t_ns)),
        signed(quantity),
        name,
        str(line.facing_id or "–"),
        words.probability(line.probability_ppm),
        price,
    )
    cells = tuple(Cell(text, ink, italic=not line.settled) for text in texts)
    return Row(line.line_id, (Cell(mark, ink), *cells), spoken=listed([state, signed(quantity), name, price]))


class CartsPage(Page):
    """Visits left, the chosen one's cart right."""

    name = Place.CARTS
    listens = (VisitChanged, CartChanged, ReceiptChanged, CaseOpened, CaseClosed)

    def __init__(self, model: ConsoleModel, theme: Theme, chosen: Chosen) -> None:
        super().__init__(model, theme)
        self._chosen = chosen
        self.visits = KeyedView(_("Visits"), VISIT_COLUMNS, theme)
        self.lines = KeyedView(_("Cart lines"), LINE_COLUMNS, theme)
        self._who, self._total = label("", "headline"), label("", "figure")
        self._about, self._reason = label("", "quiet"), label("")
        self._reason.setWordWrap(True)
        self._reason.setAccessibleName(_("Why this line"))
        self.papers = Papers(model)
        self.papers.bind_keys(self)
        visits = panel(_("Visits"), self.visits)
        self.fill(split("carts", Qt.Orientation.Horizontal, visits, self._cart_panel(), sizes=(420, 640)))
        self.visits.selectionModel().currentRowChanged.connect(self._follow)
        chosen.changed.connect(self.mark)
        self.lines.selectionModel().currentRowChanged.connect(self.mark)
        self.setFocusProxy(self.visits)

    def refresh(self, at_ns: int) -> None:
        """Visits, then the cart of the one that is chosen."""
        self.visits.show_rows(visit_rows(self.model, at_ns))
        self.visits.select(self._chosen.visit_id)
        if self.visits.selected_key() is None and self.visits.table.rows:
            self.visits.select(self._first_to_see())
        self._show_cart(self.model.state.visits.get(VisitId(str(self.visits.selected_key()))))

    def _first_to_see(self) -> object:
        """A visit that waits for a person, if one does."""
        waiting = (visit.visit_id for visit in self.model.state.visits.values() if visit.age_needed is not None)
        return next(waiting, self.visits.table.rows[0].key)

    def _follow(self) -> None:
        """Whoever is chosen here is followed everywhere."""
        key = self.visits.selected_key()
        if key is not None and self.isVisible():
            self._chosen.choose(VisitId(str(key)))
        self.mark()

    def _cart_panel(self) -> QWidget:
        top = QHBoxLayout()
        top.setContentsMargins(10, 2, 10, 0)
        names = QVBoxLayout()
        names.addWidget(self._who)
        names.addWidget(self._about)
        top.addLayout(names)
        top.addStretch()
        top.addWidget(self._total)
        head = QWidget()
        head.setLayout(top)
        self._reason.setContentsMargins(10, 4, 10, 10)
        return panel("", head, self.papers, self.lines, label_box(_("Why"), self._reason))

    def needs_person(self) -> int:
        """Shoppers whose papers are to be checked."""
        return sum(visit.age_needed is not None for visit in self.model.state.visits.values())

    def _show_cart(self, visit: Visit | None) -> None:
        self.papers.show_visit(visit)
        if visit is None:
            self.lines.show_rows([])
            for empty in (self._total, self._about, self._reason):
                empty.setText("")
            self._who.setText(_("Nobody has come in yet"))
            return
        self._who.setText(words.visitor_name(visit))
        self._about.setText(self._binding(visit))
        receipt = None if visit.receipt_id is None else self.model.state.receipts.get(visit.receipt_id)
        total_minor = self.model.state.total_minor(visit) if receipt is None else receipt.total_minor
        self._total.setText(money(total_minor, self.model.store.currency))
        self.lines.show_rows(line_rows(self.model, visit))
        line = next((line for line in visit.lines.values() if line.line_id == self.lines.selected_key()), None)
        if line is None and visit.lines:
            line = list(visit.lines.values())[-1]
            self.lines.select(line.line_id)
        self._reason.setText(_("Nothing in the cart yet.") if line is None else why(self.model, line))

    def _binding(self, visit: Visit) -> str:
        time = clock_time(self.model.clock.wall_ns(visit.opened_ns))
        if visit.track_id is None:
            return _("came in at {time}, not yet seen on the floor", time=time)
        sure = words.probability(visit.binding_ppm)
        return _(
            "came in at {time}, token bound to track {track} with {sure}",
            time=time,
            track=str(visit.track_id),
            sure=sure,
        )
