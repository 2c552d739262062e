"""The living planogram: what the plan says, what has been put where it does not belong, what each plate weighs."""

import msgspec

from engine.core._carts import Entry
from engine.core._masses import Lot
from engine.domain import PlateId, PlateMass, ShelfBaseline, ShelfId, SkuId, Store

_PLATE_FLOOR_MG = 5_000
_UNIT_SHARE = 0.4


class ShelfRest(msgspec.Struct, kw_only=True):
    """What the plates of a shelf weighed at ``t_ns``, steps since then added."""

    t_ns: int
    mass_mg: dict[PlateId, int]


class Stock(msgspec.Struct, kw_only=True):
    """What lies where, beyond the plan, and the weights the shelves were last known to have.

    ``misplaced`` is signed, so that every statement can be undone; only positive counts are items to be found.
    """

    misplaced: dict[PlateId, dict[SkuId, Lot]] = {}
    rest: dict[ShelfId, ShelfRest] = {}

    def count(self, store: Store, entry: Entry, *, undo: bool = False) -> None:
        """Follow a statement (or its undoing) as far as it touches misplaced items."""
        facing = store.facing_of_plate.get(entry.plate_id)
        statement = entry.statement
        if facing is not None and facing.sku_id == statement.sku_id:
            return
        here = self.misplaced.setdefault(entry.plate_id, {})
        brought = entry.signed_quantity if undo else -entry.signed_quantity
        lot = here.pop(statement.sku_id, Lot()).plus(brought, entry.mass)
        if lot.units:
            here[statement.sku_id] = lot
        if not here:
            del self.misplaced[entry.plate_id]

    def lying_on(self, plate_id: PlateId) -> dict[SkuId, Lot]:
        """Misplaced units known to lie on a plate."""
        return {sku: lot for sku, lot in sorted(self.misplaced.get(plate_id, {}).items()) if lot.units > 0}

    def step(self, shelf_id: ShelfId, plates: tuple[PlateMass, ...], *, end_ns: int) -> None:
        """A settled step moved mass; a rest told later already has it."""
        rest = self.rest.get(shelf_id)
        if rest is None or end_ns <= rest.t_ns:
            return
        for plate in plates:
            rest.mass_mg[plate.plate_id] = rest.mass_mg.get(plate.plate_id, 0) + plate.mass_mg

    def baseline(self, store: Store, fact: ShelfBaseline) -> tuple[PlateMass, ...]:
        """Take over a shelf at rest; when sensing resumed, the plates that changed unseen are returned."""
        known = self.rest.get(fact.shelf_id)
        self.rest[fact.shelf_id] = ShelfRest(t_ns=fact.t_ns, mass_mg={p.plate_id: p.mass_mg for p in fact.plates})
        if known is None or not fact.resumed:
            return ()
        moved = tuple(
            PlateMass(plate_id=plate.plate_id, mass_mg=plate.mass_mg - known.mass_mg[plate.plate_id])
            for plate in fact.plates
            if plate.plate_id in known.mass_mg
        )
        notable = tuple(p for p in moved if abs(p.mass_mg) >= _PLATE_FLOOR_MG)
        loudest_mg = max((abs(p.mass_mg) for p in notable), default=0)
        lightest_mg = 1000 * self.lightest_unit_g(store, tuple(p.plate_id for p in notable))
        return notable if loudest_mg and loudest_mg >= _UNIT_SHARE * lightest_mg else ()

    def lightest_unit_g(self, store: Store, plate_ids: tuple[PlateId, ...]) -> float:
        """The lightest unit that may lie on the plates, grams; 0 when nothing is known to."""
        skus = {store.facing_of_plate[p].sku_id for p in plate_ids if p in store.facing_of_plate}
        skus |= {sku for p in plate_ids for sku in self.lying_on(p)}
        return min((store.product_by_sku[sku].unit_mass_g for sku in skus), default=0.0)

    def rebase(self, shift_ns: int) -> None:
        """Move the instants of the known weights to a new clock."""
        for rest in self.rest.values():
            rest.t_ns += shift_ns
