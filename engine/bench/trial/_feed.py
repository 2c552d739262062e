"""The simulated store in simulated time: what its devices would say in the next tenth of a second, and the truth."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from drivers.twin.devices import TruthRecord
from drivers.twin.devices.cameras import RenderedCameras
from drivers.twin.physics import assumed
from drivers.twin.render import Body
from drivers.twin.scenario import Deed, Programme
from engine.bench.reference import Reference, Target
from engine.bench.scoring import ReferenceLine, TruePlace
from engine.bench.staging import Level
from engine.bench.trial._bodies import TrueBodies
from engine.bench.trial._cameras import CameraLinks, Cameras, SmartCameras, VideoCameras
from engine.bench.trial._clock import CHUNK_NS, FIRST_NS, instant_of, seconds_at
from engine.bench.trial._plan import TrialPlan
from engine.bench.trial._shelves import SimulatedShelves
from engine.domain import EntryAuthorised, GatePassed, Passage, VisitId
from engine.runtime.paced import DoorsSaid, Stimulus, TimePassed
from engine.store import StoreFolder

_TARGET_SIGMA_M = 0.05  # assumed: what triangulated joints of several cameras err by


class Feed:
    """One world and its devices. Each call of ``chunk`` lives on for a tenth of a second."""

    def __init__(self, folder: StoreFolder, plan: TrialPlan, bodies: tuple[Body, ...]) -> None:
        """Raises ``ScenarioError``."""
        self._folder, self._evidence = folder, plan.evidence
        self._bodies = TrueBodies(bodies)
        cells = plan.cells or assumed()
        programme = Programme(seed=plan.seed, scenario=plan.scenario)
        faults, light = programme.faults(folder.store), programme.light(folder.store)
        self.world = programme.world(folder.store, cells.masses)
        self._reference = Reference(folder.store)
        self._shelves = SimulatedShelves(
            folder, self.world, self._reference, cells=cells, faults=faults, seed=plan.seed
        )
        links = CameraLinks(folder.store, cells, faults, seed=plan.seed)
        self._cameras: Cameras = (
            VideoCameras(folder.store, links, RenderedCameras(folder, self.world, seed=plan.seed, light=light))
            if plan.level is Level.PIXELS
            else SmartCameras(folder.store, links, self._bodies, light=light, seed=plan.seed)
        )
        self._accounts: dict[int, int] = {}
        self._organisers = np.random.default_rng([plan.seed, 10])
        self._codes = np.random.default_rng([plan.seed, 11])
        self._told = 0
        self._under_way: list[Stimulus] = []
        self.now_ns = self._happened_ns = FIRST_NS

    def chunk(self, *, show_floor: bool = False) -> list[Stimulus]:
        """What reaches the engine in the next tenth of a second, in order, and perhaps a question for the floor."""
        begin_ns, self.now_ns = self.now_ns, self.now_ns + CHUNK_NS
        seen = list(self._cameras.look(begin_ns, self.world)) if self._evidence != "weight" else []
        self.world.advance(seconds_at(self.now_ns))
        self._reference.see(self.now_ns, self._targets())
        readings = list(self._shelves.read(begin_ns, self.now_ns))  # also where only the yardstick is to have them
        self._under_way += readings if self._evidence != "vision" else ()
        self._under_way += [*self._doors(), *seen]
        self._under_way.sort(key=lambda stimulus: stimulus.at_ns)
        arrived = sum(stimulus.at_ns <= self.now_ns for stimulus in self._under_way)
        stimuli, self._under_way = self._under_way[:arrived], self._under_way[arrived:]
        return [*stimuli, TimePassed(at_ns=self.now_ns, show_floor=show_floor)]

    @property
    def idle_ns(self) -> int:
        """For how long nothing has happened although somebody is there."""
        return self.now_ns - self._happened_ns

    def truth(self) -> tuple[TruthRecord, ...]:
        """What really happened so far."""
        return tuple(TruthRecord.of(event, t_ns=instant_of(event.t_s)) for event in self.world.truths)

    def reference(self) -> tuple[ReferenceLine, ...]:
        """What the yardstick says of it; it knows no parties, so a line is its shopper's account's."""
        return tuple(
            replace(line, shopper=self._accounts.get(line.shopper, line.shopper)) for line in self._reference.lines()
        )

    def places(self) -> tuple[TruePlace, ...]:
        """Where everybody is now, in the store or before it."""
        return tuple(
            TruePlace(t_ns=self.now_ns, shopper=shopper.number, x_m=shopper.x_m, y_m=shopper.y_m)
            for shopper in self.world.people
        )

    def _doors(self) -> Iterator[DoorsSaid]:
        gate_id = self._folder.store.gates[0].gate_id
        fresh = self.world.truths[self._told :]
        if fresh or not self.world.people:
            self._happened_ns = self.now_ns
        self._told = len(self.world.truths)
        for event in fresh:
            t_ns = instant_of(event.t_s)
            match event.deed:
                case Deed.TOKEN:
                    visit_id = VisitId(self._codes.bytes(8).hex())
                    entry = EntryAuthorised(t_ns=t_ns, gate_id=gate_id, visit_id=visit_id, staff=event.by_staff)
                    yield DoorsSaid(at_ns=t_ns, fact=entry)
                case Deed.ENTER | Deed.LEAVE:
                    passage = Passage.IN if event.deed is Deed.ENTER else Passage.OUT
                    yield DoorsSaid(at_ns=t_ns, fact=GatePassed(t_ns=t_ns, gate_id=gate_id, passage=passage))
                case _:
                    pass

    def _targets(self) -> tuple[Target, ...]:
        """Whom the competition's organisers would have tracked: everybody inside, a little off."""
        found: list[Target] = []
        for shopper, body_m in zip(self.world.people, self._bodies.of(self.world), strict=True):
            if shopper.inside:
                self._accounts[shopper.number] = shopper.account
                off_m = self._organisers.normal(0, _TARGET_SIGMA_M, body_m.shape)
                found.append(Target(shopper.number, body_m + off_m))
        return tuple(found)
