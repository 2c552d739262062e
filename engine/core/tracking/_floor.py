"""Where people can stand, where they leave, and what hides them."""

import math

from engine.domain import Gondola, Point2, Store, Vector3

_ENTRANCE_M = 1.5
_OFF_FLOOR_M = 0.7  # whoever comes back from there is somebody new
_BESIDE_FLOOR_M = 0.15  # a foot's measured place may lie this far off the floor
_INSIDE_FIXTURE_M = 0.25  # deeper inside a fixture nobody stands: reflections and products do
_GATE_ZONE_M = 0.9


class FloorArea:
    """The store's floor with its fixtures and gates."""

    def __init__(self, store: Store) -> None:
        corners = store.floor_m
        self._edges = tuple(zip(corners, corners[1:] + corners[:1], strict=True))
        self._gates = tuple((gate.left_m, gate.right_m) for gate in store.gates)
        self._fixtures = tuple(_Fixture(gondola) for gondola in store.gondolas)

    def may_stand(self, at_m: Point2) -> bool:
        """Whether a person can stand there, measurement error allowed for."""
        if not self._inside(at_m) and self._to_border_m(at_m) > _BESIDE_FLOOR_M:
            return False
        return not any(fixture.depth_inside_m(at_m) > _INSIDE_FIXTURE_M for fixture in self._fixtures)

    def is_entrance(self, at_m: Point2) -> bool:
        """Whether a person may appear there: near a gate, or anywhere in a store without gates."""
        return not self._gates or self.to_gate_m(at_m) < _ENTRANCE_M

    def is_leaving(self, at_m: Point2) -> bool:
        """Whether somebody lost from sight there has probably gone: at a gate or off the floor."""
        if any(_to_segment_m(at_m, left, right) < _GATE_ZONE_M for left, right in self._gates):
            return True
        return not self._inside(at_m) and self._to_border_m(at_m) > _BESIDE_FLOOR_M

    def is_off_floor(self, at_m: Point2) -> bool:
        """Whether somebody there has left for certain: further outside than anybody is followed."""
        return not self._inside(at_m) and self._to_border_m(at_m) > _OFF_FLOOR_M

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """Least and greatest x, least and greatest y of the floor."""
        xs, ys = zip(*(corner for corner, _ in self._edges), strict=True)
        return min(xs), max(xs), min(ys), max(ys)

    @property
    def has_gates(self) -> bool:
        """Whether people come in by gates; else over the floor's border."""
        return bool(self._gates)

    def holds(self, at_m: Point2) -> bool:
        """Whether a place lies on the floor."""
        return self._inside(at_m)

    def to_gate_m(self, at_m: Point2) -> float:
        """How far the nearest gate is; infinitely far in a store without gates."""
        return min((_to_segment_m(at_m, *gate) for gate in self._gates), default=math.inf)

    def hides(self, eye_m: Vector3, point_m: Vector3) -> bool:
        """Whether a fixture stands between an eye and a point."""
        return any(fixture.crosses(eye_m, point_m) for fixture in self._fixtures)

    def _inside(self, at_m: Point2) -> bool:
        x, y = at_m
        inside = False
        for (x1, y1), (x2, y2) in self._edges:
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
        return inside

    def _to_border_m(self, at_m: Point2) -> float:
        return min(_to_segment_m(at_m, start, end) for start, end in self._edges)


class _Fixture:
    """A gondola as a box in its own frame: depth behind the front edge, sideways, up."""

    def __init__(self, gondola: Gondola) -> None:
        self._x, self._y = gondola.origin_m
        self._cos, self._sin = math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad)
        self._depth_m, self._half_m, self._height_m = gondola.depth_m, gondola.width_m / 2, gondola.height_m

    def depth_inside_m(self, at_m: Point2) -> float:
        behind, side = self._local(at_m[0], at_m[1])
        return min(behind, self._depth_m - behind, self._half_m - abs(side))

    def crosses(self, eye_m: Vector3, point_m: Vector3) -> bool:
        eye, point = self._local(eye_m[0], eye_m[1]), self._local(point_m[0], point_m[1])
        enter, leave = 0.0, 1.0
        for start, end, low, high in (
            (eye[0], point[0], 0.0, self._depth_m),
            (eye[1], point[1], -self._half_m, self._half_m),
            (eye_m[2], point_m[2], 0.0, self._height_m),
        ):
            step = end - start
            if abs(step) < 1e-9:
                if not low <= start <= high:
                    return False
                continue
            first, last = sorted(((low - start) / step, (high - start) / step))
            enter, leave = max(enter, first), min(leave, last)
        return enter < leave

    def _local(self, x: float, y: float) -> Point2:
        dx, dy = x - self._x, y - self._y
        return -(dx * self._cos + dy * self._sin), dy * self._cos - dx * self._sin


def _to_segment_m(at_m: Point2, start: Point2, end: Point2) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length2 = dx * dx + dy * dy
    share = ((at_m[0] - start[0]) * dx + (at_m[1] - start[1]) * dy) / length2 if length2 else 0.0
    share = min(1.0, max(0.0, share))
    return math.hypot(at_m[0] - start[0] - share * dx, at_m[1] - start[1] - share * dy)
