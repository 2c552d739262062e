"""How a controller is: told as facts when it changes, and as a view every second."""

from typing import Protocol

import structlog

from engine.domain import ControllerHealth, ControllerId, InputFact, SensorFault, SensorRecovered

log = structlog.get_logger()

_HEALTH_NS = 1_000_000_000
# A lost packet is no fault; a controller that is silent for longer is.
_LOST_NS = 1_000_000_000


class ShelfFactSink(Protocol):
    """What takes the facts: the engine's inbox, or a list in a test."""

    def send(self, fact: InputFact) -> bool:
        """Take charge of a fact."""

    def show(self, view: ControllerHealth) -> None:
        """Show how a controller is."""


class ControllerWatch:
    """Counts a controller's readings; ``now_ns`` is the instant of the first look at it."""

    def __init__(self, controller_id: ControllerId, sink: ShelfFactSink, *, now_ns: int) -> None:
        self._controller_id = controller_id
        self._sink = sink
        self._readings = 0
        self._since_ns = self._well_ns = now_ns
        self._problem = ""
        self._lost = False

    def well(self, t_ns: int) -> None:
        """A reading came, taken at ``t_ns``."""
        self._readings += 1
        self._well_ns = t_ns
        self._problem = ""
        if self._lost:
            self._lost = False
            log.info("controller_recovered", controller_id=self._controller_id)
            self._sink.send(SensorRecovered(t_ns=t_ns, device_id=self._controller_id, kind="unreachable"))

    def missed(self, problem: str, *, now_ns: int) -> None:
        """No reading came, and why."""
        self._problem = problem
        if not self._lost and now_ns - self._well_ns > _LOST_NS:
            self._lost = True
            log.warning("controller_lost", controller_id=self._controller_id, problem=problem)
            fault = SensorFault(t_ns=now_ns, device_id=self._controller_id, kind="unreachable", remedy=problem)
            self._sink.send(fault)

    def show(self, *, now_ns: int) -> None:
        """Show the rate and the problem when a second is over."""
        age_ns = now_ns - self._since_ns
        if age_ns < _HEALTH_NS:
            return
        hz = round(self._readings / (age_ns / 1e9), 1)
        self._sink.show(ControllerHealth(controller_id=self._controller_id, hz=hz, fault=self._problem))
        self._readings, self._since_ns = 0, now_ns
