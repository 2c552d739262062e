"""Bills: what each receipt comes to since it was issued. Every change is stated, and the statements add up to it."""

from collections.abc import Mapping

import msgspec

from engine.domain import (
    CommandId,
    DisputeOpened,
    DisputeSettled,
    LaterFact,
    LineRefunded,
    Priced,
    ReceiptAdjusted,
    ReceiptId,
    ReceiptIssued,
    ReceiptLine,
    SkuId,
    Store,
    TaxClassId,
    VisitId,
    price,
    tax_of,
)

_KEPT_NS = 86_400_000_000_000


class Charged(msgspec.Struct, frozen=True, kw_only=True):
    """What a product stands on a bill with; a tax that comes on top is left out of ``minor``."""

    quantity: int = 0
    minor: int = 0


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """What a refund gives back, a tax that came on top included; ``tax_minor`` is what tax there is less."""

    amount_minor: int
    tax_class_id: TaxClassId
    tax_minor: int


class Bill(msgspec.Struct, kw_only=True):
    """A receipt and what was said about it since. ``taxed_minor`` is what each class's tax is counted on by now.

    ``charged`` leaves out of account what was ``refunded``, and is never less than that: what was given back already
    is not given back again by a decision that the product was never taken.
    """

    issued: ReceiptIssued
    issued_ns: int
    since: list[LaterFact]
    charged: dict[SkuId, Charged]
    taxed_minor: dict[TaxClassId, int]
    refunded: dict[SkuId, Charged] = {}

    @classmethod
    def of(cls, issued: ReceiptIssued) -> "Bill":
        """The bill of a receipt just issued."""
        return cls(
            issued=issued,
            issued_ns=issued.t_ns,
            since=[],
            charged={line.sku_id: _charged(line) for line in issued.lines},
            taxed_minor={tax.tax_class_id: tax.taxed_minor for tax in issued.taxes},
        )

    @property
    def disputed(self) -> bool:
        """Whether a dispute is open."""
        disputes = [fact for fact in self.since if isinstance(fact, DisputeOpened | DisputeSettled)]
        return bool(disputes) and isinstance(disputes[-1], DisputeOpened)

    def has_refunded(self, command_id: CommandId) -> bool:
        """Whether that command was obeyed."""
        return any(isinstance(fact, LineRefunded) and fact.command_id == command_id for fact in self.since)

    def refundable(self, sku_id: SkuId) -> Charged:
        """What is paid for a product and not given back."""
        paid, back = self.charged.get(sku_id, Charged()), self.refunded.get(sku_id, Charged())
        return Charged(quantity=paid.quantity - back.quantity, minor=paid.minor - back.minor)

    def refund(self, sku_id: SkuId, quantity: int, store: Store) -> Back:
        """Give back units that are ``refundable``: their part of what is, to the nearest minor unit, halves up."""
        left, before = self.refundable(sku_id), self.refunded.get(sku_id, Charged())
        minor = (2 * left.minor * quantity + left.quantity) // (2 * left.quantity)
        self.refunded[sku_id] = Charged(quantity=before.quantity + quantity, minor=before.minor + minor)
        tax_class_id, tax_minor, extra_minor = self._tax(sku_id, -minor, store)
        return Back(amount_minor=minor - extra_minor, tax_class_id=tax_class_id, tax_minor=-tax_minor)

    def owed(self, units: Mapping[SkuId, int], store: Store) -> Priced:
        """The price of a cart to which refunded units count, wherever they are."""
        both = {sku_id: max(units.get(sku_id, 0), back.quantity) for sku_id, back in self.refunded.items()}
        return price({**units, **both}, store)

    def adjust(self, owed: Priced, store: Store, *, t_ns: int) -> list[ReceiptAdjusted]:
        """Let the bill come to ``owed``, but to no less than was refunded: the differences, product by product."""
        wanted = {line.sku_id: self._at_least_refunded(line) for line in owed.lines}
        said: list[ReceiptAdjusted] = []
        for sku_id in sorted(wanted.keys() | self.charged.keys()):
            was, now = self.charged.get(sku_id, Charged()), wanted.get(sku_id, Charged())
            if was != now:
                self.charged[sku_id] = now
                tax_class_id, tax_minor, extra_minor = self._tax(sku_id, now.minor - was.minor, store)
                adjusted = ReceiptAdjusted(
                    t_ns=t_ns,
                    receipt_id=self.issued.receipt_id,
                    visit_id=self.issued.visit_id,
                    sku_id=sku_id,
                    quantity=now.quantity - was.quantity,
                    delta_minor=now.minor - was.minor + extra_minor,
                    tax_class_id=tax_class_id,
                    tax_minor=tax_minor,
                )
                said.append(adjusted)
        self.since += said
        return said

    def _at_least_refunded(self, line: ReceiptLine) -> Charged:
        back = self.refunded.get(line.sku_id, Charged())
        return Charged(quantity=max(line.quantity, back.quantity), minor=max(line.total_minor, back.minor))

    def _tax(self, sku_id: SkuId, delta_minor: int, store: Store) -> tuple[TaxClassId, int, int]:
        """Move what the tax of a product's class is counted on: the class, the change of its tax, what of it is extra.

        Counted on the class's new sum, so that all changes together are the tax of what is left, to the minor unit.
        """
        tax_class = store.tax_class_of(sku_id)
        before_minor = self.taxed_minor.get(tax_class.tax_class_id, 0)
        self.taxed_minor[tax_class.tax_class_id] = before_minor + delta_minor
        change_minor = tax_of(before_minor + delta_minor, tax_class) - tax_of(before_minor, tax_class)
        return tax_class.tax_class_id, change_minor, 0 if tax_class.included else change_minor


class Bills(msgspec.Struct, kw_only=True):
    """The bills of a day, by receipt."""

    known: dict[ReceiptId, Bill] = {}

    def of_visit(self, visit_id: VisitId) -> Bill | None:
        """The bill of a visit; None before its receipt."""
        return self.known.get(receipt_of(visit_id))

    def forget(self, *, now_ns: int) -> None:
        """Drop what is older than a day; the ledger has it."""
        old = [receipt_id for receipt_id, bill in self.known.items() if bill.issued_ns < now_ns - _KEPT_NS]
        for receipt_id in old:
            del self.known[receipt_id]

    def rebase(self, shift_ns: int) -> None:
        """Move the instants to a new clock."""
        for bill in self.known.values():
            bill.issued_ns += shift_ns


def receipt_of(visit_id: VisitId) -> ReceiptId:
    """A visit's receipt: at most one."""
    return ReceiptId(f"R-{visit_id}")


def _charged(line: ReceiptLine) -> Charged:
    return Charged(quantity=line.quantity, minor=line.total_minor)
