"""What a scenario file may say: the structs that its TOML becomes. docs/scenarios.md describes them for writers."""

from typing import Literal

import msgspec

from drivers.twin.scenario._conditions import FaultSection, LightSection
from drivers.twin.scenario._mix import TradeSection
from drivers.twin.scenario._ranges import Range
from drivers.twin.scenario._shopper import Side
from engine.domain import GondolaId, PlateId, SkuId


class _Action(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """Begins when the action before it is done, and not before ``at_s`` seconds after the opening."""

    at_s: Range | None = None


class Walk(_Action, frozen=True, kw_only=True, tag="walk"):
    """Go to a gondola, or before one plate, and face it."""

    gondola: GondolaId | None = None
    plate: PlateId | None = None


class Wait(_Action, frozen=True, kw_only=True, tag="wait"):
    """Stand."""

    for_s: Range


class Take(_Action, frozen=True, kw_only=True, tag="take"):
    """Take ``count`` units, one reach each; ``both``: right hand and left hand by turns."""

    sku: SkuId
    count: int = 1
    hand: Side | Literal["both"] = "right"
    plate: PlateId | None = None


class Touch(_Action, frozen=True, kw_only=True, tag="touch"):
    """Reach to a plate and move nothing."""

    plate: PlateId
    hand: Side = "right"


class Lift(_Action, frozen=True, kw_only=True, tag="lift"):
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


class PutBack(_Action, frozen=True, kw_only=True, tag="put_back"):
    """Put something taken before on a plate of its own facing."""

    sku: SkuId
    hand: Side = "right"


class PutOn(_Action, frozen=True, kw_only=True, tag="put_on"):
    """Put something taken before on a named plate, whatever belongs there."""

    sku: SkuId
    plate: PlateId
    hand: Side = "right"


class GoOut(_Action, frozen=True, kw_only=True, tag="leave"):
    """Leave; also what a shopper does after the last action."""


Action = Walk | Wait | Take | Touch | Lift | Hold | PutBack | PutOn | GoOut


class ShopperSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person and what they do, in order."""

    name: str
    enters_s: Range = 0.5
    action: tuple[Action, ...]


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole file."""

    title: str
    shopper: tuple[ShopperSection, ...] = ()
    trade: TradeSection | None = None
    fault: tuple[FaultSection, ...] = ()
    light: LightSection = LightSection()
