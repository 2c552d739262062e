"""What people ask about receipts that were issued."""

from enum import StrEnum

import msgspec

from engine.domain._ids import ReceiptId, SkuId


class RefundLine(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Give back what was paid for ``quantity`` units of a product on a receipt, and say why."""

    receipt_id: ReceiptId
    sku_id: SkuId
    quantity: int
    reason: str


class OpenDispute(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Note that a customer says that a receipt is wrong, and how."""

    receipt_id: ReceiptId
    reason: str


class DisputeOutcome(StrEnum):
    """Whether the customer was right."""

    UPHELD = "upheld"
    DENIED = "denied"


class SettleDispute(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Close a receipt's dispute, and say why so; what is owed to the customer is a refund of its own."""

    receipt_id: ReceiptId
    outcome: DisputeOutcome
    reason: str


ReceiptCommand = RefundLine | OpenDispute | SettleDispute
