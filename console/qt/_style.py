"""The one style sheet, with a palette's colours put in."""

from string import Template

_SHEET = Template("""
QWidget { color: $ink; font-size: 12px; }
QMainWindow, #page { background: $ground; }
#panel { background: $panel; border: 1px solid $line; border-radius: 4px; }
#rail { background: $panel; border-$end: 1px solid $line; }
#bar { background: $panel; border-top: 1px solid $line; }
#title { font-size: 11px; font-weight: 600; color: $quiet; }
#quiet { color: $quiet; }
#headline { font-size: 17px; font-weight: 600; }
#figure { font-size: 22px; font-weight: 600; }
#warn { color: $warn; }
#alarm { color: $alarm; }
#banner { background: $alarm; color: $panel; font-weight: 600; padding: 6px 12px; }
#rail QPushButton {
    background: transparent; border: none; border-$start: 3px solid transparent; border-radius: 0;
    padding: 9px 14px; text-align: left; color: $quiet; font-size: 13px;
}
#rail QPushButton:hover { color: $ink; }
#rail QPushButton:checked { color: $ink; background: $raised; border-$start-color: $ink; font-weight: 600; }
#rail QPushButton[alert="true"] { color: $warn; }
#rail QPushButton:focus, QPushButton:focus { outline: none; border-color: $focus; }
#rail QPushButton:focus { border-$start-color: $focus; }
QPushButton {
    background: $raised; border: 1px solid $line; border-radius: 3px; padding: 5px 12px;
}
QPushButton:hover { border-color: $quiet; }
QPushButton:disabled { color: $faint; }
QTableView, QListWidget {
    background: $panel; border: none; outline: none; gridline-color: transparent;
    selection-background-color: $selected;
}
QTableView::item, QListWidget::item { padding: 2px 8px; border: none; }
QTableView::item:selected, QListWidget::item:selected { background: $selected; }
QHeaderView, QHeaderView::section { background: $panel; border: none; }
QHeaderView::section {
    color: $quiet; padding: 4px 8px; border-bottom: 1px solid $line; font-size: 11px;
}
QTableCornerButton::section { background: $panel; border: none; }
QLineEdit, QComboBox, QSpinBox {
    background: $ground; border: 1px solid $line; border-radius: 3px; padding: 5px 8px;
    selection-background-color: $focus; selection-color: $panel;
}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus { border-color: $focus; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; selection-background-color: $selected; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $line; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 4px; min-height: 24px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: none; border: none; height: 0;
}
QToolTip { background: $raised; color: $ink; border: 1px solid $line; padding: 4px; }
#overlay { background: $panel; border: 1px solid $line; border-radius: 6px; }
#keycap {
    background: $raised; border: 1px solid $line; border-bottom: 2px solid $line; border-radius: 3px;
    padding: 1px 6px; font-size: 11px;
}
""")


def style_sheet(colours: dict[str, str], *, from_right: bool) -> str:
    """The style sheet in these colours, for a window that is read from the right or from the left."""
    start, end = ("right", "left") if from_right else ("left", "right")
    return _SHEET.substitute(colours, start=start, end=end)
