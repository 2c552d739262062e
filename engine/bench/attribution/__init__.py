"""How the core's cost grows with shoppers and facings: synthetic facts, nothing of cameras or cells."""

from engine.bench.attribution._bench import AttributionPlan, bench_attribution
from engine.bench.attribution._report import AttributionReport, Load, StepCost

__all__ = ["AttributionPlan", "AttributionReport", "Load", "StepCost", "bench_attribution"]
