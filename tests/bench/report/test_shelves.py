"""Load cells and controllers on the page."""

import msgspec

from engine.bench.report import modbus_markdown, shelves_markdown
from engine.bench.shelf import bench_shelf
from tests.bench.quick import POLLED, TINY_SHELF


def test_a_page_on_load_cells_has_every_figure_beside_its_goal_and_each_false_event() -> None:
    report = bench_shelf(TINY_SHELF, tell=lambda line: None)
    page = shelves_markdown(report)
    assert f"| precision and recall of movements | >= 0.995 | {report.precision:.4f}, {report.recall:.4f} |" in page
    assert all(f"{share:.3f} at {hz} Hz" in page for hz, share in report.split_same_plate.items())
    assert all(f"controllers: {one.fault}" in page for one in report.seldom)
    idle = msgspec.structs.replace(report.idle, said=("12.0 s: shelf A-1 lost 300 g",))
    assert "- 12.0 s: shelf A-1 lost 300 g" in shelves_markdown(msgspec.structs.replace(report, idle=idle))


def test_a_page_on_polling_has_ours_beside_plain_for_each_load() -> None:
    page = modbus_markdown(POLLED)
    assert "| 16 x 64 registers, 50 Hz, 1000 cycles | Tillfree | 4.8% | 0 | 1.0, 2.8 |" in page
    assert "| | plain pymodbus | 6.5% | 3 | 1.5, 3.7 |" in page
    assert "| 200 x 64 registers, 20 Hz, 1000 cycles | Tillfree | 16.9% | 0 |" in page
