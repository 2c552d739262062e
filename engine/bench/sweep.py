"""How much the score leans on what is only assumed of cells, clocks and cameras: each from half to three times."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec

from drivers.twin.physics import SWEPT, Assumptions, assumed
from engine.bench.scoring import F1, TrialScore, pool
from engine.bench.staging import Level
from engine.bench.trial import TrialPlan, play_all

FACTORS = (0.5, 2.0, 3.0)
_TRADE = Path(str(files("resources"))) / "scenarios" / "live" / "minute.toml"

Tell = Callable[[str], None]


class SweptF1(msgspec.Struct, frozen=True, kw_only=True):
    """The score with one assumption ``factor`` times as large."""

    assumption: str
    factor: float
    value: float
    score: F1


class SweepReport(msgspec.Struct, frozen=True, kw_only=True):
    """A minute of brisk trade, played with every assumption scaled on its own; ``nominal`` with none."""

    seeds: tuple[int, ...]
    nominal: F1
    rows: tuple[SweptF1, ...]


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """What to scale, and the scenario to play with it."""

    seeds: tuple[int, ...]
    assumptions: tuple[str, ...] = SWEPT
    scenario: Path = _TRADE
    processes: int = os.cpu_count() or 1


def sweep(plan: SweepPlan, tell: Tell) -> SweepReport:
    """Play it. Raises ``ValueError`` for an assumption that there is not, and what ``play_all`` raises."""
    nominal = assumed()
    scaled = {(name, factor): nominal.scaled(name, factor) for name in plan.assumptions for factor in FACTORS}
    every = (nominal, *scaled.values())
    plans = [TrialPlan(scenario=plan.scenario, seed=seed, cells=cells) for cells in every for seed in plan.seeds]
    scores: dict[Assumptions, list[TrialScore]] = {}
    for done, played in enumerate(play_all(plans, level=Level.SIGNAL, processes=plan.processes), start=1):
        scores.setdefault(played.plan.cells or nominal, []).append(played.score)
        tell(f"{done}/{len(plans)}")
    rows = [
        SweptF1(assumption=name, factor=factor, value=getattr(cells, name), score=_pooled(scores[cells]))
        for (name, factor), cells in scaled.items()
    ]
    return SweepReport(seeds=plan.seeds, nominal=_pooled(scores[nominal]), rows=tuple(rows))


def _pooled(scores: list[TrialScore]) -> F1:
    report = pool(scores, set_name="sweep")
    return F1(f1=report.f1, f1_low=report.f1_low, f1_high=report.f1_high)
