"""The store core: one pure, deterministic state machine from input facts to output facts."""

from engine.core import (
    _accounting,
    _age_checks,
    _alarms,
    _answering,
    _asking,
    _blind,
    _obeying,
    _receipts,
    _settling,
    _unseen,
)
from engine.core._doubts import Doubts
from engine.core._reaches import BlindReaches
from engine.core._sight import Sight
from engine.core._state import CoreState, World
from engine.core.tracking import FloorTracker
from engine.domain import (
    BodiesTracked,
    CaseId,
    Command,
    CommandGiven,
    EntryAuthorised,
    EntryRefused,
    FloorView,
    GatePassed,
    InputFact,
    OutputFact,
    Passage,
    PersonsSeen,
    Recorded,
    SensorFault,
    SensorRecovered,
    ShelfBaseline,
    ShopperOnFloor,
    StockView,
    Store,
    Tick,
    WeightProvisional,
    WeightSettled,
)

_EXIT_WITHIN_NS = 400_000_000
_EXIT_AT_LAST_NS = 3_000_000_000
_FOLLOW_NS = 50_000_000
"""Who is bound to whom is looked at so often; people do not change faster, however many cameras speak."""


class StoreCore:
    """Everything the engine concludes about one store. The same facts give the same output, to the byte.

    Facts come in the journal's order; they may lie some hundred milliseconds apart from the order of their
    instants. Facts about cameras and shelves the store does not have are ignored.
    """

    def __init__(self, store: Store) -> None:
        self._world = World(store=store, state=CoreState(), tracker=FloorTracker(store))

    @classmethod
    def restore(cls, store: Store, data: bytes) -> "StoreCore":
        """A core that goes on exactly where ``checkpoint()`` was taken. Raises ``ValueError`` for foreign bytes."""
        core = cls(store)
        core._world = World.decode(store, data)
        return core

    def checkpoint(self) -> bytes:
        """All the core remembers."""
        return self._world.encode()

    def step(self, recorded: Recorded) -> tuple[OutputFact, ...]:
        """Take in the next journal entry; what follows from it, in order."""
        world = self._world
        world.begin()
        self._keep_time(recorded)
        self._take_in(recorded.fact)
        self._let_out()
        _settling.advance(world)
        _blind.advance(world)
        _answering.decide_overdue(world)
        _asking.balance(world)
        _age_checks.advance(world)
        _receipts.advance(world)
        _blind.book(world)
        _accounting.advance(world)
        return tuple(world.said)

    def refusal(self, command: Command) -> str:
        """Why a command would have no effect now; empty when it may be accepted."""
        return _obeying.refusal(self._world, command)

    def reopenable(self) -> frozenset[CaseId]:
        """The closed cases whose decision may be taken back."""
        return frozenset(decision.case_id for decision in self._world.state.decisions.made)

    def floor(self, t_ns: int) -> FloorView:
        """Everybody the tracker is sure of, as of the last fact, stamped ``t_ns``."""
        world = self._world
        visits = world.state.visits
        owner = {m.track_id: visits.known[m.visit_id] for m in visits.members if m.track_id is not None}
        shoppers = []
        for track in world.tracker.tracks:
            if track.confirmed:
                visit = owner.get(track.track_id)
                foot_mm = round(1000 * track.foot_m[0]), round(1000 * track.foot_m[1])
                shopper = ShopperOnFloor(
                    track_id=track.track_id,
                    visit_id=visit.visit_id if visit is not None else None,
                    staff=visit is not None and visit.staff,
                    foot_mm=foot_mm,
                    joints_m=world.tracker.joints_m(track.track_id),
                )
                shoppers.append(shopper)
        return FloorView(t_ns=t_ns, shoppers=tuple(shoppers))

    def stock(self, t_ns: int) -> StockView:
        """Where the grams of every shelf are, as of the last fact, stamped ``t_ns``."""
        return _accounting.view(self._world, t_ns)

    def standing_facts(self) -> tuple[OutputFact, ...]:
        """What a replica starts from: visits, lines, age checks, open cases, receipts, grams missing, faults."""
        state = self._world.state
        facts: list[OutputFact] = []
        for visit in state.visits.known.values():
            facts.append(visit.opened)
            facts += [member.bound for member in visit.members if member.bound is not None]
        facts += [entry.statement for entry in state.carts.entries.values()]
        facts += [case.question for case in state.cases.open.values()]
        for visit in state.visits.known.values():
            facts += [visit.left] if visit.left is not None else []
        for checks in state.ages.checked.values():
            facts += checks
        facts += state.ages.needed.values()
        for bill in state.bills.known.values():
            facts += [bill.issued, *bill.since]
        facts += [books.told for books in state.stock.books.accounts.values() if books.told is not None]
        facts += [*state.faults.values(), *state.shelved.values()]
        return tuple(facts)

    def _keep_time(self, recorded: Recorded) -> None:
        state, t_ns = self._world.state, recorded.fact.t_ns
        if state.boot_epoch is not None and state.boot_epoch != recorded.boot_epoch:
            self._rebase(t_ns - state.now_ns)
            state.now_ns = t_ns
        state.boot_epoch = recorded.boot_epoch
        state.now_ns = max(state.now_ns, t_ns)

    def _rebase(self, shift_ns: int) -> None:
        """The host rebooted and its clock began anew: instants move, steps under way come to nothing."""
        world = self._world
        state = world.state
        _settling.abandon(world)
        world.tracker = FloorTracker(world.store)
        state.sight = Sight()
        state.reaches = BlindReaches()
        state.doubts = Doubts()
        state.visits.rebase(shift_ns)
        state.cases.rebase(shift_ns)
        state.decisions.rebase(shift_ns)
        state.bills.rebase(shift_ns)
        state.stock.rebase(shift_ns)
        _alarms.rebase(world, shift_ns)

    def _take_in(self, fact: InputFact) -> None:
        world = self._world
        state, store = world.state, world.store
        match fact:
            case PersonsSeen() | BodiesTracked():
                self._see(fact)
            case WeightProvisional() | WeightSettled() if fact.shelf_id in store.shelf_by_id:
                self._feel(fact)
            case ShelfBaseline() if fact.shelf_id in store.shelf_by_id:
                _blind.weighed_again(world, fact)
                _unseen.resume(world, fact)
            case EntryAuthorised():
                state.visits.authorise(fact)
            case GatePassed():
                self._pass_gate(fact)
            case CommandGiven():
                _obeying.obey(world, fact)
            case SensorFault() | SensorRecovered():
                world.alarm(fact)
            case EntryRefused():
                world.emit(fact)
            case Tick():
                self._tick()
            case _:  # frames dropped, late facts, starts: they change nothing here
                pass

    def _see(self, fact: PersonsSeen | BodiesTracked) -> None:
        world = self._world
        if isinstance(fact, BodiesTracked):
            world.tracker.observe_bodies(fact)
            world.state.sight.saw("bodies", fact.t_ns)
            self._follow()
        elif fact.camera_id in world.store.camera_by_id:
            world.tracker.observe(fact)
            world.state.sight.saw(f"camera {fact.camera_id}", fact.t_ns)
            if world.state.sight.heard_ns >= world.state.visits.followed_ns + _FOLLOW_NS:
                self._follow()

    def _follow(self) -> None:
        world = self._world
        visits, tracks = world.state.visits, world.tracker.tracks
        visits.followed_ns = world.state.sight.heard_ns
        if world.store.gates:
            world.said += visits.follow(world.store, tracks, now_ns=world.state.sight.heard_ns)
        else:
            world.said += visits.follow_names(tracks, now_ns=world.now_ns)

    def _pass_gate(self, fact: GatePassed) -> None:
        visits = self._world.state.visits
        if fact.passage is Passage.OUT:
            visits.exits.append(fact)
            return
        opened = visits.enter(self._world.store, fact)
        if opened is not None:
            self._world.emit(opened)
        self._follow()

    def _let_out(self) -> None:
        """Passages outwards are decided when the cameras have told who stood at the gate."""
        world = self._world
        sight, now_ns = world.state.sight, world.now_ns
        for fact in list(world.state.visits.exits):
            if now_ns < fact.t_ns + _EXIT_WITHIN_NS and not sight.complete(fact.t_ns, now_ns=now_ns):
                continue
            left = world.state.visits.exit(
                world.store,
                world.tracker.tracks,
                fact,
                now_ns=sight.heard_ns,
                at_last=now_ns >= fact.t_ns + _EXIT_AT_LAST_NS,
            )
            if left is not None:
                world.emit(left)

    def _feel(self, fact: WeightProvisional | WeightSettled) -> None:
        if self._world.state.steps.hear(fact) and isinstance(fact, WeightSettled):
            self._world.state.stock.step(fact)

    def _tick(self) -> None:
        world = self._world
        world.tracker.advance(world.now_ns)
        world.state.sight.heard_ns = world.now_ns
        self._follow()
        spoken_s = world.state.sight.spoken_s(world.now_ns)
        if spoken_s:
            tracks = world.tracker.tracks
            world.said += world.state.visits.give_up(tracks, now_ns=world.now_ns, spoken_s=spoken_s)
        world.state.steps.forget(now_ns=world.now_ns)
        world.state.doubts.forget(now_ns=world.now_ns)
        world.state.decisions.forget(now_ns=world.now_ns)
        _receipts.forget(world)
        _alarms.forget(world)
        _accounting.fold(world)
