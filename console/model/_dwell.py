"""Where shoppers spend their time: seconds by square of floor, and nothing of who they were."""

from console.model._clock import NS_PER_S
from engine.domain import FloorView, Point2

SQUARE_M = 0.25
_LONGEST_GAP_S = 1.0
"""Between two views further apart nobody knows where people were."""


class Dwell:
    """Person-seconds by square since this console began to watch; staff do not count."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[int, int], float] = {}
        self._heard_ns: int | None = None

    def apply(self, view: FloorView) -> None:
        """A newer picture of the floor: since the last one everybody was where they are."""
        since_s = 0.0 if self._heard_ns is None else (view.t_ns - self._heard_ns) / NS_PER_S
        self._heard_ns = view.t_ns
        if not 0 < since_s <= _LONGEST_GAP_S:
            return
        for shopper in view.shoppers:
            if shopper.visit_id is not None and not shopper.staff:
                square = (int(shopper.foot_mm[0] / 1000 // SQUARE_M), int(shopper.foot_mm[1] / 1000 // SQUARE_M))
                self._seconds[square] = self._seconds.get(square, 0.0) + since_s

    def squares(self) -> list[tuple[Point2, float]]:
        """The corner of each square with the smallest x and y, and its seconds."""
        return [((x * SQUARE_M, y * SQUARE_M), seconds) for (x, y), seconds in self._seconds.items()]
