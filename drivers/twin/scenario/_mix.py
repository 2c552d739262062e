"""What ``[trade]`` of a scenario's file says: who comes to a random trade, and what share of it deceives."""

from enum import StrEnum
from typing import Annotated

import msgspec
import numpy as np

from drivers.twin.scenario._ranges import Range


class Business(StrEnum):
    """What a shopper of a random trade may come to a shelf for; the value is its key in ``[trade.mix]``."""

    PICK = "pick"
    PICK_SEVERAL = "pick_several"
    PUT_BACK = "put_back"
    BROWSE = "browse"
    LOOK = "look"
    HOLD = "hold"
    LIFT = "lift"
    MISPLACE = "misplace"
    SAME_WEIGHT_MISPLACE = "same_weight_misplace"
    SWAP = "swap"
    TAKE_TWO_RETURN_ONE = "take_two_return_one"
    HAND_OVER = "hand_over"
    DROP = "drop"
    LEAN = "lean"
    SIMULTANEOUS = "simultaneous"


DECEPTIVE = frozenset(
    {
        Business.LIFT,
        Business.MISPLACE,
        Business.SAME_WEIGHT_MISPLACE,
        Business.SWAP,
        Business.TAKE_TWO_RETURN_ONE,
        Business.HAND_OVER,
        Business.DROP,
        Business.LEAN,
        Business.SIMULTANEOUS,
    }
)
"""Business that leaves a shelf's weight, or who stood before it, telling another story than what happened."""


class TradeSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shoppers who come one after the other, each with some business drawn by ``mix``.

    They arrive as a Poisson process of ``arrivals_per_min`` from ``from_s`` for ``for_s`` seconds; who would be one too
    many for ``most_at_once``, or finds somebody at the gate, waits outside. ``business``: how much each comes for.
    ``mix``: the share of each kind of business; the shares add up to 1.
    """

    arrivals_per_min: Annotated[float, msgspec.Meta(gt=0.0)]
    most_at_once: Annotated[int, msgspec.Meta(ge=1)]
    for_s: float
    from_s: float = 0.5
    business: Range = (2, 5)
    mix: dict[str, float]

    @property
    def closes_s(self) -> float:
        """From when on nobody comes any more."""
        return self.from_s + self.for_s

    @property
    def deceptive_share(self) -> float:
        """How much of all business is meant to deceive."""
        return sum(share for kind, share in self.mix.items() if kind in DECEPTIVE)

    def draw(self, rng: np.random.Generator) -> Business:
        """One kind of business."""
        kinds = [kind for kind in Business if kind in self.mix]
        edges = np.cumsum([self.mix[kind] for kind in kinds])
        return kinds[min(int(np.searchsorted(edges, rng.random() * edges[-1], side="right")), len(kinds) - 1)]
