"""A reviewer who knows the truth works through a benchmark's cases in the real console, by keys alone."""

from engine.bench.reviewing._measure import ReviewingReport, measure_reviewing

__all__ = ["ReviewingReport", "measure_reviewing"]
