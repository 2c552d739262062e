"""The overview's readings in words: grey while all is well, coloured when somebody should look."""

from collections.abc import Callable
from dataclasses import dataclass

from console.language import N_, _, enumerated, listed, ngettext, number
from console.model import SLOW_LAG_MS, SLOW_RECEIPT_S, ConsoleModel, Overview, Place, words
from console.qt._text import money
from console.qt._tile import Reading

Say = Callable[[Overview, ConsoleModel, int], Reading]
"""A reading of the overview; the last argument is now, on the engine's clock."""


def _inside(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    value = money(now.carts_minor, model.store.currency)
    if not now.inside:
        said = _("nobody is shopping")
    elif now.longest_s is None:
        said = _("{money} in carts", money=value)
    else:
        said = _("{money} in carts, longest {age}", money=value, age=words.age(now.longest_s))
    return Reading(number(now.inside), said, trend=model.trends.inside.until(now_ns))


def _sales(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    receipts = ngettext("{count} receipt", "{count} receipts", now.receipts)
    items = ngettext("{count} item", "{count} items", now.items_sold)
    said = enumerated([receipts, items]) if now.receipts else _("no receipt yet")
    total = money(now.sales_minor, model.store.currency)
    return Reading(total, said, trend=model.trends.sales_minor.until(now_ns), bars=True)


def _pending(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    late = now.pending_s is not None and now.pending_s > SLOW_RECEIPT_S
    if now.pending_s is None:
        said = _("everybody who left is charged")
    else:
        said = _("longest for {age}", age=words.age(now.pending_s))
    return Reading(number(now.pending), said, "warn" if late else "ink")


def _to_review(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    often = _("{count} of {whole} lines", count=number(now.asked_per_1000), whole=1000)
    risk = [_("{money} at risk", money=money(now.at_risk_minor, model.store.currency))] if now.waiting else []
    ink = "warn" if now.waiting else "ink"
    return Reading(number(now.waiting), listed([*risk, often]), ink, trend=model.trends.asked.until(now_ns), bars=True)


def _time_to_receipt(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    if now.receipt_p50_s is None or now.receipt_p95_s is None:
        return Reading("–", _("no receipt yet"))
    late = now.receipt_p95_s > SLOW_RECEIPT_S
    said = _("median; {share} within {time}", share=words.share(95), time=_seconds(now.receipt_p95_s))
    trend = model.trends.receipt_s.until(now_ns)
    return Reading(_seconds(now.receipt_p50_s), said, "warn" if late else "ink", trend)


def _adjusted(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    return Reading(number(now.adjusted_per_1000), _("of {whole} receipts, after sending", whole=1000))


def _stock(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    said = [ngettext("{count} low", "{count} low", now.low)] if now.low else []
    said += [ngettext("{count} misplaced", "{count} misplaced", now.misplaced)] if now.misplaced else []
    said += [ngettext("{count} not adding up", "{count} not adding up", now.mismatches)] if now.mismatches else []
    if now.empty:
        what = ngettext("{count} empty", "{count} empty", now.empty)
    else:
        what = ngettext("{count} to check", "{count} to check", now.mismatches) if now.mismatches else _("Well")
    needy = now.empty > 0 or now.mismatches > 0
    return Reading(what if model.shelves.view is not None else "–", enumerated(said), "warn" if needy else "ink")


def _devices(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    if model.health.view is None:
        return Reading("–", _("no figures yet"))
    said = _("{well} of {all} cameras and controllers", well=now.devices_well, all=now.devices)
    what = ngettext("{count} problem", "{count} problems", now.problems) if now.problems else _("Well")
    return Reading(what, said, "alarm" if now.problems else "ink")


def _core_lag(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    view = model.health.view
    if view is None:
        return Reading("–", _("no figures yet"))
    slow = view.core_lag_ms > SLOW_LAG_MS
    said = _("decisions come late") if slow else _("from event to decision")
    lag, trend = words.milliseconds(view.core_lag_ms), model.trends.lag_ms.until(now_ns)
    return Reading(lag, said, "alarm" if slow else "ink", trend)


def _seconds(lasting_s: float) -> str:
    return _("{seconds} s", seconds=number(lasting_s, 1))


@dataclass(frozen=True)
class Source:
    """The page with the rows behind a reading, and what it says."""

    place: Place
    say: Say


READINGS: dict[str, Source] = {
    N_("Inside"): Source(Place.STORE, _inside),
    N_("Sales"): Source(Place.RECEIPTS, _sales),
    N_("Receipts pending"): Source(Place.CARTS, _pending),
    N_("To review"): Source(Place.REVIEW, _to_review),
    N_("Time to receipt"): Source(Place.RECEIPTS, _time_to_receipt),
    N_("Adjusted"): Source(Place.RECEIPTS, _adjusted),
    N_("Stock"): Source(Place.SHELVES, _stock),
    N_("Devices"): Source(Place.HEALTH, _devices),
    N_("Core lag"): Source(Place.HEALTH, _core_lag),
}
"""By their titles, which are marked, not looked up; in reading order."""
