"""What a scenario file may say: the structs that its TOML becomes. docs/scenarios.md describes them for writers."""

from typing import Literal

import msgspec

from drivers.twin.scenario._conditions import FaultSection, LightSection
from drivers.twin.scenario._errands import Side
from drivers.twin.scenario._mix import TradeSection
from drivers.twin.scenario._ranges import Range
from engine.domain import GondolaId, PlateId, SkuId


class _Action(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """Begins when the action before it is done, not before ``at_s`` seconds after the opening, nor before ``after``.

    ``label``: a name for this action; ``after``: the label of an action, of anybody, that must be done.
    """

    at_s: Range | None = None
    label: str | None = None
    after: str | None = None


class ReachAction(_Action, frozen=True, kw_only=True):
    """Something done at a plate.

    ``close``: goes there though somebody is within elbow room. ``stand``: the plate before which to stand meanwhile.
    ``with``: the label of somebody else's action; both stand ready before either reaches.
    """

    close: bool = False
    stand: PlateId | None = None
    with_: str | None = msgspec.field(default=None, name="with")


class Walk(_Action, frozen=True, kw_only=True, tag="walk"):
    """Go to a gondola, or before one plate, and face it."""

    gondola: GondolaId | None = None
    plate: PlateId | None = None


class Wait(_Action, frozen=True, kw_only=True, tag="wait"):
    """Stand."""

    for_s: Range


class Crouch(_Action, frozen=True, kw_only=True, tag="crouch"):
    """Crouch, and stand up again."""

    for_s: Range


class Take(ReachAction, frozen=True, kw_only=True, tag="take"):
    """Take ``count`` units, one reach each; ``both``: right and left hand by turns, or ``at_once`` in pairs."""

    sku: SkuId
    count: int = 1
    hand: Side | Literal["both"] = "right"
    at_once: bool = False
    plate: PlateId | None = None


class Touch(ReachAction, frozen=True, kw_only=True, tag="touch"):
    """Reach to a plate and move nothing."""

    plate: PlateId
    hand: Side = "right"


class Rest(ReachAction, frozen=True, kw_only=True, tag="rest"):
    """Let a hand lie on a plate."""

    plate: PlateId
    for_s: Range
    hand: Side = "right"


class Lean(ReachAction, frozen=True, kw_only=True, tag="lean"):
    """Lean on a shelf with both hands, at a plate."""

    plate: PlateId
    for_s: Range


class Lift(ReachAction, frozen=True, kw_only=True, tag="lift"):
    """Take one unit up and set it down again in the same reach."""

    sku: SkuId
    hand: Side = "right"
    plate: PlateId | None = None
    for_s: Range = 0.8


class Hold(_Action, frozen=True, kw_only=True, tag="hold"):
    """Stand with something taken before up in the hand."""

    sku: SkuId
    for_s: Range
    hand: Side = "right"


class PutBack(ReachAction, frozen=True, kw_only=True, tag="put_back"):
    """Put something taken before on a plate of its own facing."""

    sku: SkuId
    hand: Side = "right"


class PutOn(ReachAction, frozen=True, kw_only=True, tag="put_on"):
    """Put something taken before on a named plate, whatever belongs there."""

    sku: SkuId
    plate: PlateId
    hand: Side = "right"


class Swap(ReachAction, frozen=True, kw_only=True, tag="swap"):
    """Take one of each of two SKUs, and put each where the other stood."""

    sku: SkuId
    other: SkuId


class Restock(ReachAction, frozen=True, kw_only=True, tag="restock"):
    """Staff: put ``count`` units from the stockroom on a plate, one reach each."""

    sku: SkuId
    count: int = 1
    plate: PlateId | None = None
    hand: Side = "right"


class HandOver(_Action, frozen=True, kw_only=True, tag="hand_over"):
    """Walk up to somebody and give them something taken before."""

    sku: SkuId
    to: str
    hand: Side = "right"


class Drop(_Action, frozen=True, kw_only=True, tag="drop"):
    """Let something taken before fall to the floor."""

    sku: SkuId
    hand: Side = "right"


class PickUp(_Action, frozen=True, kw_only=True, tag="pick_up"):
    """Take something from the floor."""

    sku: SkuId
    hand: Side = "right"


class LeaveAtGate(_Action, frozen=True, kw_only=True, tag="leave_at_gate"):
    """Set something taken before down beside the gate."""

    sku: SkuId
    hand: Side = "right"


class GoOut(_Action, frozen=True, kw_only=True, tag="leave"):
    """Leave; also what a shopper does after the last action."""


AtPlate = Take | Touch | Rest | Lean | Lift | PutBack | PutOn | Swap | Restock
WithGoods = Hold | PutBack | PutOn | HandOver | Drop | LeaveAtGate
"""What can be done only by somebody who has one of the SKU."""
Action = Walk | Wait | Crouch | AtPlate | Hold | HandOver | Drop | PickUp | LeaveAtGate | GoOut


class ShopperSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person and what they do, in order.

    ``party``: comes in on the code of the first of the party, close behind; ``outside``: walks by and never comes in.
    """

    name: str
    enters_s: Range | None = None
    body: str | None = None
    party: str | None = None
    staff: bool = False
    outside: bool = False
    action: tuple[Action, ...]


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole file."""

    title: str
    shopper: tuple[ShopperSection, ...] = ()
    trade: TradeSection | None = None
    fault: tuple[FaultSection, ...] = ()
    light: LightSection = LightSection()
