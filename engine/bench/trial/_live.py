"""A scenario at the speed of life, through real sockets, disks and processes: what a client waits."""

import tempfile
from pathlib import Path

from engine.bench.demo import Demo, DemoPlan
from engine.bench.scoring import Trial, TrialScore, judge
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
    last_ns = max((heard.arrived_ns for heard in result.heard), default=0)
    first_ns = min((record.t_ns for record in result.truth), default=0)
    trial = Trial(
        scenario=plan.scenario.stem,
        seed=plan.seed,
        level=plan.level,
        evidence="fused",
        truth=result.truth,
        heard=result.heard,
        floors=(),
        true_places=(),
        reference=(),
        simulated_s=(last_ns - first_ns) / 1e9,
        cpu_s=0.0,
        opened_ns=first_ns,
    )
    return judge(trial, result.folder.store)
