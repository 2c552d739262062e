"""A scene for the reference: plates that change at given instants, and people whose hands are at plates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.bench.reference import Reference, Target
from engine.bench.scoring import ReferenceLine
from engine.domain import Floats, PlateId, Store
from tests.build import hand_in, ns

HZ = 60
_RAMP_S = 0.08


@dataclass(frozen=True)
class Step:
    """A change of one plate at an instant, with somebody's hand there for half a second before and after it."""

    t_s: float
    plate: str
    grams: float
    shopper: int | None = 1


def grams_of(store: Store, steps: Sequence[Step], *, seconds: float, noise_g: float = 0.8) -> Floats:
    """What the plates weigh, (samples, plates), from 5 kg each."""
    t_s = np.arange(0, seconds, 1 / HZ)
    rng = np.random.default_rng(5)
    grams: Floats = 5000 + rng.normal(0, noise_g, (len(t_s), len(store.plates)))
    names = [plate.plate_id for plate in store.plates]
    for step in steps:
        share = np.clip((t_s - step.t_s) / _RAMP_S + 0.5, 0, 1)
        grams[:, names.index(PlateId(step.plate))] += step.grams * share
    return grams


def standing(store: Store, shopper: int, *, wrist_at: str | None) -> Target:
    """Somebody 2 m off the shelves, or with the right wrist at a plate and the rest of the body before it."""
    joints_m = np.tile(np.array([2.0 * shopper - 3, 2.0, 1.2]), (17, 1))
    if wrist_at is not None:
        joints_m[:] = np.array(hand_in(store, wrist_at, off_m=0.6))
        joints_m[10] = hand_in(store, wrist_at)
    return Target(shopper, joints_m)


def play(store: Store, steps: Sequence[Step], *, shoppers: Sequence[int] = (1, 2), ask_every: int = 0) -> Reference:
    """A reference that has lived through the steps; asked for its lines every so many samples, to no effect."""
    seconds = max(step.t_s for step in steps) + 3
    reference = Reference(store)
    for row, grams in enumerate(grams_of(store, steps, seconds=seconds)):
        t_s = row / HZ
        reference.weigh(ns(t_s), grams)
        if row % 6 == 0:
            at = {step.shopper: step.plate for step in steps if abs(t_s - step.t_s) < 0.5}
            reference.see(ns(t_s), tuple(standing(store, shopper, wrist_at=at.get(shopper)) for shopper in shoppers))
        if ask_every and row % ask_every == 0:
            reference.lines()
    return reference


def said(lines: Sequence[ReferenceLine]) -> list[tuple[int, str, int, bool]]:
    """Lines without their instants."""
    return [(line.shopper, str(line.sku_id), line.quantity, line.taken) for line in lines]
