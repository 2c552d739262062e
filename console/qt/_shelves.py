"""The shelves: what lies there, what has to be brought or put back, and grams that nobody accounts for."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from console.model import ConsoleModel, FacingStock, Level, Misplaced, Place, ShelvesChanged, words
from console.qt._page import Page, label, panel, split
from console.qt._shelf_wall import ShelfWall
from console.qt._table import Cell, Column, EnterableView, KeyedView, Row
from console.qt._text import clock_time
from console.qt._theme import Theme
from engine.domain import GramsMismatch, PlateStock, ShelfId, UnitMassProposal

_TO_DO = (Column(""), Column("What", stretch=True), Column("Where"), Column("Since"))
_RESTOCK = (Column(""), Column("Product", stretch=True), Column("Shelf"), Column("There", True), Column("Bring", True))
_WEIGHTS = (
    Column("Product", stretch=True),
    Column("Catalogue", True),
    Column("Weighed", True),
    Column("Units", True),
)


class ShelvesPage(Page):
    """The wall left; what needs a person, restocking and learned weights right."""

    name = Place.SHELVES
    listens = (ShelvesChanged,)
    accepted = Signal(str)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__(model, theme)
        self.wall = ShelfWall(model, theme)
        self.detail = label("", "quiet")
        self.to_do = EnterableView("Needs a person", _TO_DO, theme)
        self.restock = KeyedView("To restock", _RESTOCK, theme)
        self.weights = KeyedView("Weights that trade has taught", _WEIGHTS, theme)
        self.hint = label("", "quiet")
        self._armed: ShelfId | None = None
        self._lay_out()
        self.wall.chosen.connect(self.mark)
        self.to_do.entered_row.connect(self._act)
        self.to_do.selectionModel().currentRowChanged.connect(self._disarm)
        self.setFocusProxy(self.wall)

    def needs_person(self) -> int:
        """Shelves whose grams do not add up; what to bring can wait."""
        return len(self.model.shelves.mismatches)

    def refresh(self, at_ns: int) -> None:
        """Everything: it is said every few seconds only."""
        shelves = self.model.shelves
        stock = shelves.facings()
        self.wall.show_stock(stock)
        chosen = stock.get(self.wall.facing_id) if self.wall.facing_id is not None else None
        self.detail.setText(self._in_words(chosen))
        flags = [self._flag_row(flag) for flag in shelves.mismatches.values()]
        self.to_do.show_rows(flags + [self._misplaced_row(one) for one in shelves.misplaced()])
        self.restock.show_rows([self._restock_row(facing) for facing in shelves.to_restock()])
        self.weights.show_rows([self._weight_row(one) for one in shelves.proposals()])
        self.hint.setText(self._hint())

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setObjectName("panel")
        scroll.setWidget(self.wall)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for shown in (self.detail, self.hint):
            shown.setWordWrap(True)
            shown.setContentsMargins(10, 0, 10, 8)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(scroll, 1)
        column.addWidget(panel("CHOSEN", self.detail))
        right = split(
            "shelves-right",
            Qt.Orientation.Vertical,
            panel("NEEDS A PERSON", self.to_do, self.hint),
            panel("TO RESTOCK", self.restock),
            panel("WEIGHTS THAT TRADE HAS TAUGHT", self.weights),
            sizes=(260, 320, 160),
        )
        self.fill(split("shelves", Qt.Orientation.Horizontal, left, right, sizes=(760, 460)))

    # --- taking a shelf as it lies ----------------------------------------------------------------------------------

    def _act(self) -> None:
        """Enter arms, Enter again sends: a shelf is accepted by somebody who has looked, not by a slip."""
        shelf_id = self._flagged()
        if shelf_id is None or self._is_sent(shelf_id):
            return
        if self._armed == shelf_id:
            self._armed = None
            self.accepted.emit(shelf_id)
        else:
            self._armed = shelf_id
        self.mark()

    def _disarm(self) -> None:
        self._armed = None
        self.mark()

    def _flagged(self) -> ShelfId | None:
        key = self.to_do.selected_key()
        return key.shelf_id if isinstance(key, GramsMismatch) else None

    def _is_sent(self, shelf_id: ShelfId) -> bool:
        sent = self.model.shelves.accepting.get(shelf_id)
        return sent is not None and not sent.refused

    def _hint(self) -> str:
        shelf_id = self._flagged()
        if shelf_id is None:
            return "" if self.to_do.table.rows else "Every gram is accounted for, and everything lies where it belongs."
        sent = self.model.shelves.accepting.get(shelf_id)
        if sent is not None:
            return (
                f"Not accepted: {sent.refused}" if sent.refused else f"Shelf {shelf_id}: sent, waiting for the engine"
            )
        if self._armed == shelf_id:
            return f"Enter again: you have looked at shelf {shelf_id}, and it is right as it lies."
        return "Look at the shelf; put right what is wrong. Enter takes it as it lies."

    # --- rows -------------------------------------------------------------------------------------------------------

    def _flag_row(self, flag: GramsMismatch) -> Row:
        text = words.mismatch(flag)
        since = clock_time(self.model.clock.wall_ns(flag.since_ns), seconds=False)
        ink = "quiet" if self._is_sent(flag.shelf_id) else "warn"
        cells = (Cell("⚠", ink), Cell(text, ink), Cell(flag.shelf_id, "quiet"), Cell(since, "quiet"))
        return Row(flag, cells, spoken=text)

    def _misplaced_row(self, found: Misplaced) -> Row:
        name = self.model.state.product_name(found.lying.sku_id)
        home = ", ".join(found.home) or "no shelf of its own"
        text = f"{found.lying.units} × {name} → {home}"
        cells = (Cell("◆", "warn"), Cell(text), Cell(found.plate_id, "quiet"), Cell(""))
        return Row((found.plate_id, found.lying.sku_id), cells, spoken=f"{name} misplaced on {found.plate_id}")

    def _restock_row(self, stock: FacingStock) -> Row:
        name = self.model.state.product_name(stock.facing.sku_id)
        ink = "warn" if stock.level is Level.EMPTY else "ink"
        cells = (
            Cell("○" if stock.level is Level.EMPTY else "◔", ink),
            Cell(name, ink),
            Cell(stock.shelf_id, "quiet"),
            Cell(str(stock.units), ink),
            Cell(str(stock.wanted)),
        )
        return Row(stock.facing.facing_id, cells, spoken=f"{name}: {stock.level}, bring {stock.wanted}")

    def _weight_row(self, one: UnitMassProposal) -> Row:
        name = self.model.state.product_name(one.sku_id)
        learned = f"{one.learned_mg / 1000:.1f} ± {one.sigma_mg / 1000:.1f} g"
        cells = (Cell(name), Cell(words.grams(one.catalogue_mg), "quiet"), Cell(learned), Cell(str(one.units), "quiet"))
        return Row(one.sku_id, cells, spoken=f"{name} weighs {learned}")

    # --- the chosen facing ------------------------------------------------------------------------------------------

    def _in_words(self, stock: FacingStock | None) -> str:
        if stock is None:
            return "This store has no facings." if self.model.shelves.view is not None else "No stock told yet."
        name = self.model.state.product_name(stock.facing.sku_id)
        plates = [self.model.shelves.plate(plate_id) for plate_id in stock.facing.plate_ids]
        lines = [f"{name} on shelf {stock.shelf_id}, {stock.facing.units} planned"]
        lines += [_plate_in_words(plate) for plate in plates if plate is not None]
        for lying in stock.misplaced:
            lines.append(
                f"{lying.units} × {self.model.state.product_name(lying.sku_id)} lies here and belongs elsewhere"
            )
        return "\n".join(lines)


def _plate_in_words(plate: PlateStock) -> str:
    beside = f"{plate.beside_mg / 1000:+.0f} g".replace("-", "−")
    return f"Plate {plate.plate_id}: {words.grams(plate.mass_mg)}, {plate.units} units {beside}"
