"""Every input fact, written before it is acted on: encrypted segment files, each with a key of its own."""

from engine.runtime.journal._format import JournalPosition, begun_wall_ns
from engine.runtime.journal._reader import JournalReader
from engine.runtime.journal._writer import JournalFullError, JournalWriter

__all__ = ["JournalFullError", "JournalPosition", "JournalReader", "JournalWriter", "begun_wall_ns"]
