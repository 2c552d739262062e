"""Visits and what they hold: the list of visits, and the lines of one cart with the reason for each."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

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
from console.qt._page import Page, label, panel
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import clock_time, money
from console.qt._theme import Theme
from engine.domain import CartLine, PutBack, PutElsewhere, VisitId, signed_quantity

CHARGED_SHOWN = 5
_STAGES = {VisitStage.INSIDE: "inside", VisitStage.LEFT: "receipt pending", VisitStage.CHARGED: "charged"}


def visit_rows(model: ConsoleModel, at_ns: int, *, charged_shown: int = CHARGED_SHOWN) -> list[Row]:
    """One row a visit: who, stage, since, items, total."""
    visits = by_stage(list(model.state.visits.values()), charged_shown=charged_shown)
    return [_visit_row(model, visit, model.clock.engine_ns(at_ns)) for visit in visits]


VISIT_COLUMNS = (
    Column(""),
    Column("Visit"),
    Column("Stage", stretch=True),
    Column("For", number=True),
    Column("Items", number=True),
    Column("Total", number=True),
)


def _visit_row(model: ConsoleModel, visit: Visit, now_ns: int) -> Row:
    charged = visit.stage is VisitStage.CHARGED
    ink = "quiet" if charged else "ink"
    name = "Staff" if visit.staff else words.shopper_name(visit.visit_id)
    receipt = None if visit.receipt_id is None else model.state.receipts.get(visit.receipt_id)
    total_minor = model.state.total_minor(visit) if receipt is None else receipt.total_minor
    stage = _STAGES[visit.stage]
    if visit.stage is VisitStage.INSIDE and visit.track_id is None:
        stage = "at the gate"
    elif visit.provisional and visit.stage is VisitStage.INSIDE:
        stage = "weighing"
    total = money(total_minor, model.store.currency)
    duration = words.age(max(0.0, ((visit.left_ns or now_ns) - visit.opened_ns) / NS_PER_S))
    cells = (
        Cell("○", ink) if charged or visit.staff else Cell("●", shopper=visit.colour),
        Cell(name, ink),
        Cell(stage, "quiet"),
        Cell(duration, "quiet"),
        Cell(str(visit.items), ink, italic=visit.provisional),
        Cell(total, ink, italic=visit.provisional),
    )
    return Row(visit.visit_id, cells, spoken=f"{name}, {stage}, {visit.items} items, {total}")


class CartsPage(Page):
    """Visits left, the chosen one's cart right."""

    name = Place.CARTS
    listens = (VisitChanged, CartChanged, ReceiptChanged, CaseOpened, CaseClosed)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__(model, theme)
        self.visits = KeyedView("Visits", VISIT_COLUMNS, theme)
        columns = (
            Column(""),
            Column("Time"),
            Column("Units", number=True),
            Column("Product", stretch=True),
            Column("Facing"),
            Column("Sure", number=True),
            Column("Price", number=True),
        )
        self.lines = KeyedView("Cart lines", columns, theme)
        self._who, self._total = label("", "headline"), label("", "figure")
        self._about, self._reason = label("", "quiet"), label("")
        self._reason.setWordWrap(True)
        self._reason.setAccessibleName("Why this line")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("carts")
        split.addWidget(panel("VISITS", self.visits))
        split.addWidget(self._cart_panel())
        split.setSizes([420, 640])
        split.setChildrenCollapsible(False)
        box = QHBoxLayout(self)
        box.setContentsMargins(10, 10, 10, 10)
        box.addWidget(split)
        self.visits.selectionModel().currentRowChanged.connect(self.mark)
        self.lines.selectionModel().currentRowChanged.connect(self.mark)
        self.setFocusProxy(self.visits)

    def refresh(self, at_ns: int) -> None:
        """Visits, then the cart of the one that is chosen."""
        self.visits.show_rows(visit_rows(self.model, at_ns))
        if self.visits.selected_key() is None and self.visits.table.rows:
            self.visits.select(self.visits.table.rows[0].key)
        key = self.visits.selected_key()
        visit = self.model.state.visits.get(VisitId(str(key)))
        self._show_cart(visit)

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
        return panel("", head, self.lines, label_box("WHY", self._reason))

    def _show_cart(self, visit: Visit | None) -> None:
        if visit is None:
            self.lines.show_rows([])
            for empty in (self._total, self._about, self._reason):
                empty.setText("")
            self._who.setText("Nobody has come in yet")
            return
        self._who.setText("Staff" if visit.staff else words.shopper_name(visit.visit_id))
        self._about.setText(self._binding(visit))
        receipt = None if visit.receipt_id is None else self.model.state.receipts.get(visit.receipt_id)
        total_minor = self.model.state.total_minor(visit) if receipt is None else receipt.total_minor
        self._total.setText(money(total_minor, self.model.store.currency))
        asked = {case.asked.line_id for case in self.model.review.cases.values()}
        self.lines.show_rows([self._line_row(line, asked=line.line_id in asked) for line in visit.lines.values()])
        line = next((line for line in visit.lines.values() if line.line_id == self.lines.selected_key()), None)
        if line is None and visit.lines:
            line = list(visit.lines.values())[-1]
            self.lines.select(line.line_id)
        self._reason.setText(
            "Nothing in the cart yet." if line is None else self._why(line, asked=line.line_id in asked)
        )

    def _binding(self, visit: Visit) -> str:
        came = f"came in at {clock_time(self.model.clock.wall_ns(visit.opened_ns))}"
        if visit.track_id is None:
            return f"{came}, not yet seen on the floor"
        return f"{came}, token bound to track {visit.track_id} with {words.probability(visit.binding_ppm)}"

    def _line_row(self, line: CartLine, *, asked: bool) -> Row:
        quantity = signed_quantity(line)
        ink = "warn" if asked else "ink" if line.settled else "quiet"
        mark = "?" if asked else "●" if line.settled else "○"
        name = self.model.state.product_name(line.sku_id)
        if isinstance(line, PutElsewhere):
            name += "  (put on another product's place)"
        elif isinstance(line, PutBack):
            name += "  (put back)"
        price = money(self.model.state.line_minor(line), self.model.store.currency)
        state = "under review" if asked else "settled" if line.settled else "provisional"
        texts = (
            clock_time(self.model.clock.wall_ns(line.t_ns)),
            f"{quantity:+d}".replace("-", "−"),
            name,
            str(line.facing_id or "–"),
            words.probability(line.probability_ppm),
            price,
        )
        cells = tuple(Cell(text, ink, italic=not line.settled) for text in texts)
        return Row(line.line_id, (Cell(mark, ink), *cells), spoken=f"{state}: {quantity} {name}, {price}")

    def _why(self, line: CartLine, *, asked: bool) -> str:
        begin = "A person is asked about this line. " if asked else ""
        state = "" if line.settled else "Provisional, the weight still moves. "
        return f"{begin}{state}{words.reason(line.reason, self.model.state)}."


def label_box(title: str, content: QWidget) -> QWidget:
    """A small titled part of a panel."""
    whole = QWidget()
    box = QVBoxLayout(whole)
    box.setContentsMargins(0, 4, 0, 0)
    box.setSpacing(0)
    heading = label(title, "title")
    heading.setContentsMargins(10, 0, 10, 0)
    box.addWidget(heading)
    box.addWidget(content)
    return whole
