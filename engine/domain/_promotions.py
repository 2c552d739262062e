"""The promotions that are best for the customer: exact, and the same for the same cart.

A unit takes part in one promotion at most. Within what is given to one promotion the best groups are those that stand
side by side when the units are sorted by price: of any other grouping the i-th dearest free unit ranks no higher. So
units are taken one by one, the dearest first, and each either stays by itself or joins the group that one of its
promotions is filling; all that the future needs of the past is how far each group is filled.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from engine.domain._ids import SkuId
from engine.domain._store import Promotion, Store


class Saving(msgspec.Struct, frozen=True, kw_only=True):
    """What a promotion takes off, ``times`` groups of it, by SKU in minor units."""

    promotion: Promotion
    times: int
    minor_by_sku: dict[SkuId, int]


class _Taken(NamedTuple):
    """A unit that joined a promotion's group, and those that joined before it."""

    sku_id: SkuId
    place: int
    before: "_Taken | None"


class _Way(NamedTuple):
    saved_minor: int
    last: _Taken | None


def best_savings(units: Mapping[SkuId, int], store: Store) -> tuple[Saving, ...]:
    """The savings on a cart that leave least to pay, by promotion in the store's order; ``units`` are positive."""
    promotions = [p for p in store.promotions if sum(units.get(sku_id, 0) for sku_id in p.sku_ids) >= p.units]
    savings = [saving for group in overlapping(promotions) for saving in _savings(units, store, group)]
    order = [promotion.promotion_id for promotion in promotions]
    return tuple(sorted(savings, key=lambda saving: order.index(saving.promotion.promotion_id)))


def overlapping(promotions: Sequence[Promotion]) -> list[list[Promotion]]:
    """Promotions in groups that share products, directly or by way of others."""
    groups: list[list[Promotion]] = []
    for promotion in promotions:
        met = [group for group in groups if any(not set(p.sku_ids).isdisjoint(promotion.sku_ids) for p in group)]
        groups = [group for group in groups if group not in met]
        groups.append([p for group in met for p in group] + [promotion])
    return groups


def _savings(units: Mapping[SkuId, int], store: Store, promotions: Sequence[Promotion]) -> list[Saving]:
    joined: list[Counter[SkuId]] = [Counter() for _ in promotions]
    taken = _best_way(units, store, promotions).last
    while taken is not None:
        joined[taken.place][taken.sku_id] += 1
        taken = taken.before
    savings = []
    for promotion, counts in zip(promotions, joined, strict=True):
        minor_by_sku = _shared_out(promotion, counts, store)
        if any(minor_by_sku.values()):
            times = counts.total() // promotion.units
            savings.append(Saving(promotion=promotion, times=times, minor_by_sku=minor_by_sku))
    return savings


def _best_way(units: Mapping[SkuId, int], store: Store, promotions: Sequence[Promotion]) -> _Way:
    """The way that saves most and leaves no group half filled; of equal ones the first that was found."""
    none_filled = (0,) * len(promotions)
    ways = {none_filled: _Way(0, None)}
    for price_minor, sku_id in _dearest_first(units, store, promotions):
        offers = [(place, p) for place, p in enumerate(promotions) if sku_id in p.sku_ids]
        after = dict(ways)
        for filled, way in ways.items():
            for place, promotion in offers:
                saved_minor = way.saved_minor + _saved_by(promotion, price_minor, nth=filled[place])
                joined = (*filled[:place], (filled[place] + 1) % promotion.units, *filled[place + 1 :])
                if joined not in after or after[joined].saved_minor < saved_minor:
                    after[joined] = _Way(saved_minor, _Taken(sku_id, place, way.last))
        ways = after
    return ways[none_filled]


def _dearest_first(
    units: Mapping[SkuId, int], store: Store, promotions: Sequence[Promotion]
) -> list[tuple[int, SkuId]]:
    eligible = {sku_id for promotion in promotions for sku_id in promotion.sku_ids if sku_id in units}
    priced = sorted((-store.product_by_sku[sku_id].price_minor, sku_id) for sku_id in eligible)
    return [(-price, sku_id) for price, sku_id in priced for _ in range(units[sku_id])]


def _saved_by(promotion: Promotion, price_minor: int, *, nth: int) -> int:
    """What a unit that joins as the ``nth`` (from 0) of its group adds to the saving, if the group gets filled."""
    if promotion.price_minor is None:
        return price_minor if nth >= promotion.units - promotion.free_units else 0
    return price_minor - (promotion.price_minor if nth == promotion.units - 1 else 0)


def _shared_out(promotion: Promotion, counts: Mapping[SkuId, int], store: Store) -> dict[SkuId, int]:
    """The saving of a promotion on its products, in proportion to their prices, by largest remainders.

    So each product's tax class gets its part of the reduction.
    """
    worth = {sku_id: counts[sku_id] * store.product_by_sku[sku_id].price_minor for sku_id in sorted(counts)}
    whole_minor = sum(worth.values())
    saved_minor = _saving_minor(promotion, counts, store)
    if not saved_minor:
        return {}
    shares = {sku_id: divmod(saved_minor * minor, whole_minor) for sku_id, minor in worth.items()}
    left_over = saved_minor - sum(share for share, _ in shares.values())
    by_remainder = sorted(shares, key=lambda sku_id: (-shares[sku_id][1], sku_id))
    return {sku_id: shares[sku_id][0] + (sku_id in by_remainder[:left_over]) for sku_id in worth}


def _saving_minor(promotion: Promotion, counts: Mapping[SkuId, int], store: Store) -> int:
    dearest_first = _dearest_first(counts, store, (promotion,))
    return sum(
        _saved_by(promotion, price_minor, nth=place % promotion.units)
        for place, (price_minor, _) in enumerate(dearest_first)
    )
