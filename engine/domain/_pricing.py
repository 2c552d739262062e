"""What a cart costs: lines, what promotions take off, and the tax in it or on top of it. Integers throughout."""

from collections.abc import Mapping

import msgspec

from engine.domain._ids import SkuId
from engine.domain._promotions import best_savings
from engine.domain._receipts import Discount, ReceiptLine, ReceiptTax
from engine.domain._store import PPM, Store, TaxClass


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A cart with its price: ``total_minor`` is all lines and the taxes that come on top of them."""

    lines: tuple[ReceiptLine, ...]
    discounts: tuple[Discount, ...]
    taxes: tuple[ReceiptTax, ...]
    total_minor: int


def price(units: Mapping[SkuId, int], store: Store) -> Priced:
    """Price a cart as is best for the customer; ``units`` are positive, in any order."""
    savings = best_savings(units, store)
    off_minor = dict.fromkeys(units, 0)
    for saving in savings:
        for sku_id, minor in saving.minor_by_sku.items():
            off_minor[sku_id] += minor
    lines = tuple(_line(sku_id, units[sku_id], off_minor[sku_id], store) for sku_id in sorted(units))
    taxes = _taxes(lines, store)
    return Priced(
        lines=lines,
        discounts=tuple(
            Discount(
                promotion_id=saving.promotion.promotion_id,
                name=saving.promotion.name,
                times=saving.times,
                discount_minor=sum(saving.minor_by_sku.values()),
            )
            for saving in savings
        ),
        taxes=taxes,
        total_minor=sum(line.total_minor for line in lines) + sum(t.tax_minor for t in taxes if not t.included),
    )


def tax_of(taxed_minor: int, tax_class: TaxClass) -> int:
    """The tax in an amount, or on top of it: to the nearest minor unit, halves up.

    Tax is counted on the sum of a class, not line by line: EN 16931-1, rule BR-CO-17, which rounds halves up too.
    """
    whole_ppm = PPM + tax_class.rate_ppm if tax_class.included else PPM
    return (2 * taxed_minor * tax_class.rate_ppm + whole_ppm) // (2 * whole_ppm)


def _line(sku_id: SkuId, quantity: int, discount_minor: int, store: Store) -> ReceiptLine:
    unit_price_minor = store.product_by_sku[sku_id].price_minor
    return ReceiptLine(
        sku_id=sku_id,
        quantity=quantity,
        unit_price_minor=unit_price_minor,
        discount_minor=discount_minor,
        total_minor=quantity * unit_price_minor - discount_minor,
    )


def _taxes(lines: tuple[ReceiptLine, ...], store: Store) -> tuple[ReceiptTax, ...]:
    taxed_minor: dict[TaxClass, int] = {}
    for line in lines:
        tax_class = store.tax_class_of(line.sku_id)
        taxed_minor[tax_class] = taxed_minor.get(tax_class, 0) + line.total_minor
    return tuple(
        ReceiptTax(
            tax_class_id=tax_class.tax_class_id,
            rate_ppm=tax_class.rate_ppm,
            included=tax_class.included,
            taxed_minor=taxed_minor[tax_class],
            tax_minor=tax_of(taxed_minor[tax_class], tax_class),
        )
        for tax_class in store.tax_classes
        if tax_class in taxed_minor
    )
