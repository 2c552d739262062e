"""Load cells and their controllers in simulated time: the readings that arrive, each when it does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.physics import Assumptions, ControllerFaults, PlateLoads, Polling
from drivers.twin.scenario import Fault, World
from engine.bench.reference import Reference
from engine.bench.trial._clock import instant_of, seconds_at
from engine.domain import ControllerId, Floats, Plate
from engine.runtime.paced import ShelvesRead
from engine.store import ControllerSection, StoreFolder


@dataclass(frozen=True, kw_only=True)
class _Wired:
    """A controller: ``plates`` are columns of the loads, ``channels_of`` where it says them."""

    controller_id: ControllerId
    channels: int
    plates: NDArray[np.intp]
    channel_of: NDArray[np.intp]
    polling: Polling

    def said(self, block_g: Floats) -> NDArray[np.float32]:
        """What it says of loads (instants, all plates), (instants, channels)."""
        grams = np.full((len(block_g), self.channels), np.nan, np.float32)
        grams[:, self.channel_of] = block_g[:, self.plates]
        return grams


class SimulatedShelves:
    """All plates of a store, polled at the store's rate; the yardstick gets the same readings."""

    def __init__(  # noqa: PLR0913 - what a store's shelves are made of
        self,
        folder: StoreFolder,
        world: World,
        reference: Reference,
        *,
        cells: Assumptions,
        faults: Sequence[Fault],
        seed: int,
    ) -> None:
        self._loads = PlateLoads(world, seed=seed, cells=cells, faults=faults)
        self._reference = reference
        self._known_g = np.zeros(len(self._loads.plate_ids))  # the last that was said of each
        plates = [folder.store.plate_by_id[plate_id] for plate_id in self._loads.plate_ids]
        column = {plate.plate_id: at for at, plate in enumerate(plates)}
        self._in_store_order = np.array([column[plate.plate_id] for plate in folder.store.plates], dtype=np.intp)
        sections = folder.installation.controller
        self._sample_ns = round(1e9 / max(section.sample_hz for section in sections))
        self._wired = [
            _wired(section, plates, Polling(section.id, cells, ControllerFaults(faults, section.id), seed=seed))
            for section in sections
        ]

    def read(self, begin_ns: int, end_ns: int) -> Iterator[ShelvesRead]:
        """The readings that are due from ``begin_ns`` until before ``end_ns``; the world has lived until then."""
        due_ns = np.arange(begin_ns, end_ns, self._sample_ns)
        due_s = [seconds_at(t_ns) for t_ns in due_ns.tolist()]
        block_g = self._loads.block(np.array(due_s))
        said = [wired.said(block_g) for wired in self._wired]
        for at, (t_ns, t_s) in enumerate(zip(due_ns.tolist(), due_s, strict=True)):
            for wired, grams in zip(self._wired, said, strict=True):
                reading = wired.polling.poll(t_s)
                if reading is None:
                    block_g[at, wired.plates] = self._known_g[wired.plates]  # the yardstick knows no newer ones
                    continue
                yield ShelvesRead(
                    at_ns=instant_of(reading.arrives_s),
                    controller_id=wired.controller_id,
                    t_ns=instant_of(reading.stamped_s),
                    grams=grams[at].tobytes(),
                )
            self._known_g = block_g[at]
            self._reference.weigh(t_ns, self._known_g[self._in_store_order])


def _wired(section: ControllerSection, plates: Sequence[Plate], polling: Polling) -> _Wired:
    own = [at for at, plate in enumerate(plates) if plate.controller_id == section.id]
    return _Wired(
        controller_id=ControllerId(section.id),
        channels=section.channels,
        plates=np.array(own, dtype=np.intp),
        channel_of=np.array([plates[at].channel for at in own], dtype=np.intp),
        polling=polling,
    )
