"""Frames into small facts: people, keypoints, appearance; and the background they are seen against.

`engine.vision.build` makes the model packages and is imported by nothing here.
"""

from ._background import BackgroundPlate, PlatePolicy
from ._coverage import ENOUGH_PX, FacingCoverage, FacingView, FloorCoverage, facing_coverage, floor_coverage
from ._coverage_picture import coverage_picture
from ._detector import Detections, PersonDetector
from ._embedder import Embedder
from ._manifest import ModelManifest
from ._model import Model, ModelError, default_models_dir, load_model
from ._motion import Motion, MotionGate
from ._picture_health import PictureJudge, PictureTrouble
from ._pose import COCO_KEYPOINTS, Keypoints, PoseEstimator

__all__ = [
    "COCO_KEYPOINTS",
    "ENOUGH_PX",
    "BackgroundPlate",
    "Detections",
    "Embedder",
    "FacingCoverage",
    "FacingView",
    "FloorCoverage",
    "Keypoints",
    "Model",
    "ModelError",
    "ModelManifest",
    "Motion",
    "MotionGate",
    "PersonDetector",
    "PictureJudge",
    "PictureTrouble",
    "PlatePolicy",
    "PoseEstimator",
    "coverage_picture",
    "default_models_dir",
    "facing_coverage",
    "floor_coverage",
    "load_model",
]
