"""Shapes one identity from the macro targets and dresses it: which faces show and how far clothes stand off."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._body import BONE_ROW, BONES, Body, Material, Pattern
from drivers.twin.render.bake._collapse import collapse
from drivers.twin.render.bake._makehuman import Floats, Ints, MakeHuman

Bools = NDArray[np.bool_]
Rgb = tuple[float, float, float]

# Share of a part's faces worth keeping: skin is densely meshed where nobody looks (toes, lips), cloth needs its folds.
_KEEP = {
    Material.SKIN: 0.24,
    Material.TOP: 0.45,
    Material.LEGS: 0.35,
    Material.SHOE: 0.45,
    Material.HAIR: 0.8,
    Material.EYE: 0.6,
}
_FINGER_CURL_RAD = 0.32
_FINGERS = ("Index", "Middle", "Ring", "Pinky")


@dataclass(frozen=True, kw_only=True)
class Look:
    """One identity. age 0 young .. 1 old; weight -1 lean .. 1 heavy; colours RGB 0..1."""

    name: str
    gender: Literal["male", "female"]
    ancestry: Literal["caucasian", "asian", "african"]
    height_m: float
    age: float = 0.0
    weight: float = 0.0
    long_sleeves: bool = True
    legs: Literal["trousers", "shorts", "skirt"] = "trousers"
    hair: Literal["short", "bob", "cap"] = "short"
    pattern: Pattern = Pattern.PLAIN
    pattern_rgb: Rgb = (0.9, 0.9, 0.9)
    skin_rgb: Rgb = (0.80, 0.60, 0.50)
    top_rgb: Rgb = (0.2, 0.3, 0.6)
    legs_rgb: Rgb = (0.15, 0.16, 0.22)
    shoe_rgb: Rgb = (0.1, 0.1, 0.1)
    hair_rgb: Rgb = (0.13, 0.09, 0.07)


@dataclass(frozen=True)
class _Part:
    faces: Ints
    stand_off_m: float
    material: Material


class _Figure:
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


def bake(source: MakeHuman, look: Look, triangles: int) -> Body:
    """A dressed body of about that many triangles."""
    figure = _Figure(source, look)
    parts = [part for part in (*_clothes(figure), *_bare(figure)) if len(part.faces)]
    wanted = sum(len(part.faces) * _KEEP[part.material] for part in parts)
    rows, stand_off, materials, faces = [], [], [], []
    offset = 0
    for part in parts:
        share = _KEEP[part.material] * triangles / wanted
        kept = collapse(figure.vertices, part.faces, round(min(1.0, share) * len(part.faces)))
        used, inverse = np.unique(kept, return_inverse=True)
        rows.append(used)
        stand_off.append(np.full(len(used), part.stand_off_m))
        materials.append(np.full(len(used), part.material))
        faces.append(inverse.reshape(-1, 3) + offset)
        offset += len(used)
    vertex_rows = np.concatenate(rows)
    vertices = figure.vertices[vertex_rows] + figure.normals[vertex_rows] * np.concatenate(stand_off)[:, None]
    material = _painted(figure, vertex_rows, np.concatenate(materials))
    bone_rows, bone_weights = _folded_bones(source, vertex_rows)
    return Body(
        name=look.name,
        vertices_m=vertices.astype(np.float32),
        normals=figure.normals[vertex_rows].astype(np.float32),
        faces=np.concatenate(faces).astype(np.int32),
        bone_rows=bone_rows,
        bone_weights=bone_weights,
        material=material,
        palette=_palette(look),
        joints_m=np.array([figure.joint(bone) for bone in BONES]),
        face_points_m=_face_points(figure),
        hand_centres_m=np.array([_palm(figure, side) for side in ("Left", "Right")]),
        pattern=look.pattern,
        pattern_rgb=look.pattern_rgb,
    )


def _shaped(source: MakeHuman, look: Look) -> Floats:
    build = "maxweight" if look.weight > 0 else "minweight"
    offsets = np.zeros_like(source.vertices)
    for age, age_share in (("young", 1 - look.age), ("old", look.age)):
        if age_share == 0:
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


def _clothes(figure: _Figure) -> list[_Part]:
    look, k = figure.look, figure.scale
    tights = figure.source.faces["helper-tights"]
    middle = figure.vertices[tights].mean(axis=1)
    hips_z, knee_z = figure.joint("Hips")[2], figure.joint("LeftLeg")[2]
    hand, head, arm = (figure.on(word)[tights].any(axis=1) for word in ("Hand", "Head", "Arm"))
    foot = figure.on("Foot", "Toe")[tights].all(axis=1)
    covered = ~hand & ~head & ~foot
    legs = covered & ~arm & (middle[:, 2] < hips_z + 0.06 * k)
    top = covered & (arm | (middle[:, 2] > hips_z - 0.10 * k))
    if not look.long_sleeves:
        shoulder, elbow = figure.joint("LeftArm"), figure.joint("LeftForeArm")
        cuff = shoulder[1] + 0.55 * abs(elbow[1] - shoulder[1])
        top &= ~(arm & (np.abs(middle[:, 1]) > cuff))
    if look.legs == "shorts":
        legs &= middle[:, 2] > knee_z + 0.04
    parts = [_Part(tights[foot], 0.010, Material.SHOE)]
    if look.legs == "skirt":
        parts.append(_Part(figure.source.faces["helper-skirt"], 0.012, Material.LEGS))
    else:
        parts.append(_Part(tights[legs], 0.014 * k, Material.LEGS))
    return [*parts, _Part(tights[top], 0.022 * k, Material.TOP)]


def _bare(figure: _Figure) -> list[_Part]:
    look = figure.look
    body = figure.source.faces["body"]
    middle = figure.vertices[body].mean(axis=1)
    hair = _hair(figure, body, middle)
    skin = figure.on("Head", "Neck", "Hand")[body].any(axis=1)
    collar = figure.on("Shoulder", "Spine2")[body].any(axis=1) & (middle[:, 2] > figure.joint("Neck")[2] - 0.05)
    skin |= collar
    if not look.long_sleeves:
        skin |= figure.on("Arm")[body].any(axis=1)
    if look.legs != "trousers":
        knee_z = figure.joint("LeftLeg")[2]
        skin |= figure.on("Leg")[body].any(axis=1) & (middle[:, 2] < knee_z + 0.12)
    skin &= ~figure.on("Foot", "Toe")[body].all(axis=1)
    parts = [
        _Part(body[skin], 0.0, Material.SKIN),
        _Part(body[hair], (0.022 if look.hair == "bob" else 0.014) * figure.scale, Material.HAIR),
    ]
    return parts + [_Part(figure.source.faces[eye], 0.0, Material.EYE) for eye in ("helper-l-eye", "helper-r-eye")]


def _hair(figure: _Figure, body: Ints, middle: Floats) -> Bools:
    """Scalp faces, in parts of the head's height above the neck joint; bounds found by eye on the average head."""
    head_joint = figure.joint("Head")
    head_m = figure.vertices[np.unique(body), 2].max() - head_joint[2]
    front, side, up = ((middle - head_joint) / head_m).T
    scalp = (up > 0.80) & (front > -0.1) & (up > 0.72 - 0.35 * (0.35 - front))
    nape = -0.12 if figure.look.hair == "bob" else 0.18
    back = (front <= 0.02) & (up > nape) & (np.abs(side) < 0.55)
    ears = (np.abs(side) > 0.37) & (front > -0.12) & (up < 0.5)
    if figure.look.hair == "bob":
        ears &= front > 0.02
    on_head = figure.on("Head")[body].any(axis=1)
    if figure.look.hair == "bob":
        on_head |= figure.on("Neck")[body].any(axis=1)
    return np.asarray(on_head & (scalp | back) & ~ears)


