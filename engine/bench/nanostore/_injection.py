"""What is added to a pass of a recording: people who come to plates, and what they move there."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from drivers.twin.physics import PlateNoise
from engine.bench.nanostore._reach import OwnMovement, Reach
from engine.bench.nanostore._recording import GondolaTrace, Recording
from engine.domain import BodyTracked, Floats, Plate, SkuId, Store

# Movements come one after the other: this far apart, and on one shelf or at one place further.
_FIRST_S, _APART_S, _JITTER_S, _LAST_S = 2.0, 1.35, 0.2, 1.6
_SAME_SHELF_S = 3.0
_SAME_PLACE_M = 0.35
_SAME_TIME_S = 0.6
# Every so often, what was taken is put back where it stood.
_PUT_BACK = 0.25
_DECOY_ASIDE_M, _DECOY_LAG_S = (0.5, 0.9), 0.4
# As the twin presses and lifts (drivers.twin.scenario, drivers.twin.physics).
_RAMP_S, _PRESS_S, _PRESS_G = 0.08, 0.25, (15.0, 60.0)
_LEAK_PLATES = 2
_TRIES = 300


@dataclass(frozen=True, kw_only=True)
class InjectedStep:
    """One movement: ``grams`` onto the plate, at ``t_s`` of the recording, by ``shopper``."""

    t_s: float
    plate: Plate
    grams: float
    press_g: float
    sku_id: SkuId
    shopper: str


@dataclass(frozen=True, kw_only=True)
class InjectedVisit:
    """Somebody at a plate: they take, perhaps put back, and a decoy reaches ``aside_m`` along the shelf from them."""

    steps: tuple[InjectedStep, ...]
    aside_m: float
    lag_s: float

    def bodies(self, reach: Reach, t_s: float) -> Iterator[BodyTracked]:
        """Who of the two is there at an instant."""
        first, last = self.steps[0], self.steps[-1]
        begin_s, end_s = reach.lasts_s
        for who, lag_s, aside_m in ((first.shopper, 0.0, 0.0), (f"{first.shopper}-decoy", self.lag_s, self.aside_m)):
            if first.t_s + begin_s <= t_s - lag_s <= last.t_s + end_s:
                nearest = min(self.steps, key=lambda step: abs(t_s - lag_s - step.t_s))
                yield reach.at(first.plate, t_s - lag_s - nearest.t_s, name=who, aside_m=aside_m)


class Drawing:
    """Draws what is injected into one pass after the other."""

    def __init__(self, recording: Recording, store: Store, own: OwnMovement, reach: Reach, *, seed: int) -> None:
        self._recording, self._store, self._own, self._reach = recording, store, own, reach
        self._rng = np.random.default_rng(seed)
        self._plates = [plate for plate in store.plates if plate.plate_id in store.facing_of_plate]
        self._drawn = 0

    def draw(self, most: int) -> tuple[InjectedVisit, ...]:
        """A pass with as many movements as fit into it, ``most`` at most."""
        slots = np.arange(_FIRST_S, self._recording.end_s - _LAST_S, _APART_S)
        free = [float(slot + self._rng.uniform(-_JITTER_S, _JITTER_S)) for slot in slots]
        visits: list[InjectedVisit] = []
        left = most
        while free and left:
            at_s = [free.pop(0)]
            later = [slot for slot in free if slot - at_s[0] > _SAME_SHELF_S]
            if left > 1 and later and self._rng.random() < _PUT_BACK:
                at_s.append(later[0])
                free.remove(later[0])
            visit = self._fitting(at_s, visits)
            if visit is not None:
                visits.append(visit)
                left -= len(at_s)
        return tuple(visits)

    def _fitting(self, at_s: list[float], visits: list[InjectedVisit]) -> InjectedVisit | None:
        for _ in range(_TRIES):
            visit = self._visit(at_s)
            if self._fits(visit, visits):
                return visit
        return None

    def _visit(self, at_s: list[float]) -> InjectedVisit:
        rng = self._rng
        plate = self._plates[int(rng.integers(len(self._plates)))]
        product = self._store.product_by_sku[self._store.facing_of_plate[plate.plate_id].sku_id]
        self._drawn += 1
        steps = tuple(
            InjectedStep(
                t_s=t_s,
                plate=plate,
                grams=product.unit_mass_g * sign,
                press_g=float(rng.uniform(*_PRESS_G)),
                sku_id=product.sku_id,
                shopper=f"injected-{self._drawn}",
            )
            for t_s, sign in zip(at_s, (-1, 1), strict=False)
        )
        return InjectedVisit(
            steps=steps,
            aside_m=float(rng.uniform(*_DECOY_ASIDE_M)) * self._inwards(plate),
            lag_s=float(rng.uniform(-_DECOY_LAG_S, _DECOY_LAG_S)),
        )

    def _inwards(self, plate: Plate) -> int:
        """Along the shelf's front, which way its middle is: a decoy never stands beside the gondola."""
        shelf = self._store.shelf_by_id[plate.shelf_id]
        after = shelf.plate_ids.index(plate.plate_id) >= len(shelf.plate_ids) / 2
        return 1 if after else -1

    def _fits(self, visit: InjectedVisit, visits: list[InjectedVisit]) -> bool:
        """Whether nobody else has a hand at the plate of a movement, and the shelf is at rest before and after it."""
        others = [step for other in visits for step in other.steps]
        own_plate = self._store.plate_by_id[self._own.plate_id]
        quiet = [(step.t_s, step.plate) for step in others] + [(self._own.t_s, own_plate)]
        if any(
            plate.shelf_id == step.plate.shelf_id and abs(t_s - step.t_s) < _SAME_SHELF_S
            for step in visit.steps
            for t_s, plate in quiet
        ):
            return False
        mine = all(not self._disturbed(step, [visit, *visits]) for step in visit.steps)
        return mine and all(not self._disturbed(step, [visit]) for step in others)

    def _disturbed(self, step: InjectedStep, visits: list[InjectedVisit]) -> bool:
        frames = [frame for frame in self._recording.frames if abs(frame.t_s - step.t_s) < _SAME_TIME_S]
        seen = [body for frame in frames for body in frame.bodies]
        seen += [body for frame in frames for visit in visits for body in visit.bodies(self._reach, frame.t_s)]
        return any(body.name != step.shopper and _near(body, step.plate) for body in seen)


