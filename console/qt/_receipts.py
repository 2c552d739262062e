"""Receipts: what was charged, and everything that was said of it since."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from console.language import N_, _, enumerated, ngettext, number, signed
from console.model import ConsoleModel, Place, Receipt, ReceiptChanged, change_minor, find_receipts, words
from console.qt._desk import Desk
from console.qt._page import Page, label, panel, split
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import clock_time, money
from console.qt._theme import Theme
from engine.domain import (
    DisputeOpened,
    DisputeOutcome,
    DisputeSettled,
    LaterFact,
    LineRefunded,
    ReceiptAdjusted,
    ReceiptId,
    ReceiptTax,
    SkuId,
)

_SETTLED = {
    DisputeOutcome.UPHELD: N_("Dispute upheld at {time} by {who}: {reason}"),
    DisputeOutcome.DENIED: N_("Dispute denied at {time} by {who}: {reason}"),
}


class ReceiptsPage(Page):
    """Receipts left, newest first; the chosen one right."""

    name = Place.RECEIPTS
    listens = (ReceiptChanged,)

    def __init__(self, model: ConsoleModel, theme: Theme) -> None:
        super().__init__(model, theme)
        columns = (
            Column(N_("Time")),
            Column(N_("Receipt")),
            Column(N_("Visit"), stretch=True),
            Column(N_("Items"), number=True),
            Column(N_("Changed"), number=True),
            Column(""),
            Column(N_("Total"), number=True),
        )
        lines = (
            Column(N_("Units"), number=True),
            Column(N_("Product"), stretch=True),
            Column(N_("Each"), number=True),
            Column(N_("Total"), number=True),
        )
        self.receipts = KeyedView(_("Receipts"), columns, theme)
        self.lines = KeyedView(_("Receipt lines"), lines, theme)
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("/  Receipt, visit or product"))
        self.search.setAccessibleName(_("Search receipts"))
        self.search.setClearButtonEnabled(True)
        self.found = label("", "quiet")
        self.found.setContentsMargins(10, 0, 10, 8)
        self._which, self._total = label("", "quiet"), label("", "figure")
        self._which.setContentsMargins(10, 0, 10, 0)
        self._total.setContentsMargins(10, 0, 10, 8)
        self._total.setAlignment(Qt.AlignmentFlag.AlignRight)
        left = panel(_("Receipts"), _inset(self.search), self.receipts, self.found)
        self.desk = Desk(model)
        right = panel(_("Lines"), self._which, self.lines, self._total, self.desk)
        self.fill(split("receipts", Qt.Orientation.Horizontal, left, right, sizes=(620, 440)))
        self.receipts.selectionModel().currentRowChanged.connect(self.mark)
        self.search.textChanged.connect(self.mark)
        self.search.returnPressed.connect(self.receipts.setFocus)
        self.desk.asked.connect(self.mark)
        self.desk.left.connect(self.lines.setFocus)
        keys = (("/", self.search.setFocus), ("Escape", self._leave), ("R", self._refund), ("D", self.desk.dispute))
        for key, act in keys:
            shortcut = QShortcut(QKeySequence(key), self, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.setFocusProxy(self.receipts)
        self.setTabOrder(self.receipts, self.lines)
        self.setTabOrder(self.lines, self.search)  # before the table the page's proxy would jump over it

    def refresh(self, at_ns: int) -> None:
        """Receipts, then the lines of the one that is chosen."""
        receipts = self.model.state.receipts
        newest_first = find_receipts(self.model.state, self.search.text())
        self.receipts.show_rows([self._row(receipt) for receipt in newest_first])
        if self.receipts.selected_key() is None and newest_first:
            self.receipts.select(newest_first[0].issued.receipt_id)
        self.found.setText(self._in_words(newest_first))
        self._show(receipts.get(ReceiptId(str(self.receipts.selected_key()))))

    def _leave(self) -> None:
        """Escape puts the form away, or else shows all receipts again."""
        if self.desk.form.isVisible():
            self.desk.leave()
            return
        self.search.clear()
        self.receipts.setFocus()

    def needs_person(self) -> int:
        """Receipts that a customer disputes."""
        return sum(receipt.dispute is not None for receipt in self.model.state.receipts.values())

    def _refund(self) -> None:
        key = self.lines.selected_key()
        self.desk.refund(SkuId(key) if isinstance(key, str) else None)

    def _in_words(self, shown: list[Receipt]) -> str:
        total = money(sum(receipt.total_minor for receipt in shown), self.model.store.currency)
        known = len(self.model.state.receipts)
        if self.search.text():
            return ngettext(
                "{shown} of {count} receipt, {total}",
                "{shown} of {count} receipts, {total}",
                known,
                shown=len(shown),
                total=total,
            )
        return ngettext("{count} receipt, {total}", "{count} receipts, {total}", known, total=total)

    def _row(self, receipt: Receipt) -> Row:
        issued = receipt.issued
        changed_minor = sum(map(change_minor, receipt.changes))
        total = money(receipt.total_minor, issued.currency)
        cells = (
            Cell(clock_time(self.model.clock.wall_ns(issued.t_ns)), "quiet"),
            Cell(words.short_id(issued.receipt_id)),
            Cell(words.shopper_name(issued.visit_id), "quiet"),
            Cell(number(sum(line.quantity for line in issued.lines))),
            Cell(money(changed_minor, issued.currency) if receipt.changes else "", "quiet"),
            Cell(_("disputed"), "warn") if receipt.dispute else Cell(""),
            Cell(total),
        )
        spoken = [words.shopper_name(issued.visit_id), total, *([_("disputed")] if receipt.dispute else [])]
        return Row(issued.receipt_id, cells, spoken=enumerated(spoken))

    def _show(self, receipt: Receipt | None) -> None:
        self.desk.show_receipt(receipt)
        if receipt is None:
            self._which.setText(_("No receipt yet"))
            self._total.setText("")
            self.lines.show_rows([])
            return
        issued = receipt.issued
        self._which.setText(_("Receipt {receipt}", receipt=issued.receipt_id))
        self._total.setText(money(receipt.total_minor, issued.currency))
        rows = [
            Row(
                line.sku_id,
                (
                    Cell(number(line.quantity)),
                    Cell(self.model.state.product_name(line.sku_id)),
                    Cell(money(line.unit_price_minor, issued.currency), "quiet"),
                    Cell(money(line.total_minor, issued.currency)),
                ),
            )
            for line in issued.lines
        ]
        rows += [Row(("withheld", sku_id), _withheld_cells(self.model, sku_id)) for sku_id in issued.withheld]
        rows += [Row(("tax", tax.tax_class_id), _tax_cells(tax, issued.currency)) for tax in issued.taxes]
        rows += [Row(("later", place), self._later(fact, issued.currency)) for place, fact in enumerate(receipt.later)]
        self.lines.show_rows(rows)
        if self.lines.selected_key() is None and rows:  # nothing bought, nothing on it
            self.lines.select(rows[0].key)

    def _later(self, fact: LaterFact, currency: str) -> tuple[Cell, ...]:
        """A line about what was said after the receipt; money only where some moved."""
        at = clock_time(self.model.clock.wall_ns(fact.t_ns))
        match fact:
            case ReceiptAdjusted():
                product = self.model.state.product_name(fact.sku_id)
                units, said = fact.quantity, _("{product}  (adjusted at {time})", product=product, time=at)
            case LineRefunded():
                product = self.model.state.product_name(fact.sku_id)
                units, said = (
                    -fact.quantity,
                    _(
                        "{product}  (refunded at {time} by {who}: {reason})",
                        product=product,
                        time=at,
                        who=fact.by,
                        reason=fact.reason,
                    ),
                )
            case DisputeOpened():
                said = _("Disputed at {time}, {who}: {reason}", time=at, who=fact.by, reason=fact.reason)
                return Cell(""), Cell(said, "warn"), Cell(""), Cell("")
            case DisputeSettled():
                said = _(_SETTLED[fact.outcome], time=at, who=fact.by, reason=fact.reason)
                return Cell(""), Cell(said, "quiet"), Cell(""), Cell("")
        counted = signed(units) if units else ""
        return Cell(counted), Cell(said, italic=True), Cell(""), Cell(money(change_minor(fact), currency))


def _withheld_cells(model: ConsoleModel, sku_id: SkuId) -> tuple[Cell, ...]:
    """What was in the cart and could not be sold."""
    said = _("{product}  (not sold: no age proved)", product=model.state.product_name(sku_id))
    return Cell(""), Cell(said, "quiet"), Cell(""), Cell("")


def _tax_cells(tax: ReceiptTax, currency: str) -> tuple[Cell, ...]:
    """A tax class's line; what is in the prices already is said in words, not added."""
    percent, amount = tax.rate_ppm / 10_000, money(tax.tax_minor, currency)
    rate = number(percent, 0 if percent.is_integer() else 1 if (10 * percent).is_integer() else 2)
    if tax.included:
        said = _("Tax {rate} % {name}, {amount} of it included", rate=rate, name=tax.tax_class_id, amount=amount)
        return Cell(""), Cell(said, "quiet"), Cell(""), Cell("")
    said = _("Tax {rate} % {name}", rate=rate, name=tax.tax_class_id)
    return Cell(""), Cell(said, "quiet"), Cell(""), Cell(amount)


def _inset(field: QLineEdit) -> QWidget:
    """A field that stands in from a panel's edge."""
    whole = QWidget()
    box = QHBoxLayout(whole)
    box.setContentsMargins(10, 0, 10, 0)
    box.addWidget(field)
    return whole
