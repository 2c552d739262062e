"""Who comes to the store and what each does next: the one question that the world asks of a source of errands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from drivers.twin.scenario._goods import Goods
from drivers.twin.scenario._shopper import Shopper, Side, Task
from engine.domain import Plate, Point2, SkuId, Store

_ARM_M = 0.42
_SHOULDER_M = 0.15


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Stand for a while; with one of ``sku_id`` held up in the hand if it is named."""

    for_s: float
    sku_id: SkuId | None = None
    side: Side = "right"


@dataclass(frozen=True)
class Leave:
    """Go out through the gate."""


Errand = Task | Pause | Leave


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

    def crowded(self, shopper: Shopper, stand_m: Point2) -> bool:
        """Whether somebody else stands at, or goes to, a place within elbow room of this one."""


class Play(Protocol):
    """A source of shoppers and their errands. It belongs to one world and must be deterministic."""

    def admit(self, scene: Scene) -> bool:
        """Whether the next shopper comes now; asked at every step at which the gate is free."""

    def over(self, scene: Scene) -> bool:
        """Whether nobody will come any more."""

    def next_errand(self, scene: Scene, shopper: Shopper) -> Errand | None:
        """What a shopper with nothing to do does now; None: stands and is asked again at the next step."""


def place_before(plate: Plate, side: Side, *, nearer_m: float = 0.0) -> Point2:
    """Where to stand so that the shoulder of ``side`` is an arm's length before a plate."""
    out_x, out_y = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    outward_m = plate.depth_m / 2 + (_ARM_M - nearer_m)
    along_m = -_SHOULDER_M if side == "right" else _SHOULDER_M
    return (
        plate.centre_m[0] + out_x * outward_m - out_y * along_m,
        plate.centre_m[1] + out_y * outward_m + out_x * along_m,
    )
