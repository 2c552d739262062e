"""The command line: every verb a thin call into the part that does it, imported only when it is used."""

from engine.cli._main import main

__all__ = ["main"]
