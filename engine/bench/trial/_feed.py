"""The simulated store in simulated time: what its devices would say in the next tenth of a second, and the truth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from drivers.twin.devices import SimulatedDetector, TruthRecord, true_bodies
from drivers.twin.physics import Assumptions, PlateLoads, assumed, camera_lags_s
from drivers.twin.render import Body
from drivers.twin.scenario import Deed, Programme, Truth
from engine.bench.reference import Reference, Target
from engine.bench.scoring import ReferenceLine, TruePlace
from engine.bench.trial._plan import TrialPlan
from engine.domain import CameraId, ControllerId, EntryAuthorised, Floats, GatePassed, Passage, Plate, Store, VisitId
from engine.runtime.paced import DoorsSaid, PeopleSeen, ShelvesRead, Stimulus, TimePassed
from engine.store import ControllerSection, StoreFolder

CHUNK_NS = 100_000_000
_OPENING_NS = 10_000_000_000  # of the pacer's clock, when the world begins
_QUIET_NS = 1_500_000_000  # the shelves come to rest before the world begins
_TARGET_SIGMA_M = 0.05  # assumed: what triangulated joints of several cameras err by
_LOOK_NS = 60_000_000  # as engine.runtime.paced takes for frames: from capture to the fact's arrival


@dataclass(frozen=True)
class _Wiring:
    controller_id: ControllerId
    channels: int
    plates: NDArray[np.intp]  # of the loads' plates, in their order
    channel_of: NDArray[np.intp]


class SignalFeed:
    """One world and its devices at signal level. Each call of ``chunk`` lives on for a tenth of a second."""

    def __init__(self, folder: StoreFolder, plan: TrialPlan, bodies: tuple[Body, ...]) -> None:
        """Raises ``ScenarioError``."""
        self._folder, self._bodies, self._evidence = folder, bodies, plan.evidence
        cells = plan.cells or assumed()
        programme = Programme(seed=plan.seed, scenario=plan.scenario)
        self.world = programme.world(folder.store, cells.masses)
        self._loads = PlateLoads(self.world, seed=programme.seed, cells=cells)
        self._lags_ns = _lags_ns(folder.store, cells, seed=plan.seed)
        self._detectors = [
            SimulatedDetector(camera, seed=programme.seed * 1000 + number)
            for number, camera in enumerate(folder.store.cameras)
        ]
        plates = [folder.store.plate_by_id[plate_id] for plate_id in self._loads.plate_ids]
        self._wiring = [_wiring(section, plates) for section in folder.installation.controller]
        column = {plate.plate_id: at for at, plate in enumerate(plates)}
        self._in_store_order = np.array([column[plate.plate_id] for plate in folder.store.plates], dtype=np.intp)
        self._sample_ns = round(1e9 / max(section.sample_hz for section in folder.installation.controller))
        self._reference = Reference(folder.store)
        self._organisers = np.random.default_rng([programme.seed, 8])
        self._codes = np.random.default_rng([programme.seed, 7])
        self._told = 0
        self._under_way: list[Stimulus] = []
        self.now_ns = _OPENING_NS - _QUIET_NS

    @property
    def opened_ns(self) -> int:
        """The instant that the scenario calls 0 s."""
        return _OPENING_NS

    @property
    def first_ns(self) -> int:
        """When the shelves are first read."""
        return _OPENING_NS - _QUIET_NS

    def chunk(self) -> list[Stimulus]:
        """What reaches the engine in the next tenth of a second, in order."""
        begin_ns, self.now_ns = self.now_ns, self.now_ns + CHUNK_NS
        self.world.advance(self._t_s(self.now_ns))
        self._under_way += [*self._shelves(begin_ns), *self._doors(), *self._people()]
        self._under_way.sort(key=lambda stimulus: stimulus.at_ns)
        arrived = sum(stimulus.at_ns <= self.now_ns for stimulus in self._under_way)
        stimuli, self._under_way = self._under_way[:arrived], self._under_way[arrived:]
        return [*stimuli, TimePassed(at_ns=self.now_ns)]

    def truth(self) -> tuple[TruthRecord, ...]:
        """What really happened so far."""
        return tuple(
            TruthRecord(
                t_ns=_ns(event), deed=event.deed, shopper=event.shopper, sku_id=event.sku_id, plate_id=event.plate_id
            )
            for event in self.world.truths
        )

    def reference(self) -> tuple[ReferenceLine, ...]:
        """What the yardstick says of it."""
        return self._reference.lines()

    def places(self) -> tuple[TruePlace, ...]:
        """Where everybody in the store is now."""
        return tuple(
            TruePlace(t_ns=self.now_ns, shopper=shopper.number, x_m=shopper.x_m, y_m=shopper.y_m)
            for shopper in self.world.people
            if shopper.inside
        )

    def _t_s(self, t_ns: int) -> float:
        return (t_ns - _OPENING_NS) / 1e9

    def _shelves(self, begin_ns: int) -> Iterator[ShelvesRead]:
        instants_ns = range(begin_ns, begin_ns + CHUNK_NS, self._sample_ns)
        block_g = self._loads.block(np.array([self._t_s(t_ns) for t_ns in instants_ns]))
        for t_ns, plates_g in zip(instants_ns, block_g, strict=True):
            self._reference.weigh(t_ns, plates_g[self._in_store_order])
            for wiring in self._wiring if self._evidence != "vision" else ():
                grams = np.full(wiring.channels, np.nan, np.float32)
                grams[wiring.channel_of] = plates_g[wiring.plates]
                yield ShelvesRead(at_ns=t_ns, controller_id=wiring.controller_id, t_ns=t_ns, grams=grams.tobytes())

    def _doors(self) -> Iterator[DoorsSaid]:
        gate_id = self._folder.store.gates[0].gate_id
        fresh = self.world.truths[self._told :]
        self._told = len(self.world.truths)
        for event in fresh:
            t_ns = _ns(event)
            match event.deed:
                case Deed.TOKEN:
                    visit_id = VisitId(self._codes.bytes(8).hex())
                    yield DoorsSaid(at_ns=t_ns, fact=EntryAuthorised(t_ns=t_ns, gate_id=gate_id, visit_id=visit_id))
                case Deed.ENTER | Deed.LEAVE:
                    passage = Passage.IN if event.deed is Deed.ENTER else Passage.OUT
                    yield DoorsSaid(at_ns=t_ns, fact=GatePassed(t_ns=t_ns, gate_id=gate_id, passage=passage))
                case _:
                    pass

    def _people(self) -> Iterator[PeopleSeen]:
        bodies_m = true_bodies(self.world, self._bodies)
        self._reference.see(self.now_ns, self._targets(bodies_m))
        for detector in self._detectors if self._evidence != "weight" else ():
            seen = detector.look(bodies_m)
            arrived_ns = self.now_ns + self._lags_ns[seen.camera_id]
            stamped = msgspec.structs.replace(seen, t_ns=arrived_ns)
            yield PeopleSeen(at_ns=arrived_ns + _LOOK_NS, fact=stamped)

    def _targets(self, bodies_m: list[Floats]) -> tuple[Target, ...]:
        """Whom the competition's organisers would have tracked: everybody inside, a little off."""
        return tuple(
            Target(shopper.number, body_m + self._organisers.normal(0, _TARGET_SIGMA_M, body_m.shape))
            for shopper, body_m in zip(self.world.people, bodies_m, strict=True)
            if shopper.inside
        )


def _lags_ns(store: Store, cells: Assumptions, *, seed: int) -> dict[CameraId, int]:
    lags_s = camera_lags_s([camera.camera_id for camera in store.cameras], cells, seed=seed)
    return {camera_id: round(lag_s * 1e9) for camera_id, lag_s in lags_s.items()}


def _wiring(section: ControllerSection, plates: Sequence[Plate]) -> _Wiring:
    wired = [at for at, plate in enumerate(plates) if plate.controller_id == section.id]
    return _Wiring(
        controller_id=ControllerId(section.id),
        channels=section.channels,
        plates=np.array(wired, dtype=np.intp),
        channel_of=np.array([plates[at].channel for at in wired], dtype=np.intp),
    )


def _ns(event: Truth) -> int:
    return _OPENING_NS + int(event.t_s * 1e9)
