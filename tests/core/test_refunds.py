"""Refunds and disputes: each is done once, nothing is given back that was not paid, and refusals say why."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import StoreCore, _refunds
from engine.core._bills import Bill
from engine.core._state import CoreState, World
from engine.core.tracking import FloorTracker
from engine.domain import (
    Command,
    CommandGiven,
    CommandId,
    DisputeOpened,
    DisputeOutcome,
    DisputeSettled,
    InputFact,
    LineRefunded,
    OpenDispute,
    Passage,
    ReceiptCommand,
    ReceiptId,
    ReceiptIssued,
    RefundLine,
    SettleDispute,
    SkuId,
    Store,
    receipt_rows,
    tax_of,
)
from tests.build import authorised, in_time, ns, passed, play, reach, settled, tick
from tests.core.test_bills import VISIT, issued
from tests.core.test_visits import STORE, walk
from tests.domain.trade_goods import SALES, SKUS, carts, free, store, stores

RECEIPT = ReceiptId(f"R-{VISIT}")
A, B = SkuId("a"), SkuId("b")


def world(shop: Store, cart: dict[SkuId, int]) -> World:
    """A store with one receipt."""
    made = World(store=shop, state=CoreState(), tracker=FloorTracker(shop))
    made.state.bills.known[RECEIPT] = Bill.of(issued(cart, shop))
    return made


def given_command(command: Command, number: str = "1") -> CommandGiven:
    """A manager's command."""
    return CommandGiven(t_ns=1, command_id=CommandId(number), by="mo", command=command)


def refund(sku_id: SkuId, quantity: int = 1, *, reason: str = "broken") -> RefundLine:
    """A refund on the receipt."""
    return RefundLine(receipt_id=RECEIPT, sku_id=sku_id, quantity=quantity, reason=reason)


def obey(in_world: World, command: ReceiptCommand, number: str = "1") -> None:
    """Give a command."""
    _refunds.obey(in_world, given_command(command, number), command)


def test_a_refund_gives_back_what_was_paid_for_the_units_and_the_tax_on_top() -> None:
    shop = store({"a": 100, "b": 80}, free("ab"), taxes={"a": SALES})
    trade = world(shop, {A: 2, B: 1})  # 280, less 80: of that a has 143 and 13 tax on top of it, b 57
    obey(trade, refund(A), "1")
    obey(trade, refund(A), "2")
    assert [(f.quantity, f.amount_minor, f.tax_minor) for f in trade.said if isinstance(f, LineRefunded)] == [
        (1, 79, 7),
        (1, 77, 6),
    ]
    assert trade.said[0] == LineRefunded(
        t_ns=0,
        receipt_id=RECEIPT,
        visit_id=VISIT,
        sku_id=A,
        quantity=1,
        amount_minor=79,
        tax_class_id=SALES.tax_class_id,
        tax_minor=7,
        reason="broken",
        by="mo",
        command_id=CommandId("1"),
    )


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (refund(A, 3), "only 2 of A paid for and not refunded yet"),
        (refund(SkuId("c")), "only 0 of C paid for and not refunded yet"),
        (refund(SkuId("x")), "x is no longer sold here"),
        (refund(A, 0), "nothing would be refunded"),
        (refund(A, -1), "nothing would be refunded"),
        (refund(B), "nothing was paid for B"),
        (refund(A, reason=" "), "no reason was given"),
        (RefundLine(receipt_id=ReceiptId("R-9"), sku_id=A, quantity=1, reason="so"), "R-9 is not one of the last 24 h"),
        (OpenDispute(receipt_id=RECEIPT, reason=""), "no reason was given"),
        (
            SettleDispute(receipt_id=RECEIPT, outcome=DisputeOutcome.DENIED, reason="seen"),
            "the receipt is not disputed",
        ),
    ],
)
def test_what_may_not_be_is_refused_and_has_no_effect(command: ReceiptCommand, why: str) -> None:
    trade = world(store({"a": 100, "b": 0, "c": 5}), {A: 2, B: 1})
    assert why in _refunds.refusal(trade, command)
    obey(trade, command)
    assert trade.said == []


def test_a_dispute_is_opened_once_and_settled_once() -> None:
    trade = world(store({"a": 100}), {A: 1})
    dispute = OpenDispute(receipt_id=RECEIPT, reason="never took it")
    settle = SettleDispute(receipt_id=RECEIPT, outcome=DisputeOutcome.UPHELD, reason="the clip shows a neighbour")
    commands: tuple[ReceiptCommand, ...] = (dispute, dispute, settle, settle)
    for number, command in enumerate(commands):
        obey(trade, command, str(number))
    assert [type(fact) for fact in trade.said] == [DisputeOpened, DisputeSettled]
    assert _refunds.refusal(trade, dispute) == ""
    assert trade.state.bills.known[RECEIPT].since == trade.said


