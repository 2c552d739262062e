"""Who comes to the store and what each does next: the two questions that the world asks of a source of errands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from drivers.twin.scenario._errands import Errand
from drivers.twin.scenario._goods import Goods
from drivers.twin.scenario._shopper import Shopper
from engine.domain import Point2, Store


@dataclass(frozen=True, kw_only=True)
class Comer:
    """Somebody who comes: with a staff code, or only to walk by outside. ``body``: whose body, else any."""

    body: str | None = None
    staff: bool = False
    outside: bool = False


class Scene(Protocol):
    """The world as a play sees it."""

    store: Store
    goods: Goods
    t_s: float

    @property
    def rng(self) -> np.random.Generator:
        """The world's source of chance."""

    @property
    def people(self) -> Sequence[Shopper]:
        """Everybody who is there."""

    @property
    def gate_free(self) -> bool:
        """Whether nobody comes in or goes out now."""

    def crowded(self, shopper: Shopper, stand_m: Point2) -> bool:
        """Whether somebody else stands at, or goes to, a place within elbow room of this one."""


class Play(Protocol):
    """A source of shoppers and their errands. It belongs to one world and must be deterministic."""

    def admit(self, scene: Scene) -> Sequence[Comer]:
        """Who comes now; asked at every step. Several: a party, who come in one behind the other on one code.

        The world numbers people from 0 in the order in which they come. Nobody but passers-by comes while the gate is
        not free.
        """

    def over(self, scene: Scene) -> bool:
        """Whether nobody will come any more."""

    def next_errand(self, scene: Scene, shopper: Shopper) -> Errand | None:
        """What a shopper with nothing to do does now; None: stands and is asked again at the next step."""
