"""The catalogues, and the window in the languages that they are of."""

import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from PySide6.QtCore import QLocale, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.__main__ import main
from console.language import SOURCE, _, catalogue, isolated, languages, listed, ngettext, number, signed, use
from console.model import words
from console.qt import ConsoleWindow
from console.qt._gallery import save_gallery
from console.qt._speech import closest, speak
from console.qt._text import clock_time, money
from tests.console.driving import open_window
from tests.console.engine_standin import EngineStandIn
from tests.console.marked import TRANSLATIONS

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in languages() if language != SOURCE]
ARABIC_ONE_OR_TWO = slice(1, 3)
"""Of its six forms those that say "one" and "two" without a digit."""


def read(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "console.po").open("rb") as file:
        return read_po(file)


def places(message: str) -> set[str]:
    return {name for _before, name, *_rest in string.Formatter().parse(message) if name}


def forms(message: Message) -> tuple[str, ...]:
    said = message.string
    return said if isinstance(said, tuple) else (str(said or ""),)


def test_the_four_languages_are_there() -> None:
    assert languages() == ("en", "ar", "de", "zh_CN")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(language: str) -> None:
    read_back = read(language)
    assert not read_back.obsolete
    messages = [message for message in read_back if message.id]
    assert len(messages) > 350
    assert [message.id for message in messages if message.fuzzy or not all(forms(message))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_has_the_places_of_its_message(language: str) -> None:
    wrong = []
    for message in read(language):
        wanted = places(message.id if isinstance(message.id, str) else message.id[-1])
        for number_of, form in enumerate(forms(message)):
            in_words = language == "ar" and message.pluralizable and number_of in range(6)[ARABIC_ONE_OR_TWO]
            if places(form) not in ([wanted, wanted - {"count"}] if in_words else [wanted]):
                wrong.append((message.id, form))
    assert wrong == []


def test_make_translations_leaves_no_difference(tmp_path: Path) -> None:
    """So every message is in every catalogue, nothing else is, and what is compiled is what is written."""
    copy = shutil.copytree(TRANSLATIONS, tmp_path / "translations")
    command = [sys.executable, str(ROOT / "packaging" / "translations.py"), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    files = sorted(path.relative_to(TRANSLATIONS) for path in TRANSLATIONS.rglob("console.*"))
    assert len(files) == 2 * len(TRANSLATED)
    differing = [str(path) for path in files if (copy / path).read_bytes() != (TRANSLATIONS / path).read_bytes()]
    assert differing == [], "run `make translations`, and translate what is new"


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["de-AT", "de"], "de"),
        (["zh-Hans-CN", "zh-CN", "zh"], "zh_CN"),
        (["fr-FR", "fr", "ar-EG", "ar"], "ar"),
        (["C"], "en"),
        (["fr-FR", "fr"], "en"),
    ],
)
def test_the_first_language_is_spoken_that_a_person_reads(wanted: list[str], spoken: str) -> None:
    assert closest(wanted) == spoken


def test_a_language_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    address = ["--state", "tcp://127.0.0.1:9", "--door", "tcp://127.0.0.1:9"]
    with pytest.raises(SystemExit):
        main([*address, "--language", "tlh"])
    assert "zh_CN" in capsys.readouterr().err


def test_words_and_numbers_go_together() -> None:
    speak("de")
    assert (number(1234.5, 1), signed(-3), words.age(61)) == ("1.234,5", "−3", "1:01 min")
    assert [ngettext("{count} receipt", "{count} receipts", count) for count in (1, 1200)] == ["1 Bon", "1.200 Bons"]
    assert money(1213, "EUR") == "12,13\u00a0€"
    speak("zh_CN")
    assert (words.grams(623_000), words.probability(999_900)) == ("623 克", ">99%")
    speak("ar")
    assert ngettext("{count} receipt", "{count} receipts", 2) == "إيصالان"
    assert ngettext("{count} receipt", "{count} receipts", 3) == "3 إيصالات"
    speak("en")
    assert (number(1234.5, 1), words.grams(623_000)) == ("1,234.5", "623 g")


