"""Numbers that a scenario leaves open between two ends, until the seed draws them."""

import numpy as np

Range = float | tuple[float, float]
"""A number, or the two ends between which the seed draws one."""


def draw(value: Range, rng: np.random.Generator) -> float:
    """The number, or one between the ends; a plain number costs the generator nothing."""
    return float(rng.uniform(*value)) if isinstance(value, tuple) else value


def ends(value: Range) -> tuple[float, float]:
    """The least and the most that it may become."""
    return value if isinstance(value, tuple) else (value, value)
