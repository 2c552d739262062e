"""Who is looked at closely: those within reach of a plate, and never more than there is time for."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.domain import Camera, CameraCalibration, CameraId, Floats, Store
from engine.runtime.perception import Perceiver
from engine.runtime.perception._shelves import Shelves
from engine.vision import Detections, PersonDetector, PoseEstimator, load_model
from tests.build import small_store

LENS = CameraCalibration(
    width_px=640, height_px=360, focal_px=380.0, position_m=(0.0, 4.2, 2.8), look_at_m=(0.0, 0.0, 0.9), k1=-0.05
)
PICTURE = Path(__file__).parents[2] / "vision" / "three_shoppers.jpg"
BEFORE_SHELF, AWAY = (0.0, 0.6), (0.0, 2.6)


@pytest.fixture
def store() -> Store:
    """Six plates about the origin."""
    return small_store()


def boxes(*stand_m: tuple[float, float], scale: float = 1.0) -> np.ndarray:
    """Boxes (N, 4) of people who stand there, in a picture so much larger than the lens's."""
    middle_m: Floats = np.array([(x, y, 0.9) for x, y in stand_m])
    middle_px = (LENS.distort(LENS.project(middle_m)) + 0.5) * scale - 0.5
    half_px = np.array([20.0, 60.0]) * scale
    return np.concatenate([middle_px - half_px, middle_px + half_px], axis=1).astype(np.float32)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_who_stands_before_a_shelf_is_near_it(store: Store, scale: float) -> None:
    near = Shelves(store.plates).near(LENS, boxes(AWAY, BEFORE_SHELF, scale=scale), round(640 * scale), most=3)
    assert near.tolist() == [False, True]


def test_there_is_time_for_the_nearest_only(store: Store) -> None:
    crowd = boxes((0.3, 1.0), (0.0, 0.4), (-0.3, 0.9))
    near = Shelves(store.plates).near(LENS, crowd, 640, most=1)
    assert near.tolist() == [False, True, False]


def test_nobody_is_near_a_store_without_shelves_nor_above_the_horizon(store: Store) -> None:
    assert not Shelves(()).near(LENS, boxes(BEFORE_SHELF), 640, most=3).any()
    level = CameraCalibration(
        width_px=640, height_px=360, focal_px=380.0, position_m=(0.0, 4.5, 1.2), look_at_m=(0.0, 0.0, 1.2)
    )
    assert not Shelves(store.plates).near(level, np.array([[300, 20, 340, 140]], np.float32), 640, most=3).any()


def test_those_near_get_the_better_model_and_the_others_the_quick_one(store: Store) -> None:
    quick, close = (PoseEstimator(load_model(name)) for name in ("movenet-lightning", "movenet-thunder-int8"))
    perceiver = Perceiver(
        PersonDetector(load_model("nanodet-320x544-int8")), quick, close=close, shelves=Shelves(store.plates)
    )
    image_bgr = np.asarray(cv2.imread(str(PICTURE)), np.uint8)
    people = Detections(
        xyxy_px=np.array([[89, 140, 173, 291], [303, 99, 324, 197]], np.float32), score=np.ones(2, np.float32)
    )
    camera = Camera(camera_id=CameraId("c1"), calibration=LENS)
    near = Shelves(store.plates).near(LENS, people.xyxy_px, 640, most=3)
    posed = perceiver.pose(image_bgr, people, camera)
    assert near.tolist() == [False, True]
    np.testing.assert_allclose(posed.joints.xy_px[:1], quick.estimate(image_bgr, people.xyxy_px[:1]).xy_px)
    np.testing.assert_allclose(posed.joints.xy_px[1:], close.estimate(image_bgr, people.xyxy_px[1:]).xy_px)
