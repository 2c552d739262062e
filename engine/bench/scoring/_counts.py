"""Counts that add up over trials, and the rates they make."""

from collections.abc import Iterable

import msgspec


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many there truly are, how many were said, and how many of the two are pairs that agree."""

    true: int = 0
    said: int = 0
    right: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(true=self.true + other.true, said=self.said + other.said, right=self.right + other.right)

    @property
    def precision(self) -> float:
        """Share of what was said that is right; 1 when nothing was said."""
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Share of what is true that was said; 1 when there is nothing to say."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 when there is nothing to say and nothing was said."""
        return 2 * self.right / (self.true + self.said) if self.true + self.said else 1.0


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """``hits`` among ``of``."""

    hits: int = 0
    of: int = 0

    @classmethod
    def of_all(cls, answers: Iterable[bool]) -> "Share":
        """How many of the answers are yes."""
        given = list(answers)
        return cls(hits=sum(given), of=len(given))
