"""The whole bench: what it plays, and the report of it."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import msgspec

from engine.bench.shelf._cost import measure_cost
from engine.bench.shelf._idle import IdleHour, play_idle
from engine.bench.shelf._report import IdleFigures, ShelfReport
from engine.bench.shelf._stage import demo_stage, large_stage
from engine.bench.shelf._trade import TradePlayed, play_seldom, play_trade, share_apart

Tell = Callable[[str], None]

_RATES_HZ = (20.0, 50.0, 60.0)
_USUAL_HZ = 60.0
_HOUR_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class ShelfPlan:
    """How much to play: movements on the two stages together, pairs at each rate, idle hours of 300 plates."""

    events: int = 2000
    pairs: int = 600
    seldom_events: int = 300
    cost_events: int = 300
    idle_hours: float = 10.0
    seed: int = 1
    processes: int = os.cpu_count() or 1

    @property
    def quick(self) -> "ShelfPlan":
        """A tenth of it."""
        return replace(self, events=200, pairs=60, seldom_events=60, cost_events=60, idle_hours=0.25)


def bench_shelf(plan: ShelfPlan, tell: Tell) -> ShelfReport:
    """Play the plan."""
    stages = (demo_stage(), large_stage())
    large = stages[-1]
    cost = measure_cost(large, plan.cost_events, hz=_USUAL_HZ, seed=plan.seed)
    tell(str(cost))
    played = {stage.name: play_trade(stage, plan.events // 2, hz=_USUAL_HZ, seed=plan.seed) for stage in stages}
    for name, trade in played.items():
        tell(f"{name}: {trade.figures}")
    same, beside = (
        {f"{hz:g}": share_apart(large, plan.pairs, hz=hz, seed=plan.seed, plates=plates) for hz in _RATES_HZ}
        for plates in (1, 2)
    )
    tell(f"200 ms apart, told apart, by Hz: on one plate {same}, on two side by side {beside}")
    seldom = play_seldom(stages[0], plan.seldom_events, hz=_USUAL_HZ, seed=plan.seed)
    for figures in seldom:
        tell(str(figures))
    idle = _idle(plan, tell)
    every: TradePlayed = sum(list(played.values())[1:], start=next(iter(played.values())))
    total = every.figures
    return ShelfReport(
        seed=plan.seed,
        precision=total.precision,
        recall=total.recall,
        grams_error=total.grams_error,
        split_same_plate=same,
        split_neighbours=beside[f"{_USUAL_HZ:g}"],
        idle_events=idle.events,
        provisional_ms=total.provisional_ms,
        settled_ms=total.settled_ms,
        estimation_core_share=cost.core_share,
        split_pairs=plan.pairs,
        split_neighbours_by_hz=beside,
        stages={name: trade.figures for name, trade in played.items()},
        seldom=seldom,
        idle=idle,
        cost=cost,
    )


def _idle(plan: ShelfPlan, tell: Tell) -> IdleFigures:
    """Hours of their own, with other draws each, side by side in processes."""
    whole, rest_s = divmod(plan.idle_hours * _HOUR_S, _HOUR_S)
    lengths_s = [_HOUR_S] * int(whole) + ([rest_s] if rest_s else [])
    hours = [IdleHour(seed=plan.seed + number, seconds=length_s) for number, length_s in enumerate(lengths_s)]
    played = []
    with ProcessPoolExecutor(plan.processes, multiprocessing.get_context("spawn")) as pool:
        for figures in pool.map(play_idle, hours):
            tell(str(figures))
            played.append(figures)
    return msgspec.structs.replace(
        played[0],
        hours=round(sum(one.hours for one in played), 3),
        hands=sum(one.hands for one in played),
        bumps=sum(one.bumps for one in played),
        events=sum(one.events for one in played),
        settled_to_nothing=sum(one.settled_to_nothing for one in played),
        said=tuple(line for one in played for line in one.said),
    )
