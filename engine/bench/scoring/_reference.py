"""The reference method, by the rules that hold for the engine."""

from collections.abc import Sequence

import numpy as np

from engine.bench.scoring._accounts import Account, Movement, true_carts
from engine.bench.scoring._counts import Counts
from engine.bench.scoring._pairing import best_pairs
from engine.bench.scoring._receipts import in_common
from engine.bench.scoring._score import ReferenceScore
from engine.bench.scoring._trial import ReferenceLine
from engine.bench.scoring._verdicts import WINDOW_NS
from engine.domain import SkuId


def judge_reference(
    lines: Sequence[ReferenceLine], accounts: Sequence[Account], movements: Sequence[Movement]
) -> ReferenceScore:
    """Its units within 3 s of shoppers' movements, and its carts; who came in on another's code shops for that one."""
    holder = {member: account.shopper for account in accounts for member in account.members}
    units = [line for line in lines for _ in range(line.quantity)]
    owed = [movement for movement in movements if movement.shopper is not None]
    late_ns = np.abs(
        np.array([movement.t_ns for movement in owed], dtype=np.int64)[:, None]
        - np.array([line.t_ns for line in units], dtype=np.int64)
    )
    alike = [
        [(m.shopper, m.sku_id, m.taken) == (holder.get(u.shopper, u.shopper), u.sku_id, u.taken) for u in units]
        for m in owed
    ]
    allowed = (late_ns <= WINDOW_NS) & np.array(alike, dtype=bool).reshape(late_ns.shape)
    right = len(best_pairs(allowed, (np.ones(allowed.shape), 1 - late_ns / (2 * WINDOW_NS))))
    carts: dict[int, dict[SkuId, int]] = {}
    for unit in units:
        cart = carts.setdefault(holder.get(unit.shopper, unit.shopper), {})
        cart[unit.sku_id] = cart.get(unit.sku_id, 0) + (1 if unit.taken else -1)
    paying = [account for account in accounts if account.pays]
    return ReferenceScore(
        units=Counts(true=len(owed), said=len(units), right=right),
        cart_units=in_common(paying, true_carts(movements), carts),
    )
