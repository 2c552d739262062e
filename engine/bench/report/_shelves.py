"""Load cells and their controllers on the page: what is asked of them, and what was measured."""

from engine.bench.modbus import CycleTimes, LoadReport, ModbusReport
from engine.bench.shelf import ShelfReport

_ROW = "| {} | {} | {} |"


def shelves_markdown(report: ShelfReport) -> str:
    """Movements, overlaps, idle hours and cost on simulated load cells; every false event of the idle hours."""
    error, provisional, settled = report.grams_error, report.provisional_ms, report.settled_ms
    rows = [
        ("precision and recall of movements", ">= 0.995", f"{report.precision:.4f}, {report.recall:.4f}"),
        ("grams off, median and p95", "<= 1, <= 4", f"{error.median:.2f}, {error.p95:.2f}"),
        ("first answer, ms, p50 and p95", "p95 <= 150", f"{provisional.p50:.0f}, {provisional.p95:.0f}"),
        ("settled, ms, p50 and p95", "p95 <= 600", f"{settled.p50:.0f}, {settled.p95:.0f}"),
        ("two picks 200 ms apart on one plate", ">= 0.95 at 60 Hz", _by_hz(report.split_same_plate)),
        ("so on two plates side by side", ">= 0.99", _by_hz(report.split_neighbours_by_hz)),
        (f"events in {report.idle.hours:g} idle hours of {report.idle.plates} plates", "0", str(report.idle_events)),
        ("share of a core, plain trigger beside", "<= 15 %", _cost(report)),
    ]
    rows += [
        (f"controllers: {one.fault}: precision and recall", "", f"{one.precision:.3f}, {one.recall:.3f}")
        for one in report.seldom
    ]
    movements = sum(one.events for one in report.stages.values())
    about = (
        f"`tillfree bench shelf` with seed {report.seed}: {movements} movements,"
        f" {report.split_pairs} pairs at each rate, {report.idle.hands} presses of hands and arms and"
        f" {report.idle.bumps} bumps at shelves that nothing leaves. Delays are from the end of contact."
    )
    said = "\n".join(f"- {line}" for line in report.idle.said)
    parts = ["## Load cells", about, _table(rows), f"Said at idle shelves:\n\n{said}" if said else ""]
    return "\n\n".join(part for part in parts if part) + "\n"


def modbus_markdown(report: ModbusReport) -> str:
    """What polling controllers costs, ours and plain pymodbus in turns."""
    rows = [row for load in (report, report.crowd) for row in _load(load)]
    head = "## Polling controllers\n\n`tillfree bench modbus`, the controllers in a process of their own:"
    lines = ["| load | | share of a core | missed cycles | p50, p99 ms |", "| --- | --- | --- | --- | --- |", *rows]
    return head + "\n\n" + "\n".join(lines) + "\n"


def _load(load: LoadReport) -> tuple[str, str]:
    name = f"{load.controllers} x {load.registers} registers, {load.hz:g} Hz, {load.cycles} cycles"
    ours = f"{load.core_share:.1%} | {load.missed_cycles} | {_cycle(load.cycle_ms)}"
    plain = f"{load.plain_core_share:.1%} | {load.plain_missed_cycles} | {_cycle(load.plain_cycle_ms)}"
    return f"| {name} | Tillfree | {ours} |", f"| | plain pymodbus | {plain} |"


def _cycle(times: CycleTimes) -> str:
    return f"{times.p50:.1f}, {times.p99:.1f}"


def _by_hz(shares: dict[str, float]) -> str:
    return ", ".join(f"{share:.3f} at {hz} Hz" for hz, share in shares.items())


def _cost(report: ShelfReport) -> str:
    cost = report.cost
    return f"{cost.core_share:.1%} ({cost.plates} plates at {cost.hz:g} Hz in trade), {cost.plain_core_share:.1%}"


def _table(rows: list[tuple[str, str, str]]) -> str:
    return "\n".join(_ROW.format(*row) for row in [("", "goal", "measured"), ("---", "---", "---"), *rows])
