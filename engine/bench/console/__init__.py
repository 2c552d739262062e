"""What the console costs and how promptly it shows, in front of an engine's talk at known rates."""

from engine.bench.console._measure import ConsoleFailedError, ConsoleReport, Percentiles, measure_console

__all__ = ["ConsoleFailedError", "ConsoleReport", "Percentiles", "measure_console"]
