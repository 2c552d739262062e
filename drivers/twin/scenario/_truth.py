"""What really happened. Devices feel the contacts; only the scorer reads the deeds."""

from dataclasses import dataclass
from enum import StrEnum

from engine.domain import PlateId, SkuId


class Deed(StrEnum):
    """The kinds of true events."""

    TOKEN = "token"
    ENTER = "enter"
    PICK = "pick"
    PUT = "put"
    TOUCH = "touch"
    RETURN = "return"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """One deed. ``t_s`` of a pick is the instant the item leaves contact, of a put the instant it rests.

    A return is an item lifted and set down again in one reach: no pick and no put.
    """

    t_s: float
    deed: Deed
    shopper: int
    sku_id: SkuId | None = None
    plate_id: PlateId | None = None


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A hand at a plate from ``touch_s``; the plate's load changes by ``mass_g`` over the ramp that ends at ``t_s``.

    It presses with ``press_g`` until the ramp begins. A press of more than 0.6 s is a hand or an arm at rest: it stays
    and sways. ``mass_g`` 0: nothing of it remains. What is told before ``touch_s`` is felt in time.
    """

    touch_s: float
    ramp_s: float
    t_s: float
    plate_id: PlateId
    mass_g: float
    press_g: float
