"""What stands on a receipt: its lines and taxes, what was not sold, and everything that was said of it since."""

from collections.abc import Hashable

from console.language import N_, _, number, signed
from console.model import ConsoleModel, Receipt, change_minor, words
from console.qt._carts import why
from console.qt._table import Cell, Row
from console.qt._text import clock_time, money
from engine.domain import (
    CartLine,
    DisputeOpened,
    DisputeOutcome,
    DisputeSettled,
    LaterFact,
    LineRefunded,
    ReceiptAdjusted,
    ReceiptLine,
    ReceiptTax,
    SkuId,
    signed_quantity,
)

_SETTLED = {
    DisputeOutcome.UPHELD: N_("Dispute upheld at {time} by {who}: {reason}"),
    DisputeOutcome.DENIED: N_("Dispute denied at {time} by {who}: {reason}"),
}


def receipt_lines(model: ConsoleModel, receipt: Receipt) -> list[Row]:
    """Rows of four cells: units, what it is, the price of each, and what it adds to the total."""
    issued = receipt.issued
    rows = [Row(line.sku_id, _bought(model, line, issued.currency)) for line in issued.lines]
    rows += [Row(("withheld", sku_id), _withheld(model, sku_id)) for sku_id in issued.withheld]
    rows += [Row(("tax", tax.tax_class_id), _tax(tax, issued.currency)) for tax in issued.taxes]
    rows += [Row(("later", place), _later(model, fact, issued.currency)) for place, fact in enumerate(receipt.later)]
    return rows


def line_history(model: ConsoleModel, receipt: Receipt, key: Hashable) -> str:
    """What of the visit's cart a row is about: when, how many, from where, how sure, and why; empty for a tax."""
    sku_id = _product(receipt, key)
    visit = model.state.visits.get(receipt.issued.visit_id)
    if sku_id is None:
        return ""
    if visit is None:
        return _("This cart is not kept here any more; the ledger has it.")
    return "\n".join(_came_about(model, line) for line in visit.lines.values() if line.sku_id == sku_id)


def _product(receipt: Receipt, key: Hashable) -> SkuId | None:
    """What a row of ``receipt_lines`` is about."""
    match key:
        case str():
            return SkuId(key)
        case ("withheld", str(sku_id)):
            return SkuId(sku_id)
        case ("later", int(place)):
            fact = receipt.later[place]
            return fact.sku_id if isinstance(fact, ReceiptAdjusted | LineRefunded) else None
    return None


def _came_about(model: ConsoleModel, line: CartLine) -> str:
    return _(
        "{time}  {units}  {place}  {sure}  {why}",
        time=clock_time(model.clock.wall_ns(line.t_ns)),
        units=signed(signed_quantity(line)),
        place=line.facing_id or "–",
        sure=words.probability(line.probability_ppm),
        why=why(model, line),
    )


def _bought(model: ConsoleModel, line: ReceiptLine, currency: str) -> tuple[Cell, ...]:
    return (
        Cell(number(line.quantity)),
        Cell(model.state.product_name(line.sku_id)),
        Cell(money(line.unit_price_minor, currency), "quiet"),
        Cell(money(line.total_minor, currency)),
    )


def _withheld(model: ConsoleModel, sku_id: SkuId) -> tuple[Cell, ...]:
    """What was in the cart and could not be sold."""
    said = _("{product}  (not sold: no age proved)", product=model.state.product_name(sku_id))
    return Cell(""), Cell(said, "quiet"), Cell(""), Cell("")


def _tax(tax: ReceiptTax, currency: str) -> tuple[Cell, ...]:
    """A tax class's line; what is in the prices already is said in words, not added."""
    percent, amount = tax.rate_ppm / 10_000, money(tax.tax_minor, currency)
    rate = number(percent, 0 if percent.is_integer() else 1 if (10 * percent).is_integer() else 2)
    if tax.included:
        said = _("Tax {rate} % {name}, {amount} of it included", rate=rate, name=tax.tax_class_id, amount=amount)
        return Cell(""), Cell(said, "quiet"), Cell(""), Cell("")
    said = _("Tax {rate} % {name}", rate=rate, name=tax.tax_class_id)
    return Cell(""), Cell(said, "quiet"), Cell(""), Cell(amount)


def _later(model: ConsoleModel, fact: LaterFact, currency: str) -> tuple[Cell, ...]:
    """A line about what was said after the receipt; money only where some moved."""
    at = clock_time(model.clock.wall_ns(fact.t_ns))
    match fact:
        case ReceiptAdjusted():
            product = model.state.product_name(fact.sku_id)
            units, said = fact.quantity, _("{product}  (adjusted at {time})", product=product, time=at)
        case LineRefunded():
            product = model.state.product_name(fact.sku_id)
            units, said = (
                -fact.quantity,
                _(
                    "{product}  (refunded at {time} by {who}: {reason})",
                    product=product,
                    time=at,
                    who=fact.by,
                    reason=fact.reason,
                ),
            )
        case DisputeOpened():
            said = _("Disputed at {time}, {who}: {reason}", time=at, who=fact.by, reason=fact.reason)
            return Cell(""), Cell(said, "warn"), Cell(""), Cell("")
        case DisputeSettled():
            said = _(_SETTLED[fact.outcome], time=at, who=fact.by, reason=fact.reason)
            return Cell(""), Cell(said, "quiet"), Cell(""), Cell("")
    counted = signed(units) if units else ""
    return Cell(counted), Cell(said, italic=True), Cell(""), Cell(money(change_minor(fact), currency))
