"""The items on the shelves: each a body of its own with a true mass, standing in rows on its plate."""

import math
from dataclasses import dataclass

import numpy as np

from engine.domain import Plate, PlateId, Product, SkuId, Store, Vector3

_GAP_M = 0.012


@dataclass(frozen=True, kw_only=True)
class MassSpread:
    """How far masses are from what the catalogue says: standard deviations, as shares of it.

    ``resources/physics/cells.toml`` says where the defaults come from.
    """

    catalogue: float = 0.01  # of an SKU's true mean from its catalogue's
    unit: float = 0.007  # of a unit from the mean of its SKU


AS_ASSUMED = MassSpread()


@dataclass(kw_only=True)
class Item:
    """One unit. ``position_m`` is the middle of its base; ``plate_id`` is None while somebody has it."""

    item_id: int
    sku_id: SkuId
    mass_g: float
    position_m: Vector3
    yaw_rad: float
    plate_id: PlateId | None


class Goods:
    """Every item of the store and where it stands."""

    def __init__(self, store: Store, rng: np.random.Generator, spread: MassSpread = AS_ASSUMED) -> None:
        self.items: list[Item] = []
        self._store = store
        true_mean_g = {
            product.sku_id: product.unit_mass_g * (1 + rng.normal(0, spread.catalogue)) for product in store.products
        }
        for facing in store.facings:
            product = store.product_by_sku[facing.sku_id]
            per_plate = facing.units // len(facing.plate_ids)
            for plate_id in facing.plate_ids:
                places = slots(store.plate_by_id[plate_id], product)[:per_plate]
                for place in places:
                    mass_g = true_mean_g[product.sku_id] * (1 + rng.normal(0, spread.unit))
                    self._add(product, store.plate_by_id[plate_id], place, mass_g)

    def on_plate(self, plate_id: PlateId) -> list[Item]:
        """What stands on a plate, the frontmost first."""
        plate = self._store.plate_by_id[plate_id]
        return sorted(
            (item for item in self.items if item.plate_id == plate_id),
            key=lambda item: (-_outward_m(plate, item.position_m), item.item_id),
        )

    def foremost(self, plate_id: PlateId, sku_id: SkuId | None = None) -> Item | None:
        """What a hand would take from a plate: the item nearest the front, of this SKU if one is named."""
        return next((item for item in self.on_plate(plate_id) if sku_id in (None, item.sku_id)), None)

    def free_place(self, plate_id: PlateId, sku_id: SkuId) -> Vector3:
        """Where a hand would set one more unit down: the free slot nearest the front, else the front edge."""
        plate, product = self._store.plate_by_id[plate_id], self._store.product_by_sku[sku_id]
        taken = [item.position_m for item in self.on_plate(plate_id)]
        places = slots(plate, product)
        for place in sorted(places, key=lambda place: -_outward_m(plate, place)):
            if all(math.dist(place, other) > product.size_m[0] * 0.8 for other in taken):
                return place
        return places[0]

    def _add(self, product: Product, plate: Plate, place: Vector3, mass_g: float) -> None:
        self.items.append(
            Item(
                item_id=len(self.items),
                sku_id=product.sku_id,
                mass_g=mass_g,
                position_m=place,
                yaw_rad=plate.yaw_rad,
                plate_id=plate.plate_id,
            )
        )


def slots(plate: Plate, product: Product) -> list[Vector3]:
    """Standing places on a plate, the front row first, as base centres in the store frame."""
    width_m, depth_m, _ = product.size_m
    across = max(1, int((plate.width_m - _GAP_M) / (width_m + _GAP_M)))
    deep = max(1, int((plate.depth_m - _GAP_M) / (depth_m + _GAP_M)))
    out_x, out_y = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    places: list[Vector3] = []
    for row in range(deep):
        outward_m = plate.depth_m / 2 - _GAP_M - depth_m / 2 - row * (depth_m + _GAP_M)
        for column in range(across):
            along_m = (column - (across - 1) / 2) * (width_m + _GAP_M)
            x_m = plate.centre_m[0] + out_x * outward_m - out_y * along_m
            y_m = plate.centre_m[1] + out_y * outward_m + out_x * along_m
            places.append((x_m, y_m, plate.centre_m[2]))
    return places


def _outward_m(plate: Plate, point_m: Vector3) -> float:
    return (point_m[0] - plate.centre_m[0]) * math.cos(plate.yaw_rad) + (point_m[1] - plate.centre_m[1]) * math.sin(
        plate.yaw_rad
    )
