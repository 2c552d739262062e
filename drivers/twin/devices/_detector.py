"""The signal level: what a camera's detector would say, from the true joints and an error model.

Pixel noise, misses and occlusion by nearer people are of the size the real models show on rendered frames
(whole bodies found in 95 %, hidden or cut ones in 66 %; wrists off by 3 to 4 px).
"""

import numpy as np
from numpy.typing import NDArray

from drivers.twin.devices._poses import poses
from drivers.twin.render import Body, joints
from drivers.twin.scenario import World
from engine.domain import KEYPOINTS, Camera, CameraCalibration, PersonSeen, PersonsSeen

Floats = NDArray[np.float64]

_NOISE_SHARE = 3.0 / 640  # of the picture's width
_SEEN_WHOLE = 0.95
_SEEN_CUT = 0.66
_PADDING = 0.08
_SCORE = 0.8
_HIDDEN_SCORE = 0.15


def true_bodies(world: World, bodies: tuple[Body, ...]) -> list[Floats]:
    """The true joints (17, 3) of everybody in the world, in the store frame."""
    return [joints(bodies[pose.body_index], pose)[:KEYPOINTS] for pose in poses(world, bodies=len(bodies))]


class SimulatedDetector:
    """Detector and pose model of one camera, without pixels."""

    def __init__(self, camera: Camera, *, seed: int) -> None:
        self._camera = camera
        self._rng = np.random.default_rng(seed)
        self._frames = 0

    def look(self, bodies_m: list[Floats]) -> PersonsSeen:
        """One frame of people with these joints, each (17, 3); the engine stamps its own time, so ``t_ns`` is 0."""
        eye = np.array(self._camera.calibration.position_m)
        seen: list[PersonSeen] = []
        boxes: list[Floats] = []
        for body in sorted(bodies_m, key=lambda body: float(np.linalg.norm(body.mean(axis=0) - eye))):
            image_px = self._camera.calibration.project(body)
            if np.isnan(image_px).any():
                continue  # partly behind the camera
            hidden = _hidden(image_px, boxes) | _outside(image_px, self._camera.calibration)
            boxes.append(_box(image_px))
            if self._rng.random() < _chance(hidden):
                seen.append(self._person(image_px, hidden))
        self._frames += 1
        return PersonsSeen(t_ns=0, camera_id=self._camera.camera_id, frame_seq=self._frames, persons=tuple(seen))

    def _person(self, image_px: Floats, hidden: NDArray[np.bool_]) -> PersonSeen:
        size = np.array([self._camera.calibration.width_px, self._camera.calibration.height_px])
        noise_px = self._rng.normal(0, _NOISE_SHARE * size[0], image_px.shape)
        points = np.nan_to_num(image_px + noise_px)
        scores = np.where(hidden, _HIDDEN_SCORE, _SCORE)
        box = _box(image_px).reshape(2, 2).clip(0, size)
        keypoints = np.column_stack([points, scores]).round(2).ravel()
        return PersonSeen(
            xyxy_px=tuple(box.round(1).ravel().tolist()), score=_SCORE, keypoints=tuple(keypoints.tolist())
        )


def _box(image_px: Floats) -> Floats:
    low, high = np.nanmin(image_px, axis=0), np.nanmax(image_px, axis=0)
    padding = (high - low) * _PADDING
    return np.concatenate([low - padding, high + padding])


def _hidden(image_px: Floats, nearer: list[Floats]) -> NDArray[np.bool_]:
    hidden = np.zeros(len(image_px), dtype=np.bool_)
    for box in nearer:
        middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * 0.8
        hidden |= np.logical_and.reduce(np.abs(image_px - middle) < half, axis=1)
    return hidden


def _outside(image_px: Floats, calibration: CameraCalibration) -> NDArray[np.bool_]:
    inside = (image_px > 0) & (image_px < [calibration.width_px, calibration.height_px])
    outside: NDArray[np.bool_] = np.logical_not(np.logical_and.reduce(inside, axis=1))
    return outside


def _chance(hidden: NDArray[np.bool_]) -> float:
    share = float(hidden.mean())
    if share > 0.6:
        return 0.0
    return _SEEN_WHOLE if share < 0.15 else _SEEN_CUT
