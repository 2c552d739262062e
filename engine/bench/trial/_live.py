"""A scenario at the speed of life, through real sockets, disks and processes: what a client waits."""

import tempfile
from pathlib import Path

from engine.bench.demo import Demo, DemoPlan
from engine.bench.score import judge_run
from engine.bench.scoring import TrialScore
from engine.bench.staging import Level
from engine.bench.trial._plan import TrialPlan


def play_live(plan: TrialPlan) -> TrialScore:
    """One trial with the wall's clock; what a client hears is stamped when it arrives.

    Raises ``ScenarioError`` and ``DemoFailedError``.
    """
    with tempfile.TemporaryDirectory(prefix="tillfree-live-") as work_dir:
        demo = DemoPlan(
            work_dir=Path(work_dir),
            headless=True,
            level=Level(plan.level),
            seed=plan.seed,
            scenario=plan.scenario,
            pictures=False,
        )
        result = Demo(demo, tell=lambda _: None).run()
    return judge_run(result.truth, result.heard, result.folder.store)
