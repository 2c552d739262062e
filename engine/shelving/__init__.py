"""From samples of load cells to weight steps: pure, one estimator a shelf."""

from engine.shelving._estimator import ShelfEstimator, ShelfFact

__all__ = ["ShelfEstimator", "ShelfFact"]
