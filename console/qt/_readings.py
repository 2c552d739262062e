"""The overview's readings in words: grey while all is well, coloured when somebody should look."""

from collections.abc import Callable

from console.model import SLOW_LAG_MS, SLOW_RECEIPT_S, ConsoleModel, Overview, Place, words
from console.qt._text import money
from console.qt._tile import Reading

Say = Callable[[Overview, ConsoleModel, int], Reading]
"""A reading of the overview; the last argument is now, on the engine's clock."""


def _inside(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    value = money(now.carts_minor, model.store.currency)
    longest = "" if now.longest_s is None else f", longest {words.age(now.longest_s)}"
    said = f"{value} in carts{longest}" if now.inside else "nobody is shopping"
    return Reading(str(now.inside), said, trend=model.trends.inside.until(now_ns))


def _sales(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    said = f"{now.receipts} receipts, {now.items_sold} items" if now.receipts else "no receipt yet"
    total = money(now.sales_minor, model.store.currency)
    return Reading(total, said, trend=model.trends.sales_minor.until(now_ns), bars=True)


def _pending(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    late = now.pending_s is not None and now.pending_s > SLOW_RECEIPT_S
    said = f"longest for {words.age(now.pending_s)}" if now.pending_s is not None else "everybody who left is charged"
    return Reading(str(now.pending), said, "warn" if late else "ink")


def _to_review(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    often = f"{now.asked_per_1000:.0f} of 1,000 lines"
    risk = f"{money(now.at_risk_minor, model.store.currency)} at risk; " if now.waiting else ""
    ink = "warn" if now.waiting else "ink"
    return Reading(str(now.waiting), risk + often, ink, trend=model.trends.asked.until(now_ns), bars=True)


def _time_to_receipt(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    if now.receipt_p50_s is None or now.receipt_p95_s is None:
        return Reading("–", "no receipt yet")
    late = now.receipt_p95_s > SLOW_RECEIPT_S
    said = f"median; 95 % within {now.receipt_p95_s:.1f} s"
    trend = model.trends.receipt_s.until(now_ns)
    return Reading(f"{now.receipt_p50_s:.1f} s", said, "warn" if late else "ink", trend)


def _adjusted(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    return Reading(f"{now.adjusted_per_1000:.0f}", "of 1,000 receipts, after sending")


def _stock(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    said = [f"{count} {what}" for count, what in ((now.low, "low"), (now.misplaced, "misplaced")) if count]
    said += [f"{now.mismatches} not adding up"] if now.mismatches else []
    needy = now.empty > 0 or now.mismatches > 0
    open_grams = f"{now.mismatches} to check" if now.mismatches else "Well"
    what = f"{now.empty} empty" if now.empty else open_grams
    return Reading(what if model.shelves.view is not None else "–", ", ".join(said), "warn" if needy else "ink")


def _devices(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    if model.health.view is None:
        return Reading("–", "no figures yet")
    said = f"{now.devices_well} of {now.devices} cameras and controllers"
    what = f"{now.problems} problem{'s' if now.problems > 1 else ''}" if now.problems else "Well"
    return Reading(what, said, "alarm" if now.problems else "ink")


def _core_lag(now: Overview, model: ConsoleModel, now_ns: int) -> Reading:
    view = model.health.view
    if view is None:
        return Reading("–", "no figures yet")
    slow = view.core_lag_ms > SLOW_LAG_MS
    said = "decisions come late" if slow else "from event to decision"
    return Reading(f"{view.core_lag_ms:.0f} ms", said, "alarm" if slow else "ink", model.trends.lag_ms.until(now_ns))


READINGS: dict[str, tuple[Place, Say]] = {
    "Inside": (Place.STORE, _inside),
    "Sales": (Place.RECEIPTS, _sales),
    "Receipts pending": (Place.CARTS, _pending),
    "To review": (Place.REVIEW, _to_review),
    "Time to receipt": (Place.RECEIPTS, _time_to_receipt),
    "Adjusted": (Place.RECEIPTS, _adjusted),
    "Stock": (Place.SHELVES, _stock),
    "Devices": (Place.HEALTH, _devices),
    "Core lag": (Place.HEALTH, _core_lag),
}
"""Title, the page with the rows behind it, and what it says; in reading order."""
