"""``pricing.toml``: what a receipt says besides the prices of ``products.csv``: taxes and promotions."""

import math
from pathlib import Path
from typing import Annotated

import msgspec

from engine.domain import Promotion, PromotionId, SkuId, Store, TaxClass, TaxClassId, overlapping
from engine.store._error import StoreFolderError
from engine.store._installation import NAME

_STATES = 1000
"""So many ways in which the groups of promotions on the same products can be filled are looked at in milliseconds."""


class _TaxSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[tax]]``: a tax class. Prices contain the tax when it is ``included``; otherwise receipts add it."""

    id: Annotated[TaxClassId, NAME]
    rate_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    included: bool = True


class _PromotionSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[promotion]]``: any ``units`` of ``skus`` for ``price_minor``, or of them the ``free`` cheapest."""

    id: Annotated[PromotionId, NAME]
    name: str
    skus: Annotated[tuple[SkuId, ...], msgspec.Meta(min_length=1)]
    units: Annotated[int, msgspec.Meta(ge=2, le=100)]
    free: Annotated[int, msgspec.Meta(ge=1)] | None = None
    price_minor: Annotated[int, msgspec.Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        self.promotion()

    def promotion(self) -> Promotion:
        """As the engine has it. Raises ``ValueError`` for what cannot be."""
        return Promotion(
            promotion_id=self.id,
            name=self.name,
            sku_ids=self.skus,
            units=self.units,
            free_units=self.free or 0,
            price_minor=self.price_minor,
        )


class PricingFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of ``pricing.toml``."""

    tax: tuple[_TaxSection, ...]
    promotion: tuple[_PromotionSection, ...] = ()

    def tax_classes(self) -> tuple[TaxClass, ...]:
        """The tax classes."""
        return tuple(TaxClass(tax_class_id=tax.id, rate_ppm=tax.rate_ppm, included=tax.included) for tax in self.tax)

    def promotions(self) -> tuple[Promotion, ...]:
        """The promotions."""
        return tuple(section.promotion() for section in self.promotion)


def check_pricing(folder: Path, store: Store) -> None:
    """Raises ``StoreFolderError`` at the first product, tax or promotion that does not fit the others."""
    classes = {tax_class.tax_class_id for tax_class in store.tax_classes}
    for product in store.products:
        if product.tax_class_id not in classes:
            problem, remedy = f"unknown tax class {product.tax_class_id!r}", "Name the id of a [[tax]] in pricing.toml"
            raise StoreFolderError(folder / "products.csv", key=product.sku_id, problem=problem, remedy=remedy)
    file = folder / "pricing.toml"
    for promotion in store.promotions:
        for sku_id in promotion.sku_ids:
            if sku_id not in store.product_by_sku:
                problem, remedy = f"unknown SKU {sku_id!r}", "Add it to products.csv or correct skus"
                raise StoreFolderError(file, key=promotion.promotion_id, problem=problem, remedy=remedy)
    for group in overlapping(store.promotions):
        if math.prod(promotion.units for promotion in group) > _STATES:
            names = ", ".join(promotion.promotion_id for promotion in group)
            problem = f"too many promotions share products: {names}"
            remedy = f"Take out some, until the product of their units is {_STATES} at most"
            raise StoreFolderError(file, key=group[0].promotion_id, problem=problem, remedy=remedy)
