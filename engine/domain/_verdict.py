"""What a person, or the store's policy, holds to have happened."""

import msgspec

from engine.domain._ids import SkuId, VisitId


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """An explanation of a weight step. Quantity > 0 went into the visit's cart, < 0 came out of it.

    Without a visit nobody's cart changes; without a SKU nothing was moved.
    """

    visit_id: VisitId | None
    sku_id: SkuId | None
    quantity: int


NOTHING_TAKEN = Verdict(visit_id=None, sku_id=None, quantity=0)
