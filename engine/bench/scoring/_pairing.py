"""One-to-one pairings that no other pairing beats."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from engine.domain import Floats


def best_pairs(allowed: NDArray[np.bool_], merits: Sequence[NDArray[np.bool_] | Floats]) -> list[tuple[int, int]]:
    """The pairs (row, column) of the one-to-one pairing among ``allowed`` (N, M) with the greatest merits.

    ``merits`` are (N, M), 0 or 1 but for the last, which is above 0 and at most 1. The sum of the first over the
    pairs counts first, ties go to the sum of the second, and so on. What cannot meet is solved apart, so that a long
    day costs little.
    """
    rows, columns = allowed.shape
    at, to = np.nonzero(allowed)
    size = rows + columns
    graph = csr_array((np.ones(len(at)), (at, rows + to)), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    pairs: list[tuple[int, int]] = []
    for label in np.unique(group[at]):
        here, there = np.flatnonzero(group[:rows] == label), np.flatnonzero(group[rows:] == label)
        block = np.ix_(here, there)
        gain = np.zeros((len(here), len(there)))
        for merit in merits:
            gain = gain * (min(gain.shape) + 1) + merit[block]
        chosen = linear_sum_assignment(np.where(allowed[block], gain, 0.0), maximize=True)
        pairs += [(int(here[i]), int(there[j])) for i, j in zip(*chosen, strict=True) if allowed[here[i], there[j]]]
    return sorted(pairs)
