"""The engine's parts around one loop without a clock: shelves and eyes in front, merger and core behind."""

import heapq
import itertools
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from engine.domain import (
    CameraId,
    ControllerHealth,
    ControllerId,
    FloorView,
    InputFact,
    PersonsSeen,
    Recorded,
    Store,
    Tick,
)
from engine.ports import ShelfSamples
from engine.runtime.corehost import Conductor, CoreType
from engine.runtime.dealing import PERCEPTION, cameras_of, perception_processes
from engine.runtime.inbox import Merger
from engine.runtime.ledger import Numbered
from engine.runtime.paced._camera import GivenCamera, GivenFrame
from engine.runtime.paced._messages import (
    Commanded,
    Decided,
    DoorsSaid,
    FrameTaken,
    Opening,
    PeopleSeen,
    ShelvesRead,
    Stimulus,
    TimePassed,
    Told,
)
from engine.runtime.perception import Eye, Perceiver
from engine.runtime.shelves import ControllerWatch, ShelvesOfController
from engine.store import StoreFolder

_TICK_NS = 100_000_000
_LOOK_NS = 60_000_000
"""From a frame's arrival to its fact's: the median that a demo on two cores shows as a camera's lag."""


class Mind(Protocol):
    """A core and what it keeps: what a paced engine hands the facts to whose order is final."""

    boot_epoch: int
    conductor: Conductor

    def carry(self, batch: list[Recorded], now_ns: int) -> list[Numbered]:
        """Consume these at an instant; what is said of them."""


class FleetingMind:
    """Keeps nothing: a trial begins anew and is never cut short."""

    boot_epoch = 1

    def __init__(self, store: Store, core_type: CoreType) -> None:
        self.conductor = Conductor(core_type(store))

    def carry(self, batch: list[Recorded], now_ns: int) -> list[Numbered]:
        """As ``Mind`` says."""
        return [said for recorded in batch for said in self.conductor.step(recorded)]


