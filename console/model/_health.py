"""How the engine and its devices are, and what of it needs a person."""

from dataclasses import dataclass

from console.model._clock import NS_PER_S
from engine.domain import CameraHealth, CameraId, EngineHealth, OutputFact, SensorFault, SensorRecovered

SLOW_LAG_MS = 300.0
SLOW_CAMERA_MS = 1000.0
"""A busy machine lets a camera wait now and then; only what stays behind like this needs a person."""
LOW_DISK_MB = 1000.0


@dataclass(frozen=True)
class FaultKey:
    """A device can have several faults at once, one of each kind."""

    device_id: str
    kind: str


class HealthState:
    """The newest health view and every fault that is not over."""

    def __init__(self) -> None:
        self.view: EngineHealth | None = None
        self.faults: dict[FaultKey, SensorFault] = {}
        self._before: EngineHealth | None = None

    def apply(self, view: EngineHealth) -> None:
        """A newer health view."""
        self._before, self.view = self.view, view

    def apply_fact(self, fact: OutputFact) -> bool:
        """Fold one fact in; False when it is not about a device."""
        if isinstance(fact, SensorFault):
            self.faults[FaultKey(fact.device_id, fact.kind)] = fact
        elif isinstance(fact, SensorRecovered):
            self.faults.pop(FaultKey(fact.device_id, fact.kind), None)
        else:
            return False
        return True

    def drops_hz(self, camera_id: CameraId) -> float:
        """Frames dropped per second between the last two health views."""
        if self.view is None or self._before is None or self.view.t_ns <= self._before.t_ns:
            return 0.0
        dropped = _drops(self.view, camera_id) - _drops(self._before, camera_id)
        return max(0, dropped) * NS_PER_S / (self.view.t_ns - self._before.t_ns)

    def devices(self) -> int:
        """Cameras and shelf controllers that the engine knows of."""
        return len(self.view.cameras) + len(self.view.controllers) if self.view is not None else 0

    def devices_ill(self) -> int:
        """How many of them have a problem of their own."""
        if self.view is None:
            return 0
        faulty = {key.device_id for key in self.faults}
        cameras = [c for c in self.view.cameras if c.camera_id in faulty or camera_problem(c)]
        controllers = [c for c in self.view.controllers if c.controller_id in faulty or c.fault]
        return len(cameras) + len(controllers)

    def problems(self) -> list[str]:
        """Everything that needs a person, in words; empty when all is well."""
        found = [_in_words(fault) for fault in self.faults.values()]
        faulty = {key.device_id for key in self.faults}
        if self.view is None:
            return found
        for camera in self.view.cameras:
            problem = camera_problem(camera)
            if problem and camera.camera_id not in faulty:
                found.append(f"{camera.camera_id}: {problem}")
        for controller in self.view.controllers:
            if controller.fault and controller.controller_id not in faulty:
                found.append(f"{controller.controller_id}: {controller.fault}")
        return found + self._engine_problems(self.view)

    @staticmethod
    def _engine_problems(view: EngineHealth) -> list[str]:
        found = [f"{process.name} is {process.state}" for process in view.processes if process.state != "running"]
        if view.core_lag_ms > SLOW_LAG_MS:
            found.append(f"The core is {view.core_lag_ms:.0f} ms behind; decisions come late")
        if view.journal_free_mb < LOW_DISK_MB:
            found.append(f"{view.journal_free_mb:.0f} MB left for the journal; free disk space before it is full")
        return found


def camera_problem(camera: CameraHealth) -> str:
    """What is wrong with a camera; empty when nothing is."""
    if camera.fault:
        return camera.fault
    if camera.fps <= 0:
        return "no frames"
    if camera.lag_ms > SLOW_CAMERA_MS:
        return f"{camera.lag_ms:.0f} ms behind"
    return ""


def _in_words(fault: SensorFault) -> str:
    """What is wrong, why, what follows from it, and what to do."""
    said = (f"{fault.device_id}: {fault.kind}", fault.cause, fault.consequence, fault.remedy)
    return ". ".join(part for part in said if part)


def _drops(view: EngineHealth, camera_id: CameraId) -> int:
    return sum(drops.count for camera in view.cameras if camera.camera_id == camera_id for drops in camera.drops)
