"""Stores that are all prices: a few products, their taxes and promotions; and any such store, for hypothesis."""

from collections.abc import Iterable, Mapping

from hypothesis import strategies as st

from engine.domain import Product, Promotion, PromotionId, SkuId, Store, TaxClass, TaxClassId

SKUS = tuple(map(SkuId, "abcde"))
FOOD = TaxClass(tax_class_id=TaxClassId("food"), rate_ppm=70_000)
GOODS = TaxClass(tax_class_id=TaxClassId("goods"), rate_ppm=190_000)
SALES = TaxClass(tax_class_id=TaxClassId("sales"), rate_ppm=88_750, included=False)


def store(prices: Mapping[str, int], *promotions: Promotion, taxes: Mapping[str, TaxClass] | None = None) -> Store:
    """A store that sells these; what has no tax of its own is food."""
    products = tuple(
        Product(
            sku_id=SkuId(sku),
            gtin="00000000",
            name=sku.upper(),
            price_minor=minor,
            tax_class_id=(taxes or {}).get(sku, FOOD).tax_class_id,
            unit_mass_g=100.0,
            size_m=(0.1, 0.1, 0.1),
        )
        for sku, minor in prices.items()
    )
    return Store(
        name="prices",
        currency="EUR",
        floor_m=(),
        gates=(),
        gondolas=(),
        shelves=(),
        plates=(),
        facings=(),
        products=products,
        cameras=(),
        tax_classes=(FOOD, GOODS, SALES),
        promotions=promotions,
    )


def free(skus: Iterable[str], *, units: int = 3, free_units: int = 1, name: str = "free") -> Promotion:
    """The cheapest of some cost nothing."""
    return Promotion(
        promotion_id=PromotionId(name),
        name=name,
        sku_ids=tuple(map(SkuId, skus)),
        units=units,
        free_units=free_units,
    )


def together(skus: Iterable[str], *, units: int, price_minor: int, name: str = "together") -> Promotion:
    """Some at a price."""
    return Promotion(
        promotion_id=PromotionId(name),
        name=name,
        sku_ids=tuple(map(SkuId, skus)),
        units=units,
        price_minor=price_minor,
    )


@st.composite
def promotions(draw: st.DrawFn, *, only_one_free: bool = False) -> tuple[Promotion, ...]:
    """Up to three promotions that may share products."""
    made = []
    for number in range(draw(st.integers(0, 3))):
        skus = draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=4, unique=True))
        units = draw(st.integers(2, 4))
        if only_one_free or draw(st.booleans()):
            free_units = 1 if only_one_free else draw(st.integers(1, units - 1))
            made.append(free(skus, units=units, free_units=free_units, name=f"p{number}"))
        else:
            made.append(together(skus, units=units, price_minor=draw(st.integers(0, 600)), name=f"p{number}"))
    return tuple(made)


@st.composite
def stores(draw: st.DrawFn, *, only_one_free: bool = False) -> Store:
    """Five products at prices of which some are alike, of three tax classes."""
    prices = {str(sku): draw(st.sampled_from([0, 1, 79, 99, 99, 100, 149, 250])) for sku in SKUS}
    taxes = {str(sku): draw(st.sampled_from([FOOD, GOODS, SALES])) for sku in SKUS}
    return store(prices, *draw(promotions(only_one_free=only_one_free)), taxes=taxes)


def carts(*, largest: int = 12) -> st.SearchStrategy[dict[SkuId, int]]:
    """Units by SKU, in any order, none of them zero."""
    units = st.lists(st.sampled_from(SKUS), max_size=largest)
    return units.map(lambda taken: {sku: taken.count(sku) for sku in taken})
