"""Read back what a ledger was told."""

from pathlib import Path

import msgspec

from engine.domain import OutputFact
from engine.runtime.ledger._reading import reading

_facts: msgspec.json.Decoder[OutputFact] = msgspec.json.Decoder(OutputFact)


def read_facts(path: Path) -> list[OutputFact]:
    """The facts of all entries in order. Raises ``LedgerError``."""
    with reading(path) as db:
        return [_facts.decode(body) for (body,) in db.execute("SELECT body FROM entries ORDER BY entry")]
