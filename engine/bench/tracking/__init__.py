"""How well people are followed by many cameras: an annotated recording behind simulated detectors.

The engine's tracker as it runs in a store, with its defaults, beside a naive one.
"""

from engine.bench.tracking._bench import TrackingPlan, bench_tracking
from engine.bench.tracking._make import make
from engine.bench.tracking._report import TrackingReport

__all__ = ["TrackingPlan", "TrackingReport", "bench_tracking", "make"]
