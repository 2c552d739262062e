"""The sweep over what is assumed, as a table."""

from engine.bench.report._words import with_bound
from engine.bench.sweep import FACTORS, SweepReport


def sweep_markdown(report: SweepReport) -> str:
    """One row an assumption, F1 for each factor."""
    seeds = ", ".join(str(seed) for seed in report.seeds)
    head = ["assumption", *(f"x {factor:g}" for factor in FACTORS)]
    rows = [head, ["---"] * len(head)]
    for name in dict.fromkeys(row.assumption for row in report.rows):
        by_factor = {row.factor: row for row in report.rows if row.assumption == name}
        rows.append([name, *(f"{by_factor[factor].score.f1:.3f}" for factor in FACTORS)])
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    about = (
        f"A minute of brisk trade with seeds {seeds}: F1 {with_bound(report.nominal)} with everything as assumed"
        " (resources/physics/cells.toml gives values and sources), and with one assumption scaled at a time:"
    )
    return f"## What is assumed of cells, clocks and cameras\n\n{about}\n\n{table}\n"
