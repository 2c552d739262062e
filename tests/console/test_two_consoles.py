"""Two consoles on one real engine: never the same case, and what a killed one had goes to the other."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from console.model import IDLE_NS
from console.qt import ConsoleWindow
from engine.domain import CaseId
from engine.store import StoreFolder
from engine.wire import Address
from tests.console.driving import LONG_MS, press, turn_to
from tests.runtime.build import settled
from tests.runtime.corehost.running import running, sender
from tests.runtime.folder import small_store

FIRST, SECOND = CaseId("c-A-1@1000"), CaseId("c-A-1@2000")
_CONSOLE = """
import sys
from console.qt import run
from engine.wire import Address
run(Address(state=sys.argv[1], door=sys.argv[2]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StoreFolder]:
    """A running engine that asks two questions."""
    folder = small_store(tmp_path / "store", policy="review_lease_s = 1.0")
    with running(folder):
        shelves = sender(folder)
        for t_ms in (1000, 2000):
            shelves.send(settled(t_ms, mass_mg=-666_000))
        yield folder
        shelves.close()


def window_on(qtbot: QtBot, folder: StoreFolder, settings: Path) -> ConsoleWindow:
    window = ConsoleWindow(_address(folder), QSettings(str(settings), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: len(window.model.review.cases) == 2, timeout=LONG_MS)
    turn_to(qtbot, window, Qt.Key.Key_F4)
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)
    return window


@contextmanager
def console_of_its_own(folder: StoreFolder, home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A console as its own program, opened on the page where it was left: the reviews."""
    layout = home / "Tillfree" / "console.conf"
    layout.parent.mkdir(parents=True)
    layout.write_text("[layout]\nversion=2\npage=3\n", encoding="utf-8")
    address = _address(folder)
    command = [sys.executable, "-c", _CONSOLE, address.state, address.door]
    program = subprocess.Popen(command, env=_environment(home))  # our own interpreter, fixed code
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def test_two_consoles_work_on_different_cases_and_see_each_other(
    qtbot: QtBot, folder: StoreFolder, tmp_path: Path
) -> None:
    one, other = (window_on(qtbot, folder, tmp_path / f"{number}.ini") for number in (1, 2))
    assert (one.review.case_id, other.review.case_id) == (FIRST, SECOND)
    qtbot.waitUntil(lambda: one.model.review.held_by(SECOND) != "", timeout=LONG_MS)
    assert other.model.review.held_by(FIRST) != ""
    assert other.review.queue.table.rows[0].cells[0].text.endswith(" has it")

    press(other, Qt.Key.Key_Up)  # to look at the other's case is not to take it
    qtbot.waitUntil(lambda: other.review.case_id == FIRST, timeout=LONG_MS)
    qtbot.waitUntil(lambda: one.model.review.leases.keys() == {FIRST}, timeout=LONG_MS)
    assert not other.review.ready()
    assert "has it" in other.review.about.text()

    turn_to(qtbot, one, Qt.Key.Key_F4)
    press(one, "n")
    qtbot.waitUntil(lambda: one.model.review.leases.keys() == {SECOND} == other.model.review.leases.keys())
    qtbot.waitUntil(lambda: one.review.ready() or other.review.ready(), timeout=LONG_MS)
    assert not (one.review.ready() and other.review.ready())


def test_a_killed_console_frees_its_case(qtbot: QtBot, folder: StoreFolder, tmp_path: Path) -> None:
    with console_of_its_own(folder, tmp_path / "home") as program:
        watching = ConsoleWindow(_address(folder), QSettings(str(tmp_path / "a.ini"), QSettings.Format.IniFormat))
        qtbot.addWidget(watching)
        watching.show()
        watching.start()
        qtbot.waitUntil(lambda: watching.model.review.held_by(FIRST) != "", timeout=LONG_MS)
        turn_to(qtbot, watching, Qt.Key.Key_F4)
        qtbot.waitUntil(watching.review.ready, timeout=LONG_MS)
        assert watching.review.case_id == SECOND
        press(watching, "n")
        qtbot.waitUntil(lambda: watching.review.about.text() == "1 with others", timeout=LONG_MS)
        assert watching.review.headline.text() == "Nothing waits for you"
        program.kill()
        qtbot.waitUntil(watching.review.ready, timeout=LONG_MS)
        assert watching.review.case_id == FIRST


def test_who_is_away_keeps_nothing(qtbot: QtBot, folder: StoreFolder, tmp_path: Path) -> None:
    window = window_on(qtbot, folder, tmp_path / "a.ini")
    window.review._hold.touch(-IDLE_NS)
    qtbot.waitUntil(lambda: not window.model.review.leases, timeout=LONG_MS)
    assert not window.review.ready()
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(window.review.ready, timeout=LONG_MS)
    window.go_to(0)
    qtbot.waitUntil(lambda: not window.model.review.leases, timeout=LONG_MS)


def _address(folder: StoreFolder) -> Address:
    network = folder.installation.network
    return Address(state=network.state, door=network.door)


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CONFIG_HOME": str(home)}
