"""The lens bends pictures as the engine's calibration unbends them, to the corners; what is dropped is drawn."""

import hashlib
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from drivers.twin.render import PLAIN, Body, CameraRenderer, Optics, Pose, RoomLight, SceneItem, StoreScene
from engine.domain import CameraCalibration, SkuId, Store
from engine.store import open_store

_AGAIN = """
import sys
from pathlib import Path
from tests.twin.render.test_lens_and_floor import demo_picture_hash
sys.stdout.write(demo_picture_hash(Path(sys.argv[1])))
"""


@pytest.mark.parametrize(("k1", "k2"), [(0.0, 0.0), (-0.1, 0.0), (-0.12, 0.015), (0.05, 0.0)])
def test_items_on_the_floor_are_where_the_calibration_says(
    store: Store, bodies: tuple[Body, ...], k1: float, k2: float
) -> None:
    calibration = CameraCalibration(
        width_px=640, height_px=360, focal_px=330.0, k1=k1, k2=k2,
        position_m=(2.0, 1.95, 2.85), look_at_m=(2.0, 2.05, 0.0),
    )  # fmt: skip
    scene = StoreScene(store, bodies=bodies)
    camera = CameraRenderer(scene, calibration, optics=PLAIN)
    empty = camera.render().astype(int)
    # 0.08 m deep along x and 0.10 m wide along y when it looks along x, 0.2 m high.
    corners = np.array([(x, y, z) for x in (-0.04, 0.04) for y in (-0.05, 0.05) for z in (0.0, 0.2)])
    for x_m, y_m in ((0.8, 0.9), (3.3, 0.8), (0.7, 3.0), (3.2, 3.0), (2.0, 2.0)):
        scene.put(SceneItem(item_id=7, sku_id=SkuId("box"), x_m=x_m, y_m=y_m, z_m=0.0, yaw_rad=0.0))
        rows, columns = np.nonzero(np.abs(camera.render() - empty).max(axis=2) > 8)
        scene.take(7)
        seen = calibration.distort(calibration.project(corners + np.array([x_m, y_m, 0.0])))
        assert (columns.min(), rows.min()) == pytest.approx(tuple(seen.min(axis=0)), abs=1.5)
        assert (columns.max(), rows.max()) == pytest.approx(tuple(seen.max(axis=0)), abs=1.5)
    assert np.abs(camera.render() - empty).max() <= 3


def demo_picture_hash(root: Path) -> str:
    """Of a picture with everything on: who stands, walks, reaches and passes by, lamps that flicker."""
    store = open_store(root / "resources" / "stores" / "demo").store
    camera = CameraRenderer(StoreScene(store), store.cameras[0].calibration, seed=4, optics=Optics())
    people = [
        Pose(body_index=3, x_m=4.2, y_m=2.0, yaw_rad=0.3, speed_mps=1.0, gait_phase_rad=1.0),
        Pose(body_index=8, x_m=2.0, y_m=3.0, yaw_rad=math.pi, crouch=0.5),
        Pose(body_index=5, x_m=7.4, y_m=1.5, yaw_rad=1.5, speed_mps=1.1),
    ]
    camera.render(people, t_s=1.0)
    light = RoomLight(level=0.8, flicker_hz=100.0, flicker_share=0.2)
    return hashlib.sha256(camera.render(people[1:], t_s=1.1, light=light).tobytes()).hexdigest()


def test_two_processes_render_the_same(pytestconfig: pytest.Config) -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", _AGAIN, str(pytestconfig.rootpath)], cwd=pytestconfig.rootpath, check=True,
            capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("1", "2")
    }  # fmt: skip
    assert len(hashes) == 1
    assert len(hashes.pop()) == 64
