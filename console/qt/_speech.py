"""In which language the window speaks: its words, its numbers, and the side from which it is read."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from console.language import SOURCE, catalogue, languages, use

_WRITTEN_AS = {"ar": "ar_001", SOURCE: "en_GB"}
"""How numbers are written in a language that the system does not speak: Arabic with the digits of scales and labels."""


def speak(language: str | None = None) -> None:
    """Let every window that is made from now on speak it; else the language that the system prefers."""
    system = QLocale.system()
    spoken = language or closest(system.uiLanguages())
    if language is None or QLocale(language).language() is system.language():
        QLocale.setDefault(system)
    else:
        QLocale.setDefault(QLocale(_WRITTEN_AS.get(language, language)))
    side = QLocale(spoken).textDirection()
    use(catalogue(spoken), write=write_number, from_right=side is Qt.LayoutDirection.RightToLeft)
    _let_qt_speak(spoken)
    QApplication.setLayoutDirection(side)


def closest(wanted: Sequence[str]) -> str:
    """The first of the languages a person reads that the console speaks, or the one it is written in."""
    spoken = languages()
    return next((tag for name in wanted if (tag := name.replace("-", "_")) in spoken), SOURCE)


def locale() -> QLocale:
    """The operator's; a machine that has been told none writes as the console's words are written."""
    chosen = QLocale()
    return QLocale(_WRITTEN_AS[SOURCE]) if chosen.language() is QLocale.Language.C else chosen


def has_italics() -> bool:
    """Whether the letters can lean: Arabic and Chinese ones cannot."""
    script = QLocale.Script
    return locale().script() in (script.LatinScript, script.GreekScript, script.CyrillicScript)


def leading() -> Qt.AlignmentFlag:
    """The side from which one reads; a text that is written the other way begins there as well."""
    from_right = QApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    return (Qt.AlignmentFlag.AlignRight if from_right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignAbsolute


def write_number(value: float, decimals: int) -> str:
    """As the operator's locale does."""
    return locale().toString(float(value), "f", decimals)


def _let_qt_speak(language: str) -> None:
    """What Qt says by itself, as in the menu of a field."""
    app = QCoreApplication.instance()
    if app is None:
        return
    for said in app.findChildren(QTranslator):
        app.removeTranslator(said)
        said.deleteLater()
    translator = QTranslator(app)
    if translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
