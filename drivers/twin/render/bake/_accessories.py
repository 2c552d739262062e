"""What a shopper carries and a cap's peak: closed shapes of their own, hung on the bones they move with."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._body import BONE_ROW, Material
from drivers.twin.render.bake._figure import Figure, folded_bones
from drivers.twin.render.bake._makehuman import Floats, Ints

_INFLUENCES = 4
_OVER_CLOTHES_M = 0.030  # a strap lies on the top, which stands off 22 mm
_STRAP_POINTS = 28
_SLICE_M = 0.02


@dataclass(frozen=True, eq=False)
class Accessory:
    """A mesh to add to the body: vertices, normals (n, 3); faces (m, 3); bone rows of BONES and weights (n, 4)."""

    vertices: Floats
    normals: Floats
    faces: Ints
    bone_rows: NDArray[np.int32]
    bone_weights: NDArray[np.float32]
    material: Material


def accessories(figure: Figure) -> list[Accessory]:
    """The peak and the bag that the figure's look asks for."""
    worn = [_peak(figure)] if figure.look.hair == "cap" else []
    if figure.look.bag == "backpack":
        worn += _backpack(figure)
    if figure.look.bag == "shoulder":
        worn += _shoulder_bag(figure)
    return worn


def _backpack(figure: Figure) -> list[Accessory]:
    k = figure.scale
    torso = _torso(figure)
    low_z, high_z = figure.joint("Spine")[2], figure.joint("LeftArm")[2] + 0.02 * k
    back = torso[(np.abs(torso[:, 1]) < 0.12 * k) & (torso[:, 2] > low_z) & (torso[:, 2] < high_z)]
    size = np.array([0.17 * k, 0.30 * k, high_z - low_z])
    centre = np.array([back[:, 0].min() - 0.38 * size[0], 0.0, (low_z + high_z) / 2])
    upper = torso[torso[:, 2] > low_z]
    straps = [_strap(figure, upper, np.array([0.0, y, low_z]), np.array([0.0, 1.0, 0.0])) for y in (-0.1 * k, 0.1 * k)]
    return [_padded_box(centre, size, "Spine2"), *straps]


def _shoulder_bag(figure: Figure) -> list[Accessory]:
    """Strap from the left shoulder to the bag at the right hip, a little behind the hanging arm."""
    k = figure.scale
    torso = _torso(figure)
    hip = figure.joint("RightUpLeg")
    shoulder = (figure.joint("Neck") + figure.joint("LeftArm")) / 2
    side_y = torso[np.abs(torso[:, 2] - hip[2]) < 0.05 * k, 1].min()
    size = np.array([0.32, 0.12, 0.25]) * k
    centre = np.array([hip[0] - 0.09 * k, side_y - 0.4 * size[1], hip[2] + 0.02 * k])
    low = np.array([hip[0], side_y, hip[2] + 0.10 * k])
    across = np.cross([1.0, 0.0, 0.0], shoulder - low)
    return [_padded_box(centre, size, "Hips"), _strap(figure, torso, low, across / np.linalg.norm(across))]


def _torso(figure: Figure) -> Floats:
    """Points of the trunk where clothes lie on it."""
    trunk = figure.on("Hips", "Spine", "Shoulder", "UpLeg")
    rows = np.unique(figure.source.faces["helper-tights"])
    return np.asarray(figure.vertices[rows[trunk[rows]]])


def _strap(figure: Figure, points: Floats, origin: Floats, normal: Floats) -> Accessory:
    """A taut loop: the convex outline of the points near a plane, as a ribbon in that plane's girth."""
    forward = np.array([1.0, 0.0, 0.0])
    up = np.cross(normal, forward)
    near = points[np.abs((points - origin) @ normal) < _SLICE_M * figure.scale] - origin
    flat = np.column_stack([near @ forward, near @ up]).astype(np.float32)
    outline = cv2.convexHull(flat).reshape(-1, 2).astype(float)
    loop = _evenly(np.concatenate([outline, outline[:1]]))
    outward = loop - loop.mean(axis=0)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    loop += _OVER_CLOTHES_M * figure.scale * outward
    middle = origin + loop[:, :1] * forward + loop[:, 1:] * up
    half_width = 0.022 * figure.scale * normal
    vertices = np.concatenate([middle - half_width, middle + half_width])
    normals = np.tile(outward[:, :1] * forward + outward[:, 1:] * up, (2, 1))
    bone_rows, bone_weights = _as_nearby(figure, vertices)
    return Accessory(vertices, normals, _grid_faces(2, _STRAP_POINTS), bone_rows, bone_weights, Material.BAG)


