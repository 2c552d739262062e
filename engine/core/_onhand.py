"""What lies on every plate: units of the planned product as the scales count them, others as the books have them."""

from engine.core._state import World
from engine.core._stock import ShelfRest
from engine.domain import PlateId, PlateStock, ShelfId, UnitsLying


def plates_of(world: World, shelf_id: ShelfId) -> tuple[PlateStock, ...]:
    """The weighed plates of a shelf, in the order of the planogram."""
    rest = world.state.stock.rest[shelf_id]
    plate_ids = world.store.shelf_by_id[shelf_id].plate_ids
    return tuple(_plate(world, plate_id, rest) for plate_id in plate_ids if plate_id in rest.mass_mg)


def _plate(world: World, plate_id: PlateId, rest: ShelfRest) -> PlateStock:
    misplaced = world.state.stock.lying_on(plate_id)
    own_mg = rest.mass_mg[plate_id] - sum(lot.mass_mg for lot in misplaced.values())
    facing = world.store.facing_of_plate.get(plate_id)
    units, beside_mg = 0, own_mg
    if facing is not None:
        unit_mg = max(1, world.state.masses.mean(world.store, facing.sku_id).mean_mg)
        units = max(0, round(own_mg / unit_mg))
        beside_mg = own_mg - units * unit_mg
    return PlateStock(
        plate_id=plate_id,
        mass_mg=rest.mass_mg[plate_id],
        felt_ns=rest.felt_ns.get(plate_id, rest.t_ns),
        units=units,
        beside_mg=beside_mg,
        misplaced=tuple(UnitsLying(sku_id=sku_id, units=lot.units) for sku_id, lot in misplaced.items()),
    )
