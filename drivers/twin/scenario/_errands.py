"""What a shopper may be told to do next: the errands that a play gives and the world carries out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from engine.domain import PlateId, Point2, SkuId

Side = Literal["left", "right"]


class TaskKind(StrEnum):
    """What a shopper may want at a shelf."""

    PICK = "pick"
    PUT = "put"
    STOCK = "stock"  # staff: one more unit from the stockroom
    BROWSE = "browse"
    LIFT = "lift"  # and set down again where it stood, in the same reach
    REST = "rest"  # a hand lies on the front edge for a while
    LEAN = "lean"  # both hands and much of the weight do
    VISIT = "visit"  # walk there and look


@dataclass(frozen=True)
class Cue:
    """``parties`` shoppers whose tasks carry the same cue reach at the same instant: when all of them stand ready."""

    name: str
    parties: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do at one plate. ``sku_id`` None: whatever stands foremost. ``for_s``: how long a lift, rest lasts.

    ``stand_m`` is where one reaches from; with ``close`` the world moves it along the shelf until everybody who stands
    there has room for their shoulders. ``faces``: the plate that the body turns to, else the one reached to. ``both``:
    the other hand takes one more of the same in the same instant.
    """

    kind: TaskKind
    plate_id: PlateId
    stand_m: Point2
    side: Side
    sku_id: SkuId | None = None
    for_s: float = 0.0
    close: bool = False
    faces: PlateId | None = None
    both: bool = False
    cue: Cue | None = None


@dataclass(frozen=True, kw_only=True)
class Drop:
    """Let something taken before fall, right here."""

    sku_id: SkuId
    side: Side = "right"


@dataclass(frozen=True, kw_only=True)
class PickUp:
    """Take something from the floor, the nearest there is."""

    sku_id: SkuId
    side: Side = "right"


@dataclass(frozen=True, kw_only=True)
class LeaveAtGate:
    """Set something taken before down beside the gate."""

    sku_id: SkuId
    side: Side = "right"


@dataclass(frozen=True, kw_only=True)
class Give:
    """Walk up to somebody inside and hand over something taken before; they stand for it when they are free."""

    sku_id: SkuId
    to: int
    side: Side = "right"


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Stand for a while; with one of ``sku_id`` held up in the hand if it is named, or crouching."""

    for_s: float
    sku_id: SkuId | None = None
    side: Side = "right"
    crouch: bool = False


@dataclass(frozen=True)
class Leave:
    """Go out through the gate; who walks by outside walks on."""


Errand = Task | Drop | PickUp | LeaveAtGate | Give | Pause | Leave
