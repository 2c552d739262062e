"""Triangle meshes of things that stand still, and the few shapes the store is made of.

A product's own frame: its front looks along -y, its base stands on z = 0. A gondola's: its front edge lies on y = 0 and
y goes inward.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[float, float, float]
Floats = NDArray[np.float32]
PLAIN = -1  # layer of a face without texture


class MeshArrays(NamedTuple):
    """What the shading kernel takes, in its order."""

    points: Floats
    normals: Floats
    uvs: Floats
    colours: Floats
    occlusion: Floats
    faces: NDArray[np.int32]
    layers: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Struct of arrays.

    points_m, normals, colours: (n, 3); uvs: (n, 2); occlusion: (n,), 1 in the open; faces: (m, 3); layers: (m,), the
    texture of each face.
    """

    points_m: Floats
    normals: Floats
    uvs: Floats
    colours: Floats
    occlusion: Floats
    faces: NDArray[np.int32]
    layers: NDArray[np.int32]

    def placed(self, x_m: float, y_m: float, z_m: float, *, turn_rad: float = 0.0) -> "Mesh":
        """The mesh turned about z, then moved."""
        c, s = math.cos(turn_rad), math.sin(turn_rad)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)
        return Mesh(
            self.points_m @ turn.T + np.array([x_m, y_m, z_m], np.float32),
            self.normals @ turn.T,
            self.uvs,
            self.colours,
            self.occlusion,
            self.faces,
            self.layers,
        )

    def shaded(self, occlusion: float | Floats) -> "Mesh":
        """The mesh with its occlusion multiplied."""
        dimmed = (self.occlusion * occlusion).astype(np.float32)
        return Mesh(self.points_m, self.normals, self.uvs, self.colours, dimmed, self.faces, self.layers)

    def arrays(self) -> MeshArrays:
        """Contiguous arrays for the kernels."""
        fields = (self.points_m, self.normals, self.uvs, self.colours, self.occlusion)
        points, normals, uvs, colours, occlusion = (np.ascontiguousarray(field, np.float32) for field in fields)
        return MeshArrays(points, normals, uvs, colours, occlusion, self.faces, self.layers)


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """All meshes as one."""
    offsets = np.cumsum([0] + [len(mesh.points_m) for mesh in meshes])
    return Mesh(
        np.concatenate([mesh.points_m for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.uvs for mesh in meshes]),
        np.concatenate([mesh.colours for mesh in meshes]),
        np.concatenate([mesh.occlusion for mesh in meshes]),
        np.concatenate([mesh.faces + offset for mesh, offset in zip(meshes, offsets, strict=False)]).astype(np.int32),
        np.concatenate([mesh.layers for mesh in meshes]).astype(np.int32),
    )


def panel(
    corner_m: Sequence[float], along_m: Sequence[float], up_m: Sequence[float], *, layer: int, colour: Rgb = (1, 1, 1)
) -> Mesh:
    """A parallelogram seen from the side to which along x up points; v runs against ``up_m``."""
    corner, along, up = (np.array(vector, float) for vector in (corner_m, along_m, up_m))
    normal = np.cross(along, up)
    normal /= np.linalg.norm(normal)
    return Mesh(
        np.array([corner, corner + along, corner + along + up, corner + up], np.float32),
        np.tile(normal, (4, 1)).astype(np.float32),
        np.array([(0, 1), (1, 1), (1, 0), (0, 0)], np.float32),
        np.tile(np.array(colour, np.float32), (4, 1)),
        np.ones(4, np.float32),
        np.array([(0, 1, 2), (0, 2, 3)], np.int32),
        np.array([layer, layer], np.int32),
    )


