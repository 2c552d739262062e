"""Receipts: what was charged, and everything that was said of it since."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from console.language import N_, _, enumerated, ngettext, number
from console.model import ConsoleModel, Place, Receipt, ReceiptChanged, change_minor, find_receipts, words
from console.qt._desk import Desk
from console.qt._handing_out import HandingOut, word_of_it
from console.qt._page import Page, label, label_box, panel, split
from console.qt._receipt_lines import line_history, receipt_lines
from console.qt._table import Cell, Column, KeyedView, Row
from console.qt._text import clock_time, money
from console.qt._theme import Theme
from engine.domain import (
    ReceiptId,
    SkuId,
)


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
        self.out = HandingOut(model, word_of_it())
        left = panel(_("Receipts"), _inset(self.search), self.receipts, self.found, self.out.said)
        self._history = label("", "quiet")
        self._history.setWordWrap(True)
        self._history.setContentsMargins(10, 0, 10, 8)
        self._history.setAccessibleName(_("How it came into the cart"))
        self.desk = Desk(model)
        history = label_box(_("How it came into the cart"), self._history)
        right = panel(_("Lines"), self._which, self.lines, self._total, history, self.desk)
        self.fill(split("receipts", Qt.Orientation.Horizontal, left, right, sizes=(620, 440)))
        for table in (self.receipts, self.lines):
            table.selectionModel().currentRowChanged.connect(self.mark)
        self.search.textChanged.connect(self.mark)
        self.search.returnPressed.connect(self.receipts.setFocus)
        self.desk.asked.connect(self.mark)
        self.desk.left.connect(self.lines.setFocus)
        for key, act in self._keys():
            shortcut = QShortcut(QKeySequence(key), self, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.setFocusProxy(self.receipts)
        self.setTabOrder(self.receipts, self.lines)
        self.setTabOrder(self.lines, self.search)  # before the table the page's proxy would jump over it

    def _keys(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("/", self.search.setFocus),
            ("Escape", self._leave),
            ("R", self._refund),
            ("D", self.desk.dispute),
            ("X", lambda: self.out.as_csv(self._shown())),
            ("P", lambda: self.out.as_pdf(self._chosen())),
            ("Ctrl+P", lambda: self.out.on_paper(self._chosen())),
        )

    def _shown(self) -> list[Receipt]:
        return find_receipts(self.model.state, self.search.text())

    def _chosen(self) -> Receipt | None:
        return self.model.state.receipts.get(ReceiptId(str(self.receipts.selected_key())))

    def refresh(self, at_ns: int) -> None:
        """Receipts, then the lines of the one that is chosen."""
        newest_first = self._shown()
        self.receipts.show_rows([self._row(receipt) for receipt in newest_first])
        if self.receipts.selected_key() is None and newest_first:
            self.receipts.select(newest_first[0].issued.receipt_id)
        self.found.setText(self._in_words(newest_first))
        self._show(self._chosen())

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
            self._history.setText("")
            self.lines.show_rows([])
            return
        issued = receipt.issued
        self._which.setText(_("Receipt {receipt}", receipt=issued.receipt_id))
        self._total.setText(money(receipt.total_minor, issued.currency))
        rows = receipt_lines(self.model, receipt)
        self.lines.show_rows(rows)
        if self.lines.selected_key() is None and rows:  # nothing bought, nothing on it
            self.lines.select(rows[0].key)
        self._history.setText(line_history(self.model, receipt, self.lines.selected_key()))


def _inset(field: QLineEdit) -> QWidget:
    """A field that stands in from a panel's edge."""
    whole = QWidget()
    box = QHBoxLayout(whole)
    box.setContentsMargins(10, 0, 10, 0)
    box.addWidget(field)
    return whole
