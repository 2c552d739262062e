"""Perception without pixels: what all cameras of a store say of the bodies there, by the fitted error model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.twin.sight import _draw
from drivers.twin.sight._model import SightModel, fitted_sight, tables
from drivers.twin.sight._views import Viewer
from engine.domain import KEYPOINTS, CameraCalibration, Floats, PersonSeen, PersonsSeen, Store

_MOST_BODIES = 64  # whose errors are remembered at once
_Whole = NDArray[np.int64]
_Memory = tuple[_Whole, _Whole, _Whole, _Whole, Floats, Floats]


class Sight:
    """What the cameras of a store say, frame after frame; the same seed says the same of the same bodies."""

    def __init__(self, store: Store, *, seed: int, model: SightModel | None = None) -> None:
        self._viewer = Viewer(store, store.cameras)
        limits = [picture_limits(camera.calibration) for camera in store.cameras]
        self._camera_ids = [camera.camera_id for camera in store.cameras]
        self._limits = np.array(limits).reshape(-1, 4)
        model = model or fitted_sight().model
        self._tables, self._light = tables(model).arrays(), model.light
        self._rng = np.random.default_rng(seed)
        self._memory = _memory(len(store.cameras))
        self._slots: dict[int, int] = {}
        self._free = list(range(_MOST_BODIES))[::-1]
        self._frames = 0

    def look(
        self, numbers: Sequence[int], bodies_m: Sequence[Floats] | Floats, *, t_ns: int = 0, gain: float = 1.0
    ) -> tuple[PersonsSeen, ...]:
        """One frame of every camera, in the order of the store's.

        ``bodies_m`` are the true joints (17, 3) of the people with these numbers, which stay theirs from frame to
        frame; ``gain`` is what the store's usual light is multiplied with.
        """
        self._frames += 1
        said: list[tuple[PersonSeen, ...]] = [()] * len(self._camera_ids)
        if numbers:
            slots, joints_m = self._settle(numbers), np.array(bodies_m)
            light = self._light.at(gain)
            counts, joints, boxes = _draw.draw(
                self._rng, self._viewer.cameras, self._limits, joints_m, self._viewer.view(joints_m).arrays(), slots,
                self._frames, self._memory, self._tables, light,
            )  # fmt: skip
            said = _persons(counts.tolist(), joints, boxes)
        return tuple(
            PersonsSeen(t_ns=t_ns, camera_id=camera_id, frame_seq=self._frames, persons=persons)
            for camera_id, persons in zip(self._camera_ids, said, strict=True)
        )

    def _settle(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """A slot of the memory for everybody; who is gone is forgotten."""
        for gone in self._slots.keys() - set(numbers):
            slot = self._slots.pop(gone)
            self._free.append(slot)
            _, seen, last, mirrored, _, _ = self._memory
            seen[:, slot], last[:, slot], mirrored[:, slot] = 0, -1, 0
        for number in numbers:
            if number not in self._slots:
                self._slots[number] = self._free.pop()
        return np.array([self._slots[number] for number in numbers], dtype=np.int64)


def _persons(counts: list[int], joints: Floats, boxes: Floats) -> list[tuple[PersonSeen, ...]]:
    """The rows (R, 51) and (R, 5) of all cameras, one after the other, as what each says."""
    rows = zip(boxes[:, :4].round(1).tolist(), boxes[:, 4].round(3).tolist(), joints.round(2).tolist(), strict=True)
    persons = [
        PersonSeen(xyxy_px=tuple(box), score=score, keypoints=tuple(keypoints)) for box, score, keypoints in rows
    ]
    ends = np.cumsum(counts).tolist()
    return [tuple(persons[end - count : end]) for count, end in zip(counts, ends, strict=True)]


def _memory(cameras: int) -> _Memory:
    return (
        np.zeros(cameras, np.int64),
        np.zeros((cameras, _MOST_BODIES), np.int64),
        np.full((cameras, _MOST_BODIES), -1, np.int64),
        np.zeros((cameras, _MOST_BODIES), np.int64),
        np.zeros((cameras, _MOST_BODIES, KEYPOINTS, 3)),
        np.zeros((cameras, _MOST_BODIES, 5)),
    )


def picture_limits(calibration: CameraCalibration) -> Floats:
    """The picture's edges in ideal pixels: x and y of the left upper, then of the right lower."""
    width, height = calibration.width_px - 1, calibration.height_px - 1
    edges = calibration.undistort(np.array([(0, height / 2), (width / 2, 0), (width, height / 2), (width / 2, height)]))
    return np.array([edges[0, 0], edges[1, 1], edges[2, 0], edges[3, 1]])
