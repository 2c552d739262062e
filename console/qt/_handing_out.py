"""Receipts that leave the console: as CSV, as PDF, on paper. Beside the table stands what became of the last."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel

from console.language import _, ngettext
from console.model import ConsoleModel, Receipt, receipts_csv
from console.qt._page import label, restyle
from console.qt._receipt_paper import pdf, print_paper, receipt_paper


class HandingOut:
    """Asks where to, without stopping the window, and says how it went in ``said``."""

    def __init__(self, model: ConsoleModel, said: QLabel) -> None:
        self._model, self.said = model, said

    def as_csv(self, receipts: Sequence[Receipt]) -> None:
        """Ask for a file, and write what the ledger has of these receipts into it."""
        if receipts:
            self._ask(_("Receipts as CSV"), "receipts.csv", lambda file: self.write_csv(receipts, file))

    def as_pdf(self, receipt: Receipt | None) -> None:
        """Ask for a file, and print a receipt into it."""
        if receipt is not None:
            proposed = f"{receipt.issued.receipt_id}.pdf"
            self._ask(_("Receipt as PDF"), proposed, lambda file: self.write_pdf(receipt, file))

    def on_paper(self, receipt: Receipt | None) -> None:
        """Ask for a printer, and print a receipt."""
        if receipt is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self.said.window())
        dialog.accepted.connect(lambda: self._print(receipt, printer))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def write_csv(self, receipts: Sequence[Receipt], file: str) -> None:
        """Write receipts into a file, and say so."""
        try:
            Path(file).write_text(receipts_csv(receipts, self._model.clock), encoding="utf-8", newline="")
        except OSError as error:
            return self._failed(file, error.strerror or str(error))
        count = len(receipts)
        return self._tell(
            ngettext("{count} receipt written to {file}", "{count} receipts written to {file}", count, file=file)
        )

    def write_pdf(self, receipt: Receipt, file: str) -> None:
        """Print a receipt into a file, and say so."""
        try:
            with Path(file).open("ab"):  # Qt does not say why it cannot
                pass
        except OSError as error:
            return self._failed(file, error.strerror or str(error))
        print_paper(receipt_paper(self._model, receipt), pdf(file))
        return self._tell(_("Receipt {receipt} written to {file}", receipt=receipt.issued.receipt_id, file=file))

    def _print(self, receipt: Receipt, printer: QPrinter) -> None:
        number = receipt.issued.receipt_id
        if print_paper(receipt_paper(self._model, receipt), printer):
            return self._tell(_("Receipt {receipt} is printed", receipt=number))
        return self._tell(
            _("Receipt {receipt} was not printed. Choose another printer or file.", receipt=number), "warn"
        )

    def _ask(self, title: str, proposed: str, write: Callable[[str], None]) -> None:
        dialog = QFileDialog(self.said.window(), title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(proposed).suffix[1:])
        dialog.selectFile(proposed)
        dialog.fileSelected.connect(write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _tell(self, said: str, style: str = "quiet") -> None:
        self.said.setText(said)
        restyle(self.said, style)

    def _failed(self, file: str, reason: str) -> None:
        self._tell(_("{file} was not written: {reason}. Choose another place.", file=file, reason=reason), "warn")


def word_of_it() -> QLabel:
    """The line that says which keys there are, and then what became of the last file."""
    said = label(_("X writes these as CSV, P the chosen one as PDF, Ctrl+P prints it."), "quiet")
    said.setWordWrap(True)
    said.setContentsMargins(10, 0, 10, 8)
    return said
