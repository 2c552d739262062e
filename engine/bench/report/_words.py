"""What figures are called, and how they are written."""

from engine.bench.scoring import F1, SetReport

RATES = {
    "precision": "precision",
    "recall": "recall",
    "event_precision": "event precision",
    "event_recall": "event recall",
    "attribution_accuracy": "right account, of detected events",
    "item_identification": "right product, of detected events",
    "receipt_exact": "whole receipts exact",
    "receipt_exact_reviewed": "so, had a perfect reviewer answered every question",
    "receipt_f1": "F1 by units on receipts",
    "wrong_share": "wrong lines, before review",
    "wrong_at_30": "wrong lines, 30 reviews for 1,000 lines",
    "wrong_at_120": "wrong lines, 120 reviews for 1,000 lines",
    "undecidable_share": "wrong lines no reviewer could tell",
    "asked_per_1000_lines": "questions asked for 1,000 lines",
    "receipts_touched_per_1000": "receipts that waited, of 1,000",
    "ece": "expected calibration error",
    "idf1": "IDF1",
}
TIMES = {
    "decision_delay_ms": "decision, ms, simulated time",
    "latency_ms": "to a client, ms, wall clock",
    "exit_to_receipt_s": "exit to receipt, s",
    "exit_to_receipt_unasked_s": "exit to receipt where nothing was asked, s",
}
_SCORES = {"f1": "F1", "reference": "F1 of the reference"}


def figure_in_words(figure: str) -> str:
    """A figure of a goal: ``latency_ms.p99`` is the 99th percentile of a time."""
    name, _, part = figure.partition(".")
    words = {**_SCORES, **RATES, **TIMES}[name]
    return f"{words}, {part}" if part.startswith("p") else words


def with_bound(score: F1 | SetReport) -> str:
    """An F1 score and its 95 % bound."""
    return f"{score.f1:.3f} ({score.f1_low:.3f} to {score.f1_high:.3f})"


def percent(share: float) -> str:
    """A small share."""
    return f"{100 * share:.2f} %"
