"""One picture of a set: whether probabilities hold, what reviews buy, and F1 by scenario beside the reference."""

import math
from pathlib import Path

from engine.bench.report._sheet import GRID, INK, OURS, OURS_PALE, QUIET, THEIRS, Axis, Sheet
from engine.bench.scoring import F1, SetReport

_WIDTH_PX, _HEIGHT_PX = 1500, 1060
_ROW_PX = 27
_TOP_PX = 130
_LEFT_PX, _PLOT_PX = 110, 440
_DOUBTS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)


def draw(file: Path, report: SetReport) -> None:
    """Write the picture as PNG. Raises ``OSError``."""
    rows = len(report.per_scenario) + 1
    sheet = Sheet(_WIDTH_PX, max(_HEIGHT_PX, _TOP_PX + _ROW_PX * rows + 110))
    sheet.write(f"{report.set}, {report.level.value} level", (50, 52), size_px=26)
    about = f"{report.trials} trials, {report.lines} lines, simulated. Bars and shades are 95 % bounds."
    sheet.write(about, (50, 80), colour=QUIET)
    _reliability(sheet, report, top_px=_TOP_PX + 30)
    _review_curve(sheet, report, top_px=_TOP_PX + 510)
    _scenarios(sheet, report)
    sheet.save(file)


def _reliability(sheet: Sheet, report: SetReport, *, top_px: float) -> None:
    """Both axes as the chance to be wrong, logarithmic: nearly all lines are nearly sure."""
    across = Axis(low=1e-4, high=1.0, start_px=_LEFT_PX, end_px=_LEFT_PX + _PLOT_PX, logarithmic=True)
    up = Axis(low=1e-4, high=1.0, start_px=top_px + _PLOT_PX * 0.72, end_px=top_px, logarithmic=True)
    sheet.write("How often lines are wrong that say how likely they are", (_LEFT_PX, top_px - 20), size_px=17)
    for doubt in _DOUBTS:
        label = f"{100 * doubt:g} %"
        sheet.line((across.px(doubt), up.start_px), (across.px(doubt), up.end_px), colour=GRID)
        sheet.line((across.start_px, up.px(doubt)), (across.end_px, up.px(doubt)), colour=GRID)
        sheet.write(label, (across.px(doubt), up.start_px + 22), colour=QUIET, size_px=13, side="middle")
        sheet.write(label, (across.start_px - 10, up.px(doubt) + 5), colour=QUIET, size_px=13, side="right")
    sheet.line((across.start_px, up.start_px), (across.end_px, up.end_px), colour=QUIET)
    sheet.write("said to be wrong", (across.end_px, up.start_px + 44), colour=QUIET, side="right")
    sheet.write(f"ECE {report.ece:.4f}", (across.start_px, up.start_px + 44), colour=OURS)
    for each in report.reliability:
        x = across.px(1 - each.said)
        sheet.line((x, up.px(1 - each.right_low)), (x, up.px(1 - each.right_high)), colour=OURS, width_px=2)
        sheet.dot((x, up.px(1 - each.right)))


def _review_curve(sheet: Sheet, report: SetReport, *, top_px: float) -> None:
    points = [(point.reviews_per_1000_lines, point.wrong_share, point.wrong_high) for point in report.review_curve]
    last = max(150.0, min(250.0, points[-1][0]))
    points = [point for point in points if point[0] <= last]
    points.append((last, *points[-1][1:]))
    most = _round_up(max(high for _, _, high in points))
    across = Axis(low=0.0, high=last, start_px=_LEFT_PX, end_px=_LEFT_PX + _PLOT_PX)
    up = Axis(low=0.0, high=most, start_px=top_px + _PLOT_PX * 0.72, end_px=top_px)
    sheet.write("Lines still wrong after a perfect reviewer", (_LEFT_PX, top_px - 20), size_px=17)
    for share in (0.0, most / 4, most / 2, 3 * most / 4, most):
        sheet.line((across.start_px, up.px(share)), (across.end_px, up.px(share)), colour=GRID)
        label = f"{100 * share:.3g} %"
        sheet.write(label, (across.start_px - 10, up.px(share) + 5), colour=QUIET, size_px=13, side="right")
    upper = [(across.px(rate), up.px(high)) for rate, _, high in points]
    middle = [(across.px(rate), up.px(share)) for rate, share, _ in points]
    sheet.fill(*upper, *reversed(middle), colour=OURS_PALE)
    sheet.line(*middle, colour=OURS, width_px=2)
    for rate, share in ((30, report.wrong_at_30), (120, report.wrong_at_120)):
        sheet.dot((across.px(rate), up.px(share)))
    for tick in (0.0, 30.0, 120.0, last):
        sheet.write(f"{tick:.0f}", (across.px(tick), up.start_px + 22), colour=QUIET, size_px=13, side="middle")
    sheet.write("reviews for 1,000 lines", (across.end_px, up.start_px + 44), colour=QUIET, side="right")


def _scenarios(sheet: Sheet, report: SetReport) -> None:
    name_px, value_px = 900, 1450
    rows: list[tuple[str, F1, F1]] = [("all", _whole(report), report.reference)]
    rows += [(name, score, report.reference.per_scenario[name]) for name, score in report.per_scenario.items()]
    low = min(min(ours.f1_low, theirs.f1) for _, ours, theirs in rows)
    across = Axis(low=math.floor(10 * low) / 10, high=1.0, start_px=920, end_px=1380)
    bottom_px = _TOP_PX + _ROW_PX * (len(rows) + 0.5)
    sheet.write("F1 of product and shopper", (across.start_px, _TOP_PX - 30), size_px=17)
    sheet.dot((across.start_px + 250, _TOP_PX - 35))
    sheet.write("this engine", (across.start_px + 262, _TOP_PX - 30), colour=QUIET)
    sheet.dot((across.start_px + 360, _TOP_PX - 35), colour=THEIRS, hollow=True)
    sheet.write("reference", (across.start_px + 372, _TOP_PX - 30), colour=QUIET)
    for tenth in range(round(10 * across.low), 11):
        x = across.px(tenth / 10)
        sheet.line((x, _TOP_PX), (x, bottom_px), colour=GRID)
        sheet.write(f"{tenth / 10:.1f}", (x, bottom_px + 22), colour=QUIET, size_px=13, side="middle")
    for number, (name, ours, theirs) in enumerate(rows):
        y = _TOP_PX + _ROW_PX * (number + 0.75)
        sheet.write(name.replace("_", " "), (name_px, y + 5), colour=INK, side="right")
        sheet.line((across.px(ours.f1_low), y), (across.px(ours.f1_high), y), colour=OURS, width_px=2)
        sheet.dot((across.px(theirs.f1), y), colour=THEIRS, hollow=True)
        sheet.dot((across.px(ours.f1), y))
        sheet.write(f"{ours.f1:.3f}", (value_px, y + 5), colour=INK, size_px=14, side="right")


def _whole(report: SetReport) -> F1:
    """The score of the whole set."""
    return F1(f1=report.f1, f1_low=report.f1_low, f1_high=report.f1_high)


def _round_up(share: float) -> float:
    """The next of 1, 2, 4 times a power of ten."""
    if share <= 0:
        return 0.01
    ten = 10.0 ** math.floor(math.log10(share))
    return next(step * ten for step in (1, 2, 4, 10) if step * ten >= share)
