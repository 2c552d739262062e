"""A set of scenarios played with many seeds, and beside it one at the speed of life for what a client waits."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from drivers.twin.scenario import rehearse
from engine.bench.scoring import Evidence, SetReport, TrialScore, pool
from engine.bench.staging import Level
from engine.bench.trial import TrialPlan, play_all, play_live
from engine.store import open_store

SETS = ("recipes", "adversarial", "day", "peak", "lighting", "faults")
"""The sets that ship: folders of ``resources/scenarios``."""

_SCENARIOS = Path(str(files("resources"))) / "scenarios"
_DEMO_STORE = Path(str(files("resources"))) / "stores" / "demo"
_ABLATED_SEEDS = 1
_ABLATIONS: tuple[Evidence, ...] = ("weight", "vision")

Tell = Callable[[str], None]


class NoScenarioError(Exception):
    """There is nothing to play; the message names the folder and the remedy."""


@dataclass(frozen=True, kw_only=True)
class SetPlan:
    """Which scenarios to play, and how.

    ``only``: their names; else all of the set. ``latency``: the scenario of ``resources/scenarios/live`` that is
    played in wall time; without one no latency is measured.
    """

    name: str
    seeds: tuple[int, ...]
    level: Level = Level.SIGNAL
    only: tuple[str, ...] = ()
    ablations: bool = True
    latency: str = ""
    processes: int = os.cpu_count() or 1


def scenarios_of(name: str, only: Sequence[str] = ()) -> tuple[Path, ...]:
    """The files of a set that ships, or of a folder of one's own. Raises ``NoScenarioError``."""
    folder = _SCENARIOS / name if name in SETS else Path(name)
    found = {file.stem: file for file in sorted(folder.glob("*.toml"))}
    if not found:
        raise NoScenarioError(f"{folder}: no scenario in there. Name a folder with .toml files, or {', '.join(SETS)}")
    for wanted in only:
        if wanted not in found:
            raise NoScenarioError(f"{folder}: no scenario {wanted!r}. Name one of {', '.join(found)}")
    return tuple(found[stem] for stem in (only or found))


def play_set(plan: SetPlan, tell: Tell) -> SetReport:
    """Play and pool. Raises ``NoScenarioError``, ``ScenarioError`` and what ``play_all`` and ``play_live`` raise."""
    scenarios = scenarios_of(plan.name, plan.only)
    plans = _trials(plan, scenarios)
    store = open_store(_DEMO_STORE).store
    for file in scenarios:
        rehearse(file, store, seed=plan.seeds[0])  # says at once what is wrong with it, and where
    with ThreadPoolExecutor(1) as beside:
        live = beside.submit(_latencies_ms, plan.latency) if plan.latency else None
        scores: list[TrialScore] = []
        for played in play_all(plans, level=plan.level, processes=plan.processes):
            scores.append(played.score)
            tell(_line(played.score, len(scores), len(plans)))
        own = "" if plan.name in SETS else f"tillfree bench scenarios {plan.name}"
        latency_ms = live.result() if live is not None else ()
        return pool(scores, set_name=Path(plan.name).name, command=own, latency_ms=latency_ms)


def _trials(plan: SetPlan, scenarios: Sequence[Path]) -> list[TrialPlan]:
    plans = [TrialPlan(scenario=file, seed=seed, level=plan.level) for seed in plan.seeds for file in scenarios]
    if plan.ablations:
        plans += [
            TrialPlan(scenario=file, seed=seed, level=plan.level, evidence=evidence)
            for evidence in _ABLATIONS
            for seed in plan.seeds[:_ABLATED_SEEDS]
            for file in scenarios
        ]
    return plans


def _latencies_ms(scenario: str) -> tuple[float, ...]:
    plan = TrialPlan(scenario=_SCENARIOS / "live" / f"{scenario}.toml", seed=1)
    return play_live(plan).movements.delays_ms


def _line(score: TrialScore, done: int, of: int) -> str:
    units = score.movements.units
    evidence = "" if score.evidence == "fused" else f" {score.evidence} only"
    said = f"{units.right} of {units.true} right, {units.said} said"
    return f"{done}/{of} {score.scenario} seed {score.seed}{evidence}: {said}"
