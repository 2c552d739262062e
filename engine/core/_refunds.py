"""Refunds and disputes: what people do about a receipt after it was issued. Nothing is ever given back twice."""

from engine.core._bills import Bill
from engine.core._state import World
from engine.domain import (
    CommandGiven,
    DisputeOpened,
    DisputeSettled,
    LineRefunded,
    OpenDispute,
    ReceiptCommand,
    RefundLine,
    SettleDispute,
)


def refusal(world: World, command: ReceiptCommand) -> str:
    """Why a command would have no effect; empty when it would."""
    bill = world.state.bills.known.get(command.receipt_id)
    if bill is None:
        return f"receipt {command.receipt_id} is not one of the last 24 hours"
    if not command.reason.strip():
        return "no reason was given"
    match command:
        case RefundLine():
            return _refund_refusal(world, bill, command)
        case OpenDispute():
            return "the receipt is disputed already" if bill.disputed else ""
        case SettleDispute():
            return "" if bill.disputed else "the receipt is not disputed"


def obey(world: World, fact: CommandGiven, command: ReceiptCommand) -> None:
    """Do what was asked, once for each ``command_id``, if it still may be done."""
    if refusal(world, command):
        return
    bill = world.state.bills.known[command.receipt_id]
    match command:
        case RefundLine():
            if not bill.has_refunded(fact.command_id):
                world.emit(_refund(world, bill, fact, command))
        case OpenDispute():
            opened = DisputeOpened(
                t_ns=world.now_ns,
                receipt_id=command.receipt_id,
                visit_id=bill.issued.visit_id,
                reason=command.reason,
                by=fact.by,
            )
            bill.since.append(opened)
            world.emit(opened)
        case SettleDispute():
            settled = DisputeSettled(
                t_ns=world.now_ns,
                receipt_id=command.receipt_id,
                visit_id=bill.issued.visit_id,
                outcome=command.outcome,
                reason=command.reason,
                by=fact.by,
            )
            bill.since.append(settled)
            world.emit(settled)


def _refund_refusal(world: World, bill: Bill, command: RefundLine) -> str:
    product = world.store.product_by_sku.get(command.sku_id)
    if product is None:
        return f"{command.sku_id} is no longer sold here"
    left = bill.refundable(command.sku_id)
    if command.quantity < 1:
        return "nothing would be refunded"
    if command.quantity > left.quantity:
        return f"only {left.quantity} of {product.name} paid for and not refunded yet"
    return "" if left.minor else f"nothing was paid for {product.name}"


def _refund(world: World, bill: Bill, fact: CommandGiven, command: RefundLine) -> LineRefunded:
    back = bill.refund(command.sku_id, command.quantity, world.store)
    refunded = LineRefunded(
        t_ns=world.now_ns,
        receipt_id=command.receipt_id,
        visit_id=bill.issued.visit_id,
        sku_id=command.sku_id,
        quantity=command.quantity,
        amount_minor=back.amount_minor,
        tax_class_id=back.tax_class_id,
        tax_minor=back.tax_minor,
        reason=command.reason,
        by=fact.by,
        command_id=fact.command_id,
    )
    bill.since.append(refunded)
    return refunded
