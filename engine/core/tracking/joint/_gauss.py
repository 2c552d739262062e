"""Kernels of symmetric 2x2 matrices, kept as xx, xy, yy, and of mixtures of Gaussians in information form."""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np

from engine.core.tracking.joint._compiled import compiled

MODES, QUIET_MODES = 4, 3
"""Ways to move; the last, a jump, is only thought of when whole bodies are matched and at the end of a round."""

_LEAST_DET = 1e-12


@compiled
def integral(a, b, c, u, v):
    """Log of the integral of exp(-x'Lx/2 + e'x) less log 2 pi, for L = (a, b, c) and e = (u, v)."""
    det = max(a * c - b * b, _LEAST_DET)
    return -0.5 * math.log(det) + 0.5 * (c * u * u - 2 * b * u * v + a * v * v) / det


@compiled
def worth(prior, track, modes, L0, L1, L2, e0, e1):
    """Log likelihood of evidence (L, e) under a track's prior, a mixture of so many modes."""
    best, total = -1e300, 0.0
    for k in range(modes):
        a, b, c = prior[track, k, 0] + L0, prior[track, k, 1] + L1, prior[track, k, 2] + L2
        value = prior[track, k, 5] + integral(a, b, c, prior[track, k, 3] + e0, prior[track, k, 4] + e1)
        if value > best:
            total = total * math.exp(best - value) + 1.0
            best = value
        else:
            total += math.exp(value - best)
    return best + math.log(total)


@compiled
def refer(crowd, track, x, y):
    """Take (x, y) as the point about which evidence on a track is linear; its prior is told relative to it."""
    prior = crowd.prior
    crowd.ref[track, 0], crowd.ref[track, 1] = x, y
    for k in range(MODES):
        dx, dy = crowd.mean[track, k, 0] - x, crowd.mean[track, k, 1] - y
        prior[track, k, 3] = prior[track, k, 0] * dx + prior[track, k, 1] * dy
        prior[track, k, 4] = prior[track, k, 1] * dx + prior[track, k, 2] * dy
        quad = prior[track, k, 3] * dx + prior[track, k, 4] * dy
        prior[track, k, 5] = crowd.log_mode[track, k] + crowd.log_norm[track, k] - 0.5 * quad


@compiled
def posterior(prior, track, modes, evidence, out):
    """Moments of a track given evidence (L, e) of 5: out is x, y, xx, xy, yy relative to its reference; mode shares.

    ``out`` (5 + 6 modes): after the moments, for each mode its share, x, y, xx, xy, yy.
    """
    best = -1e300
    for k in range(modes):
        a, b, c = prior[track, k, 0] + evidence[0], prior[track, k, 1] + evidence[1], prior[track, k, 2] + evidence[2]
        u, v = prior[track, k, 3] + evidence[3], prior[track, k, 4] + evidence[4]
        det = max(a * c - b * b, _LEAST_DET)
        at = 5 + 6 * k
        out[at] = prior[track, k, 5] + integral(a, b, c, u, v)
        out[at + 1], out[at + 2] = (c * u - b * v) / det, (a * v - b * u) / det
        out[at + 3], out[at + 4], out[at + 5] = c / det, -b / det, a / det
        best = max(best, out[at])
    total = 0.0
    for k in range(modes):
        out[5 + 6 * k] = math.exp(out[5 + 6 * k] - best)
        total += out[5 + 6 * k]
    out[:5] = 0.0
    for k in range(modes):
        at = 5 + 6 * k
        out[at] /= total
        out[0] += out[at] * out[at + 1]
        out[1] += out[at] * out[at + 2]
    for k in range(modes):
        at = 5 + 6 * k
        dx, dy = out[at + 1] - out[0], out[at + 2] - out[1]
        out[2] += out[at] * (out[at + 3] + dx * dx)
        out[3] += out[at] * (out[at + 4] + dx * dy)
        out[4] += out[at] * (out[at + 5] + dy * dy)


@compiled
def log_sum(a, b):
    """log(exp a + exp b)."""
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))


@compiled
def chance(logit):
    """The probability of log odds."""
    return 1 / (1 + math.exp(-logit))


@compiled
def zeros_of(size):
    """An array for ``posterior``'s answer, for ``size`` modes."""
    return np.zeros(5 + 6 * size)
