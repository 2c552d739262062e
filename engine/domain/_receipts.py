"""Receipts, and what is said of them later. Amounts are integers in the currency's minor unit."""

import msgspec

from engine.domain._fact import Fact
from engine.domain._ids import CommandId, PromotionId, ReceiptId, SkuId, TaxClassId, VisitId
from engine.domain._receipt_commands import DisputeOutcome


class ReceiptLine(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU on a receipt; ``total_minor`` is what is left of its price after its part of the discounts."""

    sku_id: SkuId
    quantity: int
    unit_price_minor: int
    total_minor: int
    discount_minor: int = 0


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """What a promotion took off the lines of a receipt; it was applied ``times`` times."""

    promotion_id: PromotionId
    name: str
    times: int
    discount_minor: int


class ReceiptTax(msgspec.Struct, frozen=True, kw_only=True):
    """The tax of one class: of ``taxed_minor``, the sum of its lines, in which it is ``included`` or not."""

    tax_class_id: TaxClassId
    rate_ppm: int
    included: bool
    taxed_minor: int
    tax_minor: int


class ReceiptIssued(Fact, frozen=True, kw_only=True, tag=True):
    """What the visit is charged: its lines and the taxes that are not included in them. At most one per visit.

    ``withheld`` products are in the cart and not sold: nobody has proved to be old enough for them.
    """

    receipt_id: ReceiptId
    visit_id: VisitId
    lines: tuple[ReceiptLine, ...]
    total_minor: int
    currency: str
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[ReceiptTax, ...] = ()
    withheld: tuple[SkuId, ...] = ()


class ReceiptAdjusted(Fact, frozen=True, kw_only=True, tag=True):
    """A decision after the receipt: the cart was priced again, and ``delta_minor`` is given back when negative.

    ``quantity`` is 0 for a product whose units stay and whose price does not: a promotion came or went. ``tax_minor``
    is the change of the tax in, or on top of, the product's class; a tax on top is part of ``delta_minor``.
    """

    receipt_id: ReceiptId
    visit_id: VisitId
    sku_id: SkuId
    quantity: int
    delta_minor: int
    tax_class_id: TaxClassId | None = None
    tax_minor: int = 0


class LineRefunded(Fact, frozen=True, kw_only=True, tag=True):
    """``amount_minor`` was given back for units of a product, ``tax_minor`` less of tax is owed; by whom and why."""

    receipt_id: ReceiptId
    visit_id: VisitId
    sku_id: SkuId
    quantity: int
    amount_minor: int
    tax_class_id: TaxClassId
    tax_minor: int
    reason: str
    by: str
    command_id: CommandId


class DisputeOpened(Fact, frozen=True, kw_only=True, tag=True):
    """A customer says that a receipt is wrong; no money moves."""

    receipt_id: ReceiptId
    visit_id: VisitId
    reason: str
    by: str


class DisputeSettled(Fact, frozen=True, kw_only=True, tag=True):
    """Somebody decided whether the customer was right; what is owed to them is refunded apart from it."""

    receipt_id: ReceiptId
    visit_id: VisitId
    outcome: DisputeOutcome
    reason: str
    by: str


LaterFact = ReceiptAdjusted | LineRefunded | DisputeOpened | DisputeSettled
"""What may be said of a receipt after it was issued."""

ReceiptFact = ReceiptIssued | LaterFact
