"""Frames into small facts: people, keypoints, appearance; and the background they are seen against.

`engine.vision.build` makes the model packages and is imported by nothing here.
"""

from ._background import BackgroundPlate, PlatePolicy
from ._detector import Detections, PersonDetector
from ._embedder import Embedder
from ._manifest import ModelManifest
from ._model import Model, ModelError, default_models_dir, load_model
from ._motion import Motion, MotionGate
from ._picture_health import PictureJudge, PictureTrouble
from ._pose import COCO_KEYPOINTS, Keypoints, PoseEstimator

__all__ = [
    "COCO_KEYPOINTS",
    "BackgroundPlate",
    "Detections",
    "Embedder",
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
    "default_models_dir",
    "load_model",
]
