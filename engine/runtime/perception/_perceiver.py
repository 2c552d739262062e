"""One frame into one fact: who is in it and where their joints are, in ideal pixels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.domain import Camera, CameraCalibration, PersonSeen
from engine.ports import Image
from engine.runtime.perception._shelves import Shelves
from engine.vision import COCO_KEYPOINTS, Detections, Keypoints, PersonDetector, PoseEstimator

# What must be visible of a person before a pose is worth its time.
_LEAST_HEIGHT_SHARE = 0.08
_MOST_PERSONS = 24  # a full floor of 30 m2: of whom no camera speaks, nobody can keep track
_MOST_CLOSE = 3  # in a frame: the close model takes twice as long as the other one
_SURE_JOINT = 0.3
_SAME_BODY = 0.15  # of a body's height: joints that lie nearer in the median are the same joints
_LEAST_JOINTS = 8
_BODY_BEYOND_JOINTS = 0.12  # hair, hands and soles, as a share of the joints' extent on each side


@dataclass(frozen=True)
class Posed:
    """People with their joints, row by row."""

    people: Detections
    joints: Keypoints


class Perceiver:
    """The models of one process, used by all its cameras in turn.

    ``close`` is the better and slower pose model, for people within reach of ``shelves``; ``pose`` is for all others.
    """

    def __init__(
        self, detector: PersonDetector, pose: PoseEstimator, *, close: PoseEstimator, shelves: Shelves
    ) -> None:
        self.provider = detector.provider
        self._detector = detector
        self._pose = pose
        self._close = close
        self._shelves = shelves

    def detect(self, image_bgr: Image) -> Detections:
        """People in the picture (H, W, 3), the surest first, at most 24; those too small for a pose left out."""
        found = self._detector.detect(image_bgr)
        tall = found.xyxy_px[:, 3] - found.xyxy_px[:, 1] > _LEAST_HEIGHT_SHARE * image_bgr.shape[0]
        order = np.argsort(-found.score[tall], kind="stable")[:_MOST_PERSONS]
        return Detections(xyxy_px=found.xyxy_px[tall][order], score=found.score[tall][order])

    def pose(self, image_bgr: Image, people: Detections, camera: Camera) -> Posed:
        """The joints of ``people`` in a camera's picture (H, W, 3); of boxes that hold one body, one is kept."""
        joints = self._joints(image_bgr, people.xyxy_px, camera)
        kept = _distinct(joints, people)
        return Posed(
            people=Detections(xyxy_px=people.xyxy_px[kept], score=people.score[kept]),
            joints=Keypoints(xy_px=joints.xy_px[kept], score=joints.score[kept]),
        )

    def _joints(self, image_bgr: Image, xyxy_px: NDArray[np.float32], camera: Camera) -> Keypoints:
        near = self._shelves.near(camera.calibration, xyxy_px, image_bgr.shape[1], most=_MOST_CLOSE)
        xy_px = np.empty((len(xyxy_px), len(COCO_KEYPOINTS), 2), np.float32)
        score = np.empty(xy_px.shape[:2], np.float32)
        for model, rows in ((self._pose, ~near), (self._close, near)):
            found = model.estimate(image_bgr, xyxy_px[rows])
            xy_px[rows], score[rows] = found.xy_px, found.score
        return Keypoints(xy_px=xy_px, score=score)


def nobody() -> Detections:
    """A frame without people."""
    return Detections(xyxy_px=np.zeros((0, 4), np.float32), score=np.zeros(0, np.float32))


def around(posed: Posed) -> Detections | None:
    """Where the same people will be in the next frame: around their joints. None when somebody's are too unsure.

    The detector costs twice what a pose costs; between two of its runs the joints say where to look.
    """
    joints = posed.joints
    boxes = [_box_around(xy[score > _SURE_JOINT]) for xy, score in zip(joints.xy_px, joints.score, strict=True)]
    known = [box for box in boxes if box is not None]
    if not known or len(known) < len(boxes):
        return None
    return Detections(xyxy_px=np.stack(known), score=posed.people.score)


def describe(camera: Camera, width_px: int, posed: Posed) -> tuple[PersonSeen, ...]:
    """Boxes and joints, found in a picture of that width, in ideal pixels of the camera's calibration."""
    people, joints = posed.people, posed.joints
    scale = camera.calibration.width_px / width_px
    boxes = _ideal(camera.calibration, people.xyxy_px.reshape(-1, 2), scale).reshape(-1, 4)
    points = _ideal(camera.calibration, joints.xy_px.reshape(-1, 2), scale).reshape(joints.xy_px.shape)
    return tuple(
        _person(box, float(score), np.column_stack([xy, marks]))
        for box, score, xy, marks in zip(boxes, people.score, points, joints.score, strict=True)
    )


def _distinct(joints: Keypoints, people: Detections) -> NDArray[np.intp]:
    """Rows to keep, in order: of two skeletons that lie on each other the one whose joints are surer."""
    height_px = people.xyxy_px[:, 3] - people.xyxy_px[:, 1]
    kept: list[int] = []
    for row in np.argsort(-joints.score.mean(axis=1), kind="stable").tolist():
        apart_px = np.linalg.norm(joints.xy_px[kept] - joints.xy_px[row], axis=2)
        same_px = _SAME_BODY * np.minimum(height_px[kept], height_px[row])
        if not (np.median(apart_px, axis=1) < same_px).any():
            kept.append(row)
    return np.array(sorted(kept), dtype=np.intp)


def _box_around(points_px: NDArray[np.float32]) -> NDArray[np.float32] | None:
    if len(points_px) < _LEAST_JOINTS:
        return None
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    margin = (high - low) * _BODY_BEYOND_JOINTS
    box: NDArray[np.float32] = np.concatenate([low - margin, high + margin]).astype(np.float32)
    return box


def _ideal(calibration: CameraCalibration, points_px: NDArray[np.floating[Any]], scale: float) -> NDArray[np.float64]:
    # Pixel centres: half a pixel in before scaling, half a pixel out after it.
    return calibration.undistort((points_px.astype(np.float64) + 0.5) * scale - 0.5)


def _person(box: NDArray[np.float64], score: float, keypoints: NDArray[np.float64]) -> PersonSeen:
    left, top, right, bottom = box.round(1).tolist()
    return PersonSeen(
        xyxy_px=(left, top, right, bottom),
        score=round(score, 3),
        keypoints=tuple(keypoints.round(2).ravel().tolist()),
    )
