"""The figures of the shelf bench."""

import msgspec
import numpy as np


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Of errors: in the middle, and what one in twenty exceeds."""

    median: float
    p95: float


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """Of delays in ms: in the middle, and what one in twenty exceeds."""

    p50: float
    p95: float


class TradeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Movements on every shelf, one after the other: are they told, and how well and soon.

    Delays are from the instant at which the goods leave contact, or rest.
    """

    events: int
    told: int
    found: int
    precision: float
    recall: float
    grams_error: Spread
    provisional_ms: Delay
    settled_ms: Delay

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"{self.events} movements: precision {self.precision:.4f}, recall {self.recall:.4f},"
            f" grams off {self.grams_error.median:.2f}, p95 {self.grams_error.p95:.2f};"
            f" provisional p95 {self.provisional_ms.p95:.0f} ms, settled p95 {self.settled_ms.p95:.0f} ms"
        )


class SeldomFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Trade under controllers that are slow or lose readings."""

    fault: str
    precision: float
    recall: float
    grams_error: Spread

    def __str__(self) -> str:
        """One line for people."""
        return f"controllers: {self.fault}: precision {self.precision:.4f}, recall {self.recall:.4f}"


class IdleFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Hands, arms and bumps where nothing is taken.

    ``settled_to_nothing`` counts steps that were said, of an arm that leans for instance, and taken back. ``said`` has
    the false events.
    """

    hours: float
    plates: int
    hands: int
    bumps: int
    events: int
    settled_to_nothing: int
    said: tuple[str, ...]

    def __str__(self) -> str:
        """One line for people, and one for each false event."""
        head = (
            f"{self.hours:g} idle hours of {self.plates} plates, {self.hands} presses of hands and arms,"
            f" {self.bumps} bumps: {self.events} events"
        )
        return "\n  ".join((head, *self.said))


class CostFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of a core for so many plates at so many samples a second: in trade, at rest, and of the plain trigger."""

    plates: int
    controllers: int
    hz: float
    events: int
    seconds: float
    core_share: float
    idle_core_share: float
    plain_core_share: float

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"{self.plates} plates on {self.controllers} controllers at {self.hz:g} Hz:"
            f" {self.core_share:.1%} of a core with {self.events} movements in {self.seconds:g} s,"
            f" {self.idle_core_share:.1%} at rest; plain trigger {self.plain_core_share:.1%}"
        )


class ShelfReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything; the first figures are of all movements. Splits by samples a second, of movements 200 ms apart."""

    seed: int
    precision: float
    recall: float
    grams_error: Spread
    split_same_plate: dict[str, float]
    split_neighbours: float
    idle_events: int
    provisional_ms: Delay
    settled_ms: Delay
    estimation_core_share: float
    split_pairs: int
    split_neighbours_by_hz: dict[str, float]
    stages: dict[str, TradeFigures]
    seldom: tuple[SeldomFigures, ...]
    idle: IdleFigures
    cost: CostFigures


def spread_of(errors: list[float]) -> Spread:
    """Rounded to hundredths; of nothing it is nothing."""
    median, p95 = np.percentile(errors or [0.0], (50, 95))
    return Spread(median=round(float(median), 2), p95=round(float(p95), 2))


def delay_of(delays_ms: list[float]) -> Delay:
    """Rounded to whole ms; of nothing it is nothing."""
    p50, p95 = np.percentile(delays_ms or [0.0], (50, 95))
    return Delay(p50=round(float(p50)), p95=round(float(p95)))