def _evenly(outline: Floats) -> Floats:
    """Points (n, 2) at equal distances along a closed outline, the first not repeated."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))])
    at = np.linspace(0, along[-1], _STRAP_POINTS, endpoint=False)
    return np.column_stack([np.interp(at, along, outline[:, k]) for k in range(2)])


def _padded_box(centre: Floats, size: Floats, bone: str) -> Accessory:
    """A box with round edges (a superellipsoid), outer measures ``size``."""
    rings, steps = 9, 20
    polar = np.linspace(-np.pi / 2, np.pi / 2, rings)[:, None]
    turn = np.linspace(0, 2 * np.pi, steps, endpoint=False)[None, :]
    cosines = (np.cos(polar) * np.cos(turn), np.cos(polar) * np.sin(turn), np.sin(polar) + 0 * turn)
    ball = np.stack(cosines, axis=-1).reshape(-1, 3)
    norm = (np.abs(ball) ** 5).sum(axis=1, keepdims=True) ** (1 / 5)
    unit = ball / norm
    normals = np.sign(unit) * np.abs(unit) ** 4 / size
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return _rigid(centre + unit * size / 2, normals, _grid_faces(rings, steps), (bone, Material.BAG))


def _peak(figure: Figure) -> Accessory:
    """A half disc before the forehead, sloping down a little."""
    body = np.unique(figure.source.faces["body"])
    head = figure.vertices[body[figure.on("Head")[body]]]
    eyes_z = figure.vertices[np.unique(figure.source.faces["helper-l-eye"]), 2].mean()
    brow = head[np.abs(head[:, 2] - eyes_z - 0.045 * figure.scale) < 0.01]
    half_width, front_x = 0.85 * brow[:, 1].max(), brow[:, 0].max()
    turn = np.linspace(-np.pi / 2, np.pi / 2, 12)
    arcs = []
    for out_m, down_m in ((0.0, 0.0), (0.075 * figure.scale, 0.022 * figure.scale)):
        x = front_x - 0.5 * half_width + (0.5 * half_width + out_m) * np.cos(turn)
        z = np.full(len(turn), eyes_z + 0.055 * figure.scale) - down_m * np.cos(turn)
        arcs.append(np.column_stack([x, half_width * np.sin(turn), z]))
    vertices = np.concatenate(arcs)
    normals = np.tile([0.2, 0.0, 0.98], (len(vertices), 1))
    faces = np.delete(_grid_faces(2, len(turn)), [len(turn) - 1, 2 * len(turn) - 1], axis=0)  # open at the temples
    return _rigid(vertices, normals, faces, ("Head", Material.HAIR))


def _rigid(vertices: Floats, normals: Floats, faces: Ints, of: tuple[str, Material]) -> Accessory:
    bone, material = of
    rows = np.full((len(vertices), _INFLUENCES), BONE_ROW[bone], np.int32)
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (len(vertices), 1))
    return Accessory(vertices, normals, faces, rows, weights, material)


def _as_nearby(figure: Figure, vertices: Floats) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Skin weights of the nearest point of the trunk, so that a strap bends with what it lies on."""
    tights = np.unique(figure.source.faces["helper-tights"])
    tights = tights[figure.on("Hips", "Spine", "Shoulder")[tights]]
    gaps = np.linalg.norm(vertices[:, None] - figure.vertices[tights][None], axis=2)
    return folded_bones(figure.source, tights[gaps.argmin(axis=1)])


def _grid_faces(rows: int, columns: int) -> Ints:
    """Triangles of a grid of vertices closed along its columns."""
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    a, b = (row * columns + column).ravel(), (row * columns + (column + 1) % columns).ravel()
    return np.concatenate([np.stack([a, b, b + columns], axis=1), np.stack([a, b + columns, a + columns], axis=1)])
