"""What the one at this console has done since it was opened."""

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from console.model._clock import NS_PER_S

_TIMED = 200
"""The median is that of so many decisions, so that it follows a long day."""


@dataclass
class Tally:
    """Decisions made here, how many of them were what the engine held likeliest, and how long each took."""

    decided: int = 0
    as_suggested: int = 0
    taken_back: int = 0
    passed_on: int = 0
    _lead_ns: deque[int] = field(default_factory=lambda: deque(maxlen=_TIMED))

    @property
    def median_s(self) -> float | None:
        """From a case being shown to its answer; None before the first."""
        return median(self._lead_ns) / NS_PER_S if self._lead_ns else None

    def answer(self, *, lead_ns: int, as_suggested: bool) -> None:
        """A case was answered."""
        self.decided += 1
        self.as_suggested += as_suggested
        self._lead_ns.append(lead_ns)

    def take_back(self) -> None:
        """An answer was taken back."""
        self.taken_back += 1

    def pass_on(self) -> None:
        """A case was left to somebody else."""
        self.passed_on += 1
