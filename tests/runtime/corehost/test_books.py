"""A store's books opened where journal and ledger do not end at the same place."""

from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from engine.domain import InputFact, OutputFact, Passage, ReceiptIssued, Recorded
from engine.runtime.corehost import Books, Listeners
from engine.runtime.ledger import Numbered, read_facts, verify
from engine.store import StoreFolder
from tests.runtime.build import passed, recorded, settled
from tests.runtime.folder import small_store
from tests.runtime.stand_in import StandInCore

LEFT = msgspec.structs.replace(passed(30), passage=Passage.OUT)


@pytest.fixture
def folder(tmp_path: Path) -> StoreFolder:
    return small_store(tmp_path / "store")


def keep(folder: StoreFolder, *facts: InputFact, first: int = 1) -> list[OutputFact]:
    """Open the books, carry facts in, and close them; what was said outside."""
    books = Books(folder, StandInCore, recovered=lambda _: None)
    said: list[Numbered] = []
    pipeline = books.pipeline(Listeners(said=said.extend, durable=lambda _: None))
    given: list[Recorded] = [recorded(fact, seq=seq) for seq, fact in enumerate(facts, start=first)]
    pipeline.feed(given)
    books.close()
    return [output.fact for output in said]


def lose(folder: Path, pattern: str) -> None:
    for file in folder.glob(pattern):
        file.unlink()


def test_a_ledger_behind_its_journal_is_completed(folder: StoreFolder) -> None:
    said = keep(folder, passed(1), settled(20), LEFT)
    lose(folder.ledger_path.parent, "ledger.db*")
    assert keep(folder) == []
    assert read_facts(folder.ledger_path) == said
    assert verify(folder.ledger_path).whole


def test_a_ledger_ahead_of_its_journal_stands_and_nobody_is_charged_again(folder: StoreFolder) -> None:
    keep(folder, passed(1), settled(20))
    charged = keep(folder, LEFT, first=3)
    lose(folder.journal_dir, "00000002.segment")
    with capture_logs() as logs:
        again = keep(folder, LEFT, passed(40), first=3)
    assert [type(fact).__name__ for fact in charged] == ["VisitLeft", "ReceiptIssued"]
    assert [type(fact).__name__ for fact in again] == ["VisitLeft", "VisitOpened"]
    assert "visit_charged_before" in [entry["event"] for entry in logs]
    receipts = [fact for fact in read_facts(folder.ledger_path) if isinstance(fact, ReceiptIssued)]
    assert receipts == charged[1:]
    assert verify(folder.ledger_path).whole
