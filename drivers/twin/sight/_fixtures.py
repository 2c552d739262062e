"""What of a store stands between a camera and a body: flat panels of gondolas, walls and gates.

Shelves are open in front: a hand goes in between the boards and stays in sight of whoever looks along them.
"""

import math
from dataclasses import dataclass

import numpy as np

from drivers.twin.render import HEAD_M, SILL_M, windows_of
from engine.domain import Floats, Gate, Gondola, Store

_WALL_M = 2.9
_ON_WALL_M = 0.05
_BACK_M = 0.02
_BOARD_BELOW_M = 0.02  # the middle of a board, below its plates
_PLINTH_M = 0.1


@dataclass(frozen=True, eq=False)
class Fixtures:
    """Panels as corner and two edges, (n, 9), metres in the store frame.

    ``gondolas`` (g, 9): front middle x, y; cosine and sine of where it faces; depth, half width, height; the first of
    its ``shelf_panels`` and the one after its last. ``border_panels`` are what stands around the floor, (n, 10), the
    last column 1 for glass; ``floor`` (4,) its least and greatest x and y.
    """

    gondolas: Floats
    shelf_panels: Floats
    border_panels: Floats
    floor: Floats

    def arrays(self) -> tuple[Floats, Floats, Floats, Floats]:
        """As the kernels take them."""
        return self.gondolas, self.shelf_panels, self.border_panels, self.floor


def fixtures_of(store: Store) -> Fixtures:
    """Everything in a store that can hide somebody."""
    rows: list[tuple[float, ...]] = []
    panels: list[Floats] = []
    for gondola in store.gondolas:
        own = _gondola_panels(store, gondola)
        turned = (math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad))
        size = (gondola.depth_m, gondola.width_m / 2, gondola.height_m)
        rows.append((*gondola.origin_m, *turned, *size, len(panels), len(panels) + len(own)))
        panels += own
    corners = np.array(store.floor_m)
    return Fixtures(
        gondolas=np.array(rows, np.float64).reshape(-1, 9),
        shelf_panels=np.array(panels, np.float64).reshape(-1, 9),
        border_panels=np.array([*_walls(store), *_gates(store)], np.float64).reshape(-1, 10),
        floor=np.concatenate([corners.min(axis=0), corners.max(axis=0)]),
    )


def _gondola_panels(store: Store, gondola: Gondola) -> list[Floats]:
    out = np.array([math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad), 0.0])
    along = np.array([-out[1], out[0], 0.0]) * gondola.width_m
    front_left = np.array([*gondola.origin_m, 0.0]) - along / 2
    inward, up = -out * gondola.depth_m, np.array([0.0, 0.0, gondola.height_m])
    plinth_up = np.array([0.0, 0.0, _PLINTH_M])
    panels = [
        (front_left + inward - inward / gondola.depth_m * _BACK_M, along, up),
        (front_left, inward, up),
        (front_left + along, inward, up),
        (front_left, along, plinth_up),
    ]
    for shelf in store.shelves:
        if shelf.gondola_id == gondola.gondola_id and shelf.plate_ids:
            top_m = store.plate_by_id[shelf.plate_ids[0]].centre_m[2]
            panels.append((front_left + np.array([0.0, 0.0, top_m - _BOARD_BELOW_M]), along, inward))
    return [np.concatenate(panel) for panel in panels]


def _walls(store: Store) -> list[Floats]:
    """A wall along each edge of the floor, in stretches that leave the glass fronts open."""
    walls = []
    corners = [np.array(corner) for corner in store.floor_m]
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        along = end - start
        cuts = [0.0]
        for gate in store.gates:
            ends = np.array([point for pane in _panes(store, gate) for point in pane]) - start
            beside = np.abs(ends[:, 0] * along[1] - ends[:, 1] * along[0]) / np.linalg.norm(along)
            if (beside < _ON_WALL_M).all():
                places = ends @ along / float(along @ along)
                cuts += [float(places.min()), float(places.max())]
        cuts = [*sorted(cuts), 1.0]
        for low, high in zip(cuts[::2], cuts[1::2], strict=True):
            if high > low:
                walls.append(_upright(start + low * along, (high - low) * along, 0.0, _WALL_M, glass=False))
    return walls


def _gates(store: Store) -> list[Floats]:
    """The glass of each gate and of the windows beside it, and what is above and below."""
    panels = []
    for gate in store.gates:
        for number, (start, end) in enumerate(_panes(store, gate)):
            sill_m = 0.0 if number == 0 else SILL_M
            panels.append(_upright(start, end - start, sill_m, HEAD_M, glass=True))
            panels.append(_upright(start, end - start, HEAD_M, _WALL_M, glass=False))
            panels.append(_upright(start, end - start, 0.0, sill_m, glass=False))
    return panels


def _panes(store: Store, gate: Gate) -> list[tuple[Floats, Floats]]:
    """Where the door and then the windows of a gate begin and end on the floor."""
    left, right = np.array(gate.left_m), np.array(gate.right_m)
    middle, across = (left + right) / 2, (right - left) / np.linalg.norm(right - left)
    return [(left, right), *((middle + low * across, middle + high * across) for low, high in windows_of(store, gate))]


def _upright(start: Floats, along: Floats, low_m: float, high_m: float, *, glass: bool) -> Floats:
    return np.array([*start, low_m, *along, 0.0, 0.0, 0.0, high_m - low_m, float(glass)])
