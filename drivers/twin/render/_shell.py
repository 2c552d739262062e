"""Which faces of a body nobody sees from behind: their backs need not be drawn, which saves a third of drawing."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _raster
from drivers.twin.render._body import Body

_VIEWS = [(yaw_rad, up) for up in (0.1, 0.5, 1.2) for yaw_rad in np.arange(8) * math.pi / 4]
_SIDE_PX = 500
_AWAY_M = 6.0
_FOCAL_PX = 1300.0  # a tall body fills the picture
_LEAST_PX = 3  # of a back; less is the rim of a face that turns away


@dataclass(frozen=True, eq=False)
class Shell:
    """A body's faces (m, 3), those first whose backs are hidden inside it: collars and hems come last."""

    faces: NDArray[np.int32]
    closed: int


def shell_of(body: Body) -> Shell:
    """Look at a body from all around and keep as two-sided what shows its back, and what it is joined to."""
    backs = np.zeros(len(body.faces), bool)
    for yaw_rad, up in _VIEWS:
        backs[_seen_from_behind(body, yaw_rad, up)] = True
    touched = np.zeros(len(body.vertices_m), bool)
    touched[body.faces[backs]] = True
    joined = np.asarray(touched[body.faces].any(axis=1))
    return Shell(np.concatenate([body.faces[~joined], body.faces[joined]]), int((~joined).sum()))


def _seen_from_behind(body: Body, yaw_rad: float, up: float) -> NDArray[np.intp]:
    middle = np.array([0, 0, body.height_m / 2])
    way = np.array([math.cos(yaw_rad), math.sin(yaw_rad), up])
    way /= np.linalg.norm(way)
    right = np.array([-math.sin(yaw_rad), math.cos(yaw_rad), 0])
    turn = np.stack([right, np.cross(-way, right), -way])
    k = np.array([[_FOCAL_PX, 0, _SIDE_PX / 2], [0, _FOCAL_PX, _SIDE_PX / 2], [0, 0, 1]])
    camera = (k @ np.column_stack([turn, -turn @ (middle + _AWAY_M * way)])).astype(np.float32)
    pixels = _raster.project(body.vertices_m, camera)
    nearness, face_at = np.zeros((_SIDE_PX, _SIDE_PX), np.float32), np.full((_SIDE_PX, _SIDE_PX), -1, np.int32)
    rect, bary = (0, 0, _SIDE_PX, _SIDE_PX), np.empty((_SIDE_PX, _SIDE_PX, 2), np.float32)
    _raster.rasterise(pixels, body.faces, 0, rect, False, nearness, face_at, bary)
    seen = np.flatnonzero(np.bincount(face_at[face_at >= 0], minlength=len(body.faces)) >= _LEAST_PX)
    corners = (pixels[:, :2] / pixels[:, 2:])[body.faces[seen]]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray(seen[first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] > 0])
