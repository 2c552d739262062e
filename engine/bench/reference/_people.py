"""Who it was: the person whose head or hand was nearest to the plate when the shelf's weight deviated most."""

from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from engine.bench.reference._trigger import Event
from engine.domain import Floats, Vector3

_NOSE, _LEFT_WRIST, _RIGHT_WRIST = 0, 9, 10


@dataclass(frozen=True)
class Target:
    """A person whom somebody else tracks: ``joints_m`` are the 17 COCO joints in the store frame, (17, 3)."""

    shopper: int
    joints_m: Floats


@dataclass(frozen=True)
class _Frame:
    t_ns: int
    people: tuple[tuple[int, Floats], ...]  # shopper; head and wrists, (3, 3)


class Sight:
    """Where everybody's head and wrists were."""

    def __init__(self) -> None:
        self._frames: list[_Frame] = []

    def see(self, t_ns: int, targets: tuple[Target, ...]) -> None:
        """Take what was seen at one instant; instants never go back."""
        people = tuple((t.shopper, t.joints_m[[_NOSE, _LEFT_WRIST, _RIGHT_WRIST]]) for t in targets)
        self._frames.append(_Frame(t_ns, people))

    def nearest(self, event: Event, place_m: Vector3) -> int | None:
        """The shopper nearest to a place; None when nobody was seen during the event.

        As published, everybody stands where they were last seen in the event's first half, and no later than just
        after its peak.
        """
        first = bisect_left(self._frames, event.begin_ns, key=attrgetter("t_ns"))
        after = bisect_left(self._frames, event.end_ns, key=attrgetter("t_ns"))
        last_seen: dict[int, Floats] = {}
        for number, frame in enumerate(self._frames[first:after]):
            last_seen.update(frame.people)
            if number > (after - first) / 2 or frame.t_ns > event.peak_ns:
                break
        distance_m = {
            shopper: float(np.linalg.norm(points_m - place_m, axis=1).min()) for shopper, points_m in last_seen.items()
        }
        return min(distance_m, key=distance_m.__getitem__, default=None)
