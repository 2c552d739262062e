"""The shelves: what lies there, what has to be brought or put back, and grams that nobody accounts for."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from console.language import N_, _, enumerated, ngettext, number, signed
from console.model import ConsoleModel, FacingStock, Level, Misplaced, Place, ShelvesChanged, words
from console.qt._page import Page, label, panel, split
from console.qt._shelf_wall import ShelfWall
from console.qt._table import Cell, Column, EnterableView, KeyedView, Row
from console.qt._text import clock_time
from console.qt._theme import Theme
from engine.domain import GramsMismatch, PlateStock, ShelfId, UnitMassProposal

_TO_DO = (Column(""), Column(N_("What"), stretch=True), Column(N_("Where")), Column(N_("Since")))
_RESTOCK = (
    Column(""),
    Column(N_("Product"), stretch=True),
    Column(N_("Shelf")),
    Column(N_("There"), True),
    Column(N_("Bring"), True),
)
_WEIGHTS = (
    Column(N_("Product"), stretch=True),
    Column(N_("Catalogue"), True),
    Column(N_("Weighed"), True),
    Column(N_("Units"), True),
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
        self.to_do = EnterableView(_("Needs a person"), _TO_DO, theme)
        self.restock = KeyedView(_("To restock"), _RESTOCK, theme)
        self.weights = KeyedView(_("Weights that trade has taught"), _WEIGHTS, theme)
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
        column.addWidget(panel(_("Chosen"), self.detail))
        right = split(
            "shelves-right",
            Qt.Orientation.Vertical,
            panel(_("Needs a person"), self.to_do, self.hint),
            panel(_("To restock"), self.restock),
            panel(_("Weights that trade has taught"), self.weights),
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
            calm = _("Every gram is accounted for, and everything lies where it belongs.")
            return "" if self.to_do.table.rows else calm
        sent = self.model.shelves.accepting.get(shelf_id)
        if sent is not None and sent.refused:
            return _("Not accepted: {reason}", reason=sent.refused)
        if sent is not None:
            return _("Shelf {shelf}: sent, waiting for the engine", shelf=shelf_id)
        if self._armed == shelf_id:
            return _("Enter again: you have looked at shelf {shelf}, and it is right as it lies.", shelf=shelf_id)
        return _("Look at the shelf; put right what is wrong. Enter takes it as it lies.")

    # --- rows -------------------------------------------------------------------------------------------------------

    def _flag_row(self, flag: GramsMismatch) -> Row:
        text = words.mismatch(flag)
        since = clock_time(self.model.clock.wall_ns(flag.since_ns), seconds=False)
        ink = "quiet" if self._is_sent(flag.shelf_id) else "warn"
        cells = (Cell("⚠", ink), Cell(text, ink), Cell(flag.shelf_id, "quiet"), Cell(since, "quiet"))
        return Row(flag, cells, spoken=text)

    def _misplaced_row(self, found: Misplaced) -> Row:
        name = self.model.state.product_name(found.lying.sku_id)
        home = enumerated(list(found.home)) or _("no shelf of its own")
        text = _("{units} × {product} → {home}", units=found.lying.units, product=name, home=home)
        spoken = _("{product} misplaced on {plate}", product=name, plate=found.plate_id)
        cells = (Cell("◆", "warn"), Cell(text), Cell(found.plate_id, "quiet"), Cell(""))
        return Row((found.plate_id, found.lying.sku_id), cells, spoken=spoken)

    def _restock_row(self, stock: FacingStock) -> Row:
        name = self.model.state.product_name(stock.facing.sku_id)
        ink = "warn" if stock.level is Level.EMPTY else "ink"
        cells = (
            Cell("○" if stock.level is Level.EMPTY else "◔", ink),
            Cell(name, ink),
            Cell(stock.shelf_id, "quiet"),
            Cell(number(stock.units or 0), ink),
            Cell(number(stock.wanted)),
        )
        spoken = _("{product}: {level}, bring {units}", product=name, level=_(stock.level), units=stock.wanted)
        return Row(stock.facing.facing_id, cells, spoken=spoken)

    def _weight_row(self, one: UnitMassProposal) -> Row:
        name = self.model.state.product_name(one.sku_id)
        learned = words.about_grams(one.learned_mg, one.sigma_mg, decimals=1)
        cells = (
            Cell(name),
            Cell(words.grams(one.catalogue_mg), "quiet"),
            Cell(learned),
            Cell(number(one.units), "quiet"),
        )
        return Row(one.sku_id, cells, spoken=_("{product} weighs {mass}", product=name, mass=learned))

    # --- the chosen facing ------------------------------------------------------------------------------------------

    def _in_words(self, stock: FacingStock | None) -> str:
        if stock is None:
            told = self.model.shelves.view is not None
            return _("This store has no facings.") if told else _("No stock told yet.")
        name = self.model.state.product_name(stock.facing.sku_id)
        plates = [self.model.shelves.plate(plate_id) for plate_id in stock.facing.plate_ids]
        planned = stock.facing.units
        lines = [_("{product} on shelf {shelf}, {units} planned", product=name, shelf=stock.shelf_id, units=planned)]
        lines += [_plate_in_words(plate) for plate in plates if plate is not None]
        for lying in stock.misplaced:
            other = self.model.state.product_name(lying.sku_id)
            lines.append(_("{units} × {product} lies here and belongs elsewhere", units=lying.units, product=other))
        return "\n".join(lines)


def _plate_in_words(plate: PlateStock) -> str:
    return ngettext(
        "Plate {plate}: {mass}, {count} unit {beside} g",
        "Plate {plate}: {mass}, {count} units {beside} g",
        plate.units,
        plate=plate.plate_id,
        mass=words.grams(plate.mass_mg),
        beside=signed(plate.beside_mg / 1000),
    )
