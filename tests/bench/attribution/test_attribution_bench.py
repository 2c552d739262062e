"""The load of the attribution bench is one that a core can answer, and its figures are of that load."""

from engine.bench.attribution._bench import _measured
from engine.bench.attribution._shoppers import Shoppers
from engine.bench.hall import hall
from engine.domain import BodiesTracked, EntryAuthorised, GatePassed, WeightSettled

STORE = hall(cameras=0, across=1, deep=1)


def test_a_core_charges_the_load_what_it_keeps() -> None:
    load = _measured(STORE, 3, 80)
    assert (load.shoppers, load.facings) == (3, len(STORE.facings))
    assert load.receipts >= 2
    assert load.receipts_exact >= 0.75
    assert 0.7 < load.movements_hz < 1.1
    assert 0 < load.core_share < 1
    assert 0 < load.step_ms.p50 <= load.step_ms.p99


def test_as_many_leave_as_come_and_carts_are_what_was_moved() -> None:
    shoppers = Shoppers(STORE, inside=4, movements_hz=1.2)
    facts = [fact for second in range(180) for fact in shoppers.second(second)]
    assert [fact.t_ns for fact in facts] == sorted(fact.t_ns for fact in facts)
    inside = [len(fact.bodies) for fact in facts if isinstance(fact, BodiesTracked) and fact.t_ns > 60_000_000_000]
    assert (min(inside), max(inside)) == (4, 5)
    tokens = sum(isinstance(fact, EntryAuthorised) for fact in facts)
    assert tokens == 12
    assert sum(isinstance(fact, GatePassed) for fact in facts) == 12 + 9
    assert sum(isinstance(fact, WeightSettled) for fact in facts) > 150
    assert all(min(one.cart.values(), default=0) >= 0 for one in shoppers.gone)
