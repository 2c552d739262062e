"""A store's journal, to be read again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.runtime.journal import JournalReader
    from engine.store import StoreFolder


def journal_of(folder: "StoreFolder") -> "JournalReader":
    """What the store's engine has written, with the keys it was sealed with."""
    from engine.runtime.journal import JournalReader
    from engine.runtime.sealing import KeyRing

    return JournalReader(folder.journal_dir, KeyRing(folder.keys_dir / "journal"))
