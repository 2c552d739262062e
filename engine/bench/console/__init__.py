"""What the console costs and how promptly it shows, in front of an engine's talk at known rates."""

from engine.bench.console._measure import ConsoleFailedError, ConsoleReport, Percentiles, measure_console
from engine.bench.console._trade import NS_PER_S, settling

__all__ = [
    "NS_PER_S",
    "ConsoleFailedError",
    "ConsoleReport",
    "Percentiles",
    "measure_console",
    "settling",
]
