"""Many trials at once: each worker process has a store's folder and an engine of its own."""

import multiprocessing
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from drivers.twin.render import Body, load_bodies
from engine.bench.paced import PacedProcess
from engine.bench.scoring import TrialScore, judge
from engine.bench.staging import Level, stage_demo_store
from engine.bench.trial._plan import TrialPlan
from engine.bench.trial._play import play
from engine.store import StoreFolder

REVIEW_DEADLINE_S = 10.0
"""Short, so that a trial need not wait two minutes for receipts that nobody will decide on."""
_NICENESS = 10  # what is measured in wall time beside the trials comes first


@dataclass(frozen=True)
class _Workplace:
    folder: StoreFolder
    engine: PacedProcess
    bodies: tuple[Body, ...]


_workplaces: list[_Workplace] = []  # of this process: one, made when it starts


@dataclass(frozen=True)
class Played:
    """A trial that was played, and how well it went."""

    plan: TrialPlan
    score: TrialScore


def play_all(plans: Sequence[TrialPlan], *, level: Level, processes: int) -> Iterator[Played]:
    """Play and judge, in the order in which they come to an end. Raises as ``play`` does."""
    context = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="tillfree-trials-") as work_dir,
        ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(Path(work_dir), level)) as pool,
    ):
        running = {pool.submit(_play_and_judge, plan): plan for plan in plans}
        try:
            for done in as_completed(running):
                yield Played(running[done], done.result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _begin(work_dir: Path, level: Level) -> None:
    os.nice(_NICENESS)
    folder = stage_demo_store(
        work_dir / str(os.getpid()), level=level, review_deadline_s=REVIEW_DEADLINE_S
    )  # the engine ends when this process does: its input is closed
    _workplaces.append(_Workplace(folder, PacedProcess(folder), load_bodies()))


def _play_and_judge(plan: TrialPlan) -> TrialScore:
    (place,) = _workplaces
    return judge(play(plan, place.engine, place.folder, place.bodies), place.folder.store)