def test_what_was_refunded_is_not_given_back_again_when_it_proves_never_taken() -> None:
    shop = store({"a": 100, "b": 80})
    trade = world(shop, {A: 2})
    obey(trade, refund(A, 2))
    bill = trade.state.bills.known[RECEIPT]
    assert bill.adjust(bill.owed({A: 1}, shop), shop, t_ns=1) == []
    assert [(c.quantity, c.delta_minor) for c in bill.adjust(bill.owed({A: 3}, shop), shop, t_ns=1)] == [(1, 100)]


deeds = st.one_of(
    st.tuples(st.sampled_from(SKUS), st.integers(1, 4), st.integers(0, 5)),  # a refund, by a command that may be known
    carts(),  # a decision after the receipt
)


@given(shop=stores(), cart=carts(), done=st.lists(deeds, max_size=12))
def test_however_often_refunds_are_asked_for_nobody_gets_more_than_they_paid(
    shop: Store, cart: dict[SkuId, int], done: list[tuple[SkuId, int, int] | dict[SkuId, int]]
) -> None:
    trade = world(shop, cart)
    bill = trade.state.bills.known[RECEIPT]
    for deed in done:
        if isinstance(deed, dict):
            trade.said += bill.adjust(bill.owed(deed, shop), shop, t_ns=1)
        else:
            sku_id, quantity, number = deed
            command = refund(sku_id, quantity)
            expected = not _refunds.refusal(trade, command) and not bill.has_refunded(CommandId(str(number)))
            before = len(trade.said)
            obey(trade, command, str(number))
            assert len(trade.said) == before + expected
        trade.state = msgspec.convert(msgspec.to_builtins(trade.state), CoreState)  # as after a restart
        bill = trade.state.bills.known[RECEIPT]
    refunds = [fact for fact in trade.said if isinstance(fact, LineRefunded)]
    assert len({fact.command_id for fact in refunds}) == len(refunds)
    _holds(bill, shop)


def _holds(bill: Bill, shop: Store) -> None:
    """Nothing below zero, product by product; all that was said adds up to what the products come to, and their tax."""
    rows = list(receipt_rows((0, fact) for fact in (bill.issued, *bill.since)))
    paid_minor = 0
    for sku_id in SKUS:
        of_sku = [row for row in rows if row.sku_id == sku_id]
        left = bill.refundable(sku_id)
        assert sum(row.quantity or 0 for row in of_sku) == left.quantity >= 0
        assert left.minor >= 0
        paid_minor += left.minor
    for tax_class in shop.tax_classes:
        taxed = {sku: 1 for sku in SKUS if shop.tax_class_of(sku) == tax_class}
        base_minor = sum(bill.refundable(sku_id).minor for sku_id in taxed)
        assert bill.taxed_minor.get(tax_class.tax_class_id, 0) == base_minor
        due_minor = sum(row.tax_minor for row in rows if row.tax_class == tax_class.tax_class_id)
        assert due_minor == tax_of(base_minor, tax_class)
        paid_minor += 0 if tax_class.included else due_minor
    assert sum(row.amount_minor for row in rows) == paid_minor >= 0


def test_the_journal_replayed_refunds_what_it_did_and_a_repeated_command_nothing() -> None:
    visit: list[InputFact] = [authorised(0, "v1"), passed(0.6, Passage.IN), passed(9.9, Passage.OUT)]
    visit += [settled("s1", 5, {"s1p1": -842}), tick(13)]
    walked = [*walk("x", (-3.6, 2), (-0.5, 0.8), (0, 4)), *walk("x", (-0.5, 0.8), (-3.9, 2), (7, 11))]
    command = RefundLine(receipt_id=ReceiptId("R-v1"), sku_id=SkuId("beans"), quantity=1, reason="burst")
    twice = [CommandGiven(t_ns=ns(t_s), command_id=CommandId("c"), by="mo", command=command) for t_s in (30, 31)]
    facts = [*in_time(walked, reach(STORE, "x", "s1p1", 5), visit), *twice, tick(40)]
    said = play(StoreCore(STORE), facts)
    assert [(f.quantity, f.amount_minor) for f in said if isinstance(f, LineRefunded)] == [(1, 100)]
    core = StoreCore(STORE)
    first = play(core, facts[:-2])
    again = StoreCore.restore(STORE, core.checkpoint())
    assert [*first, *play(again, facts[-2:])] == said
    assert [type(f) for f in again.standing_facts()[-2:]] == [ReceiptIssued, LineRefunded]
    assert again.refusal(msgspec.structs.replace(command, quantity=2)).startswith("only 1 of Beans")
