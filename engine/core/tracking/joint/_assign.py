"""The best one-to-one assignment where leaving alone is free: shortest augmenting paths.

R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems", 1987.
"""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202, C901
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from engine.core.tracking.joint._compiled import compiled

_FAR = 1e18


@compiled
def assign(gain):
    """By row of ``gain`` (R, C) its column, or -1; only pairs with a gain above 0 are made, with the greatest sum."""
    rows, columns = gain.shape
    chosen = np.full(rows, -1)
    row_price, column_price = np.zeros(rows), np.zeros(columns + rows)
    taker = np.full(columns + rows, -1)  # each row has a column of its own for staying alone
    before = np.empty(columns + rows, dtype=np.intp)
    least = np.empty(columns + rows)
    done = np.empty(columns + rows, dtype=np.bool_)
    for start in range(rows):
        if not _has_gain(gain, start):
            continue
        least[:] = _FAR
        done[:] = False
        before[:] = -1
        row, column, came = start, -1, -1
        while True:
            least_step, best = _FAR, -1
            for j in range(columns + rows):
                if done[j]:
                    continue
                cost = _cost(gain, row, j) - row_price[row] - column_price[j]
                if cost < least[j]:
                    least[j], before[j] = cost, came
                if least[j] < least_step:
                    least_step, best = least[j], j
            row_price[start] += least_step
            for j in range(columns + rows):
                if done[j]:
                    row_price[taker[j]] += least_step
                    column_price[j] -= least_step
                else:
                    least[j] -= least_step
            done[best] = True
            column = came = best
            if taker[best] < 0:
                break
            row = taker[best]
        while column >= 0:
            previous = before[column]
            taker[column] = taker[previous] if previous >= 0 else start
            column = previous
    for j in range(columns):
        if taker[j] >= 0:
            chosen[taker[j]] = j
    return chosen


@compiled
def _has_gain(gain, row):
    return np.any(gain[row] > 0)


@compiled
def _cost(gain, row, column):
    columns = gain.shape[1]
    if column < columns:
        return -gain[row, column] if gain[row, column] > 0 else _FAR
    return 0.0 if column - columns == row else _FAR
