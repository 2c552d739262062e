"""What may have moved: products on the plates as they lie now, quantities, and what a put may bring back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.core._stock import Stock
from engine.domain import FacingId, PlateId, Product, ShelfId, SkuId, Store, WeightProvisional, WeightSettled

WeightStep = WeightProvisional | WeightSettled

_QUANTITY_PRIOR = {1: 0.90, 2: 0.07, 3: 0.02, 4: 0.006, 5: 0.002, 6: 0.001}
_STAFF_UNITS = 20
_AS_PLANNED = 0.97
_STRADDLES = 0.012
_STRAY = 1e-4
_STRAYS = 3
_PUT = 0.3
_PUT_HOME = 0.6
_PUT_AWAY = 0.05
_FOCAL_FLOOR_MG = 2_000
_FOCAL_SHARE = 0.12


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Neighbouring plates of one facing (or one plate without a facing) on which a step acted."""

    facing_id: FacingId | None
    sku_id: SkuId | None
    plate_ids: tuple[PlateId, ...]
    mass_mg: int
    main_plate_id: PlateId


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """``quantity`` units of a SKU at a spot: positive left the shelf, negative came onto it."""

    spot: Spot
    sku_id: SkuId
    quantity: int
    log_prior: float

    @property
    def key(self) -> tuple[str, int, str]:
        """A total order that does not depend on hashing."""
        return self.sku_id, self.quantity, self.spot.main_plate_id


def spots_of(store: Store, step: WeightStep) -> tuple[Spot, ...]:
    """The spots a step acted on, in the shelf's order; plates that only rang along are left out."""
    mass = {plate.plate_id: plate.mass_mg for plate in step.plates}
    loudest_mg = max((abs(mg) for mg in mass.values()), default=0)
    floor_mg = max(_FOCAL_FLOOR_MG, _FOCAL_SHARE * loudest_mg)
    groups: dict[str, list[PlateId]] = {}
    for plate_id in store.shelf_by_id[step.shelf_id].plate_ids:
        if abs(mass.get(plate_id, 0)) >= floor_mg:
            facing = store.facing_of_plate.get(plate_id)
            groups.setdefault(facing.facing_id if facing else f"plate {plate_id}", []).append(plate_id)
    return tuple(_spot(store, plate_ids, mass) for plate_ids in groups.values())


def _spot(store: Store, plate_ids: list[PlateId], mass: Mapping[PlateId, int]) -> Spot:
    facing = store.facing_of_plate.get(plate_ids[0])
    everywhere = facing.plate_ids if facing else plate_ids
    return Spot(
        facing_id=facing.facing_id if facing else None,
        sku_id=facing.sku_id if facing else None,
        plate_ids=tuple(plate_ids),
        mass_mg=sum(mass.get(plate_id, 0) for plate_id in everywhere),
        main_plate_id=max(plate_ids, key=lambda plate_id: abs(mass[plate_id])),
    )


def takes(store: Store, stock: Stock, step: WeightStep, spots: tuple[Spot, ...]) -> tuple[Candidate, ...]:
    """What may have been taken: what lies there by plan and by experience, and last any product of that weight."""
    moved_g = sum(abs(plate.mass_mg) for plate in step.plates) / 1000
    found: dict[tuple[str, int, str], Candidate] = {}
    for spot in spots:
        for sku_id, prior in _lying(store, stock, step.shelf_id, spot).items():
            mass_g = store.product_by_sku[sku_id].unit_mass_g
            for quantity, share in _QUANTITY_PRIOR.items():
                if quantity * mass_g <= 1.25 * moved_g + 20:
                    taken = Candidate(spot=spot, sku_id=sku_id, quantity=quantity, log_prior=math.log(prior * share))
                    found.setdefault(taken.key, taken)
    for stray in _strays(store, step, spots):
        found.setdefault(stray.key, stray)
    return tuple(found.values())


def puts(store: Store, spots: tuple[Spot, ...], cart: Mapping[SkuId, int]) -> tuple[Candidate, ...]:
    """What somebody may have put down out of a cart."""
    found: list[Candidate] = []
    kinds = max(1, sum(units > 0 for units in cart.values()))
    for spot in spots:
        for sku_id, units in cart.items():
            for quantity in range(1, min(units, 3) + 1):
                prior = _PUT * (_PUT_HOME if spot.sku_id == sku_id else _PUT_AWAY) * _QUANTITY_PRIOR[quantity]
                log_prior = math.log(prior / math.sqrt(kinds))
                found.append(Candidate(spot=spot, sku_id=sku_id, quantity=-quantity, log_prior=log_prior))
    return tuple(found)


def restocks(spots: tuple[Spot, ...]) -> tuple[Candidate, ...]:
    """What staff may have added to, or taken from, the planned product."""
    log_prior = math.log(0.5 / _STAFF_UNITS)
    return tuple(
        Candidate(spot=spot, sku_id=spot.sku_id, quantity=sign * quantity, log_prior=log_prior)
        for spot in spots
        if spot.sku_id is not None
        for sign in (1, -1)
        for quantity in range(1, _STAFF_UNITS + 1)
    )


def _lying(store: Store, stock: Stock, shelf_id: ShelfId, spot: Spot) -> dict[SkuId, float]:
    """Probability of each SKU at a spot: the plan, straddling neighbours, and what was seen put there."""
    strangers: dict[SkuId, float] = {}
    for plate_id in spot.plate_ids:
        for sku_id, units in stock.lying_on(plate_id).items():
            strangers[sku_id] = min(1.0, strangers.get(sku_id, 0.0) + units)
    total = sum(strangers.values())
    share = min(0.6, 0.55 * total) if spot.sku_id is not None else 0.9
    lying = {sku_id: share * weight / total for sku_id, weight in strangers.items()}
    if spot.sku_id is not None:
        lying[spot.sku_id] = (1 - (share if total else 0.0)) * _AS_PLANNED
    for sku_id in _neighbours(store, shelf_id, spot):
        lying.setdefault(sku_id, _STRADDLES)
    return lying


def _neighbours(store: Store, shelf_id: ShelfId, spot: Spot) -> list[SkuId]:
    plates = store.shelf_by_id[shelf_id].plate_ids
    own = [plates.index(plate_id) for plate_id in spot.plate_ids]
    beside = [i for i in (min(own) - 1, max(own) + 1) if 0 <= i < len(plates)]
    return [store.facing_of_plate[plates[i]].sku_id for i in beside if plates[i] in store.facing_of_plate]


def _strays(store: Store, step: WeightStep, spots: tuple[Spot, ...]) -> list[Candidate]:
    if not spots or step.mass_mg >= 0:
        return []
    spot = max(spots, key=lambda s: abs(s.mass_mg))
    moved_g = -step.mass_mg / 1000

    def miss_g(product: Product) -> float:
        return abs(product.unit_mass_g - moved_g)

    near = [p for p in store.products if miss_g(p) < 3 * (step.sigma_mg / 1000 + 0.01 * p.unit_mass_g + 1)]
    near.sort(key=lambda p: (miss_g(p), p.sku_id))
    log_prior = math.log(_STRAY / max(1, len(near)))
    return [Candidate(spot=spot, sku_id=p.sku_id, quantity=1, log_prior=log_prior) for p in near[:_STRAYS]]
