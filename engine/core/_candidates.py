"""What may have moved: products as they lie now, quantities, what a put may bring back, and what each would weigh."""

import math
from collections.abc import Mapping

import msgspec

from engine.core._masses import Lot, Mass, Masses
from engine.core._stock import Stock
from engine.domain import FacingId, PlateId, ShelfId, SkuId, Store, WeightProvisional, WeightSettled

WeightStep = WeightProvisional | WeightSettled

_QUANTITY_PRIOR = {1: 0.90, 2: 0.07, 3: 0.02, 4: 0.006, 5: 0.002, 6: 0.001}
_STAFF_UNITS = 20
_AS_PLANNED = 0.97
_STRADDLES = 0.012
_STRAY = 1e-4
_STRAYS, _STRAY_SIGMAS = 3, 3
_PUT = 0.2
_EXCHANGED = 0.45
"""How often a product goes to the place of another that already lies in its own: two are mixed up together."""
_FOCAL_FLOOR_MG = 2_000
_FOCAL_SHARE = 0.12


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Neighbouring plates of one facing (or one plate without a facing) on which a step acted."""

    facing_id: FacingId | None
    sku_id: SkuId | None
    plate_ids: tuple[PlateId, ...]
    mass_mg: int
    main_plate_id: PlateId


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """``quantity`` units of a SKU at a spot: positive left the shelf, negative came onto it."""

    spot: Spot
    sku_id: SkuId
    quantity: int
    log_prior: float
    mass: Mass

    @property
    def key(self) -> tuple[str, int, str, int]:
        """A total order that does not depend on hashing; units of one product that weigh differently differ."""
        return self.sku_id, self.quantity, self.spot.main_plate_id, self.mass.mean_mg

    @property
    def brought_mg(self) -> int:
        """What the shelf gains by it, negative when it loses."""
        return self.mass.mean_mg if self.quantity < 0 else -self.mass.mean_mg


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


class Candidates:
    """What may have moved in a store as it is now, and what that would weigh.

    ``puts_away`` is how often what is put down is put where it does not belong.
    """

    def __init__(self, store: Store, stock: Stock, masses: Masses, *, puts_away: float) -> None:
        self._store, self._stock, self._masses, self._puts_away = store, stock, masses, puts_away
        self._astray: dict[SkuId | None, list[PlateId]] = {}
        for plate_id in stock.misplaced:
            for sku_id in stock.lying_on(plate_id):
                self._astray.setdefault(sku_id, []).append(plate_id)

    def takes(self, step: WeightStep, spots: tuple[Spot, ...]) -> tuple[Candidate, ...]:
        """What may have been taken: what lies there by plan and by experience, and last any product of that weight."""
        moved_mg = sum(abs(plate.mass_mg) for plate in step.plates)
        found: dict[tuple[str, int, str, int], Candidate] = {}
        for spot in spots:
            strangers = self._strangers(spot)
            for sku_id, prior in self._lying(step.shelf_id, spot, strangers).items():
                lot = strangers.get(sku_id, Lot())
                for quantity, share in _QUANTITY_PRIOR.items():
                    mass = self._masses.out_of(self._store, sku_id, lot, count=quantity)
                    if mass.mean_mg <= 1.25 * moved_mg + 20_000:
                        taken = Candidate(
                            spot=spot, sku_id=sku_id, quantity=quantity, log_prior=math.log(prior * share), mass=mass
                        )
                        found.setdefault(taken.key, taken)
        for stray in self._strays(step, spots):
            found.setdefault(stray.key, stray)
        return tuple(found.values())

    def puts(self, spots: tuple[Spot, ...], cart: Mapping[SkuId, Lot]) -> tuple[Candidate, ...]:
        """What somebody may have put down out of a cart."""
        found: list[Candidate] = []
        kinds = max(1, sum(lot.units > 0 for lot in cart.values()))
        for spot in spots:
            for sku_id, lot in cart.items():
                here = self._put_there(sku_id, spot)
                for quantity in range(1, min(lot.units, 3) + 1):
                    prior = _PUT * here * _QUANTITY_PRIOR[quantity]
                    put = Candidate(
                        spot=spot,
                        sku_id=sku_id,
                        quantity=-quantity,
                        log_prior=math.log(prior / math.sqrt(kinds)),
                        mass=self._masses.out_of(self._store, sku_id, lot, count=quantity),
                    )
                    found.append(put)
        return tuple(found)

    def _put_there(self, sku_id: SkuId, spot: Spot) -> float:
        if spot.sku_id == sku_id:
            return 1 - self._puts_away
        own = self._store.plates_of_sku.get(sku_id, ())
        exchanged = any(plate_id in own for plate_id in self._astray.get(spot.sku_id, ()))
        return max(_EXCHANGED, self._puts_away) if exchanged else self._puts_away

    def returns(self, spots: tuple[Spot, ...]) -> tuple[Candidate, ...]:
        """A unit of the planned product set down by somebody whose cart is not known."""
        log_prior = math.log(_PUT * (1 - self._puts_away) * _QUANTITY_PRIOR[1])
        return tuple(self._planned(spot, -1, log_prior) for spot in spots if spot.sku_id is not None)

    def restocks(self, spots: tuple[Spot, ...]) -> tuple[Candidate, ...]:
        """What staff may have added to, or taken from, the planned product."""
        log_prior = math.log(0.5 / _STAFF_UNITS)
        return tuple(
            self._planned(spot, sign * quantity, log_prior)
            for spot in spots
            if spot.sku_id is not None
            for sign in (1, -1)
            for quantity in range(1, _STAFF_UNITS + 1)
        )

    def _planned(self, spot: Spot, quantity: int, log_prior: float) -> Candidate:
        if spot.sku_id is None:
            raise ValueError("nothing is planned there")
        mass = self._masses.units(self._store, spot.sku_id, abs(quantity))
        return Candidate(spot=spot, sku_id=spot.sku_id, quantity=quantity, log_prior=log_prior, mass=mass)

    def _strangers(self, spot: Spot) -> dict[SkuId, Lot]:
        """What does not belong at a spot but was put there."""
        strangers: dict[SkuId, Lot] = {}
        for plate_id in spot.plate_ids:
            for sku_id, lot in self._stock.lying_on(plate_id).items():
                strangers[sku_id] = strangers.get(sku_id, Lot()).merged(lot)
        return strangers

    def _lying(self, shelf_id: ShelfId, spot: Spot, strangers: Mapping[SkuId, Lot]) -> dict[SkuId, float]:
        """Probability of each SKU at a spot: the plan, straddling neighbours, and what was seen put there."""
        present = {sku_id: min(1.0, lot.units) for sku_id, lot in strangers.items()}
        total = sum(present.values())
        share = min(0.6, 0.55 * total) if spot.sku_id is not None else 0.9
        lying = {sku_id: share * weight / total for sku_id, weight in present.items()}
        if spot.sku_id is not None:
            lying[spot.sku_id] = (1 - (share if total else 0.0)) * _AS_PLANNED
        for sku_id in self._neighbours(shelf_id, spot):
            lying.setdefault(sku_id, _STRADDLES)
        return lying

    def _neighbours(self, shelf_id: ShelfId, spot: Spot) -> list[SkuId]:
        plates, facing_of_plate = self._store.shelf_by_id[shelf_id].plate_ids, self._store.facing_of_plate
        own = [plates.index(plate_id) for plate_id in spot.plate_ids]
        beside = [i for i in (min(own) - 1, max(own) + 1) if 0 <= i < len(plates)]
        return [facing_of_plate[plates[i]].sku_id for i in beside if plates[i] in facing_of_plate]

    def _strays(self, step: WeightStep, spots: tuple[Spot, ...]) -> list[Candidate]:
        if not spots or step.mass_mg >= 0:
            return []
        spot = max(spots, key=lambda s: abs(s.mass_mg))
        near: list[tuple[float, SkuId, Mass]] = []
        for product in self._store.products:
            mass = self._masses.units(self._store, product.sku_id, 1)
            miss_mg = abs(mass.mean_mg + step.mass_mg)
            if miss_mg < _STRAY_SIGMAS * (step.sigma_mg + math.sqrt(mass.variance_mg2)):
                near.append((miss_mg, product.sku_id, mass))
        log_prior = math.log(_STRAY / max(1, len(near)))
        return [
            Candidate(spot=spot, sku_id=sku_id, quantity=1, log_prior=log_prior, mass=mass)
            for _, sku_id, mass in sorted(near, key=lambda found: found[:2])[:_STRAYS]
        ]
