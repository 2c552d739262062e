"""A journal on disk, decided once more under another policy."""

from pathlib import Path

import msgspec
import pytest

from engine.core import StoreCore
from engine.domain import InputFact, NeedsReview, OutputFact, Policy, Recorded
from engine.runtime.corehost import CartChange, what_if
from engine.runtime.journal import JournalReader, JournalWriter
from engine.runtime.sealing import KeyRing
from tests.build import answer, body, in_time, play, reach, settled, small_store, tick

STORE = small_store(gates=False)
DEADLINE_S = STORE.policy.review_deadline_s
NEVER_ASK = msgspec.structs.replace(STORE.policy, review_minor=100_000)


def _doubtful() -> list[InputFact]:
    """Ann and Bob both have a hand at the beans while some leave, Ann's a little nearer."""
    bob = body("bob", at_m=(-0.2, 0.9), hands=[(-0.45, 0.32, 0.9)])
    return in_time(reach(STORE, "ann", "s1p1", 5, others=[bob]), [settled("s1", 5, {"s1p1": -421}), tick(7)])


def _answered(visit: str) -> list[InputFact]:
    facts = _doubtful()
    said: list[OutputFact] = play(StoreCore(STORE), facts)
    (case,) = [fact for fact in said if isinstance(fact, NeedsReview)]
    return [*facts, answer(9, case.case_id, visit, "beans", 1), tick(10 + DEADLINE_S)]


@pytest.fixture
def journal(tmp_path: Path) -> JournalReader:
    """A person says that it was Bob."""
    keys = KeyRing(tmp_path / "keys")
    writer = JournalWriter(tmp_path / "journal", keys)
    facts = _answered("bob")
    writer.append([Recorded(source="bench", seq=n + 1, boot_epoch=1, fact=fact) for n, fact in enumerate(facts)])
    writer.sync()
    writer.close()
    return JournalReader(tmp_path / "journal", keys)


def test_the_same_policy_changes_nothing(journal: JournalReader) -> None:
    found = what_if(journal, STORE, STORE.policy, StoreCore)
    assert found.as_was == found.as_would_be
    assert (found.as_was.asked, found.as_was.answered, found.as_was.lines) == (1, 1, 1)
    assert (found.carts, found.unanswerable) == ((), 0)


def test_a_policy_that_never_asks_believes_the_likelier_one_and_wastes_an_answer(journal: JournalReader) -> None:
    found = what_if(journal, STORE, NEVER_ASK, StoreCore)
    assert (found.policy, found.instead) == (Policy(), NEVER_ASK)
    assert (found.as_would_be.asked, found.as_would_be.answered, found.unanswerable) == (0, 0, 1)
    assert found.carts == (
        CartChange(visit_id="ann", sku_id="beans", units=0, units_instead=1),  # type: ignore[arg-type]
        CartChange(visit_id="bob", sku_id="beans", units=1, units_instead=0),  # type: ignore[arg-type]
    )


def test_it_is_the_same_each_time(journal: JournalReader) -> None:
    first, second = (what_if(journal, STORE, NEVER_ASK, StoreCore) for _ in range(2))
    assert msgspec.json.encode(first) == msgspec.json.encode(second)
