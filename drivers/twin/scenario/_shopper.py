"""One shopper's body in the world: where it is, where it goes, what each of its hands does."""

import math
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from drivers.twin.scenario._errands import Errand, Side
from drivers.twin.scenario._goods import Item
from engine.domain import PlateId, Point2, Vector3

EXTEND_S = 0.7
DWELL_S = 0.35
WITHDRAW_S = 0.6
HOLD_S = 0.8
_CROUCH_S = 0.6  # down, and up again


class Phase(Enum):
    """A shopper's life, in order."""

    ARRIVE = 1
    SHOW_TOKEN = 2
    WALK_IN = 3
    CHOOSE = 4
    WALK = 5
    READY = 6  # stands before the plate and waits for those who reach at the same instant
    REACH = 7
    STAND = 8
    LEAVE = 9
    GONE = 10


_INSIDE = (Phase.CHOOSE, Phase.WALK, Phase.READY, Phase.REACH, Phase.STAND, Phase.LEAVE)


class Act(StrEnum):
    """What a hand reaches out for."""

    TAKE = "take"
    LIFT = "lift"
    SET_DOWN = "set_down"
    TOUCH = "touch"
    REST = "rest"
    LEAN = "lean"
    DROP = "drop"
    LAY_DOWN = "lay_down"
    PICK_UP = "pick_up"
    GIVE = "give"
    RECEIVE = "receive"


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A hand on its way: the target and how far along it is, 0 at the body to 1 at the target."""

    side: Side
    target_m: Vector3
    extent: float


@dataclass(kw_only=True)
class Stroke:
    """One reach of one hand from ``begin_s``: out, there for ``stay_s``, back. ``changes``: what it has done so far.

    ``item`` is what it will move; ``to`` is who is handed it.
    """

    act: Act
    begin_s: float
    stay_s: float
    target_m: Vector3
    item: Item | None = None
    plate_id: PlateId | None = None
    to: int | None = None
    changes: int = 0

    @property
    def end_s(self) -> float:
        """When the hand is back."""
        return self.begin_s + EXTEND_S + self.stay_s + WITHDRAW_S

    def extent(self, t_s: float) -> float:
        """How far the hand is out at ``t_s``, 0 to 1."""
        since_s = t_s - self.begin_s
        if since_s < EXTEND_S:
            share = since_s / EXTEND_S
        elif since_s < EXTEND_S + self.stay_s:
            share = 1.0
        else:
            share = max(0.0, 1 - (since_s - EXTEND_S - self.stay_s) / WITHDRAW_S)
        return share * share * (3 - 2 * share)


@dataclass(kw_only=True)
class Hand:
    """A hand; ``item`` shows in it until ``until_s``, then it is in the bag."""

    item: Item | None = None
    until_s: float = 0.0
    stroke: Stroke | None = None


@dataclass(kw_only=True)
class Shopper:
    """A shopper's present state. ``yaw_rad`` is the direction of the face; ``gait_rad`` the phase of the walk.

    ``account``: the number of the one who pays, for the members of a party the first of them; ``behind``: their place
    in the party's file. ``giver``: who is on the way to hand them something. ``body``: a name among the baked bodies.
    ``faces_m``: what lies on the floor that they go to. ``reserved``: what they are about to take.
    ``nearest_m``: how near to the goal they have come on this way, ``no_nearer_s`` ago.
    """

    number: int
    account: int
    x_m: float
    y_m: float
    yaw_rad: float
    goal_m: Point2
    body: str | None = None
    staff: bool = False
    outside: bool = False
    behind: int = 0
    phase: Phase = Phase.ARRIVE
    phase_since_s: float = 0.0
    speed_mps: float = 0.0
    gait_rad: float = 0.0
    nearest_m: float = math.inf
    no_nearer_s: float = 0.0
    errand: Errand | None = None
    faces_m: Point2 = (0.0, 0.0)
    giver: int | None = None
    stands_until_s: float = 0.0
    crouches: bool = False
    left: Hand = field(default_factory=Hand)
    right: Hand = field(default_factory=Hand)
    carried: list[Item] = field(default_factory=list)
    reserved: list[Item] = field(default_factory=list)

    def enter(self, phase: Phase, t_s: float) -> None:
        """Begin a phase of life."""
        self.phase, self.phase_since_s = phase, t_s
        self.nearest_m, self.no_nearer_s = math.inf, 0.0

    @property
    def hands(self) -> tuple[tuple[Side, Hand], ...]:
        """Both hands, left before right."""
        return (("left", self.left), ("right", self.right))

    def hand(self, side: Side) -> Hand:
        """The hand of that side."""
        return self.left if side == "left" else self.right

    @property
    def reaching(self) -> bool:
        """Whether a hand is under way."""
        return self.left.stroke is not None or self.right.stroke is not None

    @property
    def stands_free(self) -> bool:
        """Whether they could be handed something now."""
        standing = self.phase in (Phase.CHOOSE, Phase.READY) or (self.phase is Phase.STAND and not self.crouches)
        return standing and not self.reaching

    @property
    def inside(self) -> bool:
        """Between the gate's two passages."""
        return self.phase in _INSIDE and not self.outside

    @property
    def idle(self) -> bool:
        """Whether they stand and wait for somebody or something."""
        return self.phase in (Phase.CHOOSE, Phase.READY) and not self.reaching

    @property
    def can_be_given(self) -> bool:
        """Whether somebody may set out to hand them something: they stay in the store and nobody else has."""
        return self.inside and self.phase is not Phase.LEAVE and self.giver is None

    def show(self, side: Side, item: Item, *, until_s: float) -> None:
        """Have something carried in that hand until then, and no longer in the other."""
        for hand in (self.left, self.right):
            if hand.item is item:
                hand.item = None
        hand = self.hand(side)
        hand.item, hand.until_s = item, until_s

    def stow(self, t_s: float) -> None:
        """What has been in a hand for long enough goes into the bag."""
        for hand in (self.left, self.right):
            if hand.item is not None and t_s >= hand.until_s:
                hand.item = None

    def reaches(self, t_s: float) -> tuple[Reach, ...]:
        """Where the hands that reach are at ``t_s``, left before right."""
        return tuple(
            Reach(side=side, target_m=hand.stroke.target_m, extent=hand.stroke.extent(t_s))
            for side, hand in self.hands
            if hand.stroke is not None
        )

    def crouch(self, t_s: float) -> float:
        """How deep the body crouches at ``t_s``, 0 to 1."""
        if self.phase is not Phase.STAND or not self.crouches:
            return 0.0
        share = min(1.0, (t_s - self.phase_since_s) / _CROUCH_S, (self.stands_until_s - t_s) / _CROUCH_S)
        return max(0.0, share * share * (3 - 2 * share))

    def lean(self, t_s: float) -> float:
        """How far the body leans forward on a shelf at ``t_s``, 0 to 1."""
        stroke = self.left.stroke
        return stroke.extent(t_s) if stroke is not None and stroke.act is Act.LEAN else 0.0
