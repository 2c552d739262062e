"""The replica: one object that every view reads, moved only by what the engine says."""

from dataclasses import dataclass
from enum import StrEnum

from console.model._ages import AgeDesk
from console.model._cameras import CameraTiles
from console.model._clock import NS_PER_S, EngineClock
from console.model._desk import ReceiptDesk
from console.model._floor import FloorState
from console.model._health import HealthState
from console.model._notices import (
    CameraChanged,
    FloorMoved,
    HealthChanged,
    LeasesChanged,
    Notice,
    Reset,
    ShelvesChanged,
)
from console.model._review import ReviewQueue
from console.model._shelves import ShelvesState
from console.model._trends import Trends
from console.model._visits import StoreState
from engine.domain import (
    Accepted,
    BackgroundPlate,
    CameraOverlay,
    CommandRequest,
    ConsoleId,
    EngineHealth,
    FloorView,
    Leases,
    Operator,
    OutputFact,
    Policy,
    Refused,
    Snapshot,
    StockView,
    Store,
    View,
)
from engine.wire import HEALTH, Published

LOST_AFTER_NS = int(2.5 / HEALTH.expected_hz * NS_PER_S)
"""The engine says how it is every second; silence of two and a half of them is a loss."""

_Shown = FloorView | CameraOverlay | BackgroundPlate | EngineHealth | StockView | Leases
_ALONE = ConsoleId("")
_NO_STORE = Store(
    name="",
    currency="XXX",
    floor_m=(),
    gates=(),
    gondolas=(),
    shelves=(),
    plates=(),
    facings=(),
    products=(),
    cameras=(),
    policy=Policy(),
)


class Link(StrEnum):
    """How the console stands to the engine."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True)
class Connection:
    """The link, for how long nothing was heard, and why if that is known."""

    link: Link
    silent_s: float
    reason: str = ""


class ConsoleModel:
    """Everything the console knows. Instants called ``at_ns`` are of this host's monotonic clock.

    ``by`` is who sits here as this host knows them, for an engine that does not ask who people are.
    """

    def __init__(self, console_id: ConsoleId = _ALONE, *, by: str = "") -> None:
        self.store = _NO_STORE
        self.clock = EngineClock()
        self.state = StoreState(_NO_STORE)
        self.review = ReviewQueue(_NO_STORE, console_id, by=by)
        self.shelves = ShelvesState(_NO_STORE)
        self.desk = ReceiptDesk()
        self.ages = AgeDesk()
        self.trends = Trends()
        self.floor = FloorState()
        self.cameras = CameraTiles()
        self.health = HealthState()
        self.operator: Operator | None = None
        self.epoch = 0
        self.seq = 0
        self.snapshots = 0
        self._heard_ns = 0
        self._lost_reason = ""

    def apply(self, message: Snapshot | Published, *, at_ns: int) -> tuple[Notice, ...]:
        """Take one message in and say what changed; what belongs to another engine run changes nothing."""
        if isinstance(message, Snapshot):
            self._hear(at_ns)
            self._restart(message, at_ns)
            return (Reset(),)
        if message.epoch != self.epoch:
            return ()
        self._hear(at_ns)
        match message.body:
            case FloorView() | CameraOverlay() | BackgroundPlate() | EngineHealth() | StockView() | Leases() as view:
                self.clock.hear(view.t_ns, at_ns=at_ns)
                return self._show(view, at_ns)
            case View():
                return ()
            case fact:
                if message.seq <= self.seq:
                    return ()
                self.seq = message.seq
                self.clock.hear(fact.t_ns, at_ns=at_ns)
                return self._fold(fact)

    def lose(self, reason: str) -> None:
        """The network side could not reach the engine, and why."""
        self._lost_reason = reason

    def send(self, request: CommandRequest) -> None:
        """A command of ours leaves."""
        self.review.send(request)
        self.shelves.send(request)
        self.desk.send(request)
        self.ages.send(request)
        self.health.send(request)

    def answer(self, reply: Accepted | Refused) -> None:
        """The engine answered a command of ours."""
        self.review.answer(reply)
        self.shelves.answer(reply)
        self.desk.answer(reply)
        self.ages.answer(reply)
        self.health.answer(reply)

    def connection(self, at_ns: int) -> Connection:
        """How the link stands now."""
        if not self.snapshots:
            return Connection(Link.CONNECTING, 0.0, self._lost_reason)
        silent_ns = at_ns - self._heard_ns
        lost = bool(self._lost_reason) or silent_ns > LOST_AFTER_NS
        return Connection(Link.LOST if lost else Link.LIVE, silent_ns / NS_PER_S, self._lost_reason)

    def _hear(self, at_ns: int) -> None:
        self._heard_ns, self._lost_reason = at_ns, ""

    def _restart(self, snapshot: Snapshot, at_ns: int) -> None:
        self.store, self.epoch, self.seq = snapshot.store, snapshot.epoch, snapshot.seq
        self.operator = snapshot.operator
        self.snapshots += 1
        self.clock.start(snapshot.t_ns, wall_ns=snapshot.wall_ns, at_ns=at_ns)
        self.state = StoreState(snapshot.store)
        self.review.restart(snapshot.store, snapshot.operator)
        self.shelves, self.desk, self.ages = ShelvesState(snapshot.store), ReceiptDesk(), AgeDesk()
        self.trends = Trends()
        self.floor, self.health = FloorState(), HealthState()
        self.cameras = CameraTiles.of(snapshot.store)
        for background in snapshot.backgrounds:
            self.cameras.apply(background, at_ns=at_ns)
        for fact in snapshot.facts:
            self._fold(fact)

    def _fold(self, fact: OutputFact) -> tuple[Notice, ...]:
        notices = (*self.state.apply(fact), *self.review.apply(fact), *self.shelves.apply(fact))
        self.trends.apply(fact, self.state)
        self.desk.apply(fact)
        return (*notices, HealthChanged()) if self.health.apply_fact(fact) else notices

    def _show(self, view: _Shown, at_ns: int) -> tuple[Notice, ...]:
        match view:
            case FloorView():
                self.floor.apply(view)
                return (FloorMoved(),)
            case EngineHealth():
                self.health.apply(view)
                self.trends.lag_ms.add(view.t_ns, view.core_lag_ms)
                return (HealthChanged(),)
            case StockView():
                self.shelves.show(view)
                return (ShelvesChanged(),)
            case Leases():
                self.review.show(view)
                return (LeasesChanged(),)
            case CameraOverlay() | BackgroundPlate():
                known = self.cameras.apply(view, at_ns=at_ns)
                return (CameraChanged(view.camera_id),) if known else ()