def box(
    low_m: Sequence[float], high_m: Sequence[float], *, colour: Rgb = (1, 1, 1), front: int = PLAIN, sides: int = PLAIN
) -> Mesh:
    """A box; ``front`` textures the faces across y, ``sides`` the others."""
    (x0, y0, z0), (x1, y1, z1) = low_m, high_m
    w, d, h = x1 - x0, y1 - y0, z1 - z0
    return joined([
        panel((x0, y0, z0), (w, 0, 0), (0, 0, h), layer=front, colour=colour),
        panel((x1, y1, z0), (-w, 0, 0), (0, 0, h), layer=front, colour=colour),
        panel((x1, y0, z0), (0, d, 0), (0, 0, h), layer=sides, colour=colour),
        panel((x0, y1, z0), (0, -d, 0), (0, 0, h), layer=sides, colour=colour),
        panel((x0, y0, z1), (w, 0, 0), (0, d, 0), layer=sides, colour=colour),
        panel((x0, y1, z0), (w, 0, 0), (0, -d, 0), layer=sides, colour=colour),
    ])  # fmt: skip


class Ring(NamedTuple):
    """One level of a loft: half axes and height; what is between it and the next ring."""

    half_width_m: float
    half_depth_m: float
    z_m: float
    labelled: bool = False
    colour: Rgb = (1.0, 1.0, 1.0)


def loft(rings: Sequence[Ring], *, layer: int, segments: int, flat_label: bool = False) -> Mesh:
    """A skin over ellipses. The label wraps once around, its quarter in front, or lies flat on front and back."""
    turn = np.linspace(-np.pi / 2, 1.5 * np.pi, segments + 1)
    around = np.stack([np.sin(turn), -np.cos(turn)], axis=1)
    if flat_label:
        side = np.where(around[:, 1] <= 1e-9, around[:, 0], -around[:, 0])
        u = (side + 1) / 2
    else:
        u = np.linspace(0, 1, segments + 1)
    top = max(ring.z_m for ring in rings if ring.labelled or flat_label)
    meshes = [
        _band(lower, upper, around, u, layer if lower.labelled else PLAIN, (rings[0].z_m, top) if flat_label else None)
        for lower, upper in pairwise(rings)
    ]
    return joined(meshes)


def _band(  # noqa: PLR0913 - private: one strip of a loft
    lower: Ring,
    upper: Ring,
    around: NDArray[np.float64],
    u: NDArray[np.float64],
    layer: int,
    label_z: tuple[float, float] | None,
) -> Mesh:
    count = len(around)
    points, uvs = np.empty((2 * count, 3)), np.empty((2 * count, 2))
    for row, ring in enumerate((lower, upper)):
        part = slice(row * count, (row + 1) * count)
        points[part, 0] = around[:, 0] * ring.half_width_m
        points[part, 1] = around[:, 1] * ring.half_depth_m
        points[part, 2] = ring.z_m
        uvs[part, 0] = u
        uvs[part, 1] = 1 - row if label_z is None else 1 - (ring.z_m - label_z[0]) / (label_z[1] - label_z[0])
    rise = upper.z_m - lower.z_m
    shrink = (lower.half_width_m + lower.half_depth_m - upper.half_width_m - upper.half_depth_m) / 2
    normals = np.column_stack([around * rise, np.full(count, shrink)])
    # An ellipse's normal leans to its flat side.
    normals[:, 0] *= max(lower.half_depth_m, upper.half_depth_m, 1e-6)
    normals[:, 1] *= max(lower.half_width_m, upper.half_width_m, 1e-6)
    normals[:, 2] *= max(lower.half_width_m, upper.half_width_m, lower.half_depth_m, 1e-6)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    k = np.arange(count - 1)
    faces = np.concatenate([np.stack([k, k + 1, k + 1 + count], 1), np.stack([k, k + 1 + count, k + count], 1)])
    colour = (1.0, 1.0, 1.0) if layer >= 0 else lower.colour
    return Mesh(
        points.astype(np.float32),
        np.tile(normals, (2, 1)).astype(np.float32),
        uvs.astype(np.float32),
        np.tile(np.array(colour, np.float32), (2 * count, 1)),
        np.ones(2 * count, np.float32),
        faces.astype(np.int32),
        np.full(len(faces), layer, np.int32),
    )
