"""Who is who: ids over a minute of people passing and standing close, and where the tracker says their wrists are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from engine.core.tracking import FloorTracker
from tests.core.tracking.crowd import START_NS, Walk, body_at, ceiling_room, circling, frames, pacing, standing

PASSING = (
    pacing(y_m=2.2, phase=0.0),
    pacing(y_m=2.8, phase=math.pi),
    circling(centre_m=(3.0, 2.5), radius_m=1.4),
)
OVERTAKING = (
    pacing(y_m=2.2, phase=0.0, period_s=11.0),
    pacing(y_m=2.75, phase=2.0, period_s=13.0),
    pacing(y_m=3.3, phase=4.0, period_s=17.0),
)
TALKING = (
    standing(at_m=(3.0, 2.5)),
    standing(at_m=(3.5, 2.5), heading=math.pi),
    circling(centre_m=(3.0, 2.5), radius_m=1.0),
)


@dataclass
class Score:
    """What went wrong, and how far off the rest was."""

    switches: int = 0
    extra: int = 0
    missing: int = 0
    foot_m: list[float] = field(default_factory=list)
    wrist_m: list[float] = field(default_factory=list)


def score(walks: Sequence[Walk], seed: int, duration_s: float = 60.0) -> Score:
    """Play a scene and compare the confirmed tracks with the truth every 0.1 s, from the second second on."""
    store = ceiling_room()
    tracker = FloorTracker(store)
    result, before = Score(), dict[int, int]()
    for count, fact in enumerate(frames(store, walks, duration_s, seed)):
        tracker.observe(fact)
        t_s = (fact.t_ns - START_NS) * 1e-9
        if count % 4 == 0 and t_s > 1.0:
            _compare(tracker, walks, t_s, (result, before))
    return result


def _compare(tracker: FloorTracker, walks: Sequence[Walk], t_s: float, into: tuple[Score, dict[int, int]]) -> None:
    result, before = into
    tracks = [track for track in tracker.tracks if track.confirmed]
    truth = np.array([walk(t_s)[:2] for walk in walks])
    found = np.array([track.foot_m for track in tracks]).reshape(-1, 2)
    apart = np.linalg.norm(truth[:, None] - found[None], axis=2)
    rows, columns = linear_sum_assignment(np.where(apart > 0.5, 1e3, apart))
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if apart[i, j] <= 0.5]
    result.extra += len(tracks) - len(pairs)
    result.missing += len(walks) - len(pairs)
    for row, column in pairs:
        track = tracks[column]
        result.switches += before.setdefault(row, track.track_id) != track.track_id
        before[row] = track.track_id
        result.foot_m.append(float(apart[row, column]))
        body, joints_m = body_at(walks[row], t_s), tracker.joints_m(track.track_id) or [None] * 17
        result.wrist_m += [math.dist(joint, body[j]) for j in (9, 10) if (joint := joints_m[j])]


@pytest.mark.parametrize(
    ("walks", "seed"),
    [(PASSING, 0), (PASSING, 1), (OVERTAKING, 0), (TALKING, 0)],
    ids=["passing", "passing-again", "overtaking", "talking"],
)
def test_nobody_is_swapped_lost_or_invented(walks: tuple[Walk, ...], seed: int) -> None:
    result = score(walks, seed)
    assert (result.switches, result.extra, result.missing) == (0, 0, 0)
    assert np.median(result.foot_m) <= 0.05
    assert np.median(result.wrist_m) <= 0.07  # arms swing on while the late cameras' pictures travel


def test_reaching_wrists_are_where_the_tracker_says() -> None:
    walks = (standing(at_m=(2.0, 2.2)), standing(at_m=(3.4, 3.0), heading=2.0), standing(at_m=(4.2, 1.8), heading=4.0))
    result = score(walks, seed=2, duration_s=30.0)
    assert np.median(result.wrist_m) <= 0.055
    assert np.quantile(result.wrist_m, 0.9) <= 0.12


def test_people_who_pass_through_one_spot_are_marked_as_perhaps_exchanged() -> None:
    store = ceiling_room()
    for apart_m, marked in ((0.0, True), (0.7, False)):
        tracker = FloorTracker(store)
        walks = (pacing(y_m=2.2, phase=0.0), pacing(y_m=2.2 + apart_m, phase=math.pi))
        mixed = False
        for fact in frames(store, walks, 10.0, seed=4):
            tracker.observe(fact)
            mixed |= any(track.mixed_ns is not None for track in tracker.tracks)
        assert mixed == marked
