"""The scene of a store: its cameras, and a map of its floor."""

import numpy as np
from scipy.ndimage import distance_transform_edt

from engine.core.tracking._eye import Eyes
from engine.core.tracking._floor import FloorArea
from engine.core.tracking.joint._scene import Scene, coverage
from engine.domain import Floats

_CELL_M, _MARGIN_M = 0.1, 1.5
_CHEST_M = 1.2
_LEAST_CAMERAS = 2  # where fewer look, nobody can be followed for long
_ENTRANCE_M, _OUTSIDE_M = 1.2, -0.5
# People a m² who come into a round's floor: at its entrances, elsewhere on it, and beyond it.
_AT_ENTRANCE, _ELSEWHERE, _BEYOND = 8e-3, 4e-4, 1e-6
# How probably somebody stays half a second, by metres from the border inwards, and where few cameras look.
_STAYS = ((-0.4, 0.1), (0.0, 0.5), (0.6, 0.85))
_STAYS_INSIDE, _STAYS_BADLY_SEEN = 0.98, 0.85


def scene_of(area: FloorArea, eyes: Eyes) -> Scene:
    """The cameras that watch the floor, and the floor."""
    watching = [eye for eye in eyes.by_id.values() if eye.watches_floor]
    cameras = np.array([eye.row for eye in watching], dtype=np.float64).reshape(-1, 18)
    x0, x1, y0, y1 = area.bounds_m
    xs = np.arange(x0 - _MARGIN_M, x1 + _MARGIN_M + _CELL_M / 2, _CELL_M)
    ys = np.arange(y0 - _MARGIN_M, y1 + _MARGIN_M + _CELL_M / 2, _CELL_M)
    corner = np.array([xs[0], ys[0], _CELL_M])
    count = np.zeros((len(ys), len(xs)))
    coverage(cameras, corner, count)
    on_floor = np.array([[area.holds((x, y)) for x in xs.tolist()] for y in ys.tolist()])
    followed = on_floor & (count >= min(_LEAST_CAMERAS, len(watching)))
    inwards = _CELL_M * (distance_transform_edt(followed) - distance_transform_edt(~followed))
    sight = np.array(
        [
            [[not area.hides(eye.position_m, (x, y, _CHEST_M)) for x in xs.tolist()] for y in ys.tolist()]
            for eye in watching
        ]
    ).reshape(len(watching), len(ys), len(xs))
    density = _density(area, inwards, (xs, ys))
    stays = np.where(count > _LEAST_CAMERAS, _STAYS_INSIDE, _STAYS_BADLY_SEEN)
    for beyond_m, share in reversed(_STAYS):
        stays = np.where(inwards <= beyond_m, share, stays)
    return Scene(cameras, np.stack([inwards, np.log(density), stays], axis=-1), corner, sight)


def _density(area: FloorArea, inwards: Floats, at: tuple[Floats, Floats]) -> Floats:
    if area.has_gates:
        xs, ys = at
        from_entrance = np.array([[area.to_gate_m((x, y)) for x in xs.tolist()] for y in ys.tolist()])
    else:
        from_entrance = inwards
    density = np.where(from_entrance < _ENTRANCE_M, _AT_ENTRANCE, _ELSEWHERE)
    return np.asarray(np.where(inwards < _OUTSIDE_M, _BEYOND, density), dtype=np.float64)
