"""The items of the store: each a body of its own with a true mass, on its plate, on the floor or with somebody."""

import math
from dataclasses import dataclass

import numpy as np

from engine.domain import Plate, PlateId, Point2, Product, SkuId, Store, Vector3

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
    """One unit: on ``plate_id``, with the shopper ``holder``, or, with neither, on the floor.

    ``position_m`` is the middle of its base. ``account``: who took it from a shelf, whoever has it now. ``reserved``: a
    hand is on its way to it.
    """

    item_id: int
    sku_id: SkuId
    mass_g: float
    position_m: Vector3
    yaw_rad: float
    plate_id: PlateId | None = None
    holder: int | None = None
    account: int | None = None
    reserved: bool = False

    @property
    def stands(self) -> bool:
        """Whether it has a place of its own: on a plate or on the floor."""
        return self.holder is None


class Goods:
    """Every item of the store and where it is. Only the verbs of this class move items."""

    def __init__(self, store: Store, rng: np.random.Generator, spread: MassSpread = AS_ASSUMED) -> None:
        self.items: list[Item] = []
        self.floor: list[Item] = []
        self._store = store
        self._rng = rng
        self._unit_spread = spread.unit
        self._on_plate: dict[PlateId, list[Item]] = {plate.plate_id: [] for plate in store.plates}
        self._awaited: dict[int, tuple[PlateId, Vector3]] = {}  # by item: where a hand is about to set it down
        self._slots: dict[tuple[PlateId, SkuId], list[Vector3]] = {}
        self._true_mean_g = {
            product.sku_id: product.unit_mass_g * (1 + rng.normal(0, spread.catalogue)) for product in store.products
        }
        for facing in store.facings:
            per_plate = facing.units // len(facing.plate_ids)
            for plate_id in facing.plate_ids:
                for place in self._places(plate_id, facing.sku_id)[:per_plate]:
                    self._stand(self._new(facing.sku_id), plate_id, place)

    def on_plate(self, plate_id: PlateId) -> list[Item]:
        """What stands on a plate, the frontmost first."""
        return list(self._on_plate[plate_id])

    def units(self, plate_id: PlateId, sku_id: SkuId | None = None) -> int:
        """How many units, of this SKU if one is named, stand on a plate with no hand on its way to them."""
        return sum(not item.reserved and sku_id in (None, item.sku_id) for item in self._on_plate[plate_id])

    def foremost(self, plate_id: PlateId, sku_id: SkuId | None = None) -> Item | None:
        """What a hand would take from a plate: the item nearest the front that no other hand is about to take."""
        for item in self._on_plate[plate_id]:
            if not item.reserved and sku_id in (None, item.sku_id):
                return item
        return None

    def has_room(self, plate_id: PlateId, sku_id: SkuId) -> bool:
        """Whether one more unit of the SKU has a slot of its own on a plate."""
        return self._free_slot(plate_id, sku_id) is not None

    def await_on(self, plate_id: PlateId, item: Item) -> Vector3:
        """Where a hand sets an item down: the free slot nearest the front, else the front edge; kept for it."""
        place = self._free_slot(plate_id, item.sku_id) or self._places(plate_id, item.sku_id)[0]
        self._awaited[item.item_id] = (plate_id, place)
        return place

    def set_down(self, item: Item) -> None:
        """The item stands on the plate that awaits it."""
        plate_id, place = self._awaited.pop(item.item_id)
        self._stand(item, plate_id, place)

    def lay_down(self, item: Item, point_m: Point2, *, yaw_rad: float) -> None:
        """The item is on the floor; its front looks towards ``yaw_rad``."""
        item.position_m, item.yaw_rad = (point_m[0], point_m[1], 0.0), yaw_rad
        item.plate_id = item.holder = None
        self.floor.append(item)

    def take(self, item: Item, holder: int) -> None:
        """A shopper has the item, wherever it was."""
        if item.plate_id is not None:
            self._on_plate[item.plate_id].remove(item)
        elif item.holder is None:
            self.floor.remove(item)
        item.plate_id, item.holder, item.reserved = None, holder, False

    def lift(self, item: Item, holder: int) -> None:
        """A shopper has the item; its place on the plate awaits it."""
        if item.plate_id is not None:
            self._awaited[item.item_id] = (item.plate_id, item.position_m)
        self.take(item, holder)

    def bring(self, sku_id: SkuId, holder: int) -> Item:
        """One more unit from the stockroom, in somebody's hands."""
        item = self._new(sku_id)
        item.holder = holder
        return item

    def _new(self, sku_id: SkuId) -> Item:
        mass_g = self._true_mean_g[sku_id] * (1 + self._rng.normal(0, self._unit_spread))
        item = Item(
            item_id=len(self.items), sku_id=sku_id, mass_g=float(mass_g), position_m=(0.0, 0.0, 0.0), yaw_rad=0.0
        )
        self.items.append(item)
        return item

    def _stand(self, item: Item, plate_id: PlateId, place: Vector3) -> None:
        plate = self._store.plate_by_id[plate_id]
        item.plate_id, item.position_m, item.yaw_rad = plate_id, place, plate.yaw_rad
        item.holder = item.account = None
        self._on_plate[plate_id].append(item)
        self._on_plate[plate_id].sort(key=lambda other: (-_outward_m(plate, other.position_m), other.item_id))

    def _free_slot(self, plate_id: PlateId, sku_id: SkuId) -> Vector3 | None:
        taken = [item.position_m for item in self._on_plate[plate_id]]
        taken += [place for awaiting, place in self._awaited.values() if awaiting == plate_id]
        width_m = self._store.product_by_sku[sku_id].size_m[0]
        for place in self._places(plate_id, sku_id):
            if all(math.dist(place, other) > width_m * 0.8 for other in taken):
                return place
        return None

    def _places(self, plate_id: PlateId, sku_id: SkuId) -> list[Vector3]:
        key = (plate_id, sku_id)
        if key not in self._slots:
            self._slots[key] = slots(self._store.plate_by_id[plate_id], self._store.product_by_sku[sku_id])
        return self._slots[key]


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
