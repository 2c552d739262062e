"""Body keypoints of the people in one frame: MoveNet on a square around each box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._manifest import SinglePose
from ._tensors import crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.ports import Image

    from ._model import Model

COCO_KEYPOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)


@dataclass(frozen=True)
class Keypoints:
    """Keypoints of N people in COCO order; left and right are the person's own."""

    xy_px: NDArray[np.float32]  # (N, 17, 2) in the frame's own pixels, may lie outside it
    score: NDArray[np.float32]  # (N, 17)

    def __post_init__(self) -> None:
        people = len(self.score)
        if self.xy_px.shape != (people, 17, 2) or self.score.shape != (people, 17):
            raise ValueError(f"{self.xy_px.shape} keypoints, {self.score.shape} scores")

    def __len__(self) -> int:
        return len(self.score)


class PoseEstimator:
    """One network call for each person."""

    def __init__(self, model: Model) -> None:
        manifest = model.manifest
        if not isinstance(manifest.postprocessing, SinglePose):
            raise ValueError(f"{manifest.name} does not estimate poses")
        self._model = model
        self._scale = manifest.postprocessing.crop_scale
        self._fill = manifest.preprocessing.fill
        self._side_px = manifest.inputs[0].shape[1]
        self._tensor = np.empty((1, self._side_px, self._side_px, 3), np.int32)

    def estimate(self, image_bgr: Image, xyxy_px: NDArray[np.float32]) -> Keypoints:
        """Keypoints of the people in the boxes (N, 4) of `image_bgr` (H, W, 3)."""
        squares_px = square_around(xyxy_px, self._scale)
        raw = np.empty((len(squares_px), 17, 3), np.float32)  # y, x, score in shares of the square
        for row, square_px in enumerate(squares_px):
            pixels = crop(image_bgr, square_px, (self._side_px, self._side_px), self._fill)
            self._tensor[0] = pixels[..., ::-1]
            raw[row] = self._model.run(self._tensor)[0][0, 0]
        side_px = (squares_px[:, 2:] - squares_px[:, :2])[:, None]
        return Keypoints(squares_px[:, None, :2] + raw[..., 1::-1] * side_px, raw[..., 2].copy())


def square_around(xyxy_px: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Squares (N, 4) about the middle of the boxes, `scale` times their longer side: a raised arm leaves the box."""
    boxes = np.asarray(xyxy_px, np.float32).reshape(-1, 4)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True, initial=1.0) * np.float32(scale / 2)
    return np.concatenate([middle - half, middle + half], axis=1)
