"""Check a ledger without an engine: every entry is what was written, in its place."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from engine.runtime.ledger._entry import FIRST_PREV_HASH, Entry
from engine.runtime.ledger._reading import reading


@dataclass(frozen=True, kw_only=True)
class VerifyReport:
    """``entries`` were right; ``first_bad`` is the entry number where the chain breaks, None when it is whole."""

    entries: int
    first_bad: int | None
    problem: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed or inserted."""
        return self.first_bad is None


def verify(path: Path) -> VerifyReport:
    """Walk the hash chain of the ledger at ``path``. Raises ``LedgerError``."""
    with reading(path) as db:
        return _walk(db)


def _walk(db: sqlite3.Connection) -> VerifyReport:
    prev_hash, good = FIRST_PREV_HASH, 0
    columns = "entry, out_seq, t_ns, wall_ns, kind, visit_id, body, prev_hash, hash"
    for number, *fields, stored_prev, stored in db.execute(f"SELECT {columns} FROM entries ORDER BY entry"):
        out_seq, t_ns, wall_ns, kind, visit_id, body = fields
        entry = Entry(out_seq=out_seq, t_ns=t_ns, wall_ns=wall_ns, kind=kind, visit_id=visit_id, body=body)
        if number != good + 1 or stored_prev != prev_hash:
            return VerifyReport(
                entries=good, first_bad=number, problem="an entry before this one is missing or changed"
            )
        if entry.hash_after(prev_hash) != stored:
            return VerifyReport(entries=good, first_bad=number, problem="this entry is not what was written")
        prev_hash, good = stored, good + 1
    return VerifyReport(entries=good, first_bad=None)
