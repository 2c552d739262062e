"""What lies on every plate: units of the planned product as the scales count them, others as the books have them.

Scales are trusted for differences only: a plate's tare is rarely what its controller was told. So a plate's units are
counted from those it held when it was first weighed, and those are the planned ones unless its weight says otherwise.
"""

import math

from engine.core._state import World
from engine.core._stock import Opening, ShelfRest
from engine.domain import PlateId, PlateStock, ShelfBaseline, ShelfId, SkuId, UnitsLying

_TARE_G = 150.0
"""How far plates read from nothing when empty (standard deviation): what a tray, a divider or a label weighs."""
_MASS_SHARE = 0.02
"""Catalogue masses are wrong by 1 to 4 % (the same way for all units of a product)."""
_AS_PLANNED = 20.0
"""So much likelier than any other count is a facing that is as full as planned when it is first weighed."""


def opened(world: World, fact: ShelfBaseline) -> None:
    """Count what lies on plates that are weighed for the first time, or are planned for another product now."""
    openings = world.state.stock.opening
    for plate in fact.plates:
        facing = world.store.facing_of_plate.get(plate.plate_id)
        known = openings.get(plate.plate_id)
        if facing is not None and (known is None or known.sku_id != facing.sku_id):
            own_mg = plate.mass_mg - _misplaced_mg(world, plate.plate_id)
            planned = round(facing.units / len(facing.plate_ids))
            units = _units_at_first(own_mg, planned=planned, unit_mg=_unit_mg(world, facing.sku_id))
            openings[plate.plate_id] = Opening(sku_id=facing.sku_id, units=units, mass_mg=own_mg)


def plates_of(world: World, shelf_id: ShelfId) -> tuple[PlateStock, ...]:
    """The weighed plates of a shelf, in the order of the planogram."""
    rest = world.state.stock.rest[shelf_id]
    plate_ids = world.store.shelf_by_id[shelf_id].plate_ids
    return tuple(_plate(world, plate_id, rest) for plate_id in plate_ids if plate_id in rest.mass_mg)


def _plate(world: World, plate_id: PlateId, rest: ShelfRest) -> PlateStock:
    own_mg = rest.mass_mg[plate_id] - _misplaced_mg(world, plate_id)
    opening = world.state.stock.opening.get(plate_id)
    units, beside_mg = 0, own_mg
    if opening is not None:
        unit_mg = _unit_mg(world, opening.sku_id)
        units = max(0, opening.units + round((own_mg - opening.mass_mg) / unit_mg))
        beside_mg = own_mg - opening.mass_mg - (units - opening.units) * unit_mg
    return PlateStock(
        plate_id=plate_id,
        mass_mg=rest.mass_mg[plate_id],
        felt_ns=rest.felt_ns.get(plate_id, rest.t_ns),
        units=units,
        beside_mg=beside_mg,
        misplaced=tuple(
            UnitsLying(sku_id=sku_id, units=lot.units) for sku_id, lot in world.state.stock.lying_on(plate_id).items()
        ),
    )


def _units_at_first(own_mg: int, *, planned: int, unit_mg: int) -> int:
    """The likeliest count of a plate that reads ``own_mg``, whose tare nobody knows."""

    def fit(units: int) -> float:
        sigma_mg = math.hypot(1000 * _TARE_G, _MASS_SHARE * units * unit_mg)
        off = (own_mg - units * unit_mg) / sigma_mg
        return -0.5 * off * off - math.log(sigma_mg) + (math.log(_AS_PLANNED) if units == planned else 0.0)

    likely = max(0, round(own_mg / unit_mg))
    return max({planned, likely}, key=lambda units: (fit(units), units))


def _unit_mg(world: World, sku_id: SkuId) -> int:
    return max(1, world.state.masses.mean(world.store, sku_id).mean_mg)


def _misplaced_mg(world: World, plate_id: PlateId) -> int:
    return sum(lot.mass_mg for lot in world.state.stock.lying_on(plate_id).values())