class PacedEngine:
    """A store's engine, stepped by what reaches it. ``perceiver`` makes the models when the first frame comes."""

    def __init__(
        self,
        folder: StoreFolder,
        begin: Callable[[int], Mind],
        perceiver: Callable[[], Perceiver],
        *,
        at_ns: int = 0,
    ) -> None:
        """``begin`` makes the mind that opens the store at an instant."""
        self._folder = folder
        self._begin = begin
        self._make_perceiver = perceiver
        self._perceiver: Perceiver | None = None
        self._process_of = {
            camera: f"{PERCEPTION}{number}"
            for number in range(perception_processes(folder))
            for camera in cameras_of(folder, number)
        }
        self._open(at_ns)

    def take(self, stimuli: Sequence[Stimulus]) -> Told:
        """Live through these, in order, and say what follows."""
        self._decided: list[Decided] = []
        self._floor: FloorView | None = None
        for stimulus in stimuli:
            if isinstance(stimulus, Opening):
                self._open(stimulus.at_ns)
            else:
                self._pass_to(stimulus.at_ns)
                self._feel(stimulus)
        self._decide(self._now_ns)
        return Told(
            decided=tuple(self._decided),
            floor=self._floor,
            failed=self._mind.conductor.failed,
        )

    def _open(self, at_ns: int) -> None:
        store = self._folder.store
        self._now_ns, self._tick_ns = at_ns, at_ns + _TICK_NS
        self._mind = self._begin(at_ns)
        self._merger = Merger()
        self._seq = itertools.count(at_ns + 1)  # as of senders, whose clock never stands still between two lives
        self._looks: list[tuple[int, int, PersonsSeen]] = []
        self._wakes_ns = self._next_ns()  # most readings come before anything else is due: this is not asked at each
        self._shelves = {
            section.id: ShelvesOfController(store, section.id) for section in self._folder.installation.controller
        }
        self._watches = {
            section.id: ControllerWatch(ControllerId(section.id), self, sample_hz=section.sample_hz, now_ns=at_ns)
            for section in self._folder.installation.controller
        }
        self._links = {camera: GivenCamera() for camera in self._process_of}
        hz = self._folder.installation.perception.frames_hz
        self._eyes = {
            camera: Eye(store.camera_by_id[CameraId(camera)], link, frames_hz=hz)
            for camera, link in self._links.items()
        }

    def _feel(self, stimulus: Stimulus) -> None:
        match stimulus:
            case ShelvesRead():
                grams = np.frombuffer(stimulus.grams, dtype="<f4").astype(np.float64)
                self._watches[stimulus.controller_id].well(stimulus.t_ns)
                self._shelves[stimulus.controller_id].take(ShelfSamples(t_ns=stimulus.t_ns, grams=grams), self)
            case PeopleSeen(fact=fact):
                self._offer(fact, self._source(fact))
            case FrameTaken():
                self._look(stimulus)
            case DoorsSaid(fact=fact):
                self._offer(fact, "doors")
            case Commanded(fact=fact):
                self._offer(fact, "core", awaited=False)
            case TimePassed(show_floor=True):
                self._floor = self._mind.conductor.core.floor(self._now_ns)

    def send(self, fact: InputFact) -> bool:
        """Take a shelf's fact."""
        self._offer(fact, "shelves")
        return True

    def show(self, view: ControllerHealth) -> None:
        """Nobody looks at a controller's health here."""

    def _look(self, taken: FrameTaken) -> None:
        if self._perceiver is None:
            self._perceiver = self._make_perceiver()
        eye = self._eyes[taken.camera_id]
        self._links[taken.camera_id].give(GivenFrame(taken.seq, taken.at_ns, taken.jpeg))
        frame = eye.waiting()
        seen = eye.look(frame, self._perceiver) if frame is not None else None
        if seen is not None:
            heapq.heappush(self._looks, (taken.at_ns + _LOOK_NS, next(self._seq), seen))
            self._wakes_ns = self._next_ns()

    def _pass_to(self, at_ns: int) -> None:
        """Let everything happen that is due before ``at_ns``, each thing at its own instant."""
        while (next_ns := self._wakes_ns) <= at_ns:
            self._now_ns = max(self._now_ns, next_ns)
            while self._looks and self._looks[0][0] <= next_ns:
                seen = heapq.heappop(self._looks)[2]
                self._offer(seen, self._source(seen))
            if self._tick_ns <= next_ns:
                self._tick()
            self._decide(next_ns)
        self._now_ns = max(self._now_ns, at_ns)

    def _tick(self) -> None:
        for watch in self._watches.values():
            watch.missed("no reading", now_ns=self._tick_ns)
            watch.show(now_ns=self._tick_ns)
        self._offer(Tick(t_ns=self._tick_ns), "core", awaited=False)
        self._tick_ns += _TICK_NS

    def _next_ns(self) -> int:
        due_ns = self._merger.next_due_ns()
        look_ns = self._looks[0][0] if self._looks else self._tick_ns
        return min(self._tick_ns, look_ns, due_ns if due_ns is not None else self._tick_ns)

    def _offer(self, fact: InputFact, source: str, *, awaited: bool = True) -> None:
        recorded = Recorded(boot_epoch=self._mind.boot_epoch, source=source, seq=next(self._seq), fact=fact)
        self._merger.offer(recorded, self._now_ns, awaited=awaited)
        self._decide(self._now_ns)

    def _decide(self, now_ns: int) -> None:
        batch = self._merger.due(now_ns)
        if batch:
            self._decided += [Decided(at_ns=now_ns, fact=said.fact) for said in self._mind.carry(batch, now_ns)]
        self._wakes_ns = self._next_ns()

    def _source(self, fact: InputFact) -> str:
        return self._process_of[fact.camera_id] if isinstance(fact, PersonsSeen) else f"{PERCEPTION}0"
