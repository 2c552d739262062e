"""Short texts that are painted many times a second, each laid out once."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStaticText

_KEPT = 100


class Labels:
    """Texts in one font, for ``QPainter.drawStaticText``; the painter's font must be the same."""

    def __init__(self, font: QFont, *, size_px: int) -> None:
        self.font = QFont(font)
        self.font.setPixelSize(size_px)
        self._laid_out: dict[str, QStaticText] = {}

    def of(self, text: str) -> QStaticText:
        """The text, with its size in pixels."""
        if text not in self._laid_out:
            if len(self._laid_out) >= _KEPT:
                self._laid_out.clear()
            made = self._laid_out[text] = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.prepare(font=self.font)
        return self._laid_out[text]
