"""The normal distribution, as weights are judged by it."""

import math


def log_normal(off: float, sigma: float) -> float:
    """Logarithm of the density at ``off`` from the mean; per unit of both, which are alike."""
    return -0.5 * (off / sigma) ** 2 - math.log(sigma * math.sqrt(2 * math.pi))


def normal(off: float, sigma: float) -> float:
    """The density itself."""
    return math.exp(log_normal(off, sigma))
