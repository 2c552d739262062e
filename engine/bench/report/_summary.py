"""What a terminal shows at the end of a set: the figures that matter, what is not reached, where to look."""

from engine.bench.report._words import figure_in_words, percent, with_bound
from engine.bench.scoring import Percentiles, SetReport

_WEAKEST = 5
_CASES = 3


def summary(report: SetReport) -> str:
    """A dozen lines of text."""
    return "\n".join([*_figures(report), *_goals(report), *_weakest(report), *_cases(report)])


def _figures(report: SetReport) -> list[str]:
    speed = f", {report.simulated_s / report.cpu_s:.0f} x real time on one core" if report.cpu_s else ""
    return [
        f"{report.set}, {report.level.value} level: {report.trials} trials, {report.lines} lines{speed}",
        f"F1 {with_bound(report)}; the reference method {with_bound(report.reference)}",
        f"events: precision {report.event_precision:.3f}, recall {report.event_recall:.3f};"
        f" receipts exact {report.receipt_exact:.3f}; ECE {report.ece:.4f}",
        f"wrong lines {percent(report.wrong_share)}, {percent(report.wrong_at_30)} after 30 reviews for 1,000 lines,"
        f" {percent(report.wrong_at_120)} after 120",
        f"decided after {_times(report.decision_delay_ms, 'ms')}; at a client after {_times(report.latency_ms, 'ms')};"
        f" receipt after {_times(report.exit_to_receipt_unasked_s, 's')}",
    ]


def _times(times: Percentiles, unit: str) -> str:
    if times.p50 is None or times.p99 is None:
        return "(not measured)"
    return f"{times.p50:.3g} {unit} (p99 {times.p99:.3g})"


def _goals(report: SetReport) -> list[str]:
    return [
        f"{goal.outcome}: {figure_in_words(goal.figure)} {goal.goal}, measured {goal.value:.4g}"
        for goal in report.goals
        if goal.outcome != "met"
    ]


def _weakest(report: SetReport) -> list[str]:
    flawed = [(name, score) for name, score in report.per_scenario.items() if score.wrong]
    weakest = sorted(flawed, key=lambda pair: pair[1].f1)[:_WEAKEST]
    return [f"{name}: F1 {with_bound(score)}, {score.wrong} of {score.lines} lines wrong" for name, score in weakest]


def _cases(report: SetReport) -> list[str]:
    if not report.failures:
        return ["no trial failed"]
    worst = sorted(report.failures, key=lambda failure: -len(failure.mistakes))[:_CASES]
    return [f"{len(report.failures)} of {report.trials} trials failed; the worst:", *(f"  {w.command}" for w in worst)]
