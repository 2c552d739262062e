"""Hands at plates that are not weighed: what is remembered of them."""

import math

import msgspec

from engine.domain import LineId, PlateId, PlateMass, StepId, VisitId

_NEWS = 0.4
"""How much of a look at a hand is news: looks shortly after each other err alike."""


class Reach(msgspec.Struct, kw_only=True):
    """Somebody's hand at plates that are not weighed; ``step_id`` and ``line_id`` once it was asked about.

    ``near`` sums up, look by look, the logarithm of how well the hand fits each plate. ``booked`` is what the shelf is
    held to have gained by it, unfelt.
    """

    visit_id: VisitId
    start_ns: int
    end_ns: int
    near: dict[PlateId, float]
    step_id: StepId | None = None
    line_id: LineId | None = None
    answered: bool = False
    booked: PlateMass | None = None

    @property
    def plate_id(self) -> PlateId:
        """The plate to which it was."""
        return max(sorted(self.near), key=lambda plate_id: self.near[plate_id])

    def share(self, plate_id: PlateId) -> float:
        """How likely it was to this plate, as far as the hand tells."""
        if plate_id not in self.near:
            return 0.0
        best = max(self.near.values())
        total = sum(math.exp(_NEWS * (near - best)) for near in self.near.values())
        return math.exp(_NEWS * (self.near[plate_id] - best)) / total


class BlindReaches(msgspec.Struct, kw_only=True):
    """Reaches that go on, that are over, and that were asked about until the plate is weighed again."""

    looked_ns: int = 0
    on: dict[VisitId, Reach] = {}
    over: list[Reach] = []
    asked: list[Reach] = []