def _painted(figure: _Figure, rows: Ints, material: Ints) -> NDArray[np.int32]:
    painted = material.copy()
    bare = material == Material.SKIN
    painted[bare & (figure.source.lip_weight[rows] > 0.75)] = Material.LIP
    painted[bare & (figure.source.brow_weight[rows] > 0.85)] = Material.BROW
    vertices = figure.vertices[rows]
    for side in (-1, 1):
        eye = (material == Material.EYE) & (vertices[:, 1] * side > 0)
        out = vertices[:, 0] - vertices[eye, 0].mean()
        painted[eye & (out > 0.8 * out[eye].max())] = Material.IRIS
    return painted.astype(np.int32)


def _folded_bones(source: MakeHuman, rows: Ints) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
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


def _palette(look: Look) -> NDArray[np.float32]:
    skin, hair = np.array(look.skin_rgb), np.array(look.hair_rgb)
    rows = {
        Material.SKIN: skin,
        Material.TOP: np.array(look.top_rgb),
        Material.LEGS: np.array(look.legs_rgb),
        Material.SHOE: np.array(look.shoe_rgb),
        Material.HAIR: hair,
        Material.EYE: np.array((0.92, 0.92, 0.90)),
        Material.LIP: skin * (0.66, 0.5, 0.55) + (0.12, 0.0, 0.0),
        Material.BROW: 0.2 * skin + 0.25 * np.minimum(hair, 0.3),
        Material.IRIS: np.array((0.12, 0.08, 0.05)),
    }
    return np.array([rows[material] for material in Material], np.float32)


def _face_points(figure: _Figure) -> Floats:
    """Nose, left and right eye, left and right ear, in the order of COCO's keypoints."""
    source, vertices = figure.source, figure.vertices
    eyes = [vertices[np.unique(source.faces[name])].mean(axis=0) for name in ("helper-l-eye", "helper-r-eye")]
    body = np.unique(source.faces["body"])
    head = vertices[body[figure.on("Head")[body]]]
    nose = head[np.argmax(head[:, 0])]
    half_width = 0.95 * np.abs(head[:, 1]).max()
    ear_x, ear_z = head[:, 0].mean(), (eyes[0][2] + eyes[1][2]) / 2 - 0.015
    return np.array([nose, *eyes, (ear_x, half_width, ear_z), (ear_x, -half_width, ear_z)])


def _palm(figure: _Figure, side: str) -> Floats:
    """Where a grasped thing's middle is: before the palm, between wrist and knuckles."""
    wrist, knuckle = figure.joint(f"{side}Hand"), figure.joint(f"{side}HandMiddle1")
    return np.asarray(wrist + 0.85 * (knuckle - wrist))
