"""Who is where: tracks, the trails of their last seconds, and where time is spent."""

from collections import deque
from dataclasses import dataclass, field

from console.model._clock import NS_PER_S
from console.model._dwell import Dwell
from engine.domain import FloorView, Point2, ShopperOnFloor, TrackId

TRAIL_NS = 15 * NS_PER_S
TRAIL_STEP_NS = 2 * NS_PER_S // 5
"""At a walk half a metre: an eye sees no corner in it."""
RECENT_NS = 3 * NS_PER_S
"""Cameras lag behind the floor by less than this."""


@dataclass(frozen=True)
class TrailPoint:
    """Where a track was."""

    t_ns: int
    foot_m: Point2


@dataclass
class TrackOnFloor:
    """A track's latest picture and its trail, oldest first; all but the last two points are a step apart."""

    shopper: ShopperOnFloor
    present: bool = True
    trail: deque[TrailPoint] = field(default_factory=deque)

    @property
    def foot_m(self) -> Point2:
        """Where it stands, or was seen last."""
        return self.trail[-1].foot_m

    def go_to(self, point: TrailPoint) -> None:
        """Be there now."""
        if len(self.trail) > 1 and point.t_ns - self.trail[-2].t_ns < TRAIL_STEP_NS:
            self.trail.pop()
        self.trail.append(point)


class FloorState:
    """The floor as the engine sees it now, and 15 s back."""

    def __init__(self) -> None:
        self.tracks: dict[TrackId, TrackOnFloor] = {}
        self.view: FloorView | None = None
        self.dwell = Dwell()
        self._recent: deque[FloorView] = deque()

    def apply(self, view: FloorView) -> None:
        """A newer picture of the floor."""
        self.view = view
        self.dwell.apply(view)
        for track in self.tracks.values():
            track.present = False
        for shopper in view.shoppers:
            track = self.tracks.setdefault(shopper.track_id, TrackOnFloor(shopper))
            track.shopper, track.present = shopper, True
            foot_m = (shopper.foot_mm[0] / 1000, shopper.foot_mm[1] / 1000)
            track.go_to(TrailPoint(view.t_ns, foot_m))
        self._recent.append(view)
        while self._recent[0].t_ns < view.t_ns - RECENT_NS:
            self._recent.popleft()
        self._forget(view.t_ns - TRAIL_NS)

    def view_at(self, t_ns: int) -> FloorView | None:
        """The recent picture nearest to an instant: a camera's frame is older than the newest one."""
        return min(self._recent, key=lambda view: abs(view.t_ns - t_ns), default=None)

    def _forget(self, before_ns: int) -> None:
        for track_id, track in list(self.tracks.items()):
            while track.trail and track.trail[0].t_ns < before_ns:
                track.trail.popleft()
            if not track.trail:
                del self.tracks[track_id]
