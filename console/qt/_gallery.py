"""Pictures of every page as different people see it: for looking at the whole before it is given to anybody."""

from pathlib import Path

from PySide6.QtCore import QLocale

from console.qt._theme import Appearance
from console.qt._window import ConsoleWindow

LOCALES = ("en_GB", "de_DE")
"""Decimal points and commas, and two ways to write a date."""


def save_gallery(window: ConsoleWindow, folder: Path) -> list[Path]:
    """All pages in light and dark and as each locale writes; the folders say which, and the scale of the screen."""
    percent = round(100 * window.devicePixelRatioF())
    usual, saved = QLocale(), []
    for locale in LOCALES:
        QLocale.setDefault(QLocale(locale))
        for appearance in (Appearance.LIGHT, Appearance.DARK):
            window.theme.choose(appearance)
            saved += window.save_screenshots(folder / f"{appearance}-{locale}-{percent}")
    QLocale.setDefault(usual)
    return saved
