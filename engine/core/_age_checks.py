"""Goods that not everybody may buy: who is to be asked for papers, and what is not sold until somebody has looked.

The machine never answers, so a check has no deadline: a receipt waits for it, however long.
"""

from engine.core._state import World
from engine.domain import AgeChecked, AgeCheckLapsed, AgeCheckNeeded, CheckAge, SkuId, VisitId, old_enough


def refusal(world: World, command: CheckAge) -> str:
    """Why a check would have no effect; empty when it may be noted. It may be made before anything is taken."""
    visit = world.state.visits.known.get(command.visit_id)
    if visit is None or visit.staff:
        return f"{command.visit_id} is not a shopper's visit"
    return "" if command.minimum_age > 0 else "say which age was to be proved"


def check(world: World, command: CheckAge, *, by: str) -> None:
    """Note what somebody saw of the papers; it may change what the cart's receipt comes to."""
    checked = AgeChecked(
        t_ns=world.now_ns,
        visit_id=command.visit_id,
        minimum_age=command.minimum_age,
        old_enough=command.old_enough,
        by=by,
    )
    world.state.ages.checked.setdefault(command.visit_id, []).append(checked)
    world.touched[command.visit_id] = None
    world.emit(checked)


def advance(world: World) -> None:
    """Ask about every cart that changed and holds goods nobody has looked at; ask no more when there are none."""
    needed = world.state.ages.needed
    for visit_id in world.touched:
        standing, unproved = needed.get(visit_id), _unproved(world, visit_id)
        if unproved:
            minimum_age = max(_minimum_age(world, sku_id) for sku_id in unproved)
            if standing is None or (standing.minimum_age, standing.sku_ids) != (minimum_age, unproved):
                needed[visit_id] = AgeCheckNeeded(
                    t_ns=world.now_ns, visit_id=visit_id, minimum_age=minimum_age, sku_ids=unproved
                )
                world.emit(needed[visit_id])
        elif standing is not None:
            del needed[visit_id]
            if not any(isinstance(fact, AgeChecked) and fact.visit_id == visit_id for fact in world.said):
                world.emit(AgeCheckLapsed(t_ns=world.now_ns, visit_id=visit_id))


def withheld(world: World, visit_id: VisitId) -> tuple[SkuId, ...]:
    """What is in a cart and not to be charged: nobody has proved to be old enough for it."""
    return tuple(sku_id for sku_id in _restricted(world, visit_id) if not _answer(world, visit_id, sku_id))


def _unproved(world: World, visit_id: VisitId) -> tuple[SkuId, ...]:
    return tuple(sku_id for sku_id in _restricted(world, visit_id) if _answer(world, visit_id, sku_id) is None)


def _restricted(world: World, visit_id: VisitId) -> tuple[SkuId, ...]:
    """The restricted goods in a cart, also those that a question still is about."""
    visit = world.state.visits.known.get(visit_id)
    if not world.store.restricted or visit is None or visit.staff:
        return ()
    cart = world.state.carts.cart(visit_id)
    return tuple(sorted(sku_id for sku_id, units in cart.items() if units > 0 and sku_id in world.store.restricted))


def _answer(world: World, visit_id: VisitId, sku_id: SkuId) -> bool | None:
    return old_enough(_minimum_age(world, sku_id), world.state.ages.checked.get(visit_id, []))


def _minimum_age(world: World, sku_id: SkuId) -> int:
    return world.store.product_by_sku[sku_id].minimum_age
