"""The whole bench: every detector and seed through the engine's tracker and the naive one."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from engine.bench.tracking._detectors import DETECTORS, Frames, detect
from engine.bench.tracking._engine import EngineTracker
from engine.bench.tracking._figures import Followed, Placed, judge
from engine.bench.tracking._naive import NaiveTracker
from engine.bench.tracking._report import ByDetector, Figures, TrackingReport
from engine.bench.tracking._wildtrack import Wildtrack, read_wildtrack

Tell = Callable[[str], None]

_Step = TypeVar("_Step")
_Played = tuple[int, Followed, Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class TrackingPlan:
    """What to play: seeds that the tracker was tuned on, others, and so many instants of the recording."""

    tuned: tuple[int, ...] = (0, 1, 2)
    untuned: tuple[int, ...] = (3, 4, 5)
    instants: int | None = None


def bench_tracking(folder: Path, plan: TrackingPlan, tell: Tell) -> TrackingReport:
    """Play the plan. Raises what ``read_wildtrack`` does."""
    recording = read_wildtrack(folder)
    instants = recording.instants[: plan.instants]
    recording = Wildtrack(recording.cameras, recording.grid, recording.step_s, instants)
    _play_engine(recording, detect(recording, DETECTORS["clean"], 0)[:3])  # whatever is made once is made now
    by_kind = {kind: _figures(recording, kind, plan, tell) for kind in DETECTORS}
    tuned, untuned, naive = (
        ByDetector(clean=by_kind["clean"][n], typical=by_kind["typical"][n], hard=by_kind["hard"][n]) for n in range(3)
    )
    return TrackingReport(
        instants=len(instants),
        cameras=len(recording.cameras),
        typical=tuned.typical,
        hard=tuned.hard,
        clean=tuned.clean,
        untuned=untuned,
        naive=naive,
    )


def _figures(recording: Wildtrack, kind: str, plan: TrackingPlan, tell: Tell) -> tuple[Figures, ...]:
    """Behind one detector: of the engine on tuned and on other seeds, and of the naive tracker on the tuned ones."""
    ours: list[_Played] = []
    theirs: list[_Played] = []
    for seed in (*plan.tuned, *plan.untuned):
        frames = detect(recording, DETECTORS[kind], seed)
        ours.append((seed, *_play_engine(recording, frames)))
        if seed in plan.tuned:
            theirs.append((seed, *_play_naive(recording, frames)))
    tuned, untuned = ours[: len(plan.tuned)], ours[len(plan.tuned) :]
    figures = Figures.of(tuned), Figures.of(untuned), Figures.of(theirs)
    for name, each in zip(("tuned", "untuned", "naive"), figures, strict=True):
        tell(f"{kind}, {name}: {each}")
    return figures


def _play_engine(recording: Wildtrack, frames: Frames) -> tuple[Followed, list[float]]:
    tracker = EngineTracker(recording.cameras, recording.grid.bounds_m, recording.step_s)
    return _play(recording, [tracker.facts(boxes) for boxes in frames], tracker.observe)


def _play_naive(recording: Wildtrack, frames: Frames) -> tuple[Followed, list[float]]:
    return _play(recording, frames, NaiveTracker(recording.cameras, recording.grid, recording.step_s).step)


def _play(
    recording: Wildtrack, steps: Sequence[_Step], take: Callable[[_Step], Placed]
) -> tuple[Followed, list[float]]:
    """Counts on the annotated floor, and what each step took, in ms."""
    x0, x1, y0, y1 = recording.grid.bounds_m
    said, times_ms = [], []
    for step in steps:
        begin_ns = time.perf_counter_ns()
        placed = take(step)
        times_ms.append((time.perf_counter_ns() - begin_ns) / 1e6)
        said.append([one for one in placed if x0 <= one[1] <= x1 and y0 <= one[2] <= y1])
    return judge(recording.instants[: len(said)], said), times_ms
