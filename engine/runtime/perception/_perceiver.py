"""One frame into one fact: who is in it and where their joints are, in ideal pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.domain import Camera, CameraCalibration, PersonSeen, PersonsSeen
from engine.ports import Image
from engine.vision import Detections, PersonDetector, PoseEstimator

# What must be visible of a person before a pose is worth its time.
_LEAST_HEIGHT_SHARE = 0.08
_MOST_PERSONS = 8


class Perceiver:
    """The models of one process, used by all its cameras in turn."""

    def __init__(self, detector: PersonDetector, pose: PoseEstimator) -> None:
        self._detector = detector
        self._pose = pose

    def detect(self, image_bgr: Image) -> Detections:
        """People in the picture (H, W, 3), the surest first, at most eight; those too small for a pose left out."""
        found = self._detector.detect(image_bgr)
        tall = found.xyxy_px[:, 3] - found.xyxy_px[:, 1] > _LEAST_HEIGHT_SHARE * image_bgr.shape[0]
        order = np.argsort(-found.score[tall], kind="stable")[:_MOST_PERSONS]
        return Detections(xyxy_px=found.xyxy_px[tall][order], score=found.score[tall][order])

    def describe(self, camera: Camera, image_bgr: Image, people: Detections) -> tuple[PersonSeen, ...]:
        """Boxes and joints of ``people`` in ideal pixels of the camera's calibration."""
        if not len(people):
            return ()
        joints = self._pose.estimate(image_bgr, people.xyxy_px)
        scale = camera.calibration.width_px / image_bgr.shape[1]
        boxes = _ideal(camera.calibration, people.xyxy_px.reshape(-1, 2), scale).reshape(-1, 4)
        points = _ideal(camera.calibration, joints.xy_px.reshape(-1, 2), scale).reshape(joints.xy_px.shape)
        return tuple(
            _person(box, float(score), np.column_stack([xy, marks]))
            for box, score, xy, marks in zip(boxes, people.score, points, joints.score, strict=True)
        )

    def look(self, camera: Camera, image_bgr: Image, *, t_ns: int, frame_seq: int) -> PersonsSeen:
        """Everything one frame says."""
        persons = self.describe(camera, image_bgr, self.detect(image_bgr))
        return PersonsSeen(t_ns=t_ns, camera_id=camera.camera_id, frame_seq=frame_seq, persons=persons)


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
