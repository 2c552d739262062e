"""Hours in which nothing is taken: hands touch, rest and lean, gondolas are bumped, cells creep and drift."""

from dataclasses import dataclass

import numpy as np

from drivers.twin.physics import fitted_plates
from drivers.twin.scenario import Contact
from engine.bench.shelf._hands import Bumps, Hands
from engine.bench.shelf._match import movements
from engine.bench.shelf._report import IdleFigures
from engine.bench.shelf._sensed import Sampling, sense
from engine.bench.shelf._stage import Stage, large_stage
from engine.domain import WeightSettled

_TOUCHES_AN_HOUR, _RESTS_AN_HOUR, _LEANS_AN_HOUR, _BUMPS_AN_HOUR = 600, 200, 100, 100
_OPENS_S, _LAST_S = 4.0, 15.0
_IDLE = 3


@dataclass(frozen=True)
class IdleHour:
    """An hour, or a part of one, of 300 plates."""

    seed: int
    seconds: float
    hz: float = 60.0


def play_idle(hour: IdleHour) -> IdleFigures:
    """What was said in it."""
    stage = large_stage().on_one_controller()
    rng = np.random.default_rng([hour.seed, _IDLE])
    contacts, bumps, bumped = _disturbances(stage, hour, rng)
    sensed = sense(
        stage,
        stage.loads(contacts, seed=hour.seed),
        Sampling(hz=hour.hz, until_s=hour.seconds, seed=hour.seed),
        bumps.add_to,
    )
    told = movements(sensed.facts)
    settled = sum(isinstance(fact, WeightSettled) for fact in sensed.facts)
    return IdleFigures(
        hours=round(hour.seconds / 3600, 3),
        plates=len(stage.plate_ids),
        hands=len(contacts),
        bumps=bumped,
        events=len(told),
        settled_to_nothing=settled - len(told),
        said=tuple(f"{one.starts_s:.1f} s: {one.step.shelf_id} {one.step.mass_mg / 1000:+.1f} g" for one in told),
    )


def _disturbances(stage: Stage, hour: IdleHour, rng: np.random.Generator) -> tuple[list[Contact], Bumps, int]:
    hands = Hands(stage.store, rng)
    bumps = Bumps(fitted_plates().noise, len(stage.plate_ids), rng)
    acts = (
        (hands.touch, _TOUCHES_AN_HOUR),
        (hands.rest, _RESTS_AN_HOUR),
        (hands.lean, _LEANS_AN_HOUR),
    )
    contacts: list[Contact] = []
    for act, an_hour in acts:
        for t_s in _instants(an_hour, hour, rng):
            plate_id = stage.plate_ids[int(rng.integers(len(stage.plate_ids)))]
            contacts += act(plate_id, t_s)
    gondolas, at_s = stage.gondola_columns, _instants(_BUMPS_AN_HOUR, hour, rng)
    for t_s in at_s:
        bumps.at(t_s, gondolas[int(rng.integers(len(gondolas)))])
    return contacts, bumps, len(at_s)


def _instants(an_hour: int, hour: IdleHour, rng: np.random.Generator) -> list[float]:
    count = round(an_hour * hour.seconds / 3600)
    instants: list[float] = np.sort(rng.uniform(_OPENS_S, hour.seconds - _LAST_S, count)).tolist()
    return instants
