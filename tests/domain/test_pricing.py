"""A cart is priced exactly, as is best for the customer, whatever the order in which it was filled."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import Promotion, SkuId, Store, TaxClass, TaxClassId, price, tax_of
from tests.domain.trade_goods import SALES, SKUS, carts, free, store, stores, together

PRICES = {"a": 100, "b": 80, "c": 60, "d": 250, "e": 30}


@pytest.mark.parametrize(
    ("promotions", "cart", "total_minor"),
    [
        ((), "aab", 280),
        ((free("a"),), "aa", 200),
        ((free("a"),), "aaa", 200),
        ((free("a"),), "aaaaaaa", 500),
        ((free("abc"),), "abc", 180),
        ((free("abc"),), "aabbcc", 340),  # a a b, then b c c
        ((free("abc", units=4, free_units=2),), "aabc", 200),
        ((together("a", units=3, price_minor=250),), "aaaa", 350),
        ((together("abc", units=2, price_minor=150),), "abcc", 270),  # a b, and each c by itself
        ((together("ce", units=2, price_minor=99),), "ce", 90),  # dearer than without: not applied
        ((free("ab", name="1"), together("bd", units=2, price_minor=260, name="2")), "aabd", 450),
        ((free("ab", name="1"), together("bd", units=2, price_minor=160, name="2")), "aabd", 360),
    ],
)
def test_what_a_cart_costs(promotions: tuple[Promotion, ...], cart: str, total_minor: int) -> None:
    assert price(Counter(map(SkuId, cart)), store(PRICES, *promotions)).total_minor == total_minor


def test_a_discount_is_shared_out_by_price_so_that_each_tax_class_has_its_part() -> None:
    goods = TaxClass(tax_class_id=TaxClassId("goods"), rate_ppm=190_000)
    priced = price(
        {SkuId("a"): 2, SkuId("b"): 1}, store(PRICES, together("ab", units=3, price_minor=200), taxes={"b": goods})
    )
    assert [(line.sku_id, line.discount_minor, line.total_minor) for line in priced.lines] == [
        ("a", 57, 143),
        ("b", 23, 57),
    ]
    assert [(d.promotion_id, d.times, d.discount_minor) for d in priced.discounts] == [("together", 1, 80)]
    assert [(t.tax_class_id, t.taxed_minor, t.tax_minor) for t in priced.taxes] == [("food", 143, 9), ("goods", 57, 9)]


def test_a_tax_that_is_not_in_the_prices_comes_on_top() -> None:
    priced = price({SkuId("a"): 1, SkuId("d"): 1}, store(PRICES, taxes={"d": SALES}))
    assert (priced.total_minor, [(t.tax_class_id, t.tax_minor) for t in priced.taxes]) == (
        372,
        [("food", 7), ("sales", 22)],
    )


@pytest.mark.parametrize(
    ("taxed_minor", "rate_ppm", "included", "due_minor"),
    [
        (107, 70_000, True, 7),
        (119, 190_000, True, 19),
        (50, 50_000, False, 3),
        (49, 50_000, False, 2),
        (21, 1_000_000, True, 11),
    ],
)
def test_a_tax_is_rounded_to_the_nearest_and_halves_go_up(
    taxed_minor: int, rate_ppm: int, included: bool, due_minor: int
) -> None:
    rate = TaxClass(tax_class_id=TaxClassId("t"), rate_ppm=rate_ppm, included=included)
    assert tax_of(taxed_minor, rate) == due_minor


@given(shop=stores(), cart=carts())
def test_lines_discounts_and_taxes_add_up(shop: Store, cart: dict[SkuId, int]) -> None:
    priced = price(cart, shop)
    extra_minor = sum(tax.tax_minor for tax in priced.taxes if not tax.included)
    assert priced.total_minor == sum(line.total_minor for line in priced.lines) + extra_minor
    assert all(line.total_minor == line.quantity * line.unit_price_minor - line.discount_minor for line in priced.lines)
    assert all(line.total_minor >= 0 and line.discount_minor >= 0 for line in priced.lines)
    assert {line.sku_id: line.quantity for line in priced.lines} == cart
    assert sum(d.discount_minor for d in priced.discounts) == sum(line.discount_minor for line in priced.lines)
    assert sum(tax.taxed_minor for tax in priced.taxes) == sum(line.total_minor for line in priced.lines)
    for tax in priced.taxes:
        of_class = [
            ln.total_minor for ln in priced.lines if shop.tax_class_of(ln.sku_id).tax_class_id == tax.tax_class_id
        ]
        assert tax.taxed_minor == sum(of_class)


@given(shop=stores(), cart=carts(), data=st.data())
def test_the_order_of_lines_does_not_matter(shop: Store, cart: dict[SkuId, int], data: st.DataObject) -> None:
    other = dict(data.draw(st.permutations(list(cart.items()))))
    assert price(other, shop) == price(cart, shop)


@settings(max_examples=60)
@given(shop=stores(), cart=carts(largest=7))
def test_no_other_way_to_apply_the_promotions_costs_less(shop: Store, cart: dict[SkuId, int]) -> None:
    units = sorted(sku for sku, count in cart.items() for _ in range(count))
    saved_minor = sum(line.discount_minor for line in price(cart, shop).lines)
    assert saved_minor == max(_savings(units, shop))


@given(shop=stores(), cart=carts(), extra=st.sampled_from(SKUS))
def test_one_more_unit_never_costs_more_than_its_price(shop: Store, cart: dict[SkuId, int], extra: SkuId) -> None:
    before, after = (
        sum(line.total_minor for line in price(units, shop).lines)
        for units in (cart, {**cart, extra: cart.get(extra, 0) + 1})
    )
    assert after <= before + shop.product_by_sku[extra].price_minor


@given(shop=stores(only_one_free=True), cart=carts(), extra=st.sampled_from(SKUS))
def test_where_the_cheapest_is_free_one_more_unit_never_makes_a_cart_cheaper(
    shop: Store, cart: dict[SkuId, int], extra: SkuId
) -> None:
    """Not so where several are free, or some have a price together: three for less than the price of two."""
    before, after = (
        sum(line.total_minor for line in price(units, shop).lines)
        for units in (cart, {**cart, extra: cart.get(extra, 0) + 1})
    )
    assert after >= before


def _savings(units: list[SkuId], shop: Store) -> Iterator[int]:
    """What every way to deal the units into groups saves, one after another."""
    yield 0
    for promotion in shop.promotions:
        fitting = [place for place, sku in enumerate(units) if sku in promotion.sku_ids]
        for group in combinations(fitting, promotion.units):
            rest = [sku for place, sku in enumerate(units) if place not in group]
            prices = sorted(shop.product_by_sku[units[place]].price_minor for place in group)
            kept = promotion.price_minor
            saved_minor = sum(prices[: promotion.free_units]) if kept is None else sum(prices) - kept
            if saved_minor > 0:
                yield saved_minor + max(_savings(rest, shop))
