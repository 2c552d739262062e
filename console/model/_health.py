"""How the engine and its devices are, and what of it needs a person."""

from dataclasses import dataclass

from console.language import _, enumerated, ngettext, number, sentences
from console.model import _words as words
from console.model._clock import NS_PER_S
from engine.domain import (
    Accepted,
    AlarmShelved,
    CameraHealth,
    CameraId,
    CommandId,
    CommandRequest,
    EngineHealth,
    OutputFact,
    Refused,
    SensorFault,
    SensorRecovered,
    ShelveAlarm,
)

SLOW_LAG_MS = 300.0
SLOW_CAMERA_MS = 1000.0
"""A busy machine lets a camera wait now and then; only what stays behind like this needs a person."""
LOW_DISK_MB = 1000.0
FLOOD = 10
"""More alarms than these at a time nobody can read: those of a kind are then one (ISA-18.2: ten in ten minutes)."""


@dataclass(frozen=True)
class FaultKey:
    """A device can have several faults at once, one of each kind."""

    device_id: str
    kind: str


@dataclass(frozen=True)
class Alarm:
    """A fault that stands, or in a flood all faults of a kind; ``shelved`` if somebody set it aside."""

    faults: tuple[SensorFault, ...]
    shelved: AlarmShelved | None = None

    @property
    def what(self) -> str:
        """Which device has what."""
        first = self.faults[0]
        kind, count = words.code(first.kind), len(self.faults)
        if count == 1:
            return _("{device}: {kind}", device=first.device_id, kind=kind)
        return ngettext("{count} device: {kind}", "{count} devices: {kind}", count, kind=kind)

    @property
    def devices(self) -> str:
        """All of them."""
        return enumerated([fault.device_id for fault in self.faults])

    @property
    def since_ns(self) -> int:
        """When the first began."""
        return min(fault.t_ns for fault in self.faults)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a part of the engine or a device, and what to do."""

    what: str
    more: str

    @property
    def in_words(self) -> str:
        """Both."""
        return _("{what}: {problem}", what=self.what, problem=self.more)


class HealthState:
    """The newest health view, every fault that is not over, and which of them somebody set aside.

    ``refusal`` is why the engine did not set aside what was last asked from here.
    """

    def __init__(self) -> None:
        self.view: EngineHealth | None = None
        self.faults: dict[FaultKey, SensorFault] = {}
        self.refusal = ""
        self._shelved: dict[FaultKey, AlarmShelved] = {}
        self._asked: set[CommandId] = set()
        self._now_ns = 0
        self._before: EngineHealth | None = None

    def apply(self, view: EngineHealth) -> None:
        """A newer health view."""
        self._before, self.view = self.view, view
        self._now_ns = max(self._now_ns, view.t_ns)

    def apply_fact(self, fact: OutputFact) -> bool:
        """Fold one fact in; False when it is not about a device."""
        if isinstance(fact, SensorFault):
            self.faults[FaultKey(fact.device_id, fact.kind)] = fact
        elif isinstance(fact, SensorRecovered):
            self.faults.pop(FaultKey(fact.device_id, fact.kind), None)
        elif isinstance(fact, AlarmShelved):
            self._shelved[FaultKey(fact.device_id, fact.kind)] = fact
        else:
            return False
        self._now_ns = max(self._now_ns, fact.t_ns)
        return True

    def send(self, request: CommandRequest) -> None:
        """Somebody here sets an alarm aside; it stands until the engine says so."""
        if isinstance(request.command, ShelveAlarm):
            self._asked.add(request.command_id)
            self.refusal = ""

    def answer(self, reply: Accepted | Refused) -> None:
        """The engine answered."""
        if reply.command_id in self._asked:
            self._asked.discard(reply.command_id)
            self.refusal = reply.reason if isinstance(reply, Refused) else ""

    def alarms(self) -> list[Alarm]:
        """What needs a person, the newest first; those of a kind as one in a flood."""
        waiting = [fault for key, fault in self.faults.items() if self._shelving(key) is None]
        if len(waiting) <= FLOOD:
            return [Alarm((fault,)) for fault in sorted(waiting, key=lambda fault: -fault.t_ns)]
        kinds: dict[str, list[SensorFault]] = {}
        for fault in waiting:
            kinds.setdefault(fault.kind, []).append(fault)
        return sorted((Alarm(tuple(faults)) for faults in kinds.values()), key=lambda alarm: -len(alarm.faults))

    def shelved(self) -> list[Alarm]:
        """What somebody set aside and still stands, the first to come back first."""
        aside = [(fault, shelving) for key, fault in self.faults.items() if (shelving := self._shelving(key))]
        return [Alarm((fault,), shelving) for fault, shelving in sorted(aside, key=lambda one: one[1].until_ns)]

    def _shelving(self, key: FaultKey) -> AlarmShelved | None:
        found = self._shelved.get(key)
        return found if found is not None and found.until_ns > self._now_ns else None

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
        others = (one.in_words for one in self.other_problems())
        return [_in_words(alarm) for alarm in self.alarms()] + list(others)

    def other_problems(self) -> list[Problem]:
        """What no alarm is about: the engine itself, and what its figures show before there is an alarm."""
        found: list[Problem] = []
        faulty = {key.device_id for key in self.faults}
        if self.view is None:
            return found
        for camera in self.view.cameras:
            problem = camera_problem(camera)
            if problem and camera.camera_id not in faulty:
                found.append(Problem(camera.camera_id, problem))
        for controller in self.view.controllers:
            if controller.fault and controller.controller_id not in faulty:
                found.append(Problem(controller.controller_id, controller.fault))
        return found + _engine_problems(self.view)


def _engine_problems(view: EngineHealth) -> list[Problem]:
    ill = [process for process in view.processes if process.state != "running"]
    found = [Problem(process.name, words.code(process.state)) for process in ill]
    if view.core_lag_ms > SLOW_LAG_MS:
        late = _("{time} behind; decisions come late", time=words.milliseconds(view.core_lag_ms))
        found.append(Problem("core", late))
    if view.journal_free_mb < LOW_DISK_MB:
        left = _("{size} MB left; free disk space before it is full", size=number(view.journal_free_mb))
        found.append(Problem("journal", left))
    return found


def camera_problem(camera: CameraHealth) -> str:
    """What is wrong with a camera; empty when nothing is."""
    if camera.fault:
        return camera.fault
    if camera.fps <= 0:
        return _("no frames")
    if camera.lag_ms > SLOW_CAMERA_MS:
        return _("{time} behind", time=words.milliseconds(camera.lag_ms))
    return ""


def _in_words(alarm: Alarm) -> str:
    """What is wrong, why, what follows from it, and what to do."""
    fault = alarm.faults[0]
    said = (alarm.what, fault.cause, fault.consequence, fault.remedy)
    return sentences([part for part in said if part])


def _drops(view: EngineHealth, camera_id: CameraId) -> int:
    return sum(drops.count for camera in view.cameras if camera.camera_id == camera_id for drops in camera.drops)
