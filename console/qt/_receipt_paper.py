"""A receipt on paper: a document that a printer and a PDF are made from."""

from html import escape

from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtGui import QPageLayout, QPageSize, QTextDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from console.language import _, isolated
from console.model import ConsoleModel, Receipt
from console.qt._receipt_lines import receipt_lines
from console.qt._table import Cell
from console.qt._text import date_time, money

_MARGIN_MM = 12.0
_FONT_PT = 9


def receipt_paper(model: ConsoleModel, receipt: Receipt) -> QTextDocument:
    """The store, the receipt, its lines as they are shown, and what is paid for it by now."""
    issued = receipt.issued
    rows = "".join(_row(row.cells) for row in receipt_lines(model, receipt))
    paid = Cell(money(receipt.total_minor, issued.currency), bold=True)
    total = _row((Cell(""), Cell(_("Total"), bold=True), Cell(""), paid))
    which = _("Receipt {receipt}", receipt=issued.receipt_id)
    at = date_time(model.clock.wall_ns(issued.t_ns))
    paper = QTextDocument()
    font = QApplication.font()
    font.setPointSize(_FONT_PT)
    paper.setDefaultFont(font)
    option = paper.defaultTextOption()
    option.setTextDirection(QApplication.layoutDirection())
    paper.setDefaultTextOption(option)
    paper.setMetaInformation(QTextDocument.MetaInformation.DocumentTitle, which)
    paper.setHtml(
        f"<html dir='{_side()}'><h2>{escape(model.store.name)}</h2>"
        f"<p>{escape(which)}<br>{escape(at)}</p>"
        f"<table width='100%' cellspacing='0' cellpadding='3'>{rows}{total}</table></html>"
    )
    return paper


def print_paper(paper: QTextDocument, printer: QPrinter) -> bool:
    """Put it on a small page; whether the printer took it."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    portrait = QPageLayout.Orientation.Portrait
    printer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A5), portrait, margins, QPageLayout.Unit.Millimeter)
    )
    printer.setDocName(paper.metaInformation(QTextDocument.MetaInformation.DocumentTitle))
    paper.print_(printer)
    return printer.printerState() is not QPrinter.PrinterState.Error


def pdf(file: str) -> QPrinter:
    """A printer that writes a file."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(file)
    return printer


def _row(cells: tuple[Cell, ...]) -> str:
    """A row, read from the side from which the language is: Qt turns lines of text around, but no tables."""
    units, what, each, amount = (_text(cell) for cell in cells)
    side = _side()
    near, far = ("right", "left") if side == "rtl" else ("left", "right")
    columns = [f"<td><p dir='ltr' align='{far}'>{figure}</p></td>" for figure in (units, each, amount)]
    columns.insert(1, f"<td width='60%'><p dir='{side}' align='{near}'>{what}</p></td>")
    return f"<tr>{''.join(reversed(columns) if side == 'rtl' else columns)}</tr>"


def _text(cell: Cell) -> str:
    said = escape(isolated(cell.text))
    return f"<b>{said}</b>" if cell.bold else said


def _side() -> str:
    return "rtl" if QApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft else "ltr"