def test_where_the_system_writes_other_digits_so_does_the_console() -> None:
    speak("ar")
    QLocale.setDefault(QLocale("ar_EG"))
    digits = {chr(ord("\u0660") + digit) for digit in range(10)}
    assert set(words.grams(623_000)) - digits == set(" غ")
    assert set(words.age(61)) - digits == set(": د")
    assert set(clock_time(0)) - digits == set(":")


def test_what_is_put_in_keeps_its_own_direction() -> None:
    use(catalogue("ar"), from_right=True)
    assert isolated("G1-S2") == "\u2066G1-S2\u2069"
    assert isolated("623 غ") == "623 غ"
    assert listed(["A", "12"]) == "\u2066A\u2069؛ 12"
    assert _("Camera {camera}", camera="A") == "الكاميرا \u2066A\u2069"
    use(catalogue("de"))
    assert isolated("G1-S2") == "G1-S2"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ("Übersicht", "Im Laden", "Wer nahm es")),
        ("zh_CN", ("总览", "在店", "谁拿走了")),
        ("ar", ("نظرة عامة", "في الداخل", "من أخذها")),
    ],
)
def test_a_window_speaks_the_language(
    qtbot: QtBot, engine: EngineStandIn, settings: QSettings, language: str, expected: tuple[str, str, str]
) -> None:
    speak(language)
    window = open_window(qtbot, engine, settings)
    window.go_to(3)
    qtbot.waitUntil(lambda: bool(window.review.headline.text()))
    shown = (window._rail.button(0).text(), window.overview.tiles["Inside"].title, window.review.headline.text()[:-1])
    assert shown == expected
    assert window.overview.accessibleName() == expected[0]


@pytest.fixture
def from_the_right(qtbot: QtBot, engine: EngineStandIn, settings: QSettings) -> ConsoleWindow:
    speak("ar")
    return open_window(qtbot, engine, settings)


def test_arabic_is_read_from_the_right_and_pictures_and_time_are_not(from_the_right: ConsoleWindow) -> None:
    window = from_the_right
    window.go_to(3)
    QApplication.processEvents()
    assert window.isRightToLeft()
    assert window._rail.button(0).mapTo(window, window._rail.button(0).pos()).x() > window.stack.x()
    assert window.review.queue.mapTo(window, window.review.queue.pos()).x() > window.width() / 2
    left, bottom = (window.review.curve._plot.getAxis(side).mapRectToScene for side in ("left", "bottom"))
    axis = window.review.curve._plot.getAxis
    assert left(axis("left").rect()).center().x() < bottom(axis("bottom").rect()).center().x()
    window.go_to(1)
    ground = window.store.map._ground
    window.store.map.grab()
    assert ground.at((1.0, 0.0)).x() < ground.at((2.0, 0.0)).x()
    number_column = window.store.visits.table.headerData(
        5, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
    )
    assert number_column & Qt.AlignmentFlag.AlignRight
    assert number_column & Qt.AlignmentFlag.AlignAbsolute


def test_arrows_between_cameras_go_where_they_point(qtbot: QtBot, from_the_right: ConsoleWindow) -> None:
    from_the_right.go_to(1)
    first, second, *_more = from_the_right.store.cameras._tiles.values()
    from_the_right.activateWindow()
    qtbot.waitUntil(from_the_right.isActiveWindow)
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Left)
    assert second.x() < first.x()
    assert second.hasFocus()


def test_the_gallery_shows_every_language(window: ConsoleWindow, tmp_path: Path) -> None:
    saved = save_gallery(window, tmp_path)
    folders = {path.parent.name for path in saved}
    assert folders == {f"{look}-{language}-100" for look in ("light", "dark") for language in languages()}
    assert len(saved) == len(folders) * len(window.pages)
    assert all(path.stat().st_size for path in saved)


def test_a_console_that_is_to_close_does_so_when_every_picture_is_there(engine: EngineStandIn, tmp_path: Path) -> None:
    address = ["--state", engine.address.state, "--door", engine.address.door]
    command = [sys.executable, "-m", "console", *address, "--screenshots", str(tmp_path), "--every-look"]
    done = subprocess.run(
        [*command, "--seconds", "1.5"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(tmp_path.rglob("*.png"))) == 2 * 7 * len(languages())
