"""Load cells and controllers on the page."""

import msgspec

from engine.bench.modbus import CycleTimes, LoadReport, ModbusReport
from engine.bench.report import modbus_markdown, shelves_markdown
from engine.bench.shelf import ShelfPlan, bench_shelf

TINY = ShelfPlan(events=24, pairs=4, seldom_events=6, cost_events=4, idle_hours=0.02, processes=1)


def test_a_page_on_load_cells_has_every_figure_beside_its_goal_and_each_false_event() -> None:
    report = bench_shelf(TINY, tell=lambda line: None)
    page = shelves_markdown(report)
    assert f"| precision and recall of movements | >= 0.995 | {report.precision:.4f}, {report.recall:.4f} |" in page
    assert all(f"{share:.3f} at {hz} Hz" in page for hz, share in report.split_same_plate.items())
    assert all(f"controllers: {one.fault}" in page for one in report.seldom)
    idle = msgspec.structs.replace(report.idle, said=("12.0 s: shelf A-1 lost 300 g",))
    assert "- 12.0 s: shelf A-1 lost 300 g" in shelves_markdown(msgspec.structs.replace(report, idle=idle))


def test_a_page_on_polling_has_ours_beside_plain_for_each_load() -> None:
    load = LoadReport(
        controllers=16,
        registers=64,
        hz=50.0,
        cycles=1000,
        core_share=0.048,
        missed_cycles=0,
        cycle_ms=CycleTimes(p50=1.0, p99=2.8),
        plain_core_share=0.065,
        plain_missed_cycles=3,
        plain_cycle_ms=CycleTimes(p50=1.5, p99=3.7),
    )
    crowd = msgspec.structs.replace(load, controllers=200, hz=20.0, core_share=0.169)
    page = modbus_markdown(ModbusReport(**msgspec.structs.asdict(load), crowd=crowd))
    assert "| 16 x 64 registers, 50 Hz, 1000 cycles | Tillfree | 4.8% | 0 | 1.0, 2.8 |" in page
    assert "| | plain pymodbus | 6.5% | 3 | 1.5, 3.7 |" in page
    assert "| 200 x 64 registers, 20 Hz, 1000 cycles | Tillfree | 16.9% | 0 |" in page
