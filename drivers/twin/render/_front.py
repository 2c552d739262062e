"""The shop front: glass in the wall on both sides of a gate, doors that slide open, and the street behind.

Built in the gate's own frame: x along the line from its left to its right post, y inward, z up, the line's middle on 0.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._mesh import Mesh, Rgb, box, joined, panel
from engine.domain import Gate, Point2, Store

HEAD_M = 2.15
"""Height of the glass; the wall goes on above."""
SILL_M = 0.1
_PLANE_M = -0.05
_WINDOW_M = 1.2  # of glass beside the gate, where the wall is long enough
_CORNER_M = 0.3
_LEAST_WINDOW_M = 0.3
_FRAME_M = 0.06
_FRAME_RGB: Rgb = (0.25, 0.27, 0.30)
_DOOR_SENSES_M = 1.4

Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class GlassFront:
    """All glass of one gate. panes: a mesh in the store frame; of_door: (m,) which of its faces slide away.

    gate_m: (2,) the middle of the gate's line; inward: (2,) unit normal of the glass.
    """

    panes: Mesh
    of_door: NDArray[np.bool_]
    gate_m: NDArray[np.float64]
    inward: NDArray[np.float64]

    @property
    def mirror(self) -> NDArray[np.float64]:
        """Reflection (4, 4) of the store frame in the glass."""
        normal = np.array([*self.inward, 0.0])
        turn = np.eye(4)
        turn[:3, :3] -= 2 * np.outer(normal, normal)
        turn[:3, 3] = 2 * float((self.gate_m + _PLANE_M * self.inward) @ self.inward) * normal
        return turn

    def inside(self, x_m: float, y_m: float) -> bool:
        """Whether a place is on the store's side of the glass."""
        dx, dy = x_m - self.gate_m[0], y_m - self.gate_m[1]
        return bool(dx * self.inward[0] + dy * self.inward[1] > _PLANE_M)

    def opens_for(self, x_m: float, y_m: float) -> bool:
        """Whether the doors slide open for somebody there."""
        return math.hypot(x_m - self.gate_m[0], y_m - self.gate_m[1]) < _DOOR_SENSES_M


def walls(store: Store) -> list[tuple[NDArray[np.float64], NDArray[np.float64], float]]:
    """Start (2,), direction (2,) and length of each wall, counter-clockwise as seen from above."""
    x, y = np.array(store.floor_m).T
    turns_left = float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) > 0
    corners = np.array(store.floor_m if turns_left else store.floor_m[::-1], float)
    ways = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(ways, axis=1)
    return [(start, way / length, float(length)) for start, way, length in zip(corners, ways, lengths, strict=True)]


def gate_span(gate: Gate, start: NDArray[np.float64], along: NDArray[np.float64]) -> Span | None:
    """Where along a wall a gate is, None where it is in another."""
    ends = [np.array(gate.left_m) - start, np.array(gate.right_m) - start]
    if any(abs(float(end[0] * along[1] - end[1] * along[0])) > 0.05 for end in ends):
        return None
    low, high = sorted(float(end @ along) for end in ends)
    return low, high


def window_spans(span: Span, wall_m: float) -> list[Span]:
    """Where along a wall of that length are windows beside a gate from .. to."""
    low, high = span
    spans = [(max(_CORNER_M, low - _WINDOW_M), low), (high, min(wall_m - _CORNER_M, high + _WINDOW_M))]
    return [window for window in spans if window[1] - window[0] >= _LEAST_WINDOW_M]


def windows_of(store: Store, gate: Gate) -> list[Span]:
    """The windows beside a gate along its line, from its middle."""
    for start, along, length in walls(store):
        span = gate_span(gate, start, along)
        if span is not None:
            middle = (span[0] + span[1]) / 2
            return [(low - middle, high - middle) for low, high in window_spans(span, length)]
    return []


