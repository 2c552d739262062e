"""What really happened: the scorer reads it, the engine never does."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.twin.scenario._shopper import Shopper, Stroke
from engine.domain import PlateId, SkuId


class Deed(StrEnum):
    """The kinds of true events. No cart changes by any but pick and put."""

    TOKEN = "token"
    ENTER = "enter"
    PICK = "pick"
    PUT = "put"
    TOUCH = "touch"
    RETURN = "return"  # lifted and set down again in one reach: no pick and no put
    REST = "rest"  # a hand lies on a plate for a while
    LEAN = "lean"  # somebody leans on a shelf
    HAND_OVER = "hand_over"
    DROP = "drop"  # on the floor
    PICK_UP = "pick_up"  # from the floor
    ABANDON = "abandon"  # set down beside the gate
    STOCK = "stock"  # staff: the shelf has more and no cart less
    UNSTOCK = "unstock"
    LEAVE = "leave"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """One deed. ``t_s`` of a pick is the instant the item leaves contact, of a put the instant it rests.

    ``shopper`` is whose account it concerns: the first of a party for all of them, and for goods whoever took them from
    the shelf, through whatever hands they go since. ``by`` is who did it, where that is somebody else; ``by_staff``:
    staff did; ``to`` is who was handed the item.
    """

    t_s: float
    deed: Deed
    shopper: int
    sku_id: SkuId | None = None
    plate_id: PlateId | None = None
    by: int | None = None
    to: int | None = None
    by_staff: bool = False


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


class Chronicle:
    """Everything that has happened so far, and what hands that are under way will do to the plates."""

    def __init__(self) -> None:
        self.truths: list[Truth] = []
        self.contacts: list[Contact] = []

    def tell(self, t_s: float, shopper: Shopper, deed: Deed, stroke: Stroke | None = None) -> None:
        """A deed of a shopper, with what the hand that did it moved and where."""
        item = stroke.item if stroke else None
        account = shopper.account if item is None or item.account is None else item.account
        self.truths.append(
            Truth(
                t_s=t_s,
                deed=deed,
                shopper=account,
                sku_id=item.sku_id if item else None,
                plate_id=stroke.plate_id if stroke else None,
                by=shopper.number if shopper.number != account else None,
                to=stroke.to if stroke else None,
                by_staff=shopper.staff,
            )
        )
