"""Saying what really happened: type a product, choose the shopper and how many, press Enter."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from console.language import N_, _
from console.model import Case, ConsoleModel, find_products, likely_quantity, open_visits, words
from console.qt._page import label
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import money
from console.qt._theme import Theme
from engine.domain import SkuId, Verdict, VisitId

_NOBODY = ""


class Correction(QWidget):
    """A verdict in the reviewer's own words; ``decided`` carries it, ``left`` says that none was given."""

    decided = Signal(object)
    left = Signal()

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._mass_mg = 0
        self._quantity_typed = False
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Product, SKU or GTIN"))
        self.search.setAccessibleName(_("Product search"))
        columns = (
            Column(N_("Product"), stretch=True),
            Column(N_("Unit"), number=True),
            Column(N_("Price"), number=True),
        )
        self.found = KeyedView(_("Products found"), columns, theme)
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.shopper = QComboBox()
        self.shopper.setAccessibleName(_("Whose cart"))
        self.shopper.view().setAccessibleName(_("Carts"))
        self.quantity = QSpinBox()
        self.quantity.setRange(-99, 99)
        self.quantity.setAccessibleName(_("Units taken, negative when put back"))
        self._lay_out()
        self.search.textChanged.connect(self._find)
        self.quantity.textChanged.connect(self._typed)
        for field in (self.search, self.shopper, self.quantity):
            field.installEventFilter(self)

    def begin(self, case: Case) -> None:
        """Start from a case: its likeliest shopper, its mass."""
        self._mass_mg = case.asked.mass_mg
        self._quantity_typed = False
        self.shopper.clear()
        for visit_id in open_visits(case, self._model.state):
            self.shopper.addItem(words.shopper_name(visit_id), visit_id)
        self.shopper.addItem(_("Nobody's cart"), _NOBODY)
        self.search.clear()
        self._find("")
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter decides from every field, Escape leaves; in the search the arrows move in the list."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._decide()
        elif key is Qt.Key.Key_Escape:
            self.left.emit()
        elif watched is self.search and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move(1 if key is Qt.Key.Key_Down else -1)
        else:
            return super().eventFilter(watched, event)
        return True

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 0, 10, 6)
        grid.setSpacing(6)
        grid.addWidget(self.search, 0, 0, 1, 4)
        grid.addWidget(self.found, 1, 0, 1, 4)
        grid.addWidget(label(_("Cart of"), "quiet"), 2, 0)
        grid.addWidget(self.shopper, 2, 1)
        grid.addWidget(label(_("Units (− put back)"), "quiet"), 2, 2)
        grid.addWidget(self.quantity, 2, 3)
        keys = label(_("Enter decides    ↑ ↓ product    Tab next field    Esc back"), "quiet")
        grid.addWidget(keys, 3, 0, 1, 4)
        grid.setColumnStretch(1, 1)

    def _find(self, typed: str) -> None:
        products = find_products(self._model.store, typed, mass_mg=self._mass_mg)
        currency = self._model.store.currency
        self.found.show_rows(
            [
                Row(
                    product.sku_id,
                    (
                        Cell(product.name),
                        Cell(words.grams(1000 * product.unit_mass_g), "quiet"),
                        Cell(money(product.price_minor, currency), "quiet"),
                    ),
                )
                for product in products
            ]
        )
        if products:
            self.found.select(products[0].sku_id)
        self._propose_quantity()

    def _move(self, rows: int) -> None:
        place = self.found.currentIndex().row() + rows
        if 0 <= place < len(self.found.table.rows):
            self.found.setCurrentIndex(self.found.table.index(place, 0))
            self._propose_quantity()

    def _propose_quantity(self) -> None:
        product = self._model.store.product_by_sku.get(SkuId(str(self.found.selected_key())))
        if product is not None and not self._quantity_typed:
            self.quantity.blockSignals(True)  # a proposal is not what the reviewer typed
            self.quantity.setValue(likely_quantity(product, self._mass_mg))
            self.quantity.blockSignals(False)

    def _typed(self) -> None:
        self._quantity_typed = True

    def _decide(self) -> None:
        sku_id = self.found.selected_key()
        if sku_id is None or not self.quantity.value():
            return
        visit_id = str(self.shopper.currentData())
        verdict = Verdict(
            visit_id=VisitId(visit_id) if visit_id != _NOBODY else None,
            sku_id=SkuId(str(sku_id)),
            quantity=self.quantity.value(),
        )
        self.decided.emit(verdict)
