"""The engine's tracker under the calls by which harnesses play other trackers beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from engine.bench.tracking._engine import EngineTracker
from engine.bench.tracking._figures import Placed
from engine.bench.tracking._wildtrack import SurveyedCamera
from engine.domain import Floats


class OnTheFloor:
    """Many calibrated cameras: ``update(number of the step, boxes (N, 5) by camera)`` gives id, x and y in metres."""

    def __init__(self, cameras: Sequence[Mapping[str, Any]], step_s: float) -> None:
        self._tracker = EngineTracker([_surveyed(camera) for camera in cameras], cameras[0]["bounds"], step_s)

    def update(self, _: int, frames: Sequence[Floats]) -> Placed:
        """Take in the next instant."""
        return self._tracker.step(frames)


def make(cameras: Sequence[Mapping[str, Any]], step_s: float) -> OnTheFloor:
    """A fresh tracker; a camera has ``name``, ``width``, ``height``, ``K``, ``R``, ``t`` (metres) and ``bounds``."""
    return OnTheFloor(cameras, step_s)


def _surveyed(camera: Mapping[str, Any]) -> SurveyedCamera:
    rvec = Rotation.from_matrix(np.asarray(camera["R"])).as_rotvec()
    return SurveyedCamera(
        camera["name"],
        camera["width"],
        camera["height"],
        tuple(map(tuple, np.asarray(camera["K"], dtype=np.float64).tolist())),
        tuple(rvec.tolist()),
        tuple((100 * np.asarray(camera["t"])).tolist()),
    )
