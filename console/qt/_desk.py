"""What can be done about a receipt: give units back, note what a customer disputes, settle it. In place, by keys."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from console.language import N_, _
from console.model import ConsoleModel, Receipt
from console.qt._page import label, restyle
from engine.domain import DisputeOutcome, OpenDispute, ReceiptCommand, RefundLine, SettleDispute, SkuId, may

_OUTCOMES = {N_("The customer is right"): DisputeOutcome.UPHELD, N_("The customer is wrong"): DisputeOutcome.DENIED}


class Desk(QWidget):
    """A line that says what can be done, and the form for doing it. ``asked`` carries a command, ``left`` none."""

    asked = Signal(object)
    left = Signal()

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__()
        self._model = model
        self._receipt: Receipt | None = None
        self._sku_id: SkuId | None = None
        self.hint = label("", "quiet")
        self.form = QWidget()
        self.what = label("")
        self.units = QSpinBox()
        self.outcome = QComboBox()
        self.reason = QLineEdit()
        self._lay_out()
        self.reason.returnPressed.connect(self._ask)

    def show_receipt(self, receipt: Receipt | None) -> None:
        """The receipt that is looked at; a form about another one is put away."""
        before, self._receipt = self._receipt, receipt
        if receipt is None or before is None or receipt.issued.receipt_id != before.issued.receipt_id:
            self.form.hide()
        style, text = self._in_words()
        restyle(self.hint, style)
        self.hint.setText(text)

    def refund(self, sku_id: SkuId | None) -> None:
        """Begin to give units of a product back."""
        left = self._receipt.units(sku_id) if self._receipt is not None and sku_id is not None else 0
        if self._receipt is None or sku_id is None or not left:
            return
        self._sku_id = sku_id
        self.units.setRange(1, left)
        self.units.setValue(1)
        product = self._model.state.product_name(sku_id)
        self._begin(_("Refund {product}, {units} at most:", product=product, units=left), units=True)

    def dispute(self) -> None:
        """Begin to note a dispute, or to settle the one that is open."""
        if self._receipt is not None:
            self._sku_id = None
            settles = self._receipt.dispute is not None
            self._begin(_("Settle:") if settles else _("The customer says:"), outcome=settles)

    def leave(self) -> None:
        """Put the form away, done or not."""
        self.form.hide()
        self.left.emit()

    def _lay_out(self) -> None:
        self.hint.setWordWrap(True)
        self.units.setAccessibleName(_("Units to refund"))
        for text, outcome in _OUTCOMES.items():
            self.outcome.addItem(_(text), outcome)
        self.outcome.setAccessibleName(_("Who is right"))
        self.outcome.view().setAccessibleName(_("Who is right"))
        self.reason.setMaxLength(200)
        self.reason.setAccessibleName(_("Reason"))
        self.reason.setPlaceholderText(_("Why; Enter does it, Escape does not"))
        row = QHBoxLayout(self.form)
        row.setContentsMargins(0, 0, 0, 0)
        for field in (self.what, self.units, self.outcome):
            row.addWidget(field)
        row.addWidget(self.reason, 1)
        self.form.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 0, 10, 8)
        box.addWidget(self.form)
        box.addWidget(self.hint)

    def _begin(self, what: str, *, units: bool = False, outcome: bool = False) -> None:
        command = self._command("?")
        operator = self._model.operator
        if command is None or (operator is not None and not may(operator.role, command)):
            self.form.hide()
            restyle(self.hint, "warn")
            self.hint.setText(_("That is a manager's to do. Ask one, or sign in with a manager's key."))
            return
        self.what.setText(what)
        self.units.setVisible(units)
        self.outcome.setVisible(outcome)
        self.reason.clear()
        self.form.show()
        (self.units if units else self.outcome if outcome else self.reason).setFocus()

    def _command(self, reason: str) -> ReceiptCommand | None:
        if self._receipt is None:
            return None
        receipt_id = self._receipt.issued.receipt_id
        if self._sku_id is not None:
            return RefundLine(receipt_id=receipt_id, sku_id=self._sku_id, quantity=self.units.value(), reason=reason)
        if self._receipt.dispute is None:
            return OpenDispute(receipt_id=receipt_id, reason=reason)
        outcome = DisputeOutcome(self.outcome.currentData())
        return SettleDispute(receipt_id=receipt_id, outcome=outcome, reason=reason)

    def _ask(self) -> None:
        command = self._command(self.reason.text().strip())
        if command is not None and command.reason:
            self.asked.emit(command)
            self.leave()

    def _in_words(self) -> tuple[str, str]:
        """The hint, and the style it is shown in."""
        if self._receipt is None:
            return "quiet", ""
        request = self._model.desk.requests.get(self._receipt.issued.receipt_id)
        if request is not None and request.refused:
            return "warn", _("Not done: {reason}.", reason=request.refused)
        if request is not None:
            return "quiet", _("Sent, waiting for the engine.")
        dispute = self._receipt.dispute
        if dispute is not None:
            told = _("Disputed: {reason}. D settles it; what is owed is refunded by R.", reason=dispute.reason)
            return "warn", told
        return "quiet", _("R gives units of the chosen line back, D notes what a customer disputes.")
