"""Write reports to files: one set as JSON, Markdown and a picture; all of them as BENCHMARKS.md."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.bench.report._markdown import markdown
from engine.bench.report._picture import draw
from engine.bench.report._provenance import Provenance
from engine.bench.report._words import percent
from engine.bench.scoring import SetReport

_PREFACE = """\
Figures of a simulation: the twin's store, shoppers and devices, not those of a real shop.

A line is a unit that was taken or put, or that a cart was changed by; it is right when account, product and direction
are, at the right time. Bounds are two-sided 95 % intervals, the wider of the bootstrap's over trials (1,000 resamples)
and the exact binomial one (Clopper-Pearson; of wrong lines after review that alone). A goal is met when all of the
interval meets it, missed when none of it does, and open otherwise. The reference is the published method that won the
competition of 2020, on the same trials. The perfect reviewer looks at what the engine doubts most, knows the truth, and
can only choose among what the engine offers."""


def write_report(folder: Path, report: SetReport) -> tuple[Path, Path, Path]:
    """Write ``SET-LEVEL.json``, ``.md`` and ``.png`` to a folder, which is made if it is not there. Raises ``OSError``.

    Returns the files in this order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures, text, picture = (folder / f"{report.set}-{report.level.value}.{kind}" for kind in ("json", "md", "png"))
    figures.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    text.write_text(markdown(report, picture=picture.name), encoding="utf-8")
    draw(picture, report)
    return figures, text, picture


def write_benchmarks(
    file: Path, reports: Sequence[SetReport], provenance: Provenance, *, sections: Sequence[str] = ()
) -> None:
    """Write all sets to one Markdown file, a summary first and other ``sections`` last. Raises ``OSError``."""
    versions = ", ".join(f"{name} {number}" for name, number in provenance.versions.items())
    parts = [
        "# Benchmarks",
        f"Made by `{provenance.command}` on {provenance.date} from commit {provenance.commit}. {provenance.cpu},"
        f" {provenance.cores} cores; {provenance.system}; {versions}.",
        _PREFACE,
        _summary(reports),
    ]
    parts += [markdown(report, depth=2).rstrip() for report in reports]
    parts += [section.rstrip() for section in sections]
    text = "\n\n".join(parts)
    file.write_text(text + "\n", encoding="utf-8")


def _summary(reports: Sequence[SetReport]) -> str:
    head = (
        "set",
        "level",
        "trials",
        "seeds",
        "F1",
        "95 %",
        "reference",
        "receipts exact",
        "wrong at 30 reviews",
        "decision p50, p99",
        "goals met",
    )
    rows = [head, ["---"] * len(head)]
    rows += [_row(report) for report in reports]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(report: SetReport) -> tuple[str, ...]:
    delay = report.decision_delay_ms
    met = sum(goal.outcome == "met" for goal in report.goals)
    return (
        report.set,
        report.level.value,
        str(report.trials),
        str(len(report.seeds)),
        f"{report.f1:.3f}",
        f"{report.f1_low:.3f} to {report.f1_high:.3f}",
        f"{report.reference.f1:.3f}",
        f"{report.receipt_exact:.3f}",
        percent(report.wrong_at_30),
        "–" if delay.p50 is None or delay.p99 is None else f"{delay.p50:.0f}, {delay.p99:.0f} ms",
        f"{met} of {len(report.goals)}",
    )
