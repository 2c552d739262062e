"""What a store is made of: floor, gate, gondolas, plates, facings, products, cameras and the store's own costs.

A ``Store`` is immutable and complete; ``engine.store`` reads it from a folder, the engine hands it to every
part that needs it, and the console receives it with its first snapshot.
"""

from functools import cached_property
from typing import Annotated, Literal

import msgspec

from engine.domain._geometry import CameraCalibration, Vector3
from engine.domain._ids import (
    CameraId,
    ControllerId,
    FacingId,
    GateId,
    GondolaId,
    PlateId,
    PromotionId,
    ShelfId,
    SkuId,
    TaxClassId,
)

Point2 = tuple[float, float]
Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
UpToAMinute = Annotated[float, msgspec.Meta(ge=0, le=60)]
Amount = Annotated[int, msgspec.Meta(ge=0)]
PPM = 1_000_000
Shape = Literal["box", "can", "bottle", "bag"]


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One SKU as the catalogue knows it. ``size_m`` is width, depth, height as it stands on the shelf.

    Who buys it must be ``minimum_age`` years old, which a person checks; 0 asks nobody.
    """

    sku_id: SkuId
    gtin: str
    name: str
    price_minor: Amount
    tax_class_id: TaxClassId
    unit_mass_g: Positive
    size_m: tuple[Positive, Positive, Positive]
    shape: Shape = "box"
    minimum_age: Amount = 0


class TaxClass(msgspec.Struct, frozen=True, kw_only=True):
    """A rate of tax. Prices of its products contain it when it is ``included``; otherwise it comes on top of them."""

    tax_class_id: TaxClassId
    rate_ppm: Amount
    included: bool = True


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """Of any ``units`` of these products the ``free_units`` cheapest cost nothing, or all cost ``price_minor``."""

    promotion_id: PromotionId
    name: str
    sku_ids: Annotated[tuple[SkuId, ...], msgspec.Meta(min_length=1)]
    units: Annotated[int, msgspec.Meta(ge=2)]
    free_units: Amount = 0
    price_minor: Amount | None = None

    def __post_init__(self) -> None:
        if (self.free_units > 0) == (self.price_minor is not None):
            raise ValueError("either some units are free or all have a price")
        if self.free_units >= self.units:
            raise ValueError(f"{self.free_units} of {self.units} units free: at least one is to be paid")
        if len(set(self.sku_ids)) < len(self.sku_ids):
            raise ValueError("a product is named twice")


class Plate(msgspec.Struct, frozen=True, kw_only=True):
    """One weighed plate. ``centre_m`` is the middle of its top; ``yaw_rad`` the direction the shelf front faces."""

    plate_id: PlateId
    shelf_id: ShelfId
    centre_m: Vector3
    width_m: float
    depth_m: float
    yaw_rad: float
    clearance_m: float
    controller_id: ControllerId
    channel: int


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """One board of a gondola; its plates stand from left to right as a shopper sees them.

    ``capacity_g`` is what the cell of each plate can carry, the plate's own weight left out.
    """

    shelf_id: ShelfId
    gondola_id: GondolaId
    plate_ids: tuple[PlateId, ...]
    capacity_g: Positive = 20_000.0


class Gondola(msgspec.Struct, frozen=True, kw_only=True):
    """A fixture. ``origin_m`` is the middle of its front edge on the floor; ``yaw_rad`` where the front faces."""

    gondola_id: GondolaId
    origin_m: Point2
    yaw_rad: float
    width_m: float
    depth_m: float
    height_m: float


class Facing(msgspec.Struct, frozen=True, kw_only=True):
    """The plates on which one SKU stands, by the planogram."""

    facing_id: FacingId
    sku_id: SkuId
    plate_ids: tuple[PlateId, ...]
    units: Amount = 0


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """The way in and out: a line on the floor from ``left_m`` to ``right_m`` as one walks in."""

    gate_id: GateId
    left_m: Point2
    right_m: Point2


class Camera(msgspec.Struct, frozen=True, kw_only=True):
    """A mounted camera. A narrow camera watches one gondola face; the others watch the floor."""

    camera_id: CameraId
    calibration: CameraCalibration
    watches_gondola: GondolaId | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a mistake costs this store, in minor units, and how long a person may take to prevent it.

    Whoever walks in without a code of their own within ``guests_within_s`` behind somebody joins that visit, and what
    they take is charged to it; 0 lets nobody bring others. A console that shows a case has it to itself, for
    ``review_lease_s`` after it last said that it shows it.
    """

    wrong_charge_minor: Amount = 500
    lost_sale_minor: Amount = 200
    review_minor: Amount = 15
    review_deadline_s: Positive = 120.0
    review_lease_s: Positive = 10.0
    hand_sigma_m: Positive = 0.08
    guests_within_s: UpToAMinute = 6.0


class Store(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One store, checked and complete."""

    name: str
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    floor_m: tuple[Point2, ...]
    gates: tuple[Gate, ...]
    gondolas: tuple[Gondola, ...]
    shelves: tuple[Shelf, ...]
    plates: tuple[Plate, ...]
    facings: tuple[Facing, ...]
    products: tuple[Product, ...]
    cameras: tuple[Camera, ...]
    policy: Policy = Policy()
    tax_classes: tuple[TaxClass, ...] = ()
    promotions: tuple[Promotion, ...] = ()

    @cached_property
    def product_by_sku(self) -> dict[SkuId, Product]:
        """Products by SKU."""
        return {product.sku_id: product for product in self.products}

    def tax_class_of(self, sku_id: SkuId) -> TaxClass:
        """The tax class of a product."""
        return self._tax_class_by_id[self.product_by_sku[sku_id].tax_class_id]

    @cached_property
    def restricted(self) -> frozenset[SkuId]:
        """The products that not everybody may buy."""
        return frozenset(product.sku_id for product in self.products if product.minimum_age)

    @cached_property
    def plate_by_id(self) -> dict[PlateId, Plate]:
        """Plates by id."""
        return {plate.plate_id: plate for plate in self.plates}

    @cached_property
    def facing_of_plate(self) -> dict[PlateId, Facing]:
        """The planned facing on each plate; a plate without one is missing."""
        return {plate_id: facing for facing in self.facings for plate_id in facing.plate_ids}

    @cached_property
    def plates_of_sku(self) -> dict[SkuId, tuple[PlateId, ...]]:
        """The plates on which each product is planned; a product without one is missing."""
        found: dict[SkuId, tuple[PlateId, ...]] = {}
        for facing in self.facings:
            found[facing.sku_id] = (*found.get(facing.sku_id, ()), *facing.plate_ids)
        return found

    @cached_property
    def shelf_by_id(self) -> dict[ShelfId, Shelf]:
        """Shelves by id."""
        return {shelf.shelf_id: shelf for shelf in self.shelves}

    @cached_property
    def camera_by_id(self) -> dict[CameraId, Camera]:
        """Cameras by id."""
        return {camera.camera_id: camera for camera in self.cameras}

    @cached_property
    def _tax_class_by_id(self) -> dict[TaxClassId, TaxClass]:
        return {tax_class.tax_class_id: tax_class for tax_class in self.tax_classes}
