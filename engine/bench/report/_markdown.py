"""A set's report as Markdown: tables to read, and every case that failed with the command that plays it again."""

from collections.abc import Iterable, Sequence

from engine.bench.report._words import RATES, TIMES, figure_in_words, percent, with_bound
from engine.bench.scoring import F1, Mistake, Percentiles, SetReport


def markdown(report: SetReport, *, depth: int = 1, picture: str = "") -> str:
    """The whole report; headings begin at ``depth``, ``picture`` is a link to what ``draw`` drew."""
    head = "#" * depth
    seeds = f"seeds {_numbers(report.seeds)}" if len(report.seeds) > 1 else f"seed {report.seeds[0]}"
    speed = f", {report.simulated_s / report.cpu_s:.0f} x real time on one core" if report.cpu_s else ""
    parts = [
        f"{head} {report.set}, {report.level.value} level",
        f"{len(report.per_scenario)} scenarios, {seeds}: {report.trials} trials, {report.lines} lines,"
        f" {report.simulated_s / 3600:.2f} simulated hours in {report.cpu_s:.0f} s of processor time{speed}.",
        f"**F1 {with_bound(report)}**; the reference method on the same trials {with_bound(report.reference)}"
        f" (by units on receipts {report.reference.cart_f1:.3f}).",
        f"![]({picture})" if picture else "",
        _goals(report),
        f"{head}# Figures",
        _figures(report),
        _times(report),
        _ablations(report),
        f"{head}# Scenarios",
        _scenarios(report),
        f"{head}# What reviews buy",
        _curve(report),
        f"{head}# Whether probabilities hold",
        _reliability(report),
        f"{head}# Failing cases",
        _failures(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _goals(report: SetReport) -> str:
    rows = []
    for each in report.goals:
        bound = f"{each.low:.4g} to {each.high:.4g}" if each.low < each.high else ""
        rows.append((figure_in_words(each.figure), each.goal, f"{each.value:.4g}", bound, each.outcome))
    return _table(("goal", "", "measured", "95 %", ""), rows) if rows else ""


def _figures(report: SetReport) -> str:
    rows = [("F1 of product and shopper", f"{report.f1:.4f}", f"{report.f1_low:.4f} to {report.f1_high:.4f}")]
    for name, words in RATES.items():
        value, bound = getattr(report, name), report.bounds[name]
        digits = 1 if name.endswith(("_1000", "_lines")) else 4
        rows.append((words, f"{value:.{digits}f}", f"{bound.low:.{digits}f} to {bound.high:.{digits}f}"))
    return _table(("", "", "95 %"), [*rows, ("identity switches", str(report.id_switches), "")])


def _times(report: SetReport) -> str:
    rows = [(words, *_percentiles(getattr(report, name))) for name, words in TIMES.items()]
    return _table(("", "p50", "p95", "p99", "measured"), rows)


def _percentiles(times: Percentiles) -> tuple[str, str, str, str]:
    p50, p95, p99 = ("–" if value is None else f"{value:.4g}" for value in (times.p50, times.p95, times.p99))
    return p50, p95, p99, str(times.count)


def _ablations(report: SetReport) -> str:
    if len(report.ablations) < 2:
        return ""
    rows = [(evidence, f"{score.f1:.3f}", _bound(score)) for evidence, score in report.ablations.items()]
    return _table(("evidence", "F1", "95 %"), rows)


def _scenarios(report: SetReport) -> str:
    rows = []
    for name, score in report.per_scenario.items():
        theirs = report.reference.per_scenario[name]
        rows.append(
            (
                name,
                f"{score.f1:.3f}",
                _bound(score),
                f"{theirs.f1:.3f}",
                _bound(theirs),
                f"{score.wrong} of {score.lines}",
                f"{score.receipt_exact:.3f}",
            )
        )
    return _table(("scenario", "F1", "95 %", "reference", "95 %", "wrong lines", "receipts exact"), rows)


def _curve(report: SetReport) -> str:
    rows = [
        (f"{point.reviews_per_1000_lines:g}", percent(point.wrong_share), percent(point.wrong_high))
        for point in report.review_curve
    ]
    return _table(("reviews for 1,000 lines", "still wrong", "at most (95 %)"), rows)


def _reliability(report: SetReport) -> str:
    rows = [
        (str(each.lines), f"{each.said:.4f}", f"{each.right:.4f}", f"{each.right_low:.4f} to {each.right_high:.4f}")
        for each in report.reliability
    ]
    return _table(("lines", "said to be right", "right", "95 %"), rows)


def _failures(report: SetReport) -> str:
    if not report.failures:
        return "None."
    parts: list[str] = []
    for failure in report.failures:
        told = [f"  - {_mistake(mistake)}" for mistake in failure.mistakes]
        parts.append("\n".join([f"- {failure.scenario}, seed {failure.seed}: `{failure.command}`", *told]))
    return "\n".join(parts)


def _mistake(mistake: Mistake) -> str:
    sure = "" if mistake.probability is None else f" ({mistake.probability:.3f})"
    told = "" if mistake.decidable else "; no reviewer could tell"
    return f"at {mistake.at_s:.1f} s {mistake.true}; said: {mistake.said}{sure}{told}"


def _bound(score: F1) -> str:
    return f"{score.f1_low:.3f} to {score.f1_high:.3f}"


def _numbers(seeds: Sequence[int]) -> str:
    if list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(str(seed) for seed in seeds)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
