"""Append facts to the ledger, each once, and read carts back."""

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from importlib import resources
from pathlib import Path

import msgspec
import structlog

from engine.domain import CartFact, OutputFact, ReceiptIssued, SkuId, VisitId, signed_quantity, standing_lines
from engine.runtime.durable import make_folder
from engine.runtime.ledger._entry import FIRST_PREV_HASH, KEPT, entry_of

log = structlog.get_logger()

_CART_KINDS = ("Picked", "PutBack", "PutElsewhere", "LineWithdrawn")
_cart_facts: msgspec.json.Decoder[CartFact] = msgspec.json.Decoder(CartFact)


class LedgerError(Exception):
    """The ledger cannot be used; the message names the file and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """One of the core's outputs with its number and its instant on the wall's clock."""

    out_seq: int
    wall_ns: int
    fact: OutputFact


class Ledger:
    """The ledger's one writer. What ``append`` returned from is on disk."""

    def __init__(self, path: Path) -> None:
        make_folder(path.parent)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA busy_timeout = 2000")
        migrate(self._db, path)
        row = self._db.execute("SELECT out_seq, hash FROM entries ORDER BY entry DESC LIMIT 1").fetchone()
        self._last_out_seq: int = row[0] if row else 0
        self._last_hash: bytes = row[1] if row else FIRST_PREV_HASH
        self.disagreements = 0

    @property
    def last_out_seq(self) -> int:
        """The number of the newest entry, 0 when empty."""
        return self._last_out_seq

    def append(self, outputs: Iterable[Numbered]) -> int:
        """Write those of ``outputs`` that the ledger keeps and has not, in one transaction; how many.

        What a replay says again is compared with what was written: the written entry stands, a difference is
        counted and logged.
        """
        kept = [output for output in outputs if isinstance(output.fact, KEPT)]
        for output in kept:
            if output.out_seq <= self._last_out_seq:
                self._compare(output)
        new = [output for output in kept if output.out_seq > self._last_out_seq]
        if new:
            self._write(new)
        return len(new)

    def without_charged(self, outputs: list[Numbered]) -> list[Numbered]:
        """What of ``outputs`` may be said: no new receipt for a visit that has one.

        A core says one only when a damaged journal lacks what the ledger has; the written receipt stands.
        """
        return [output for output in outputs if not self._is_second_receipt(output)]

    def cart(self, visit_id: VisitId) -> dict[SkuId, int]:
        """Units a SKU in a visit's cart, folded from its entries; SKUs with none are left out."""
        cart: dict[SkuId, int] = {}
        for line in standing_lines(self._cart_facts(visit_id)).values():
            cart[line.sku_id] = cart.get(line.sku_id, 0) + signed_quantity(line)
        return {sku_id: quantity for sku_id, quantity in cart.items() if quantity}

    def close(self) -> None:
        """Fold the write-ahead log in and close."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def _is_second_receipt(self, output: Numbered) -> bool:
        if not isinstance(output.fact, ReceiptIssued) or output.out_seq <= self._last_out_seq:
            return False
        visit_id = output.fact.visit_id
        written = "SELECT 1 FROM entries WHERE visit_id = ? AND kind = 'ReceiptIssued'"
        if self._db.execute(written, (visit_id,)).fetchone() is None:
            return False
        self.disagreements += 1
        log.error("visit_charged_before", visit_id=visit_id, out_seq=output.out_seq, count=self.disagreements)
        return True

    def _cart_facts(self, visit_id: VisitId) -> list[CartFact]:
        rows = self._db.execute(
            "SELECT body FROM entries WHERE visit_id = ? AND kind IN (?, ?, ?, ?) ORDER BY entry",
            (visit_id, *_CART_KINDS),
        )
        return [_cart_facts.decode(body) for (body,) in rows]

    def _write(self, outputs: list[Numbered]) -> None:
        last_hash = self._last_hash
        rows = []
        for output in outputs:
            entry = entry_of(output.fact, out_seq=output.out_seq, wall_ns=output.wall_ns)
            entry_hash = entry.hash_after(last_hash)
            rows.append((*astuple(entry), last_hash, entry_hash))
            last_hash = entry_hash
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO entries (out_seq, t_ns, wall_ns, kind, visit_id, body, prev_hash, hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        self._last_hash, self._last_out_seq = last_hash, outputs[-1].out_seq

    def _compare(self, output: Numbered) -> None:
        row = self._db.execute("SELECT body FROM entries WHERE out_seq = ?", (output.out_seq,)).fetchone()
        body = entry_of(output.fact, out_seq=output.out_seq, wall_ns=output.wall_ns).body
        if row is None or row[0] != body:
            self.disagreements += 1
            log.error("ledger_disagrees_with_replay", out_seq=output.out_seq, replayed=body, count=self.disagreements)


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a database to the newest schema, a numbered file at a time. Raises ``LedgerError`` for a newer one."""
    folder = resources.files("engine.runtime.ledger") / "migrations"
    scripts = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(scripts):
        raise LedgerError(f"{path} was written by a newer engine (schema {version}); install that engine")
    for number, script in enumerate(scripts[version:], start=version + 1):
        changes = script.read_text(encoding="utf-8")
        db.executescript(f"BEGIN IMMEDIATE;\n{changes}\nPRAGMA user_version = {number};\nCOMMIT;")