def felt(trace: GondolaTrace, steps: list[InjectedStep], noise: PlateNoise) -> Floats:
    """The grams of a gondola with steps on it, (rows, shelves, plates), shaped as the twin's plates feel them.

    A hand presses, the item leaves over a ramp, the plate rings; plates up to two away ring with it.
    """
    grams: Floats = trace.grams.astype(np.float64)
    for step in steps:
        _, shelf, number = (int(part) for part in step.plate.plate_id.split("-"))
        press_g = step.press_g * _press(trace.t_s, step.t_s)
        ring_g = step.grams * _ring(trace.t_s - step.t_s, noise)
        ramp = np.clip((trace.t_s - step.t_s) / _RAMP_S + 1, 0, 1)
        for beside in range(-_LEAK_PLATES, _LEAK_PLATES + 1):
            plate = number - 1 + beside
            if 0 <= plate < grams.shape[2]:
                own_g = step.grams * ramp * ramp * (3 - 2 * ramp) + press_g + noise.ring_share * ring_g
                grams[:, shelf - 1, plate] += own_g if beside == 0 else noise.leak_share * (press_g + ring_g)
    return grams


def _press(t_s: Floats, moved_s: float) -> Floats:
    share = (t_s - (moved_s - _RAMP_S - _PRESS_S)) / _PRESS_S
    return np.where((share > 0) & (share < 1), np.sin(np.pi * share) ** 2, 0.0)


def _ring(since_s: Floats, noise: PlateNoise) -> Floats:
    swing = np.exp(-np.maximum(since_s, 0) / noise.ring_decay_s) * np.sin(2 * np.pi * noise.ring_hz * since_s)
    return np.where(since_s >= 0, swing, 0.0)


def _near(body: BodyTracked, plate: Plate) -> bool:
    return any(math.dist(hand[:2], plate.centre_m[:2]) < _SAME_PLACE_M for hand in body.hands_m)
