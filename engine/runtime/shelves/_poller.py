"""One controller: polled at its rate whatever the others do, its shelves estimated, its health shown."""

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import structlog

from engine.domain import ControllerHealth, ControllerId, InputFact, SensorFault, SensorRecovered, Store
from engine.ports import DeviceError, ShelfLink, ShelfSamples
from engine.shelving import ShelvesEstimator
from engine.store import ControllerSection, StoreFolder, StoreFolderError

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


class ShelvesOfController:
    """The shelves whose plates one controller weighs."""

    def __init__(self, store: Store, controller_id: ControllerId) -> None:
        self.controller_id = controller_id
        on_shelf = {shelf: [store.plate_by_id[plate_id] for plate_id in shelf.plate_ids] for shelf in store.shelves}
        wired = [shelf for shelf, plates in on_shelf.items() if plates and plates[0].controller_id == controller_id]
        self._estimator = ShelvesEstimator(wired)
        self._channels = np.array([plate.channel for shelf in wired for plate in on_shelf[shelf]], dtype=np.intp)

    def take(self, samples: ShelfSamples, sink: ShelfFactSink) -> None:
        """Let the estimator see a reading."""
        for fact in self._estimator.observe(samples.t_ns, samples.grams[self._channels]):
            sink.send(fact)


async def poll_controller(
    section: ControllerSection, link: ShelfLink, shelves: ShelvesOfController, sink: ShelfFactSink
) -> None:
    """Poll for ever. A cycle that was missed is skipped, never made up for."""
    health = _Health(section.id, sink)
    period_s = 1 / section.sample_hz
    loop = asyncio.get_running_loop()
    due_s = loop.time()
    while True:
        try:
            samples = await link.read()
        except DeviceError as error:
            health.missed(str(error))
        else:
            health.well(samples.t_ns)
            shelves.take(samples, sink)
        health.show()
        due_s = max(due_s + period_s, loop.time() - period_s)
        await asyncio.sleep(max(0.0, due_s - loop.time()))


def check_wiring(folder: StoreFolder, sections: Sequence[ControllerSection]) -> None:
    """Refuse shelves that cannot be sensed. Raises ``StoreFolderError``.

    A shelf's plates are estimated jointly, so one controller must weigh all of them at one instant.
    """
    store = folder.store
    known = {section.id for section in sections}
    for shelf in store.shelves:
        controllers = {store.plate_by_id[plate_id].controller_id for plate_id in shelf.plate_ids}
        if len(controllers) > 1 or not controllers <= known:
            problem = f"its plates are on the controllers {', '.join(sorted(controllers))}"
            remedy = "Wire each shelf to one controller of store.toml"
            raise StoreFolderError(folder.path / "layout.toml", key=shelf.shelf_id, problem=problem, remedy=remedy)


class _Health:
    """What is known of a controller, told as facts when it changes and as a view every second."""

    def __init__(self, controller_id: ControllerId, sink: ShelfFactSink) -> None:
        self._controller_id = controller_id
        self._sink = sink
        self._readings = 0
        self._since_ns = self._well_ns = time.monotonic_ns()
        self._problem = ""
        self._lost = False

    def well(self, t_ns: int) -> None:
        self._readings += 1
        self._well_ns = t_ns
        self._problem = ""
        if self._lost:
            self._lost = False
            log.info("controller_recovered", controller_id=self._controller_id)
            self._sink.send(SensorRecovered(t_ns=t_ns, device_id=self._controller_id, kind="unreachable"))

    def missed(self, problem: str) -> None:
        now_ns = time.monotonic_ns()
        self._problem = problem
        if not self._lost and now_ns - self._well_ns > _LOST_NS:
            self._lost = True
            log.warning("controller_lost", controller_id=self._controller_id, problem=problem)
            fault = SensorFault(t_ns=now_ns, device_id=self._controller_id, kind="unreachable", remedy=problem)
            self._sink.send(fault)

    def show(self) -> None:
        age_ns = time.monotonic_ns() - self._since_ns
        if age_ns < _HEALTH_NS:
            return
        hz = round(self._readings / (age_ns / 1e9), 1)
        self._sink.show(ControllerHealth(controller_id=self._controller_id, hz=hz, fault=self._problem))
        self._readings, self._since_ns = 0, self._since_ns + age_ns
