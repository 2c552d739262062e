"""From samples of load cells to weight steps: pure, one estimator a controller."""

from engine.shelving._estimator import ShelfFact, ShelvesEstimator

__all__ = ["ShelfFact", "ShelvesEstimator"]
