"""What is said of a receipt adds up to what the cart costs by now, units, money and tax alike."""

from hypothesis import given
from hypothesis import strategies as st

from engine.core._bills import Bill, receipt_of
from engine.domain import ReceiptIssued, SkuId, Store, VisitId, price
from tests.domain.trade_goods import SALES, carts, free, store, stores

VISIT = VisitId("v1")


def issued(cart: dict[SkuId, int], shop: Store) -> ReceiptIssued:
    """The receipt for a cart."""
    owed = price(cart, shop)
    return ReceiptIssued(
        t_ns=0,
        receipt_id=receipt_of(VISIT),
        visit_id=VISIT,
        lines=owed.lines,
        total_minor=owed.total_minor,
        currency=shop.currency,
        discounts=owed.discounts,
        taxes=owed.taxes,
    )


@given(shop=stores(), first=carts(), later=st.lists(carts(), max_size=4))
def test_a_receipt_and_its_adjustments_are_the_price_of_the_cart(
    shop: Store, first: dict[SkuId, int], later: list[dict[SkuId, int]]
) -> None:
    receipt = issued(first, shop)
    bill = Bill.of(receipt)
    changes = [change for cart in later for change in bill.adjust(price(cart, shop), shop, t_ns=1)]
    owed = price(later[-1] if later else first, shop)
    assert bill.since == changes
    assert receipt.total_minor + sum(change.delta_minor for change in changes) == owed.total_minor
    for tax_class in shop.tax_classes:
        said_minor = [tax.tax_minor for tax in receipt.taxes if tax.tax_class_id == tax_class.tax_class_id]
        said_minor += [change.tax_minor for change in changes if change.tax_class_id == tax_class.tax_class_id]
        due_minor = [tax.tax_minor for tax in owed.taxes if tax.tax_class_id == tax_class.tax_class_id]
        assert sum(said_minor) == sum(due_minor)
    units = {line.sku_id: line.quantity for line in receipt.lines}
    for change in changes:
        units[change.sku_id] = units.get(change.sku_id, 0) + change.quantity
    assert {sku_id: count for sku_id, count in units.items() if count} == (later[-1] if later else first)


@given(shop=stores(), cart=carts())
def test_pricing_the_same_cart_again_says_nothing(shop: Store, cart: dict[SkuId, int]) -> None:
    assert Bill.of(issued(cart, shop)).adjust(price(cart, shop), shop, t_ns=1) == []


def test_a_unit_withdrawn_undoes_the_promotion_it_was_part_of() -> None:
    shop = store({"a": 100, "b": 80, "c": 60}, free("abc"), taxes={"a": SALES})
    bill = Bill.of(issued({SkuId("a"): 1, SkuId("b"): 1, SkuId("c"): 1}, shop))
    said = bill.adjust(price({SkuId("a"): 1, SkuId("b"): 1}, shop), shop, t_ns=1)
    assert [(c.sku_id, c.quantity, c.delta_minor, c.tax_minor) for c in said] == [
        ("a", 0, 27, 2),  # 25 of the discount of 60 were its part, and 2 of tax on top
        ("b", 0, 20, 1),
        ("c", -1, -45, -3),
    ]
