"""Shoppers shop, receipts follow, and killing the engine in the middle changes nothing of it."""

from collections.abc import Iterable
from pathlib import Path

from engine.bench.score import account, read_truth, score
from engine.domain import CartFact, LineId, LineWithdrawn, Picked, ReceiptIssued, VisitId, VisitLeft, VisitOpened
from engine.runtime.ledger import verify
from engine.wire import EngineClient, EngineUnreachableError
from tests.end_to_end.store import RunningStore


def test_what_shoppers_take_is_on_their_receipts(tmp_path: Path) -> None:
    with RunningStore(tmp_path, seed=5, seconds=55.0) as store:
        store.await_that(lambda: store.shopping_is_over, what="the shoppers leave")
        store.await_that(lambda: _all_receipts_are_out(store), what="receipts follow")
        truth = read_truth(store.truth)
        result = score(truth, store.witness.heard, health=store.witness.health, store=store.folder.store)
        accounts = account(truth, store.witness.heard, store.folder.store)

    assert result.lines_true >= 5
    assert result.right_share >= 0.9
    assert result.receipts == len(accounts)
    assert verify(store.folder.ledger_path).whole


def test_a_killed_engine_goes_on_with_the_same_cart_and_bills_it_once(tmp_path: Path) -> None:
    with RunningStore(tmp_path, seed=5, seconds=50.0) as store:
        store.await_that(lambda: bool(_settled_picks(store)), what="something is taken")
        before = _cart(store)
        store.kill_engine()
        store.restart_engine()
        store.await_that(lambda: _answers(store), what="the engine is back")
        after = _cart_in_snapshot(store)
        store.await_that(lambda: store.shopping_is_over, what="the shoppers leave")
        store.await_that(lambda: _all_receipts_are_out(store), what="receipts follow")
        facts = store.witness.facts()

    assert {line_id: after.get(line_id) for line_id in before} == before
    receipts = [fact.visit_id for fact in facts if isinstance(fact, ReceiptIssued)]
    opened = {fact.visit_id for fact in facts if isinstance(fact, VisitOpened)}
    assert sorted(receipts) == sorted(opened)
    assert verify(store.folder.ledger_path).whole


def _settled_picks(store: RunningStore) -> list[Picked]:
    return [fact for fact in store.witness.facts() if isinstance(fact, Picked) and fact.settled]


def _cart(store: RunningStore) -> dict[LineId, tuple[VisitId, str, int]]:
    return _fold(fact for fact in store.witness.facts() if isinstance(fact, CartFact))


def _cart_in_snapshot(store: RunningStore) -> dict[LineId, tuple[VisitId, str, int]]:
    with EngineClient(store.address) as client:
        return _fold(fact for fact in client.snapshot().facts if isinstance(fact, CartFact))


def _fold(facts: Iterable[CartFact]) -> dict[LineId, tuple[VisitId, str, int]]:
    lines: dict[LineId, tuple[VisitId, str, int]] = {}
    for fact in facts:
        if isinstance(fact, LineWithdrawn):
            lines.pop(fact.line_id, None)
        elif fact.settled:
            lines[fact.line_id] = (fact.visit_id, fact.sku_id, fact.quantity)
    return lines


def _answers(store: RunningStore) -> bool:
    try:
        with EngineClient(store.address, request_timeout_s=0.5) as client:
            client.snapshot()
    except EngineUnreachableError:
        return False
    return True


def _all_receipts_are_out(store: RunningStore) -> bool:
    facts = store.witness.facts()
    left = {fact.visit_id for fact in facts if isinstance(fact, VisitLeft)}
    opened = {fact.visit_id for fact in facts if isinstance(fact, VisitOpened)}
    return opened == left == {fact.visit_id for fact in facts if isinstance(fact, ReceiptIssued)}
