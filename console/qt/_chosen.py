"""The shopper a person follows: chosen anywhere, marked everywhere."""

from PySide6.QtCore import QObject, Signal

from engine.domain import VisitId


class Chosen(QObject):
    """One visit, or none."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.visit_id: VisitId | None = None

    def choose(self, visit_id: VisitId | None) -> None:
        """Follow this visit from now on."""
        if visit_id != self.visit_id:
            self.visit_id = visit_id
            self.changed.emit()
