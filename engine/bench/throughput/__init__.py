"""How many cameras a core keeps up with: the engine's perception on rendered frames, beside every frame in full."""

from engine.bench.throughput._bench import ThroughputPlan, bench_throughput
from engine.bench.throughput._film import Stretch
from engine.bench.throughput._report import ByCameras, ByShoppers, DayShare, Delay, ThroughputReport

__all__ = [
    "ByCameras",
    "ByShoppers",
    "DayShare",
    "Delay",
    "Stretch",
    "ThroughputPlan",
    "ThroughputReport",
    "bench_throughput",
]
