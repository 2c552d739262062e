"""The dossier of a visit: its own entries of the ledger in one file, which prove its receipt without anything else."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from engine.domain import (
    AgeChecked,
    LineRefunded,
    OutputFact,
    ReceiptAdjusted,
    ReceiptIssued,
    SkuId,
    VisitId,
    signed_quantity,
    standing_lines,
)
from engine.runtime.ledger._entry import Entry
from engine.runtime.ledger._ledger import LedgerError
from engine.runtime.ledger._reading import reading

_COLUMNS = "entry, out_seq, t_ns, wall_ns, kind, visit_id, body, prev_hash, hash"
_facts: msgspec.json.Decoder[OutputFact] = msgspec.json.Decoder(OutputFact)


class DossierEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as the ledger has it, with its place in the chain; hashes in hexadecimal."""

    entry: int
    out_seq: int
    t_ns: int
    wall_ns: int
    kind: str
    visit_id: VisitId
    body: str
    prev_hash: str
    hash: str

    @property
    def is_as_written(self) -> bool:
        """Whether its hash is that of what it says."""
        try:
            prev_hash = bytes.fromhex(self.prev_hash)
        except ValueError:
            return False
        told = Entry(
            out_seq=self.out_seq,
            t_ns=self.t_ns,
            wall_ns=self.wall_ns,
            kind=self.kind,
            visit_id=self.visit_id,
            body=self.body,
        )
        return told.hash_after(prev_hash).hex() == self.hash


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """All entries about one visit, in the ledger's order."""

    visit_id: VisitId
    entries: tuple[DossierEntry, ...]

    def facts(self) -> list[tuple[int, OutputFact]]:
        """What the entries say, each with its instant on the wall's clock in ns. Raises ``msgspec.DecodeError``."""
        return [(one.wall_ns, _facts.decode(one.body)) for one in self.entries]


def dossier_of(path: Path, visit_id: VisitId) -> Dossier:
    """Collect a visit's entries from the ledger at ``path``. Raises ``LedgerError`` where there are none."""
    with reading(path) as db:
        rows = db.execute(f"SELECT {_COLUMNS} FROM entries WHERE visit_id = ? ORDER BY entry", (visit_id,)).fetchall()
    if not rows:
        raise LedgerError(
            f"{path}: nothing about visit {visit_id}; `tillfree ledger export --entries` lists all visits"
        )
    names = DossierEntry.__struct_fields__
    entries = tuple(
        msgspec.convert(dict(zip(names, (*row[:7], row[7].hex(), row[8].hex()), strict=True)), DossierEntry)
        for row in rows
    )
    return Dossier(visit_id=visit_id, entries=entries)


def read_dossier(path: Path) -> Dossier:
    """A dossier from its file. Raises ``LedgerError`` where it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Dossier)
    except msgspec.DecodeError as error:
        raise LedgerError(f"{path}: not a dossier ({error}); `tillfree dossier VISIT --out FILE` writes one") from None


def doubts(dossier: Dossier) -> tuple[str, ...]:
    """Why a dossier does not prove its receipt, in words; empty when it does."""
    broken = tuple(_broken(dossier))
    if broken:
        return broken
    facts = [fact for _, fact in dossier.facts()]
    receipts = [(at, fact) for at, fact in enumerate(facts) if isinstance(fact, ReceiptIssued)]
    if len(receipts) != 1:
        return (f"it holds {len(receipts)} receipts",)
    ((at, receipt),) = receipts
    return (*_wrong_sums(receipt), *_wrong_units(receipt, facts, at))


def against_ledger(dossier: Dossier, path: Path) -> tuple[str, ...]:
    """Which entries the ledger at ``path`` does not have as the dossier has them, and which of its own are missing."""
    written = {one.entry: one for one in dossier_of(path, dossier.visit_id).entries}
    told = {one.entry: one for one in dossier.entries}
    other = [f"entry {number} is not in the ledger like that" for number in told if written.get(number) != told[number]]
    return (*other, *(f"entry {number} of the ledger is missing" for number in written.keys() - told.keys()))


def _broken(dossier: Dossier) -> Iterator[str]:
    last: DossierEntry | None = None
    for one in dossier.entries:
        if one.visit_id != dossier.visit_id:
            yield f"entry {one.entry} is about another visit"
        if not one.is_as_written:
            yield f"entry {one.entry} is not what was written"
        if last is not None and one.entry <= last.entry:
            yield f"entry {one.entry} is out of order"
        if last is not None and one.entry == last.entry + 1 and one.prev_hash != last.hash:
            yield f"entry {one.entry} does not follow entry {last.entry}"
        last = one


def _wrong_sums(receipt: ReceiptIssued) -> Iterator[str]:
    for line in receipt.lines:
        if line.quantity * line.unit_price_minor - line.discount_minor != line.total_minor:
            yield f"the line of {line.sku_id} is not its units at their price, less the discount"
    on_top_minor = sum(tax.tax_minor for tax in receipt.taxes if not tax.included)
    if sum(line.total_minor for line in receipt.lines) + on_top_minor != receipt.total_minor:
        yield "the total is not the sum of the lines and of the taxes on top"


def _wrong_units(receipt: ReceiptIssued, facts: Sequence[OutputFact], at: int) -> Iterator[str]:
    charged = {line.sku_id: line.quantity for line in receipt.lines}
    cart = _cart(facts[:at])
    if charged != {sku_id: units for sku_id, units in cart.items() if sku_id not in receipt.withheld}:
        yield "the receipt's units are not those of the lines before it"
    refused = any(isinstance(fact, AgeChecked) and not fact.old_enough for fact in facts[:at])
    if receipt.withheld and not refused:
        yield "goods are withheld, and nobody was asked for papers in vain"
    back: dict[SkuId, int] = {}
    for fact in facts[at:]:
        if isinstance(fact, ReceiptAdjusted):
            charged[fact.sku_id] = charged.get(fact.sku_id, 0) + fact.quantity
        elif isinstance(fact, LineRefunded):
            back[fact.sku_id] = back.get(fact.sku_id, 0) + fact.quantity
    for sku_id, units in back.items():
        if units > charged.get(sku_id, 0):
            yield f"more of {sku_id} was refunded than paid for"


def _cart(facts: Sequence[OutputFact]) -> dict[SkuId, int]:
    """Settled units by SKU, those of which there are any."""
    units: dict[SkuId, int] = {}
    for line in standing_lines(facts).values():
        if line.settled:
            units[line.sku_id] = units.get(line.sku_id, 0) + signed_quantity(line)
    return {sku_id: count for sku_id, count in units.items() if count > 0}
