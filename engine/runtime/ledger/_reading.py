"""Open a ledger to look at it: nothing is written, and an engine may have it open meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from engine.runtime.ledger._ledger import LedgerError


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write. Raises ``LedgerError`` when there is no ledger at ``path``."""
    if not path.is_file():
        raise LedgerError(f"{path}: there is no such ledger. A store's own is state/ledger.db in its folder")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        try:
            db.execute("SELECT 1 FROM entries LIMIT 1")
        except sqlite3.DatabaseError as error:
            raise LedgerError(
                f"{path}: not a ledger ({error}). A store's own is state/ledger.db in its folder"
            ) from None
        yield db
