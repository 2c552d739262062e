"""Where things stand: ``layout.toml`` expanded into gondolas, shelves and plates of the store frame."""

import math
from typing import Annotated

import msgspec

from engine.domain import (
    ControllerId,
    Gate,
    GateId,
    Gondola,
    GondolaId,
    Plate,
    PlateId,
    Point2,
    Shelf,
    ShelfId,
)
from engine.store._installation import NAME

Positive = Annotated[float, msgspec.Meta(gt=0)]


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ShelfSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[gondola.shelf]]``: a board ``height_m`` above the floor carrying ``plates`` equal plates side by side.

    Plate n is read on channel ``first_channel + n - 1``; plates listed in ``missing`` are not there. Each carries
    ``capacity_g``; a reading beyond is no weight.
    """

    number: Annotated[int, msgspec.Meta(ge=1)]
    height_m: float
    clearance_m: Positive
    plates: Annotated[int, msgspec.Meta(ge=1)]
    controller: ControllerId
    first_channel: Annotated[int, msgspec.Meta(ge=0)]
    missing: tuple[int, ...] = ()
    capacity_g: Positive = 20_000.0


class GondolaSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[gondola]]``: ``origin_m`` is the middle of the front edge, ``faces_deg`` where the front looks."""

    id: Annotated[GondolaId, NAME]
    origin_m: Point2
    faces_deg: float
    width_m: Positive
    depth_m: Positive
    height_m: Positive
    shelf: tuple[ShelfSection, ...]


class GatePlace(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[gate]]``: the line one crosses; left and right as one walks in."""

    id: Annotated[GateId, NAME]
    left_m: Point2
    right_m: Point2


class Layout(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of ``layout.toml``."""

    floor_m: Annotated[tuple[Point2, ...], msgspec.Meta(min_length=3)]
    gondola: tuple[GondolaSection, ...] = ()
    gate: tuple[GatePlace, ...] = ()

    def gates(self) -> tuple[Gate, ...]:
        """The gates of the layout."""
        return tuple(Gate(gate_id=gate.id, left_m=gate.left_m, right_m=gate.right_m) for gate in self.gate)

    def gondolas(self) -> tuple[Gondola, ...]:
        """The gondolas of the layout."""
        return tuple(
            Gondola(
                gondola_id=section.id,
                origin_m=section.origin_m,
                yaw_rad=math.radians(section.faces_deg),
                width_m=section.width_m,
                depth_m=section.depth_m,
                height_m=section.height_m,
            )
            for section in self.gondola
        )

    def shelves(self) -> tuple[Shelf, ...]:
        """The shelves of all gondolas."""
        return tuple(
            Shelf(
                shelf_id=shelf_id(gondola, shelf),
                gondola_id=gondola.id,
                plate_ids=tuple(plate_id(gondola, shelf, number) for number in plate_numbers(shelf)),
                capacity_g=shelf.capacity_g,
            )
            for gondola in self.gondola
            for shelf in gondola.shelf
        )

    def plates(self) -> tuple[Plate, ...]:
        """The plates of all shelves."""
        return tuple(
            _plate(gondola, shelf, number)
            for gondola in self.gondola
            for shelf in gondola.shelf
            for number in plate_numbers(shelf)
        )


def shelf_id(gondola: GondolaSection, shelf: ShelfSection) -> ShelfId:
    """``A-3``: the third shelf of gondola A."""
    return ShelfId(f"{gondola.id}-{shelf.number}")


def plate_id(gondola: GondolaSection, shelf: ShelfSection, number: int) -> PlateId:
    """``A-3-2``: the second plate from the left on that shelf."""
    return PlateId(f"{shelf_id(gondola, shelf)}-{number}")


def plate_numbers(shelf: ShelfSection) -> tuple[int, ...]:
    """The plates that are there, from the left, counted from 1."""
    return tuple(number for number in range(1, shelf.plates + 1) if number not in shelf.missing)


def _plate(gondola: GondolaSection, shelf: ShelfSection, number: int) -> Plate:
    yaw_rad = math.radians(gondola.faces_deg)
    out_x, out_y = math.cos(yaw_rad), math.sin(yaw_rad)
    along_m = ((number - 0.5) / shelf.plates - 0.5) * gondola.width_m
    inward_m = gondola.depth_m / 2
    return Plate(
        plate_id=plate_id(gondola, shelf, number),
        shelf_id=shelf_id(gondola, shelf),
        centre_m=(
            gondola.origin_m[0] - out_y * along_m - out_x * inward_m,
            gondola.origin_m[1] + out_x * along_m - out_y * inward_m,
            shelf.height_m,
        ),
        width_m=gondola.width_m / shelf.plates,
        depth_m=gondola.depth_m,
        yaw_rad=yaw_rad,
        clearance_m=shelf.clearance_m,
        controller_id=shelf.controller,
        channel=shelf.first_channel + number - 1,
    )
