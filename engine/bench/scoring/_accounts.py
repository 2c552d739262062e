"""Whose cart is whose: the true accounts of a trial beside the visits the engine opened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drivers.twin.devices import TruthRecord
from engine.bench.scoring._pairing import best_pairs
from engine.bench.witness import Heard
from engine.domain import (
    PlateId,
    ReceiptAdjusted,
    ReceiptIssued,
    ShelfId,
    ShopperBound,
    SkuId,
    Store,
    VisitId,
    VisitOpened,
)

_ENTRY_WINDOW_NS = 4_000_000_000
_TAKEN = {"pick": True, "put": False, "unstock": True, "stock": False}
_BY_STAFF = ("stock", "unstock")


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One unit that truly left a shelf or came to one; ``shopper`` is whose account it concerns, None for staff.

    ``t_ns`` is the instant the item leaves contact, or the instant it rests; ``by`` is whose hand it was.
    """

    t_ns: int
    shopper: int | None
    by: int
    sku_id: SkuId
    plate_id: PlateId
    shelf_id: ShelfId
    taken: bool


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who showed a code and walked in: the holder, all who came in on that code, and the visit the engine opened.

    ``left_ns`` is when the last of them went out; None while somebody is inside.
    """

    shopper: int
    members: tuple[int, ...]
    staff: bool
    entered_ns: int
    left_ns: int | None
    visit_id: VisitId | None

    @property
    def pays(self) -> bool:
        """Whether a receipt is due."""
        return not self.staff and self.left_ns is not None


def movements_of(truth: Sequence[TruthRecord], store: Store) -> tuple[Movement, ...]:
    """Every unit moved, in the order of the truth. Raises ``ValueError`` for a movement without SKU or plate."""
    found: list[Movement] = []
    for record in truth:
        taken = _TAKEN.get(record.deed)
        if taken is None:
            continue
        if record.sku_id is None or record.plate_id is None:
            raise ValueError(f"truth: {record.deed} without SKU or plate at {record.t_ns}")
        plate = store.plate_by_id[PlateId(record.plate_id)]
        movement = Movement(
            t_ns=record.t_ns,
            shopper=None if record.deed in _BY_STAFF else record.shopper,
            by=doer(record),
            sku_id=SkuId(record.sku_id),
            plate_id=plate.plate_id,
            shelf_id=plate.shelf_id,
            taken=taken,
        )
        found.append(movement)
    return tuple(found)


def accounts_of(truth: Sequence[TruthRecord], heard: Sequence[Heard]) -> tuple[Account, ...]:
    """The accounts in the order of entry.

    A visit belongs to the account whose holder walked in within 4 s of its opening, by the one-to-one pairing with the
    most pairs, then the least delay: the gate admits one at a time.
    """
    entries: dict[int, list[TruthRecord]] = {}
    for record in truth:
        if record.deed == "enter":
            entries.setdefault(record.shopper, []).append(record)
    left_ns = {doer(record): record.t_ns for record in truth if record.deed == "leave"}
    opened_ns = _opened_ns(heard)
    visit_ids = list(opened_ns)
    visit_of = _matched([records[0].t_ns for records in entries.values()], list(opened_ns.values()))
    accounts: list[Account] = []
    for at, (shopper, records) in enumerate(entries.items()):
        members = tuple(doer(record) for record in records)
        outs_ns = [left_ns[member] for member in members if member in left_ns]
        account = Account(
            shopper=shopper,
            members=members,
            staff=records[0].by_staff,
            entered_ns=records[0].t_ns,
            left_ns=max(outs_ns) if len(outs_ns) == len(members) else None,
            visit_id=visit_ids[visit_of[at]] if at in visit_of else None,
        )
        accounts.append(account)
    return tuple(accounts)


def doer(record: TruthRecord) -> int:
    """Whose deed it was; ``record.shopper`` is whose account it concerns."""
    return record.shopper if record.by is None else record.by


def true_carts(movements: Sequence[Movement]) -> dict[int, dict[SkuId, int]]:
    """Units by SKU that each account left with, without zeros."""
    carts: dict[int, dict[SkuId, int]] = {}
    for movement in movements:
        if movement.shopper is not None:
            cart = carts.setdefault(movement.shopper, {})
            cart[movement.sku_id] = cart.get(movement.sku_id, 0) + (1 if movement.taken else -1)
    return {shopper: {sku_id: units for sku_id, units in cart.items() if units} for shopper, cart in carts.items()}


def billed_units(heard: Sequence[Heard]) -> dict[VisitId, dict[SkuId, int]]:
    """Units by SKU that each visit with a receipt pays in the end, adjustments included, without zeros."""
    bills: dict[VisitId, dict[SkuId, int]] = {}
    for fact in (item.fact for item in heard):
        if isinstance(fact, ReceiptIssued):
            bills[fact.visit_id] = {line.sku_id: line.quantity for line in fact.lines}
        elif isinstance(fact, ReceiptAdjusted):
            bill = bills.setdefault(fact.visit_id, {})
            bill[fact.sku_id] = bill.get(fact.sku_id, 0) + fact.quantity
    return {visit_id: {sku_id: units for sku_id, units in bill.items() if units} for visit_id, bill in bills.items()}


def receipts_after_s(heard: Sequence[Heard], accounts: Sequence[Account]) -> dict[VisitId, float]:
    """Seconds from an account's true exit to its receipt at a client, for those that have both."""
    issued_ns = {item.fact.visit_id: item.arrived_ns for item in heard if isinstance(item.fact, ReceiptIssued)}
    return {
        account.visit_id: (issued_ns[account.visit_id] - account.left_ns) / 1e9
        for account in accounts
        if account.left_ns is not None and account.visit_id in issued_ns
    }


def _opened_ns(heard: Sequence[Heard]) -> dict[VisitId, int]:
    """When each visit began; a client that came late heard of its binding only."""
    opened_ns: dict[VisitId, int] = {}
    for fact in (item.fact for item in heard):
        if isinstance(fact, VisitOpened):
            opened_ns[fact.visit_id] = fact.t_ns
        elif isinstance(fact, ShopperBound):
            opened_ns.setdefault(fact.visit_id, fact.t_ns)
    return opened_ns


def _matched(entered_ns: list[int], opened_ns: list[int]) -> dict[int, int]:
    apart_ns = np.abs(np.array(entered_ns, dtype=np.int64)[:, None] - np.array(opened_ns, dtype=np.int64)[None, :])
    allowed = apart_ns < _ENTRY_WINDOW_NS
    return dict(best_pairs(allowed, (np.ones(allowed.shape), 1 - apart_ns / _ENTRY_WINDOW_NS)))
