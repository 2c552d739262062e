"""Simulated plates through the engine's estimators: what they say."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from drivers.twin.physics import Assumptions, ControllerFaults, PlateLoads, Polling, assumed
from drivers.twin.scenario import Fault
from engine.bench.shelf._stage import Stage
from engine.domain import Floats
from engine.shelving import ShelfFact, ShelvesEstimator

Disturb = Callable[[Floats, Floats], None]

_BLOCK_S = 1.0


@dataclass(frozen=True)
class Sensed:
    """Every fact, and the processor's time that the estimators took for so many seconds."""

    facts: list[ShelfFact]
    estimation_s: float


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How often, for how long and with what faults the controllers are polled."""

    hz: float
    until_s: float
    seed: int
    faults: tuple[Fault, ...] = ()
    cells: Assumptions | None = None


def sense(stage: Stage, loads: PlateLoads, sampling: Sampling, disturb: Disturb | None = None) -> Sensed:
    """Poll the plates; ``disturb`` may add to blocks of grams (instants, plates) at their instants."""
    cells = sampling.cells or assumed()
    polls = [
        Polling(one.controller_id, cells, ControllerFaults(sampling.faults, one.controller_id), seed=sampling.seed)
        for one in stage.wiring
    ]
    estimators = [ShelvesEstimator(one.shelves) for one in stage.wiring]
    newest_ns = [0] * len(estimators)
    facts: list[ShelfFact] = []
    estimation_s = 0.0
    for t_s, grams in _blocks(loads, sampling, disturb):
        read: list[tuple[int, int, Floats]] = []
        for due_s, row in zip(t_s.tolist(), grams, strict=True):
            for number, (polling, wired) in enumerate(zip(polls, stage.wiring, strict=True)):
                reading = polling.poll(due_s)
                if reading is not None:
                    newest_ns[number] = max(newest_ns[number], round(reading.stamped_s * 1e9))
                    read.append((number, newest_ns[number], row[wired.columns]))
        begin_s = time.process_time()
        for number, t_ns, plates_g in read:
            facts += estimators[number].observe(t_ns, plates_g)
        estimation_s += time.process_time() - begin_s
    return Sensed(facts, estimation_s)


def _blocks(loads: PlateLoads, sampling: Sampling, disturb: Disturb | None) -> Iterator[tuple[Floats, Floats]]:
    instants = np.arange(_BLOCK_S, sampling.until_s, 1 / sampling.hz)
    for t_s in np.array_split(instants, max(1, round(sampling.until_s / _BLOCK_S))):
        grams = loads.block(t_s)
        if disturb is not None:
            disturb(grams, t_s)
        yield t_s, grams
