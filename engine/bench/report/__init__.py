"""Reports of the benchmark: JSON, Markdown and a picture of a set, and BENCHMARKS.md of all of them."""

from engine.bench.report._files import write_benchmarks, write_report
from engine.bench.report._markdown import markdown
from engine.bench.report._picture import draw
from engine.bench.report._provenance import Provenance, take_provenance
from engine.bench.report._shelves import modbus_markdown, shelves_markdown
from engine.bench.report._summary import summary
from engine.bench.report._sweep import sweep_markdown

__all__ = [
    "Provenance",
    "draw",
    "markdown",
    "modbus_markdown",
    "shelves_markdown",
    "summary",
    "sweep_markdown",
    "take_provenance",
    "write_benchmarks",
    "write_report",
]
