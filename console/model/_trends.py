"""Figures over the last hour, in bins that are short enough to show a rush and long enough to be read."""

from collections import deque
from dataclasses import dataclass, field

from console.model._clock import NS_PER_S
from console.model._visits import StoreState, change_minor
from engine.domain import (
    LineRefunded,
    NeedsReview,
    OutputFact,
    ReceiptAdjusted,
    ReceiptIssued,
    VisitLeft,
    VisitOpened,
)

BIN_NS = 30 * NS_PER_S
BINS = 120
"""An hour."""


@dataclass
class Series:
    """One figure by the bin; ``summed`` adds up what falls into one, else the last value stands."""

    summed: bool
    _bins: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=BINS))

    def add(self, t_ns: int, value: float) -> None:
        """A value of this instant; one that is older than the newest bin counts there."""
        number = t_ns // BIN_NS
        if not self._bins or number > self._bins[-1][0]:
            self._bins.append((number, value))
        else:
            newest, so_far = self._bins[-1]
            self._bins[-1] = (newest, so_far + value if self.summed else value)

    def until(self, now_ns: int) -> tuple[float, ...]:
        """One value a bin, oldest first, from the first bin of the last hour with any to this instant's.

        Between values a sum is 0 and any other figure stays as it was.
        """
        now = now_ns // BIN_NS
        known = [(number, value) for number, value in self._bins if now - BINS < number <= now]
        if not known:
            return ()
        by_bin, values, last = dict(known), list[float](), known[0][1]
        for number in range(known[0][0], now + 1):
            last = by_bin.get(number, 0.0 if self.summed else last)
            values.append(last)
        return tuple(values)


@dataclass
class Trends:
    """The overview's lines: shoppers inside, sales, questions, seconds to a receipt, how far the core is behind."""

    inside: Series = field(default_factory=lambda: Series(summed=False))
    sales_minor: Series = field(default_factory=lambda: Series(summed=True))
    asked: Series = field(default_factory=lambda: Series(summed=True))
    receipt_s: Series = field(default_factory=lambda: Series(summed=False))
    lag_ms: Series = field(default_factory=lambda: Series(summed=False))

    def apply(self, fact: OutputFact, state: StoreState) -> None:
        """One fact more, which ``state`` knows already."""
        match fact:
            case VisitOpened() | VisitLeft():
                self.inside.add(fact.t_ns, len(state.inside()))
            case NeedsReview():
                self.asked.add(fact.t_ns, 1)
            case ReceiptIssued():
                self.sales_minor.add(fact.t_ns, fact.total_minor)
                visit = state.visits.get(fact.visit_id)
                if visit is not None and visit.left_ns is not None:
                    self.receipt_s.add(fact.t_ns, (fact.t_ns - visit.left_ns) / NS_PER_S)
            case ReceiptAdjusted() | LineRefunded():
                self.sales_minor.add(fact.t_ns, change_minor(fact))
            case _:
                pass
