"""How well the shelves are felt: simulated load cells through the engine's estimators, against what hands did.

Figures of a simulation: noise, ringing and leakage are fitted to a recording of a live store, the rest is assumed
(drivers.twin.physics).
"""

from engine.bench.shelf._bench import ShelfPlan, bench_shelf
from engine.bench.shelf._report import ShelfReport

__all__ = ["ShelfPlan", "ShelfReport", "bench_shelf"]
