"""Synthetic shelves: plates at rest with the noise of a live store, and what people do to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from engine.domain import Floats, GondolaId, PlateId, Shelf, ShelfId
from engine.shelving import ShelfFact, ShelvesEstimator

S = 1_000_000_000
START_NS = 1_000 * S
F = TypeVar("F", bound=ShelfFact)


def shelf_of(plates: int) -> Shelf:
    """A shelf whose plates are p0, p1 and so on."""
    names = tuple(PlateId(f"p{index}") for index in range(plates))
    return Shelf(shelf_id=ShelfId("s"), gondola_id=GondolaId("g"), plate_ids=names, capacity_g=50_000.0)


@dataclass
class Trace:
    """Samples (rows, plates) of a shelf at ``hz``; instants are in seconds from its start."""

    seconds: float
    plates: int = 12
    hz: float = 60.0
    sigma_g: float = 1.2
    seed: int = 7
    t_s: Floats = field(init=False)
    grams: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Plates at rest: heavy-tailed noise and a little ringing each of its own."""
        random = np.random.default_rng(self.seed)
        self.t_s = np.arange(int(self.seconds * self.hz)) / self.hz
        rows = len(self.t_s)
        ringing = np.sin(2 * np.pi * np.outer(self.t_s, random.uniform(5, 9, self.plates)))
        noise = self.sigma_g * (0.7 * random.standard_t(4, (rows, self.plates)) + 0.5 * ringing)
        self.grams = random.uniform(-2000, 8000, self.plates) + noise

    def move(self, plate: int, at_s: float, grams: float, *, over_s: float = 0.06) -> "Trace":
        """Grams arrive on a plate, or leave it, along a ramp; a fiftieth of it leaks onto the neighbours."""
        ramp = np.clip((self.t_s - at_s) / over_s, 0, 1) * grams
        self.grams[:, plate] += ramp
        for neighbour in {plate - 1, plate + 1} & set(range(self.plates)):
            self.grams[:, neighbour] += 0.015 * ramp
        return self

    def ring(self, plates: Iterable[int], at_s: float, grams: float, *, hz: float = 7.5) -> "Trace":
        """Plates ring and come back within a second."""
        after = np.maximum(self.t_s - at_s, 0)
        for plate in plates:
            self.grams[:, plate] += grams * np.exp(-after / 0.3) * np.sin(2 * np.pi * hz * after + plate) * (after > 0)
        return self

    def lean(self, plate: int, from_s: float, to_s: float, grams: float) -> "Trace":
        """A hand rests on a plate: heavy, never quite still, then gone."""
        random = np.random.default_rng(self.seed + 1)
        inside = np.clip((self.t_s - from_s) / 0.15, 0, 1) * np.clip((to_s - self.t_s) / 0.15, 0, 1)
        sway = 1 + 0.05 * np.sin(2 * np.pi * 2.1 * self.t_s) + 0.01 * random.standard_normal(len(self.t_s))
        self.grams[:, plate] += grams * inside * sway
        return self


def sense(trace: Trace, *, estimator: ShelvesEstimator | None = None, start_ns: int = START_NS) -> list[ShelfFact]:
    """Every fact the estimator says of a trace."""
    estimator = estimator or ShelvesEstimator((shelf_of(trace.plates),))
    facts: list[ShelfFact] = []
    for t_s, grams in zip(trace.t_s, trace.grams, strict=True):
        facts += estimator.observe(start_ns + round(t_s * S), grams)
    return facts


def of_type(facts: Iterable[ShelfFact], kind: type[F]) -> list[F]:
    """The facts of one class, in order."""
    return [fact for fact in facts if isinstance(fact, kind)]
