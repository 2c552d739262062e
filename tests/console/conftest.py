"""Draw into memory; every window gets settings of its own."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything imports Qt

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QSettings
from pytestqt.qtbot import QtBot

from console.language import SOURCE
from console.qt import ConsoleWindow
from console.qt._speech import speak
from tests.console.driving import open_window, stand_in
from tests.console.engine_standin import EngineStandIn


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever the machine speaks, and whatever the test before did."""
    speak(SOURCE)
    QLocale.setDefault(QLocale("en_GB"))
    yield
    speak(SOURCE)


@pytest.fixture
def engine() -> Iterator[EngineStandIn]:
    peer = stand_in(epoch=1)
    yield peer
    peer.stop()


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "console.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(qtbot: QtBot, engine: EngineStandIn, settings: QSettings) -> ConsoleWindow:
    return open_window(qtbot, engine, settings)
