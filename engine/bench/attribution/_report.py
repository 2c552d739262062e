"""The figures of the attribution bench."""

import msgspec


class StepCost(msgspec.Struct, frozen=True, kw_only=True):
    """Of the facts that settle a weight step, in ms: the median, and what one in a hundred exceeds."""

    p50: float
    p99: float


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """A core under so many shoppers, in a store of so many facings, who make so many movements a second.

    ``core_share`` is its processor time over simulated time. ``state_kb`` is its checkpoint's size in the middle and at
    the end of what was measured. ``receipts_exact`` is the share of receipts that hold exactly what was kept, without
    anybody to answer questions: a check that the load is one, and no figure of accuracy.
    """

    shoppers: int
    facings: int
    movements_hz: float
    core_share: float
    step_ms: StepCost
    state_kb: tuple[float, float]
    receipts: int
    receipts_exact: float

    def __str__(self) -> str:
        middle_kb, end_kb = self.state_kb
        return (
            f"{self.shoppers} shoppers, {self.facings} facings, {self.movements_hz:.1f} movements/s:"
            f" {self.core_share:.1%} of a core, a step {self.step_ms.p50:.2f} ms, p99 {self.step_ms.p99:.1f};"
            f" state {middle_kb:.0f} kB in the middle, {end_kb:.0f} at the end;"
            f" {self.receipts_exact:.0%} of {self.receipts} receipts exact"
        )


class AttributionReport(msgspec.Struct, frozen=True, kw_only=True):
    """``goal`` is a hundred shoppers in a store of twelve demo stores; the others show the growth to and around it."""

    goal: Load
    by_shoppers: tuple[Load, ...]
    by_facings: tuple[Load, ...]
