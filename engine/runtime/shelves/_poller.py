"""One controller: polled at its rate whatever the others do, its shelves estimated, its health shown."""

import asyncio
import time
from collections.abc import Mapping, Sequence

import numpy as np

from engine.domain import ControllerId, PlateId, SensorFault, SensorRecovered, Store
from engine.ports import DeviceError, ShelfLink, ShelfSamples
from engine.runtime.shelves._cells import CellFaults
from engine.runtime.shelves._watch import ControllerWatch, ShelfFactSink
from engine.shelving import ShelvesEstimator
from engine.store import ControllerSection, StoreFolder, StoreFolderError


class ShelvesOfController:
    """The shelves whose plates one controller weighs; ``drifted_g`` is what ``DriftRecord`` kept of them."""

    def __init__(
        self, store: Store, controller_id: ControllerId, *, drifted_g: Mapping[PlateId, float] | None = None
    ) -> None:
        self.controller_id = controller_id
        on_shelf = {shelf: [store.plate_by_id[plate_id] for plate_id in shelf.plate_ids] for shelf in store.shelves}
        wired = [shelf for shelf, plates in on_shelf.items() if plates and plates[0].controller_id == controller_id]
        self._estimator = ShelvesEstimator(wired, drifted_g=drifted_g)
        plates = [plate for shelf in wired for plate in on_shelf[shelf]]
        self._channels = np.array([plate.channel for plate in plates], dtype=np.intp)
        self._cells = CellFaults({plate.channel: plate.plate_id for plate in plates})

    @property
    def drifted_g(self) -> dict[PlateId, float]:
        """How far the zero of each plate has wandered since it was last zeroed."""
        return self._estimator.drifted_g

    def take(self, samples: ShelfSamples, sink: ShelfFactSink) -> None:
        """Let the estimator see a reading."""
        if samples.faults:
            self._cells.hear(samples.t_ns, samples.faults)
        for fact in self._estimator.observe(samples.t_ns, samples.grams[self._channels]):
            sink.send(self._cells.explain(fact) if isinstance(fact, SensorFault | SensorRecovered) else fact)
        if samples.faults or not self._cells.quiet:
            for told in self._cells.judge(samples.t_ns):
                sink.send(told)


async def poll_controller(
    section: ControllerSection, link: ShelfLink, shelves: ShelvesOfController, sink: ShelfFactSink
) -> None:
    """Poll for ever. A cycle that was missed is skipped, never made up for.

    Controllers of one rate are polled at the same instants: a process that wakes up once for all of them costs less.
    """
    watch = ControllerWatch(section.id, sink, sample_hz=section.sample_hz, now_ns=time.monotonic_ns())
    period_s = 1 / section.sample_hz
    loop = asyncio.get_running_loop()
    due_s = _cycle_s(loop.time(), period_s)
    while True:
        try:
            samples = await link.read()
        except DeviceError as error:
            watch.missed(str(error), kind=error.kind, now_ns=time.monotonic_ns())
        else:
            watch.well(samples.t_ns)
            shelves.take(samples, sink)
        watch.show(now_ns=time.monotonic_ns())
        due_s = max(due_s + period_s, _cycle_s(loop.time(), period_s))
        await asyncio.sleep(max(0.0, due_s - loop.time()))


def _cycle_s(now_s: float, period_s: float) -> float:
    """When the cycle began in which ``now_s`` lies."""
    return now_s // period_s * period_s


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
