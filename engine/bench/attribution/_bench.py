"""What carts cost: a core, fact by fact, under a hundred shoppers and more shelves than a small store has."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from engine.bench.attribution._report import AttributionReport, Load, StepCost
from engine.bench.attribution._shoppers import Shoppers
from engine.bench.hall import hall
from engine.core import StoreCore
from engine.domain import InputFact, ReceiptIssued, Recorded, SkuId, Store, VisitId, WeightSettled
from engine.runtime.corehost import Conductor

_FILL_S = 60
"""As long as a visit: from then on as many leave as come."""
_GOAL_SHOPPERS, _GOAL_HZ = 100, 30.0
_DEADLINE_S = 10.0  # nobody answers questions here
_SHOPPERS = (5, 20, 50)
_BLOCKS = ((1, 1), (2, 2), (4, 6))
_MEASURED = (4, 3)


@dataclass(frozen=True, kw_only=True)
class AttributionPlan:
    """For how long each load is measured, in simulated seconds; ``goal_s`` is that of the largest."""

    each_s: int = 60
    goal_s: int = 240

    @property
    def quick(self) -> "AttributionPlan":
        """A quarter of it."""
        return AttributionPlan(each_s=self.each_s // 4, goal_s=self.goal_s // 4)


def bench_attribution(plan: AttributionPlan, *, tell: Callable[[str], None]) -> AttributionReport:
    """Measure the goal, then its growth with shoppers, whose movements grow with them, and with facings."""
    across, deep = _MEASURED
    goal = _measured(hall(cameras=0, across=across, deep=deep), _GOAL_SHOPPERS, plan.goal_s)
    tell(str(goal))
    by_shoppers, by_facings = [], []
    for shoppers in _SHOPPERS:
        load = _measured(hall(cameras=0, across=across, deep=deep), shoppers, plan.each_s)
        tell(str(load))
        by_shoppers.append(load)
    for across, deep in _BLOCKS:
        load = _measured(hall(cameras=0, across=across, deep=deep), _GOAL_SHOPPERS, plan.each_s)
        tell(str(load))
        by_facings.append(load)
    return AttributionReport(
        goal=goal,
        by_shoppers=(*by_shoppers, goal),
        by_facings=tuple(sorted((*by_facings, goal), key=lambda load: load.facings)),
    )


class _Run:
    """A core that is told the facts of one second after the other, and what it cost."""

    def __init__(self, store: Store) -> None:
        self.conductor = Conductor(StoreCore(store))
        self.cpu_s = 0.0
        self.step_s: list[float] = []
        self.issued: dict[VisitId, ReceiptIssued] = {}
        self._seq = 0

    def second(self, facts: list[InputFact]) -> None:
        """Step through facts that were made before the clock runs."""
        recorded = [self._recorded(fact) for fact in facts]
        began_s = time.process_time()
        for one in recorded:
            before_s = time.process_time() if isinstance(one.fact, WeightSettled) else None
            said = self.conductor.step(one)
            if before_s is not None:
                self.step_s.append(time.process_time() - before_s)
            for output in said:
                if isinstance(output.fact, ReceiptIssued):
                    self.issued[output.fact.visit_id] = output.fact
        self.cpu_s += time.process_time() - began_s

    def forget_costs(self) -> None:
        """Measure from here on."""
        self.cpu_s, self.step_s, self.issued = 0.0, [], {}

    def state_kb(self) -> float:
        """How large a checkpoint would be."""
        return len(self.conductor.core.checkpoint()) / 1000

    def _recorded(self, fact: InputFact) -> Recorded:
        self._seq += 1
        return Recorded(boot_epoch=1, source="load", seq=self._seq, fact=fact)


def _measured(store: Store, inside: int, for_s: int) -> Load:
    """A load's figures, from when as many leave as come."""
    store = replace(store, policy=replace(store.policy, review_deadline_s=_DEADLINE_S))
    shoppers, run = Shoppers(store, inside=inside, movements_hz=_GOAL_HZ * inside / _GOAL_SHOPPERS), _Run(store)
    for second in range(_FILL_S):
        run.second(list(shoppers.second(second)))
    run.forget_costs()
    shoppers.gone.clear()
    middle_kb = 0.0
    for second in range(for_s):
        if second == for_s // 2:
            middle_kb = run.state_kb()
        run.second(list(shoppers.second(_FILL_S + second)))
    exact = [_is_exact(run.issued[one.visit_id], one.cart) for one in shoppers.gone if one.visit_id in run.issued]
    p50_s, p99_s = np.quantile(run.step_s, (0.5, 0.99)).tolist()
    return Load(
        shoppers=inside,
        facings=len(store.facings),
        movements_hz=len(run.step_s) / for_s,
        core_share=run.cpu_s / for_s,
        step_ms=StepCost(p50=1000 * p50_s, p99=1000 * p99_s),
        state_kb=(middle_kb, run.state_kb()),
        receipts=len(exact),
        receipts_exact=sum(exact) / max(1, len(exact)),
    )


def _is_exact(receipt: ReceiptIssued, cart: Counter[SkuId]) -> bool:
    return {line.sku_id: line.quantity for line in receipt.lines} == dict(+cart)
