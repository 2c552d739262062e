"""The living planogram: what the plan says, what has been put where it does not belong, what each plate weighs."""

import msgspec

from engine.core._carts import Entry
from engine.core._conservation import Books
from engine.core._masses import Lot, Mass
from engine.domain import PlateId, PlateMass, ShelfBaseline, ShelfId, SkuId, Store, WeightSettled

_PLATE_FLOOR_MG = 5_000
PART_OF_UNIT = 0.4
"""Less than this share of the lightest unit is no unit."""
_DRIFT_MG = 2_000


class ShelfRest(msgspec.Struct, kw_only=True):
    """What the plates of a shelf weighed at ``t_ns``, steps since then added.

    ``steps_mg2`` is the variance of these steps, ``felt_ns`` when each plate was last known to be weighed.
    """

    t_ns: int
    mass_mg: dict[PlateId, int] = {}
    felt_ns: dict[PlateId, int] = {}
    steps_mg2: int = 0


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Units of its planned product that a plate held when it was first weighed, and what it read of them."""

    sku_id: SkuId
    units: int
    mass_mg: int


class Stock(msgspec.Struct, kw_only=True):
    """What lies where, beyond the plan, and the weights the shelves were last known to have.

    ``misplaced`` is signed, so that every statement can be undone; only positive counts are items to be found.
    """

    misplaced: dict[PlateId, dict[SkuId, Lot]] = {}
    rest: dict[ShelfId, ShelfRest] = {}
    opening: dict[PlateId, Opening] = {}
    books: Books = msgspec.field(default_factory=Books)

    def count(self, store: Store, entry: Entry, *, undo: bool = False) -> None:
        """Follow a statement (or its undoing): its grams, and the misplaced items it touches."""
        plate = store.plate_by_id.get(entry.plate_id)
        if plate is not None:  # a store may have been rebuilt since
            self.books.line(plate.shelf_id, entry, undo=undo)
        statement = entry.statement
        brought = entry.signed_quantity if undo else -entry.signed_quantity
        self.lay(store, entry.plate_id, statement.sku_id, brought, entry.mass)

    def lay(self, store: Store, plate_id: PlateId, sku_id: SkuId, units: int, mass: Mass) -> None:
        """So many units, of this mass together, were brought to a plate (taken when negative)."""
        facing = store.facing_of_plate.get(plate_id)
        if facing is not None and facing.sku_id == sku_id:
            return
        here = self.misplaced.setdefault(plate_id, {})
        lot = here.pop(sku_id, Lot()).plus(units, mass)
        if lot.units:
            here[sku_id] = lot
        if not here:
            del self.misplaced[plate_id]

    def lying_on(self, plate_id: PlateId) -> dict[SkuId, Lot]:
        """Misplaced units known to lie on a plate."""
        return {sku: lot for sku, lot in sorted(self.misplaced.get(plate_id, {}).items()) if lot.units > 0}

    def step(self, step: WeightSettled) -> None:
        """A settled step moved mass; of a rest told before it, it is part already."""
        self.books.moved(step)
        rest = self.rest.get(step.shelf_id)
        if rest is None:
            self.books.opened(step.shelf_id, -sum(plate.mass_mg for plate in step.plates))
        elif step.end_ns <= rest.t_ns:
            late = tuple(PlateMass(plate_id=p.plate_id, mass_mg=-p.mass_mg) for p in step.plates)
            self.books.unexplained(step.shelf_id, late, variance_mg2=0)
        else:
            rest.steps_mg2 += step.sigma_mg**2
            for plate in step.plates:
                rest.felt_ns[plate.plate_id] = step.end_ns
                if plate.plate_id in rest.mass_mg:
                    rest.mass_mg[plate.plate_id] += plate.mass_mg
                else:
                    self.books.opened(step.shelf_id, -plate.mass_mg)

    def baseline(self, store: Store, fact: ShelfBaseline) -> tuple[PlateMass, ...]:
        """Take over a shelf at rest; when sensing resumed, the plates that changed unseen are returned.

        A plate that is not weighed now keeps what it weighed last: it is compared with when it is weighed again.
        """
        known = self.rest.get(fact.shelf_id)
        if known is None:
            known = self.rest[fact.shelf_id] = ShelfRest(t_ns=fact.t_ns)
        here_mg = {plate.plate_id: plate.mass_mg for plate in fact.plates}
        moved = tuple(
            PlateMass(plate_id=plate_id, mass_mg=mass_mg - known.mass_mg[plate_id])
            for plate_id, mass_mg in here_mg.items()
            if plate_id in known.mass_mg
        )
        steps_mg2, before_mg = known.steps_mg2, sum(known.mass_mg.get(plate_id, 0) for plate_id in here_mg)
        known.mass_mg |= here_mg
        known.felt_ns |= dict.fromkeys(here_mg, fact.t_ns)
        known.t_ns, known.steps_mg2 = fact.t_ns, 0
        notable = self._notable(store, moved)
        new_mg = sum(here_mg.values()) - before_mg
        self.books.opened(fact.shelf_id, new_mg - sum(plate.mass_mg for plate in notable))
        if fact.resumed:
            return notable
        if notable:
            self.books.unexplained(fact.shelf_id, notable, variance_mg2=steps_mg2 + len(notable) * _DRIFT_MG**2)
        return ()

    def _notable(self, store: Store, moved: tuple[PlateMass, ...]) -> tuple[PlateMass, ...]:
        """The plates on which more changed than drifts, if it may be part of a unit; else none."""
        notable = tuple(p for p in moved if abs(p.mass_mg) >= _PLATE_FLOOR_MG)
        loudest_mg = max((abs(p.mass_mg) for p in notable), default=0)
        lightest_mg = 1000 * self.lightest_unit_g(store, tuple(p.plate_id for p in notable))
        return notable if loudest_mg and loudest_mg >= PART_OF_UNIT * lightest_mg else ()

    def lightest_unit_g(self, store: Store, plate_ids: tuple[PlateId, ...]) -> float:
        """The lightest unit that may lie on the plates, grams; 0 when nothing is known to."""
        skus = {store.facing_of_plate[p].sku_id for p in plate_ids if p in store.facing_of_plate}
        skus |= {sku for p in plate_ids for sku in self.lying_on(p)}
        return min((store.product_by_sku[sku].unit_mass_g for sku in skus), default=0.0)

    def rebase(self, shift_ns: int) -> None:
        """Move the instants of the known weights to a new clock."""
        for rest in self.rest.values():
            rest.t_ns += shift_ns
            rest.felt_ns = {plate_id: t_ns + shift_ns for plate_id, t_ns in rest.felt_ns.items()}
        self.books.rebase(shift_ns)
