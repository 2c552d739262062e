"""Cameras in simulated time: what each would send of an instant, when it arrives, and what faults keep back."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from drivers.twin.devices import SimulatedDetector
from drivers.twin.physics import Assumptions, camera_lags_s
from drivers.twin.scenario import Fault, FaultKind
from engine.bench.trial._clock import instant_of
from engine.domain import CameraId, Floats, Store
from engine.runtime.paced import PeopleSeen

_LOOK_S = 0.06  # as engine.runtime.paced takes for frames: from arrival to the fact


class CameraLinks:
    """The way from a store's cameras to its engine: lag, and the faults of a scenario."""

    def __init__(self, store: Store, cells: Assumptions, faults: Sequence[Fault], *, seed: int) -> None:
        self._lags_s = camera_lags_s([camera.camera_id for camera in store.cameras], cells, seed=seed)
        self._faults = {
            camera.camera_id: [fault for fault in faults if fault.camera_id == camera.camera_id]
            for camera in store.cameras
        }
        self._rng = np.random.default_rng([seed, 9])

    def arrives_s(self, camera_id: CameraId, taken_s: float) -> float | None:
        """When a picture of ``taken_s`` reaches the engine; None when it never does."""
        arrives_s = taken_s + self._lags_s[camera_id]
        for fault in self._faults[camera_id]:
            if not fault.acts(taken_s):
                continue
            if fault.kind is FaultKind.OFFLINE or self._rng.random() < fault.lost_share:
                return None
            arrives_s += fault.late_s
        return arrives_s


class SmartCameras:
    """Signal level: every camera says whom it sees, all of them at the same instants."""

    def __init__(self, store: Store, links: CameraLinks, *, seed: int) -> None:
        self._links = links
        self._detectors = [
            SimulatedDetector(camera, seed=seed * 1000 + number) for number, camera in enumerate(store.cameras)
        ]

    def look(self, taken_s: float, bodies_m: list[Floats]) -> Iterator[PeopleSeen]:
        """What is sent of this instant, with people's joints (17, 3) in the store frame."""
        for detector in self._detectors:
            seen = detector.look(bodies_m)
            arrives_s = self._links.arrives_s(seen.camera_id, taken_s)
            if arrives_s is not None:
                stamped = msgspec.structs.replace(seen, t_ns=instant_of(arrives_s))
                yield PeopleSeen(at_ns=instant_of(arrives_s + _LOOK_S), fact=stamped)
