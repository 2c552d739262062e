"""Widgets, item models and views over `console.model`: they hold no truth of their own."""

from console.qt._cameras import CameraTileView
from console.qt._run import run
from console.qt._window import ConsoleWindow

__all__ = ["CameraTileView", "ConsoleWindow", "run"]