def glass_front(gate: Gate, windows: list[Span]) -> GlassFront:
    """The glass; windows are spans along the gate's line from its middle."""
    half = math.dist(gate.left_m, gate.right_m) / 2
    spans = [(-half, half), *windows]
    panes = [
        panel((low, _PLANE_M, 0.02 if door else SILL_M), (high - low, 0, 0), (0, 0, HEAD_M - SILL_M), layer=-1)
        for (low, high), door in zip(spans, [True] + [False] * len(windows), strict=True)
    ]
    mesh = joined(panes)
    left, right = np.array(gate.left_m), np.array(gate.right_m)
    across = (right - left) / (2 * half)
    of_door = np.arange(len(mesh.faces)) < len(panes[0].faces)
    return GlassFront(_stand(gate, mesh), of_door, (left + right) / 2, np.array([-across[1], across[0]]))


def frames(gate: Gate, windows: list[Span]) -> list[Mesh]:
    """Posts and rails that hold the glass."""
    half = math.dist(gate.left_m, gate.right_m) / 2
    parts = []
    for low, high in [(-half, half), *windows]:
        for x in (low, high - _FRAME_M):
            parts.append(box((x, -0.08, 0), (x + _FRAME_M, -0.02, HEAD_M), colour=_FRAME_RGB))
        parts.append(box((low, -0.08, HEAD_M - _FRAME_M), (high, -0.02, HEAD_M), colour=_FRAME_RGB))
    return [_stand(gate, part) for part in parts]


def street(store: Store) -> list[Mesh]:
    """What one sees through the glass: pavement, road, the houses across the road at dusk."""
    return [_stand(gate, mesh) for gate in store.gates for mesh in _houses()]


def _houses() -> list[Mesh]:
    far, wide = -9.0, 14.0
    parts = [
        panel((-wide, -3.0, 0), (2 * wide, 0, 0), (0, 3.0, 0), layer=-1, colour=(0.62, 0.60, 0.58)).shaded(0.75),
        panel((-wide, -3.0, -0.12), (2 * wide, 0, 0), (0, 0, 0.12), layer=-1, colour=(0.5, 0.5, 0.5)).shaded(0.6),
        panel((-wide, far, -0.12), (2 * wide, 0, 0), (0, -3.0 - far, 0), layer=-1, colour=(0.33, 0.33, 0.35)).shaded(
            0.7
        ),
        panel((-2 * wide, far - 8, 0), (4 * wide, 0, 0), (0, 0, 14.0), layer=-1, colour=(0.55, 0.62, 0.74)),
    ]
    fronts: tuple[Rgb, ...] = ((0.62, 0.48, 0.38), (0.66, 0.62, 0.52), (0.48, 0.42, 0.40), (0.58, 0.52, 0.56))
    for number, (left, right) in enumerate(pairwise(np.linspace(-wide, wide, 5))):
        parts.append(
            panel((left, far, 0), (right - left, 0, 0), (0, 0, 5.2 + 0.8 * (number % 3)), layer=-1,
                  colour=fronts[number]).shaded(0.75)
        )  # fmt: skip
        for floor_m in (0.6, 3.4):
            for x in np.linspace(left + 0.7, right - 1.9, 3):
                lit: Rgb = (0.95, 0.85, 0.6) if (number + int(3 * x)) % 3 == 0 else (0.22, 0.25, 0.30)
                parts.append(panel((x, far + 0.02, floor_m), (1.2, 0, 0), (0, 0, 1.6), layer=-1, colour=lit))
    for x, paint in ((-5.5, (0.55, 0.12, 0.12)), (3.2, (0.75, 0.76, 0.78))):
        parts.append(box((x, -5.2, 0.15), (x + 4.1, -3.5, 0.75), colour=paint).shaded(0.8))
        parts.append(box((x + 0.9, -5.1, 0.75), (x + 3.3, -3.6, 1.35), colour=(0.2, 0.23, 0.27)).shaded(0.8))
    return parts


def _stand(gate: Gate, mesh: Mesh) -> Mesh:
    middle_x, middle_y = _middle(gate)
    turn_rad = math.atan2(gate.right_m[1] - gate.left_m[1], gate.right_m[0] - gate.left_m[0])
    return mesh.placed(middle_x, middle_y, 0.0, turn_rad=turn_rad)


def _middle(gate: Gate) -> Point2:
    return (gate.left_m[0] + gate.right_m[0]) / 2, (gate.left_m[1] + gate.right_m[1]) / 2
