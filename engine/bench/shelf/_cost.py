"""What estimation costs, beside the plainest thing that could do: a moving mean and variance with a threshold."""

import time

import numpy as np

from engine.bench.shelf._report import CostFigures
from engine.bench.shelf._sensed import Sampling, sense
from engine.bench.shelf._stage import Stage
from engine.bench.shelf._trade import play_trade
from engine.domain import Floats

_WINDOW_ROWS = 30
_THRESHOLD_G, _CALM_SIGMAS = 25.0, 3.0


class PlainTrigger:
    """Says which plates have moved: the mean of the last half second is off the level, and the variance is back."""

    def __init__(self, plates: int) -> None:
        self._window = np.zeros((_WINDOW_ROWS, plates))
        self._rows = 0
        self._level_g = np.zeros(plates)
        self._noise_g = np.ones(plates)

    def observe(self, grams: Floats) -> int:
        """Take one sample (plates,), and say how many plates are on a new level."""
        self._window[self._rows % _WINDOW_ROWS] = grams
        self._rows += 1
        if self._rows < _WINDOW_ROWS:
            return 0
        mean, sd = self._window.mean(axis=0), self._window.std(axis=0)
        if self._rows == _WINDOW_ROWS:
            self._level_g, self._noise_g = mean, np.maximum(sd, 0.25)
        moved = (np.abs(mean - self._level_g) > _THRESHOLD_G) & (sd < _CALM_SIGMAS * self._noise_g)
        self._level_g = np.where(moved, mean, self._level_g)
        return int(np.count_nonzero(moved))


def measure_cost(stage: Stage, events: int, *, hz: float, seed: int) -> CostFigures:
    """Estimation of a stage in trade and at rest, and the plain trigger on as many samples."""
    busy = play_trade(stage, events, hz=hz, seed=seed)
    idle = sense(stage, stage.loads((), seed=seed), Sampling(hz=hz, until_s=busy.seconds, seed=seed))
    return CostFigures(
        plates=len(stage.plate_ids),
        controllers=len(stage.wiring),
        hz=hz,
        events=events,
        seconds=round(busy.seconds, 1),
        core_share=round(busy.estimation_s / busy.seconds, 4),
        idle_core_share=round(idle.estimation_s / busy.seconds, 4),
        plain_core_share=round(_plain_s(stage, hz=hz, until_s=busy.seconds, seed=seed) / busy.seconds, 4),
    )


def _plain_s(stage: Stage, *, hz: float, until_s: float, seed: int) -> float:
    loads = stage.loads((), seed=seed)
    triggers = [PlainTrigger(len(one.columns)) for one in stage.wiring]
    spent_s = 0.0
    for t_s in np.array_split(np.arange(0.0, until_s, 1 / hz), max(1, round(until_s))):
        rows = [[row[one.columns] for one in stage.wiring] for row in loads.block(t_s)]
        begin_s = time.process_time()
        for parts in rows:
            for trigger, grams in zip(triggers, parts, strict=True):
                trigger.observe(grams)
        spent_s += time.process_time() - begin_s
    return spent_s
