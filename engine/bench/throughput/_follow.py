"""How well the people of a film are followed with the facts of either way, and what following costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from engine.bench.scoring import Counts, TruePlace, judge_floor
from engine.bench.throughput._film import OPENING_NS, PERIOD_NS
from engine.bench.throughput._ways import Look
from engine.core.tracking import FloorTracker
from engine.domain import FloorView, ShopperOnFloor, Store

_VIEW_NS = 5 * PERIOD_NS


@dataclass(frozen=True)
class Followed:
    """Places in agreeing identities, and the tracker's processor time."""

    identities: Counts
    cost_ns: int


def follow(store: Store, looks: Sequence[Look], places: Sequence[TruePlace]) -> Followed:
    """What the engine's tracker makes of the facts, in the order in which their frames came, twice a second."""
    tracker = FloorTracker(store)
    views: list[FloorView] = []
    cost_ns, due_ns = 0, OPENING_NS
    for look in looks:
        while look.came_ns > due_ns:
            views.append(_view(tracker, due_ns))
            due_ns += _VIEW_NS
        began_ns = time.thread_time_ns()
        tracker.observe(look.fact)
        cost_ns += time.thread_time_ns() - began_ns
    return Followed(judge_floor(views, places, store).identities, cost_ns)


def _view(tracker: FloorTracker, t_ns: int) -> FloorView:
    shoppers = tuple(
        ShopperOnFloor(
            track_id=track.track_id,
            visit_id=None,
            staff=False,
            foot_mm=(round(1000 * track.foot_m[0]), round(1000 * track.foot_m[1])),
        )
        for track in tracker.tracks
        if track.confirmed
    )
    return FloorView(t_ns=t_ns, shoppers=shoppers)
