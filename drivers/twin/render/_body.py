"""One shopper's body as baked into ``resources/bodies``: mesh, skin weights, rest joints and clothing.

Model frame, metres: x forward, y to the body's left, z up, soles on z = 0, arms hanging apart as the artist left them.
"""

import enum
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BODIES_FOLDER = Path(__file__).resolve().parents[3] / "resources" / "bodies"

# Parents come before children; the last column of BONE_PARENTS' meaning is a row of this tuple, -1 for the root.
BONES = (
    "Hips", "Spine", "Spine1", "Spine2", "Neck", "Head",
    "LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand",
    "RightShoulder", "RightArm", "RightForeArm", "RightHand",
    "LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToeBase",
    "RightUpLeg", "RightLeg", "RightFoot", "RightToeBase",
)  # fmt: skip
BONE_PARENTS = (-1, 0, 1, 2, 3, 4, 3, 6, 7, 8, 3, 10, 11, 12, 0, 14, 15, 16, 0, 18, 19, 20)
BONE_ROW = {name: row for row, name in enumerate(BONES)}

_GRID_PER_M = 20_000  # vertices are stored in int16 steps of 0.05 mm, half the range of a body 1.6 m from its middle
_FACE_POINTS = 5


class Material(enum.IntEnum):
    """What a vertex is made of: the row of the palette."""

    SKIN = 0
    TOP = 1
    LEGS = 2
    SHOE = 3
    HAIR = 4
    EYE = 5
    LIP = 6
    BROW = 7
    IRIS = 8
    BAG = 9


class Pattern(enum.IntEnum):
    """What is printed on the top; drawn per pixel from the rest position."""

    PLAIN = 0
    STRIPES = 1
    JACKET = 2
    CHECK = 3
    PINSTRIPES = 4
    BLOCK = 5
    DOTS = 6


@dataclass(frozen=True, eq=False)
class Body:
    """A loaded identity.

    vertices_m, normals: (n, 3) float32; faces: (m, 3) int32; bone_rows, bone_weights: (n, 4); material: (n,);
    palette: (10, 3) RGB 0..1; joints_m: rest heads of BONES (22, 3); face_points_m: nose, eyes, ears, left before right
    (5, 3); hand_centres_m: left and right palm (2, 3); pattern_rgb: second colour of the top.
    """

    name: str
    vertices_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    faces: NDArray[np.int32]
    bone_rows: NDArray[np.int32]
    bone_weights: NDArray[np.float32]
    material: NDArray[np.int32]
    palette: NDArray[np.float32]
    joints_m: NDArray[np.float64]
    face_points_m: NDArray[np.float64]
    hand_centres_m: NDArray[np.float64]
    pattern: Pattern
    pattern_rgb: tuple[float, float, float]

    @property
    def height_m(self) -> float:
        """Stature, shoes included."""
        return float(self.vertices_m[:, 2].max())

    @property
    def colours(self) -> NDArray[np.float32]:
        """Albedo of each vertex (n, 3), RGB 0..1 in the picture's gamma."""
        return self.palette[self.material]


def save_body(body: Body, path: Path) -> None:
    """Write a body as a compressed archive of small integers (about 60 kB)."""
    middle_m = (0.0, 0.0, 1.0)
    np.savez_compressed(
        path,
        vertices=np.rint((body.vertices_m - middle_m) * _GRID_PER_M).astype(np.int16),
        normals=np.rint(body.normals * 127).astype(np.int8),
        faces=body.faces.astype(np.uint16),
        bone_rows=body.bone_rows.astype(np.uint8),
        bone_weights=np.rint(body.bone_weights * 255).astype(np.uint8),
        material=body.material.astype(np.uint8),
        palette=np.rint(body.palette * 255).astype(np.uint8),
        joints_m=body.joints_m.astype(np.float32),
        face_points_m=body.face_points_m.astype(np.float32),
        hand_centres_m=body.hand_centres_m.astype(np.float32),
        pattern=np.uint8(body.pattern),
        pattern_rgb=np.array(body.pattern_rgb, np.float32),
    )


def load_body(path: Path) -> Body:
    """Read a baked body. Raises FileNotFoundError with the remedy when it is missing."""
    if not path.is_file():
        raise FileNotFoundError(f"no baked body at {path}: run 'python -m drivers.twin.render.bake' to bake them again")
    with np.load(path, allow_pickle=False) as arrays:
        weights = arrays["bone_weights"].astype(np.float32)
        return Body(
            name=path.stem,
            vertices_m=(arrays["vertices"] / np.float32(_GRID_PER_M) + np.array([0, 0, 1], np.float32)).astype(
                np.float32
            ),
            normals=arrays["normals"].astype(np.float32) / 127,
            faces=arrays["faces"].astype(np.int32),
            bone_rows=arrays["bone_rows"].astype(np.int32),
            bone_weights=weights / weights.sum(axis=1, keepdims=True),
            material=arrays["material"].astype(np.int32),
            palette=arrays["palette"].astype(np.float32) / 255,
            joints_m=arrays["joints_m"].astype(np.float64),
            face_points_m=arrays["face_points_m"].astype(np.float64).reshape(_FACE_POINTS, 3),
            hand_centres_m=arrays["hand_centres_m"].astype(np.float64).reshape(2, 3),
            pattern=Pattern(int(arrays["pattern"])),
            pattern_rgb=(
                float(arrays["pattern_rgb"][0]),
                float(arrays["pattern_rgb"][1]),
                float(arrays["pattern_rgb"][2]),
            ),
        )


def load_bodies(folder: Path = BODIES_FOLDER) -> tuple[Body, ...]:
    """Every baked identity, in the order of their file names; ``Pose.body_index`` counts in this order."""
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise FileNotFoundError(f"no baked bodies in {folder}: run 'python -m drivers.twin.render.bake'")
    return tuple(load_body(path) for path in paths)
