"""What an hour of trade with power cuts leaves in the ledger, beside what was truly moved."""

from engine.bench.crash._cut import cut_power
from engine.bench.crash._engine import EngineFailedError
from engine.bench.crash._play import CrashPlan, bench_crash
from engine.bench.crash._report import CrashReport, Seconds

__all__ = ["CrashPlan", "CrashReport", "EngineFailedError", "Seconds", "bench_crash", "cut_power"]
