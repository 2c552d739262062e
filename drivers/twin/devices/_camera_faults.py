"""What is wrong with the cameras of a store: pictures that are lost or late, as the scenario says."""

from collections.abc import Sequence

import numpy as np

from drivers.twin.scenario import Fault, FaultKind
from engine.domain import CameraId

_DRAWS = 8  # beside the seed: which pictures a lossy line loses


class CameraFaults:
    """Asked once for every picture."""

    def __init__(self, faults: Sequence[Fault] = (), *, seed: int = 0) -> None:
        self._faults = [fault for fault in faults if fault.camera_id is not None]
        self._losses = np.random.default_rng([seed, _DRAWS])

    def late_s(self, camera_id: CameraId, t_s: float) -> float | None:
        """How late a camera's picture of an instant of the scenario arrives; None when it never does."""
        acting = [fault for fault in self._faults if fault.camera_id == camera_id and fault.acts(t_s)]
        if any(fault.kind is FaultKind.OFFLINE or self._losses.random() < fault.lost_share for fault in acting):
            return None
        return sum(fault.late_s for fault in acting)
