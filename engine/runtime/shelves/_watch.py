"""How a controller is: told as facts when it changes, and as a view every second."""

from typing import Final, Protocol

import structlog

from engine.domain import ControllerHealth, ControllerId, InputFact, SensorFault, SensorRecovered
from engine.ports import DeviceFaultKind

log = structlog.get_logger()

_HEALTH_NS = 1_000_000_000
# A lost packet is no fault; a controller that is silent for longer is.
_LOST_NS = 1_000_000_000
# What is missing beyond a fifth of a controller's samples adds up, and what is not missing makes up for it (a CUSUM:
# Page, Continuous inspection schemes, Biometrika 41, 1954). With a second's worth missing it is slow, until none is.
_ENOUGH_SHARE = 0.8
_TOO_SLOW_S = 1.0
_SLOW = "slow"
_CAUSES: Final[dict[DeviceFaultKind, str]] = {
    "unreachable": "It cannot be reached",
    "silent": "It does not answer",
    "short_answer": "It answers less than it is asked",
    "refused": "It refuses to be read",
    "garbled": "What it answers makes no sense",
    "stale": "It repeats its readings",
}


class ShelfFactSink(Protocol):
    """What takes the facts: the engine's inbox, or a list in a test."""

    def send(self, fact: InputFact) -> bool:
        """Take charge of a fact."""

    def show(self, view: ControllerHealth) -> None:
        """Show how a controller is."""


class ControllerWatch:
    """Counts a controller's readings, ``sample_hz`` when all is well; ``now_ns`` is when it is first looked at."""

    def __init__(self, controller_id: ControllerId, sink: ShelfFactSink, *, sample_hz: float, now_ns: int) -> None:
        self._controller_id = controller_id
        self._sink = sink
        self._sample_hz = sample_hz
        self._readings = 0
        self._since_ns = self._well_ns = now_ns
        self._problem = ""
        self._lost: DeviceFaultKind | None = None  # how, as far as it is told
        self._kind: DeviceFaultKind | None = None  # how just now, and since when
        self._kind_ns = now_ns
        self._slow = False
        self._short_s = 0.0

    def well(self, t_ns: int) -> None:
        """A reading came, taken at ``t_ns``."""
        self._readings += 1
        self._well_ns = t_ns
        self._problem, self._kind = "", None
        if self._lost is not None:
            kind, self._lost = self._lost, None
            self._readings, self._since_ns = 1, t_ns
            log.info("controller_recovered", controller_id=self._controller_id)
            self._recover(t_ns, kind)

    def missed(self, problem: str, *, kind: DeviceFaultKind = "unreachable", now_ns: int) -> None:
        """No reading came, and why. What is told is replaced once something else has been wrong for as long."""
        self._problem = problem
        if kind != self._kind:
            self._kind, self._kind_ns = kind, now_ns
        since_ns = self._well_ns if self._lost is None else self._kind_ns
        if kind == self._lost or now_ns - since_ns <= _LOST_NS:
            return
        if self._lost is not None:
            self._recover(now_ns, self._lost)
        self._lost = kind
        log.warning("controller_lost", controller_id=self._controller_id, kind=kind, problem=problem)
        self._fail(
            now_ns,
            kind,
            cause=_CAUSES[kind],
            consequence="Its shelves are not weighed: whose hand is at them is asked about, not charged",
            remedy=problem,
        )

    def show(self, *, now_ns: int) -> None:
        """Show the rate and the problem when a second is over."""
        age_ns = now_ns - self._since_ns
        if age_ns < _HEALTH_NS:
            return
        hz = self._readings / (age_ns / 1e9)
        self._sink.show(ControllerHealth(controller_id=self._controller_id, hz=round(hz, 1), fault=self._problem))
        self._judge_rate(now_ns, hz, age_ns / 1e9)
        self._readings, self._since_ns = 0, now_ns

    def _judge_rate(self, now_ns: int, hz: float, age_s: float) -> None:
        """Tell that samples are too few, and that they are enough again; silence tells neither."""
        if self._lost is None:
            missing_s = (_ENOUGH_SHARE - hz / self._sample_hz) * age_s
            self._short_s = min(max(0.0, self._short_s + missing_s), _TOO_SLOW_S)
        if not self._slow and self._short_s == _TOO_SLOW_S:
            self._slow = True
            log.warning("controller_slow", controller_id=self._controller_id, hz=round(hz, 1))
            self._fail(
                now_ns,
                _SLOW,
                cause=f"It delivers {hz:.0f} of {self._sample_hz:.0f} samples a second",
                consequence="What is taken from its shelves is noticed late, and some of it only as a difference",
                remedy="Check its cable, its network and what else polls it, or lower its sample_hz in store.toml",
            )
        elif self._slow and self._short_s == 0:
            self._slow = False
            self._recover(now_ns, _SLOW)

    def _fail(self, t_ns: int, kind: str, *, cause: str, consequence: str, remedy: str) -> None:
        fault = SensorFault(
            t_ns=t_ns,
            device_id=self._controller_id,
            kind=kind,
            cause=cause,
            consequence=consequence,
            remedy=remedy,
        )
        self._sink.send(fault)

    def _recover(self, t_ns: int, kind: str) -> None:
        self._sink.send(SensorRecovered(t_ns=t_ns, device_id=self._controller_id, kind=kind))
