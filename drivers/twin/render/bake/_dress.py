"""Shapes one identity from the macro targets and dresses it: which faces show and how far clothes stand off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._body import BONES, Body, Material
from drivers.twin.render.bake._accessories import accessories
from drivers.twin.render.bake._collapse import collapse
from drivers.twin.render.bake._figure import Bools, Figure, Look, folded_bones
from drivers.twin.render.bake._makehuman import Floats, Ints, MakeHuman

# Share of a part's faces worth keeping: skin is densely meshed where nobody looks (toes, lips), cloth needs its folds.
_KEEP = {
    Material.SKIN: 0.24,
    Material.TOP: 0.45,
    Material.LEGS: 0.35,
    Material.SHOE: 0.45,
    Material.HAIR: 0.8,
    Material.EYE: 0.6,
}


@dataclass(frozen=True)
class _Part:
    faces: Ints
    stand_off_m: float
    material: Material


@dataclass(frozen=True, eq=False)
class _Shell:
    """Thinned parts of the figure: its vertex rows, how far each stands off, materials (n,); faces (m, 3)."""

    rows: Ints
    stand_off_m: Floats
    materials: Ints
    faces: Ints


def bake(source: MakeHuman, look: Look, triangles: int) -> Body:
    """A dressed body of about that many triangles."""
    figure = Figure(source, look)
    worn = accessories(figure)
    shell = _thinned(figure, triangles - sum(len(one.faces) for one in worn))
    vertices = figure.vertices[shell.rows] + figure.normals[shell.rows] * shell.stand_off_m[:, None]
    bone_rows, bone_weights = folded_bones(source, shell.rows)
    starts = np.cumsum([len(vertices), *(len(one.vertices) for one in worn)])
    painted = _painted(figure, shell.rows, shell.materials)
    return Body(
        name=look.name,
        vertices_m=np.concatenate([vertices, *(one.vertices for one in worn)]).astype(np.float32),
        normals=np.concatenate([figure.normals[shell.rows], *(one.normals for one in worn)]).astype(np.float32),
        faces=np.concatenate(
            [shell.faces, *(one.faces + start for one, start in zip(worn, starts, strict=False))]
        ).astype(np.int32),
        bone_rows=np.concatenate([bone_rows, *(one.bone_rows for one in worn)]),
        bone_weights=np.concatenate([bone_weights, *(one.bone_weights for one in worn)]),
        material=np.concatenate([painted, *(np.full(len(one.vertices), one.material, np.int32) for one in worn)]),
        palette=_palette(look),
        joints_m=np.array([figure.joint(bone) for bone in BONES]),
        face_points_m=_face_points(figure),
        hand_centres_m=np.array([_palm(figure, side) for side in ("Left", "Right")]),
        pattern=look.pattern,
        pattern_rgb=look.pattern_rgb,
    )


def _thinned(figure: Figure, triangles: int) -> _Shell:
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
    return _Shell(*(np.concatenate(each) for each in (rows, stand_off, materials, faces)))


def _clothes(figure: Figure) -> list[_Part]:
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


def _bare(figure: Figure) -> list[_Part]:
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


def _hair(figure: Figure, body: Ints, middle: Floats) -> Bools:
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


def _painted(figure: Figure, rows: Ints, material: Ints) -> NDArray[np.int32]:
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
        Material.BAG: np.array(look.bag_rgb),
    }
    return np.array([rows[material] for material in Material], np.float32)


def _face_points(figure: Figure) -> Floats:
    """Nose, left and right eye, left and right ear, in the order of COCO's keypoints."""
    source, vertices = figure.source, figure.vertices
    eyes = [vertices[np.unique(source.faces[name])].mean(axis=0) for name in ("helper-l-eye", "helper-r-eye")]
    body = np.unique(source.faces["body"])
    head = vertices[body[figure.on("Head")[body]]]
    nose = head[np.argmax(head[:, 0])]
    half_width = 0.95 * np.abs(head[:, 1]).max()
    ear_x, ear_z = head[:, 0].mean(), (eyes[0][2] + eyes[1][2]) / 2 - 0.015
    return np.array([nose, *eyes, (ear_x, half_width, ear_z), (ear_x, -half_width, ear_z)])


def _palm(figure: Figure, side: str) -> Floats:
    """Where a grasped thing's middle is: before the palm, between wrist and knuckles."""
    wrist, knuckle = figure.joint(f"{side}Hand"), figure.joint(f"{side}HandMiddle1")
    return np.asarray(wrist + 0.85 * (knuckle - wrist))
