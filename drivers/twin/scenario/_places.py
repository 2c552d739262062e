"""Where people stand: before a plate, shoulder to shoulder, beside something on the floor."""

import math
from collections.abc import Sequence

from drivers.twin.scenario._errands import Side
from engine.domain import Gondola, GondolaId, Plate, PlateId, Point2, Store

SHOULDERS_M = 0.42  # between the middles of two who stand shoulder to shoulder: the breadth of an adult's shoulders
ARM_M = 0.42
_SHOULDER_M = 0.15
_ASIDE_M = 0.65  # how far to the side of where one stands one reaches, leaning over
_CLEAR_M = 0.25  # from a body's middle to a fixture or wall
_SIDESTEPS = tuple(sign * step * 0.06 for step in range(26) for sign in ((1, -1) if step else (1,)))
_ANGLES_RAD = tuple(math.radians(angle) for angle in (0, 45, -45, 90, -90, 135, -135, 180))


def place_before(plate: Plate, side: Side | None, *, nearer_m: float = 0.0) -> Point2:
    """Where to stand so that the shoulder of ``side`` (None: the breast) is an arm's length before a plate."""
    outward_m = plate.depth_m / 2 + (ARM_M - nearer_m)
    along_m = {"right": -_SHOULDER_M, "left": _SHOULDER_M, None: 0.0}[side]
    return _beside(plate, outward_m, along_m)


def within_arm(store: Store, stand: PlateId | None, plate_id: PlateId) -> bool:
    """Whether who stands before the plate ``stand`` can reach to a plate; from nowhere in particular, always."""
    if stand is None:
        return True
    here, there = store.plate_by_id[stand], store.plate_by_id[plate_id]
    aside_m = math.dist(here.centre_m[:2], there.centre_m[:2])
    return _gondola(store, here) == _gondola(store, there) and aside_m <= _ASIDE_M


def with_room(stand_m: Point2, plate: Plate, others: Sequence[Point2], *, room_m: float) -> Point2 | None:
    """The place along the shelf nearest to ``stand_m`` that is so far from everybody."""
    along_x, along_y = -math.sin(plate.yaw_rad), math.cos(plate.yaw_rad)
    for step_m in _SIDESTEPS:
        place = (stand_m[0] + along_x * step_m, stand_m[1] + along_y * step_m)
        if all(math.dist(place, other) >= room_m for other in others):
            return place
    return None


def beside(point_m: Point2, yaw_rad: float, others: Sequence[Point2], store: Store) -> Point2:
    """Where to stand to reach a point on the floor: on the side of ``yaw_rad``, else wherever there is room for it."""
    places = [
        (point_m[0] + ARM_M * math.cos(yaw_rad + turn), point_m[1] + ARM_M * math.sin(yaw_rad + turn))
        for turn in _ANGLES_RAD
    ]
    for place in places:
        if all(math.dist(place, other) >= SHOULDERS_M for other in others) and _stands_clear(place, store):
            return place
    return places[0]


def front_edge(plate: Plate, *, along_m: float) -> tuple[float, float, float]:
    """A point on a plate's front edge, ``along_m`` to the left of its middle as the plate looks out, for a palm."""
    x_m, y_m = _beside(plate, plate.depth_m / 2 - 0.03, along_m)
    return x_m, y_m, plate.centre_m[2] + 0.03


def outside_m(point_m: Point2, gondola: Gondola) -> float:
    """How far a point is from a gondola's outline on the floor; 0 within it."""
    x_m, y_m = point_m[0] - gondola.origin_m[0], point_m[1] - gondola.origin_m[1]
    cos, sin = math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad)
    outward_m, along_m = x_m * cos + y_m * sin, abs(y_m * cos - x_m * sin)
    return math.hypot(max(0.0, outward_m, -outward_m - gondola.depth_m), max(0.0, along_m - gondola.width_m / 2))


def _stands_clear(point_m: Point2, store: Store) -> bool:
    return all(outside_m(point_m, gondola) > _CLEAR_M for gondola in store.gondolas) and _within(point_m, store.floor_m)


def _within(point_m: Point2, outline_m: Sequence[Point2]) -> bool:
    """Whether a point lies in a polygon: a ray from it crosses the outline an odd number of times."""
    inside = False
    for (x0, y0), (x1, y1) in zip(outline_m, (*outline_m[1:], outline_m[0]), strict=True):
        if (y0 > point_m[1]) != (y1 > point_m[1]) and point_m[0] < x0 + (point_m[1] - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


def _beside(plate: Plate, outward_m: float, along_m: float) -> Point2:
    out_x, out_y = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    return (
        plate.centre_m[0] + out_x * outward_m - out_y * along_m,
        plate.centre_m[1] + out_y * outward_m + out_x * along_m,
    )


def _gondola(store: Store, plate: Plate) -> GondolaId:
    return next(shelf.gondola_id for shelf in store.shelves if shelf.shelf_id == plate.shelf_id)
