"""An engine's talk to a console, through the engine's own sockets: views at their rates, trade, cases and evidence."""

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import TypeVar

from msgspec.structs import replace

from drivers.twin.render import load_bodies
from engine.bench.console._backgrounds import background
from engine.bench.console._load import Load
from engine.bench.console._people import ROUND_S, Walkers, overlay
from engine.bench.console._trade import NS_PER_S, Trade, evidence
from engine.bench.front import Front, well
from engine.bench.hall import hall
from engine.domain import (
    Accepted,
    CameraHealth,
    CameraOverlay,
    CaseId,
    CaseResolved,
    CommandRequest,
    ControllerHealth,
    Evidence,
    FloorView,
    NeedsReview,
    OutputFact,
    PlateStock,
    Refused,
    ResolveCase,
    ShelfGrams,
    StockView,
)
from engine.wire import FLOOR, HEALTH, OVERLAY, STOCK

View = TypeVar("View", CameraOverlay, FloorView)
_CLIP_S = 5.0
_CLIP_HZ = 10.0
_CLIP_CAMERAS = 3
_POLL_MS = 2

Due = tuple[float, int, float, Callable[[int], None]]
"""When, a number that tells two of the same instant apart, how long until the next time, and what to do."""


class Talker:
    """One run of a load. All it will show is worked out before it opens its sockets."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._store = hall(cameras=load.cameras)
        self._walkers = Walkers.of(self._store, load.shoppers, load_bodies())
        self._trade = Trade(store=self._store)
        hz = load.camera_hz or _CLIP_HZ
        people = [self._walkers.joints_m(frame / hz) for frame in range(round(ROUND_S * hz))]
        self._overlays = [
            tuple(overlay(camera, joints_m, t_ns=0) for joints_m in people) for camera in self._store.cameras
        ]
        self._floors = [
            self._walkers.floor(self._walkers.joints_m(frame / load.floor_hz), t_ns=0)
            for frame in range(round(ROUND_S * load.floor_hz))
        ]
        backgrounds = [background(self._store, camera) for camera in self._store.cameras]
        self.front = Front(self._store, evidence=self._evidence, obey=self._obey, backgrounds=backgrounds)
        self._began_ns = time.monotonic_ns()
        self._cases: dict[CaseId, NeedsReview] = {}
        for fact in self._trade.inside(self._walkers.visits, t_ns=self._began_ns):
            self._say(fact)
        for number in range(load.cases):
            self._say(self._trade.case(number, self._walkers.visits, t_ns=self._began_ns))
        self._hour = self._trade.hour(from_ns=self._began_ns)
        self._next_fact = next(self._hour)

    def talk(self, stopped: Event) -> None:
        """Publish and answer until told to stop."""
        agenda = list(self._agenda())
        heapq.heapify(agenda)
        while not stopped.is_set():
            wait_s = max(0.0, agenda[0][0] - time.monotonic())
            self.front.answer(wait_ms=min(_POLL_MS, round(1000 * wait_s)))
            now_s = time.monotonic()
            while agenda[0][0] <= now_s:
                due_s, number, period_s, act = agenda[0]
                act(time.monotonic_ns())
                heapq.heapreplace(agenda, (due_s + period_s, number, period_s, act))
        self.front.close()

    # --- what is said -------------------------------------------------------------------------------------------------

    def _agenda(self) -> Iterator[Due]:
        """Cameras are not in step: their frames are spread over the period."""
        now_s = time.monotonic()
        acts: list[tuple[float, Callable[[int], None]]] = [
            (self._load.floor_hz, self._show_floor),
            (HEALTH.expected_hz, self._show_health),
            (STOCK.expected_hz, self._show_stock),
        ]
        if self._load.camera_hz:
            acts += [(self._load.camera_hz, self._camera(place)) for place in range(self._load.cameras)]
        if self._load.hours_per_hour:
            acts.append((50.0, self._trade_on))
        for number, (hz, act) in enumerate(acts):
            yield now_s + number / len(acts) / hz, number, 1 / hz, act

    def _camera(self, place: int) -> Callable[[int], None]:
        frames = self._overlays[place]

        def show(t_ns: int) -> None:
            self.front.show(OVERLAY, replace(_at(frames, self._load.camera_hz), t_ns=t_ns))

        return show

    def _show_floor(self, t_ns: int) -> None:
        self.front.show(FLOOR, replace(_at(self._floors, self._load.floor_hz), t_ns=t_ns))

    def _show_health(self, t_ns: int) -> None:
        fps = self._load.camera_hz
        cameras = [
            CameraHealth(camera_id=camera.camera_id, fps=fps, lag_ms=60.0, drops=()) for camera in self._store.cameras
        ]
        uptime_s = (t_ns - self._began_ns) / NS_PER_S
        controllers = [ControllerHealth(controller_id="shelf-1", hz=50.0)]
        self.front.show(HEALTH, well(t_ns, uptime_s=uptime_s, cameras=cameras, controllers=controllers))

    def _show_stock(self, t_ns: int) -> None:
        shelves = tuple(
            ShelfGrams(
                shelf_id=shelf.shelf_id,
                opened_mg=0,
                home_mg=0,
                misplaced_mg=0,
                carts_mg=0,
                lost_mg=0,
                open_mg=0,
                missing_mg=0,
                sigma_mg=2000,
                plates=tuple(
                    PlateStock(plate_id=plate_id, mass_mg=1_000_000, felt_ns=t_ns, units=4, beside_mg=0)
                    for plate_id in shelf.plate_ids
                ),
            )
            for shelf in self._store.shelves
        )
        self.front.show(STOCK, StockView(t_ns=t_ns, shelves=shelves, unit_masses=()))

    def _trade_on(self, t_ns: int) -> None:
        """Trade alone is in fast motion: what falls due is said of now, beside views at their own rates."""
        until_ns = self._began_ns + round((t_ns - self._began_ns) * self._load.hours_per_hour)
        while self._next_fact.t_ns <= until_ns:
            self._say(replace(self._next_fact, t_ns=t_ns))
            self._next_fact = next(self._hour)

    def _say(self, fact: OutputFact) -> None:
        if isinstance(fact, NeedsReview):
            self._cases[fact.case_id] = fact
        self.front.say(fact)

    # --- what is answered ---------------------------------------------------------------------------------------------

    def _obey(self, request: CommandRequest) -> Accepted | Refused:
        command = request.command
        if not isinstance(command, ResolveCase) or command.case_id not in self._cases:
            return Refused(command_id=request.command_id, reason="no such case")
        resolved = CaseResolved(
            t_ns=time.monotonic_ns(), case_id=command.case_id, verdict=command.verdict, decided_by=request.by
        )
        self._say(resolved)
        return Accepted(command_id=request.command_id)

    def _evidence(self, case_id: CaseId) -> Evidence:
        case = self._cases[case_id]
        hz = self._load.camera_hz or _CLIP_HZ
        begin_ns = case.start_ns - 3 * NS_PER_S
        instants_ns = [begin_ns + round(frame * NS_PER_S / hz) for frame in range(round(_CLIP_S * hz))]
        frames = tuple(
            replace(frames[place], t_ns=t_ns)
            for frames in self._overlays[:_CLIP_CAMERAS]
            for place, t_ns in enumerate(instants_ns)
        )
        floor = tuple(replace(self._floors[place], t_ns=t_ns) for place, t_ns in enumerate(instants_ns))
        return evidence(case, frames, floor)


def _at(views: Sequence[View], hz: float) -> View:
    return views[int(time.monotonic() * hz) % len(views)]
