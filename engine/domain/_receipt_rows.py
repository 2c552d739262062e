"""Receipts as rows, for bookkeeping: the ledger's export and the console's are these."""

import csv
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import IO

import msgspec
import numpy as np

from engine.domain._ids import ReceiptId, SkuId, TaxClassId, VisitId
from engine.domain._receipts import (
    DisputeOpened,
    DisputeSettled,
    LineRefunded,
    ReceiptAdjusted,
    ReceiptFact,
    ReceiptIssued,
)


class RowKind(StrEnum):
    """What a row is about."""

    CHARGE = "charge"
    TAX = "tax"
    ADJUSTMENT = "adjustment"
    REFUND = "refund"
    DISPUTE = "dispute"
    SETTLEMENT = "settlement"


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a receipt, the tax of a class, or what came later; ``at`` is UTC.

    ``amount_minor`` of a receipt's rows add up to what is paid for it by now, ``tax_minor`` to the tax in that.
    """

    at: str
    kind: RowKind
    receipt_id: ReceiptId
    visit_id: VisitId
    sku_id: SkuId | None = None
    quantity: int | None = None
    amount_minor: int = 0
    tax_class: TaxClassId | None = None
    tax_minor: int = 0
    currency: str = ""
    by: str = ""
    reason: str = ""


def receipt_rows(said: Iterable[tuple[int, ReceiptFact]]) -> Iterator[ReceiptRow]:
    """The rows of facts, each with its instant on the wall's clock in ns; a change comes after its receipt."""
    currencies: dict[ReceiptId, str] = {}
    for wall_ns, fact in said:
        if isinstance(fact, ReceiptIssued):
            currencies[fact.receipt_id] = fact.currency
        same = ReceiptRow(
            at=f"{np.datetime64(wall_ns // 1_000_000, 'ms')}Z",
            kind=RowKind.CHARGE,
            receipt_id=fact.receipt_id,
            visit_id=fact.visit_id,
            currency=currencies.get(fact.receipt_id, ""),
        )
        yield from _rows(fact, same)


def write_receipt_rows(rows: Iterable[ReceiptRow], out: IO[str]) -> int:
    """Write rows as CSV to ``out``, a header first; how many. Amounts are in the minor unit."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(ReceiptRow.__struct_fields__)
    count = 0
    for row in rows:
        writer.writerow(msgspec.structs.astuple(row))
        count += 1
    return count


def _rows(fact: ReceiptFact, same: ReceiptRow) -> Iterator[ReceiptRow]:
    replace = msgspec.structs.replace
    match fact:
        case ReceiptIssued():
            for line in fact.lines:
                yield replace(same, sku_id=line.sku_id, quantity=line.quantity, amount_minor=line.total_minor)
            for tax in fact.taxes:
                extra_minor = 0 if tax.included else tax.tax_minor
                about = replace(same, kind=RowKind.TAX, tax_class=tax.tax_class_id)
                yield replace(about, amount_minor=extra_minor, tax_minor=tax.tax_minor)
        case ReceiptAdjusted():
            yield replace(
                same,
                kind=RowKind.ADJUSTMENT,
                sku_id=fact.sku_id,
                quantity=fact.quantity,
                amount_minor=fact.delta_minor,
                tax_class=fact.tax_class_id,
                tax_minor=fact.tax_minor,
            )
        case LineRefunded():
            yield replace(
                same,
                kind=RowKind.REFUND,
                sku_id=fact.sku_id,
                quantity=-fact.quantity,
                amount_minor=-fact.amount_minor,
                tax_class=fact.tax_class_id,
                tax_minor=-fact.tax_minor,
                by=fact.by,
                reason=fact.reason,
            )
        case DisputeOpened():
            yield replace(same, kind=RowKind.DISPUTE, by=fact.by, reason=fact.reason)
        case DisputeSettled():
            yield replace(same, kind=RowKind.SETTLEMENT, by=fact.by, reason=f"{fact.outcome}: {fact.reason}")
