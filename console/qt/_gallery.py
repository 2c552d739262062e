"""Pictures of every page as different people see it: for looking at the whole before it is given to anybody."""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from console.language import languages
from console.qt._speech import speak
from console.qt._theme import Appearance
from console.qt._window import ConsoleWindow


def save_gallery(window: ConsoleWindow, folder: Path) -> list[Path]:
    """All pages in every language, in light and dark; the folders say which, and the scale of the screen."""
    percent = round(100 * window.devicePixelRatioF())
    saved = []
    for language in languages():
        speak(language)
        shown = window.again()  # a window speaks the language that it was made in
        shown.resize(window.size())
        shown.show()
        for appearance in (Appearance.LIGHT, Appearance.DARK):
            shown.theme.choose(appearance)
            saved += shown.save_screenshots(folder / f"{appearance}-{language}-{percent}")
        shown.close()
        shown.deleteLater()
    speak()
    QApplication.processEvents()
    return saved
