"""The undressed figure of one identity: shaped from the macro targets, scaled to its height, fingers relaxed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._body import BONE_ROW, Pattern
from drivers.twin.render.bake._makehuman import Floats, Ints, MakeHuman

Bools = NDArray[np.bool_]
Rgb = tuple[float, float, float]

_FINGER_CURL_RAD = 0.32
_FINGERS = ("Index", "Middle", "Ring", "Pinky")


@dataclass(frozen=True, kw_only=True)
class Look:
    """One identity. age -1 child .. 0 young .. 1 old; weight -1 lean .. 1 heavy; colours RGB 0..1."""

    name: str
    gender: Literal["male", "female"]
    ancestry: Literal["caucasian", "asian", "african"]
    height_m: float
    age: float = 0.0
    weight: float = 0.0
    long_sleeves: bool = True
    legs: Literal["trousers", "shorts", "skirt"] = "trousers"
    hair: Literal["short", "bob", "cap"] = "short"
    bag: Literal["none", "backpack", "shoulder"] = "none"
    pattern: Pattern = Pattern.PLAIN
    pattern_rgb: Rgb = (0.9, 0.9, 0.9)
    skin_rgb: Rgb = (0.80, 0.60, 0.50)
    top_rgb: Rgb = (0.2, 0.3, 0.6)
    legs_rgb: Rgb = (0.15, 0.16, 0.22)
    shoe_rgb: Rgb = (0.1, 0.1, 0.1)
    hair_rgb: Rgb = (0.13, 0.09, 0.07)
    bag_rgb: Rgb = (0.18, 0.18, 0.2)


class Figure:
    """The shaped, undressed figure: vertices (n, 3) in the model frame and what its regions are."""

    def __init__(self, source: MakeHuman, look: Look) -> None:
        self.source = source
        self.look = look
        shaped = _shaped(source, look)
        vertices = shaped[:, [2, 0, 1]] * 0.1
        body = np.unique(source.faces["body"])
        vertices[:, 2] -= vertices[body, 2].min()
        vertices *= look.height_m / vertices[body, 2].max()
        self.scale = look.height_m / 1.75
        self.vertices, self.joints = _curl_fingers(source, vertices)
        self.bone = np.array(source.bones)[source.bone_rows[:, 0]]
        self.normals = _vertex_normals(
            self.vertices, np.concatenate([f for name, f in source.faces.items() if not name.startswith("joint")])
        )

    def on(self, *words: str) -> Bools:
        """Vertices whose first bone's name holds one of the words."""
        return np.array([any(word in bone for word in words) for bone in self.bone])

    def joint(self, name: str) -> Floats:
        return np.asarray(self.joints[self.source.bones.index(name)])


def folded_bones(source: MakeHuman, rows: Ints) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Skin weights over BONES: a finger's weight goes to its hand, an eye's or a toe end's to its parent."""
    fold = []
    for row in range(len(source.bones)):
        at = row
        while source.bones[at] not in BONE_ROW:
            at = source.parents[at]
        fold.append(BONE_ROW[source.bones[at]])
    bone_rows = np.array(fold)[source.bone_rows[rows]]
    weights = source.bone_weights[rows].copy()
    weights[weights.sum(axis=1) == 0, 0] = 1.0
    return bone_rows.astype(np.int32), weights.astype(np.float32)


def _shaped(source: MakeHuman, look: Look) -> Floats:
    build = "maxweight" if look.weight > 0 else "minweight"
    offsets = np.zeros_like(source.vertices)
    for age, age_share in (("young", 1 - abs(look.age)), ("old", look.age), ("child", -look.age)):
        if age_share <= 0:
            continue
        offsets += age_share * source.target(f"{look.ancestry}-{look.gender}-{age}")
        for weight, weight_share in (("averageweight", 1 - abs(look.weight)), (build, abs(look.weight))):
            kind = f"{look.gender}-{age}-averagemuscle-{weight}"
            share = age_share * weight_share
            offsets += share * source.target(f"universal-{kind}")
            offsets += 0.4 * share * source.target(f"proportions/{kind}-idealproportions")
    return source.vertices + offsets


def _curl_fingers(source: MakeHuman, vertices: Floats) -> tuple[Floats, Floats]:
    """Vertices and joints with relaxed fingers: at run time a hand is one rigid piece."""
    joints = np.array([vertices[rows].mean(axis=0) for rows in source.head_strategy])
    turns = np.tile(np.eye(3), (len(source.bones), 1, 1))
    shifts = np.zeros((len(source.bones), 3))
    for row, (bone, parent) in enumerate(zip(source.bones, source.parents, strict=True)):
        if parent < 0:
            continue
        local = np.eye(3)
        if any(f"Hand{finger}{k}" in bone for finger in _FINGERS for k in (1, 2, 3)):
            side = "Left" if bone.startswith("Left") else "Right"
            along = joints[row] - joints[source.bones.index(f"{side}Hand")]
            local = _axis_turn(np.cross(along, [0.0, 0.0, 1.0]), -_FINGER_CURL_RAD)
        turns[row] = turns[parent] @ local
        shifts[row] = turns[parent] @ (joints[row] - local @ joints[row]) + shifts[parent]
    posed = np.einsum("nkij,nj->nki", turns[source.bone_rows], vertices) + shifts[source.bone_rows]
    weighted = np.einsum("nk,nki->ni", source.bone_weights, posed)
    weighted[source.bone_weights.sum(axis=1) == 0] = vertices[source.bone_weights.sum(axis=1) == 0]
    return weighted, joints


def _axis_turn(axis: Floats, angle_rad: float) -> Floats:
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn: Floats = np.eye(3) + np.sin(angle_rad) * cross + (1 - np.cos(angle_rad)) * cross @ cross
    return turn


def _vertex_normals(vertices: Floats, faces: Ints) -> Floats:
    normals = np.zeros_like(vertices)
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    for k in range(3):
        np.add.at(normals, faces[:, k], flat)
    unit: Floats = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return unit
