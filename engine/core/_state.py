"""Everything the core remembers, as one value that can be written down and taken up again."""

from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from engine.core._ages import Ages
from engine.core._bills import Bills
from engine.core._carts import Carts
from engine.core._cases import Cases
from engine.core._decisions import Decisions
from engine.core._doubts import Doubts
from engine.core._hands import Hands
from engine.core._masses import Masses
from engine.core._places import PlateSpaces
from engine.core._reaches import BlindReaches
from engine.core._sight import Sight
from engine.core._steps import Steps
from engine.core._stock import Stock
from engine.core._swapped import SwappedCells
from engine.core._visits import Visits
from engine.core.tracking import FloorTracker, TrackerState
from engine.domain import AlarmShelved, OutputFact, SensorFault, SensorRecovered, ShelveAlarm, Store, VisitId

CHECKPOINT_VERSION = 13


class CoreState(msgspec.Struct, kw_only=True):
    """The core's memory but for the tracker's. ``faults`` and those ``shelved`` by device and kind."""

    boot_epoch: int | None = None
    now_ns: int = 0
    sight: Sight = msgspec.field(default_factory=Sight)
    visits: Visits = msgspec.field(default_factory=Visits)
    steps: Steps = msgspec.field(default_factory=Steps)
    carts: Carts = msgspec.field(default_factory=Carts)
    ages: Ages = msgspec.field(default_factory=Ages)
    bills: Bills = msgspec.field(default_factory=Bills)
    stock: Stock = msgspec.field(default_factory=Stock)
    cases: Cases = msgspec.field(default_factory=Cases)
    decisions: Decisions = msgspec.field(default_factory=Decisions)
    doubts: Doubts = msgspec.field(default_factory=Doubts)
    masses: Masses = msgspec.field(default_factory=Masses)
    faults: dict[str, SensorFault] = {}
    shelved: dict[str, AlarmShelved] = {}
    swapped: SwappedCells = msgspec.field(default_factory=SwappedCells)
    reaches: BlindReaches = msgspec.field(default_factory=BlindReaches)


def fault_key(of: SensorFault | SensorRecovered | AlarmShelved | ShelveAlarm) -> str:
    """A device can have several faults at once, one of each kind."""
    return f"{of.device_id} {of.kind}"


class Checkpoint(msgspec.Struct, kw_only=True):
    """What a checkpoint file holds."""

    version: int
    core: CoreState
    tracker: TrackerState


@dataclass(kw_only=True)
class World:
    """The store, all that is known of it, and what is being said in the present step."""

    store: Store
    state: CoreState
    tracker: FloorTracker
    said: list[OutputFact] = field(default_factory=list)
    touched: dict[VisitId, None] = field(default_factory=dict)
    _hands: Hands | None = None

    def begin(self) -> None:
        """A new step: nothing is said yet, and hands are where the tracker will see them."""
        self.said, self.touched, self._hands = [], {}, None

    @cached_property
    def plate_spaces(self) -> PlateSpaces:
        """The spaces above all plates, in the store's order."""
        return PlateSpaces(self.store.plates)

    @property
    def hands(self) -> Hands:
        """Everybody's hands, once the tracker has taken in what the present step brings."""
        if self._hands is None:
            self._hands = Hands(self.store, self.tracker, self.state.visits)
        return self._hands

    @property
    def now_ns(self) -> int:
        """The latest instant heard of."""
        return self.state.now_ns

    def emit(self, fact: OutputFact) -> None:
        """Say something."""
        self.said.append(fact)

    def alarm(self, fact: SensorFault | SensorRecovered) -> None:
        """Say that something is wrong with a device, or well again, and remember it while it stands.

        The end of what does not stand is no news: a process that starts tells it, not knowing what it told before.
        """
        if isinstance(fact, SensorFault):
            self.state.faults[fault_key(fact)] = fact
        elif self.state.faults.pop(fault_key(fact), None) is None:
            return
        self.said.append(fact)

    def encode(self) -> bytes:
        """The whole memory as bytes."""
        checkpoint = Checkpoint(version=CHECKPOINT_VERSION, core=self.state, tracker=self.tracker.state())
        return msgspec.msgpack.encode(checkpoint)

    @classmethod
    def decode(cls, store: Store, data: bytes) -> "World":
        """The memory as it was. Raises ``ValueError`` for what another version wrote."""
        try:
            checkpoint = msgspec.msgpack.decode(data, type=Checkpoint)
        except msgspec.DecodeError as error:
            raise ValueError(f"not a checkpoint of version {CHECKPOINT_VERSION}: {error}") from error
        if checkpoint.version != CHECKPOINT_VERSION:
            raise ValueError(f"checkpoint of version {checkpoint.version}, expected {CHECKPOINT_VERSION}")
        return cls(store=store, state=checkpoint.core, tracker=FloorTracker.from_state(store, checkpoint.tracker))
