"""Opens the window on an engine."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from console.qt._gallery import save_gallery
from console.qt._speech import speak
from console.qt._window import ConsoleWindow
from engine.wire import Address

SCREENSHOTS_AFTER_S = 5.0


def run(  # noqa: PLR0913 - the options of a verb
    address: Address,
    *,
    screenshots: Path | None = None,
    every_look: bool = False,
    language: str | None = None,
    seconds: float | None = None,
    attend: Callable[[ConsoleWindow], None] | None = None,
) -> int:
    """Show the console until it is closed, or for ``seconds``; 1 when the engine never answered, else 0.

    With ``screenshots`` one PNG of every page is saved there: before the end, or after 5 s when there is none; of
    ``every_look`` in light and dark and in every language. It speaks this ``language``, or the system's.
    ``attend`` is given the window before it opens: for somebody other than a person at it, who wants it as it is made.
    """
    _choose_platform()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)  # noqa: S101 - another kind cannot show windows
    app.setStyle("Fusion")
    app.setApplicationName("Tillfree")
    speak(language)
    with TemporaryDirectory(prefix="tillfree-console-") as forgotten:
        # Pictures show the console as it is made, not as somebody has arranged it. Qt replaces the file that it saves
        # settings to: only one of our own will do, the null device would be gone.
        made = QSettings(f"{forgotten}/console.ini", QSettings.Format.IniFormat)
        window = ConsoleWindow(address, made if screenshots or attend else QSettings("Tillfree", "console"))
        if attend is not None:
            attend(window)
        window.show()
        window.start()
        if screenshots is not None:
            save = save_gallery if every_look else ConsoleWindow.save_screenshots
            wait_s = SCREENSHOTS_AFTER_S if seconds is None else max(0.0, seconds - 1.0)
            QTimer.singleShot(int(wait_s * 1000), window, lambda: _photograph(window, save, screenshots, seconds))
        elif seconds is not None:
            QTimer.singleShot(int(seconds * 1000), window, window.close)
        # Python sees Ctrl+C as soon as the repaint timer lets it run.
        previous = signal.signal(signal.SIGINT, lambda *_: window.close())
        try:
            app.exec()
        finally:
            signal.signal(signal.SIGINT, previous)
    return 0 if window.model.snapshots else 1


def _photograph(
    window: ConsoleWindow, save: Callable[[ConsoleWindow, Path], object], folder: Path, seconds: float | None
) -> None:
    """Pictures of many looks take longer than a second: the window closes when they are there, never among them."""
    try:
        save(window, folder)
    finally:
        if seconds is not None:
            window.close()


def _choose_platform() -> None:
    """Without a display draw into memory: screenshots work there too."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
