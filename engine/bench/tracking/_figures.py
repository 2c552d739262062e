"""How well people on a floor were followed: CLEAR MOT and identity measures, places matched within a metre.

MODA and MOTA are those of R. Kasturi et al. (2009) and of K. Bernardin and R. Stiefelhagen, "Evaluating multiple object
tracking performance: the CLEAR MOT metrics" (2008); IDF1 is that of E. Ristani et al., "Performance measures and a data
set for multi-target, multi-camera tracking" (2016). As TrackEval counts them: a pair that agreed at the instant before
and still does stays one; the rest is paired so that most places agree, nearest first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from engine.bench.tracking._wildtrack import Instant
from engine.domain import Floats

AGREE_M = 1.0
_KEPT = 1000.0  # what a pair that goes on is worth, against at most 1 for a new one
_NEVER = 1e6

Placed = list[tuple[int, float, float]]
"""What a tracker says of an instant: id, x, y in metres."""


@dataclass(frozen=True)
class Followed:
    """Counts over some instants; sums of them are counts again."""

    true: int = 0
    said: int = 0
    agreed: int = 0
    continued: int = 0
    switches: int = 0
    identified: int = 0

    def __add__(self, other: "Followed") -> "Followed":
        """Counts of both."""
        return Followed(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def moda(self) -> float:
        """Of the true places: those found less those invented, with no regard to who it is."""
        return 1 - (self.said + self.true - 2 * self.agreed) / max(self.true, 1)

    @property
    def mota(self) -> float:
        """The same with pairs that go on preferred, less the switches."""
        return 1 - (self.said + self.true - 2 * self.continued + self.switches) / max(self.true, 1)

    @property
    def idf1(self) -> float:
        """Harmonic mean of the shares of true and of said places that belong to agreeing identities."""
        return 2 * self.identified / max(self.true + self.said, 1)


def judge(instants: Sequence[Instant], said: Sequence[Placed]) -> Followed:
    """The counts of a tracker's answers, one an instant."""
    agreed = continued = switches = true = told = 0
    before: dict[int, int] = {}
    last: dict[int, int] = {}
    together: Counter[tuple[int, int]] = Counter()
    for instant, placed in zip(instants, said, strict=True):
        ids = [number for number, _, _ in placed]
        places = np.array([(x, y) for _, x, y in placed]).reshape(-1, 2)
        people = [int(person) for person in instant.people]
        apart = np.asarray(np.linalg.norm(instant.places_m[:, None] - places[None], axis=2), dtype=np.float64)
        true, told = true + len(people), told + len(ids)
        agreed += len(_pairs(-np.where(apart > AGREE_M, _NEVER, apart), apart))
        kept = np.array([[before.get(person) == number for number in ids] for person in people]).reshape(apart.shape)
        likeness = np.where(apart > AGREE_M, 0.0, 1 - apart / (2 * AGREE_M) + _KEPT * kept)
        pairs = [(people[row], ids[column]) for row, column in _pairs(likeness, apart)]
        continued += len(pairs)
        switches += sum(last.get(person, number) != number for person, number in pairs)
        before = dict(pairs)
        last.update(before)
        together.update((people[row], ids[column]) for row, column in np.argwhere(apart <= AGREE_M))
    return Followed(true, told, agreed, continued, switches, _identified(together, instants, said))


def _pairs(worth: Floats, apart: Floats) -> list[tuple[int, int]]:
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if apart[r, c] <= AGREE_M]


def _identified(together: Counter[tuple[int, int]], instants: Sequence[Instant], said: Sequence[Placed]) -> int:
    """The most agreeing places when every person has at most one track and every track one person."""
    people = sorted({int(person) for instant in instants for person in instant.people})
    tracks = sorted({number for placed in said for number, _, _ in placed})
    row_of, column_of = {p: r for r, p in enumerate(people)}, {t: c for c, t in enumerate(tracks)}
    counts = np.zeros((len(people), len(tracks)))
    for (person, track), count in together.items():
        counts[row_of[person], column_of[track]] = count
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return int(counts[rows, columns].sum())
