"""The shortest of everything: a scenario in which somebody comes for one thing, a shelf bench, a report of polling."""

from pathlib import Path

import msgspec

from engine.bench.modbus import CycleTimes, LoadReport, ModbusReport
from engine.bench.shelf import ShelfPlan

SCENARIO = """
title = "one thing"

[[shopper]]
name = "ann"

[[shopper.action]]
do = "take"
sku = "honey"
"""

TINY_SHELF = ShelfPlan(events=24, pairs=4, seldom_events=6, cost_events=4, idle_hours=0.02, processes=1)


def _load(controllers: int, hz: float, core_share: float) -> LoadReport:
    return LoadReport(
        controllers=controllers,
        registers=64,
        hz=hz,
        cycles=1000,
        core_share=core_share,
        missed_cycles=0,
        cycle_ms=CycleTimes(p50=1.0, p99=2.8),
        plain_core_share=0.065,
        plain_missed_cycles=3,
        plain_cycle_ms=CycleTimes(p50=1.5, p99=3.7),
    )


POLLED = ModbusReport(**msgspec.structs.asdict(_load(16, 50.0, 0.048)), crowd=_load(200, 20.0, 0.169))


def write_quick(folder: Path, name: str = "quick", *, sku: str = "honey") -> Path:
    """Write it to a folder, which is made if it is not there, and give its file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.toml"
    file.write_text(SCENARIO.replace("honey", sku), encoding="utf-8")
    return file
