"""One shopper's body in the world: where it is, where it goes, what its hands do."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Literal

from drivers.twin.scenario._goods import Item
from engine.domain import PlateId, Point2, SkuId, Vector3

Side = Literal["left", "right"]

EXTEND_S = 0.7
DWELL_S = 0.35
WITHDRAW_S = 0.6
HOLD_S = 0.8


class TaskKind(StrEnum):
    """What a shopper may want at a shelf."""

    PICK = "pick"
    PUT = "put"
    BROWSE = "browse"
    LIFT = "lift"  # and set down again where it stood, in the same reach
    VISIT = "visit"  # walk there and look


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do at one plate. ``sku_id`` None: whatever stands foremost. ``lift_s``: how long a lift lasts."""

    kind: TaskKind
    plate_id: PlateId
    stand_m: Point2
    side: Side
    sku_id: SkuId | None = None
    lift_s: float = 0.0


class Phase(Enum):
    """A shopper's life, in order."""

    ARRIVE = 1
    SHOW_TOKEN = 2
    WALK_IN = 3
    CHOOSE = 4
    WALK = 5
    REACH = 6
    STAND = 7
    LEAVE = 8
    GONE = 9


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A hand on its way: the target and how far along it is, 0 at the body to 1 at the target."""

    side: Side
    target_m: Vector3
    extent: float


@dataclass(kw_only=True)
class Shopper:
    """A shopper's present state. ``yaw_rad`` is the direction of the face; ``gait_rad`` the phase of the walk.

    ``touched``: in this reach, the hand has done what it came for.
    """

    number: int
    x_m: float
    y_m: float
    yaw_rad: float
    goal_m: Point2
    phase: Phase = Phase.ARRIVE
    phase_since_s: float = 0.0
    speed_mps: float = 0.0
    gait_rad: float = 0.0
    task: Task | None = None
    target_m: Vector3 | None = None
    touched: bool = False
    stands_until_s: float = 0.0
    carried: list[Item] = field(default_factory=list)
    held: Item | None = None
    held_until_s: float = 0.0
    held_side: Side = "right"
    token_shown: bool = False

    def reach(self, t_s: float) -> Reach | None:
        """Where the reaching hand is at ``t_s``."""
        if self.phase is not Phase.REACH or self.task is None or self.target_m is None:
            return None
        since_s = t_s - self.phase_since_s
        dwell_s = DWELL_S + self.task.lift_s
        if since_s < EXTEND_S:
            extent = since_s / EXTEND_S
        elif since_s < EXTEND_S + dwell_s:
            extent = 1.0
        else:
            extent = max(0.0, 1 - (since_s - EXTEND_S - dwell_s) / WITHDRAW_S)
        return Reach(side=self.task.side, target_m=self.target_m, extent=extent * extent * (3 - 2 * extent))

    @property
    def inside(self) -> bool:
        """Between the gate's two passages."""
        return self.phase in (Phase.CHOOSE, Phase.WALK, Phase.REACH, Phase.STAND, Phase.LEAVE)
