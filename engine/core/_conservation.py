"""Every gram of a shelf accounted for: what the scales felt leave and come against what was said about it.

What lay on a shelf and what staff brought lies there still, at home or misplaced, or it went into carts, was written
off by a person, or is in a question that is open. What is left over is missing, and a flag. A movement whose line
agrees with the scales within their uncertainty accounts for all of its grams, so that small errors do not add up.
"""

import math
from collections.abc import Collection
from functools import cached_property

import msgspec

from engine.core._carts import Entry
from engine.core._masses import Mass
from engine.domain import (
    GramsAccounted,
    GramsMismatch,
    PlateId,
    PlateMass,
    ShelfId,
    StepId,
    WeightSettled,
)

SIGMAS = 3
_KEPT_NS = 900_000_000_000
"""A movement is looked at by itself for as long as a visit may be corrected without a person."""
_FOLD_NS = 60_000_000_000
_LEAST_SIGMA_MG = 1000
_PLATE_MG = 2_000
"""What is said of a plate: less is its noise."""


class Posting(msgspec.Struct, kw_only=True):
    """One movement and what accounts for it; as on the scales, what comes onto the shelf is positive.

    ``carts_mg`` went from the shelf into carts, ``lost_mg`` a person wrote off; ``staff`` accounts for all the rest.
    """

    shelf_id: ShelfId
    start_ns: int
    plates: tuple[PlateMass, ...]
    mass_mg: int = 0
    variance_mg2: int = 0
    carts_mg: int = 0
    carts_mg2: int = 0
    lost_mg: int = 0
    lost_mg2: int = 0
    staff: bool = False
    settled: bool = False

    @property
    def gone_mg(self) -> int:
        """What is known to have left the shelf."""
        return self.carts_mg + self.lost_mg

    @property
    def over_mg(self) -> int:
        """What nothing accounts for, whether it matters or not."""
        return 0 if self.staff else self.mass_mg + self.gone_mg

    @property
    def erred_mg(self) -> int:
        """What nothing accounts for when it does not matter."""
        return 0 if self.matters else self.over_mg

    @property
    def over_mg2(self) -> int:
        """The variance of ``over_mg``: a line that was weighed on this very movement shares its error."""
        said_mg2 = self.carts_mg2 + self.lost_mg2
        weighed = said_mg2 <= self.variance_mg2
        return self.variance_mg2 - said_mg2 if weighed else self.variance_mg2 + said_mg2

    @property
    def matters(self) -> bool:
        """Whether more is over than weighing errs."""
        return self.over_mg**2 > SIGMAS**2 * max(_LEAST_SIGMA_MG**2, self.over_mg2)

    def over_by_plate(self) -> dict[PlateId, int]:
        """What nothing accounts for, where the movement was felt."""
        felt_mg = sum(abs(plate.mass_mg) for plate in self.plates)
        first = self.plates[0].plate_id
        over = {p.plate_id: self.over_mg * abs(p.mass_mg) // felt_mg for p in self.plates if felt_mg}
        over[first] = over.get(first, 0) + self.over_mg - sum(over.values())
        return over


class Account(msgspec.Struct, kw_only=True):
    """One shelf. ``opened_mg`` lay there at first, with what staff brought since and what weighing erred.

    ``carts_mg`` and ``lost_mg`` are of movements too old to be looked at singly; what these left over is in
    ``over_mg``. ``told`` is the flag that stands.
    """

    opened_mg: int = 0
    carts_mg: int = 0
    lost_mg: int = 0
    over_mg: dict[PlateId, int] = {}
    over_mg2: int = 0
    told: GramsMismatch | None = None


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What is over or missing on a shelf, by plate, and the variance it is known with; ``since_ns`` if it is known."""

    shelf_id: ShelfId
    plates: dict[PlateId, int]
    variance_mg2: int
    since_ns: int | None

    @property
    def mass_mg(self) -> int:
        """In all."""
        return sum(self.plates.values())


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Where the grams of a shelf went; ``opened_mg`` is all that ever lay there. See ``ShelfGrams``."""

    opened_mg: int
    carts_mg: int
    lost_mg: int
    open_mg: int
    missing_mg: int
    sigma_mg: int


class Books(msgspec.Struct, kw_only=True, dict=True):
    """The grams of all shelves. ``touched`` shelves are to be looked at as soon as no question about them is open."""

    postings: dict[StepId, Posting] = {}
    accounts: dict[ShelfId, Account] = {}
    touched: dict[ShelfId, None] = {}
    fold_ns: int = 0

    @cached_property
    def _of_shelf(self) -> dict[ShelfId, dict[StepId, Posting]]:
        """The same postings by shelf; never written down."""
        found: dict[ShelfId, dict[StepId, Posting]] = {}
        for step_id, posting in self.postings.items():
            found.setdefault(posting.shelf_id, {})[step_id] = posting
        return found

    def account(self, shelf_id: ShelfId) -> Account:
        """A shelf's account."""
        return self.accounts.setdefault(shelf_id, Account())

    def moved(self, step: WeightSettled) -> None:
        """The scales felt this much come and go."""
        if step.plates:
            posting = self._posting(step.step_id, step.shelf_id, step.plates, start_ns=step.start_ns)
            posting.mass_mg, posting.plates = sum(plate.mass_mg for plate in step.plates), step.plates
            posting.variance_mg2 = max(_LEAST_SIGMA_MG, step.sigma_mg) ** 2
            posting.settled = True

    def line(self, shelf_id: ShelfId, entry: Entry, *, undo: bool) -> None:
        """A cart line, or its undoing, accounts for part of a movement."""
        step_id, into_cart = entry.statement.step_id, entry.signed_quantity > 0
        here = (PlateMass(plate_id=entry.plate_id, mass_mg=0),)
        posting = self._posting(step_id, shelf_id, here, start_ns=entry.start_ns)
        posting.carts_mg += entry.mass.mean_mg if into_cart is not undo else -entry.mass.mean_mg
        posting.carts_mg2 += -entry.mass.variance_mg2 if undo else entry.mass.variance_mg2
        posting.settled |= entry.statement.settled

    def by_staff(self, step_id: StepId, *, undo: bool = False) -> None:
        """Staff moved whatever no line accounts for."""
        if step_id in self.postings:
            self.postings[step_id].staff = not undo
            self.touched[self.postings[step_id].shelf_id] = None

    def write_off(self, step_id: StepId, mass: Mass, *, taken: bool, undo: bool = False) -> None:
        """A person says what was moved, though not by whom; or takes that back."""
        posting = self.postings.get(step_id)
        if posting is not None:
            posting.lost_mg += mass.mean_mg if taken is not undo else -mass.mean_mg
            posting.lost_mg2 += -mass.variance_mg2 if undo else mass.variance_mg2
            self.touched[posting.shelf_id] = None

    def opened(self, shelf_id: ShelfId, mass_mg: int) -> None:
        """So much more is known to have lain on a shelf from the first: a plate that came to be weighed, or drift."""
        self.account(shelf_id).opened_mg += mass_mg

    def unexplained(self, shelf_id: ShelfId, plates: tuple[PlateMass, ...], *, variance_mg2: int) -> None:
        """A shelf weighs what no movement on it says; negative grams are missing."""
        account = self.account(shelf_id)
        self.touched[shelf_id] = None
        account.over_mg2 += variance_mg2
        for plate in plates:
            account.over_mg[plate.plate_id] = account.over_mg.get(plate.plate_id, 0) + plate.mass_mg

    def accept(self, shelf_id: ShelfId, *, pending: Collection[StepId]) -> None:
        """Somebody has looked: a shelf is right as it lies, but for what is pending."""
        account = self.account(shelf_id)
        self.touched[shelf_id] = None
        account.opened_mg += sum(account.over_mg.values())
        account.over_mg, account.over_mg2 = {}, 0
        for step_id, posting in list(self._of_shelf.get(shelf_id, {}).items()):
            if posting.settled and step_id not in pending:
                self._strike(step_id)
                self._close(account, posting, accepted=True)

    def missing(self, shelf_id: ShelfId, *, pending: Collection[StepId]) -> Missing:
        """What nothing accounts for on a shelf; ``pending`` movements may yet be explained."""
        account = self.accounts.get(shelf_id, Account())
        plates, variance_mg2 = dict(account.over_mg), account.over_mg2
        counted: list[Posting] = []
        for step_id, posting in self._of_shelf.get(shelf_id, {}).items():
            if posting.settled and step_id not in pending and posting.matters:
                counted.append(posting)
                variance_mg2 += posting.over_mg2
                for plate_id, mass_mg in posting.over_by_plate().items():
                    plates[plate_id] = plates.get(plate_id, 0) + mass_mg
        mass_mg = sum(plates.values())
        alike = [posting.start_ns for posting in counted if posting.over_mg * mass_mg > 0]
        return Missing(shelf_id=shelf_id, plates=plates, variance_mg2=variance_mg2, since_ns=min(alike, default=None))

    def totals(self, shelf_id: ShelfId, *, pending: Collection[StepId]) -> Totals:
        """Where all that ever lay on a shelf went."""
        account, missing = self.accounts.get(shelf_id, Account()), self.missing(shelf_id, pending=pending)
        own = self._of_shelf.get(shelf_id, {})
        waiting = [p for step_id, p in own.items() if step_id in pending or not p.settled]
        decided = [p for step_id, p in own.items() if step_id not in pending and p.settled]
        return Totals(
            opened_mg=account.opened_mg + sum(p.mass_mg + p.gone_mg if p.staff else p.erred_mg for p in decided),
            carts_mg=account.carts_mg + sum(p.carts_mg for p in own.values()),
            lost_mg=account.lost_mg + sum(p.lost_mg for p in own.values()),
            open_mg=-sum(p.mass_mg + p.gone_mg for p in waiting),
            missing_mg=-missing.mass_mg,
            sigma_mg=math.isqrt(missing.variance_mg2),
        )

    def fold(self, *, now_ns: int, pending: Collection[StepId]) -> None:
        """Now and then, add up the movements that nothing will change any more but a person."""
        if now_ns < self.fold_ns:
            return
        self.fold_ns = now_ns + _FOLD_NS
        for step_id, posting in list(self.postings.items()):
            if posting.start_ns < now_ns - _KEPT_NS and step_id not in pending:
                self._strike(step_id)
                self._close(self.account(posting.shelf_id), posting, accepted=False)

    def rebase(self, shift_ns: int) -> None:
        """Move the instants to a new clock."""
        self.fold_ns += shift_ns
        for posting in self.postings.values():
            posting.start_ns += shift_ns
        for account in self.accounts.values():
            if account.told is not None:
                account.told = msgspec.structs.replace(account.told, since_ns=account.told.since_ns + shift_ns)

    def _posting(self, step_id: StepId, shelf_id: ShelfId, plates: tuple[PlateMass, ...], *, start_ns: int) -> Posting:
        self.touched[shelf_id] = None
        known = self.postings.get(step_id)
        if known is None:
            known = Posting(shelf_id=shelf_id, start_ns=start_ns, plates=plates)
            self.postings[step_id] = self._of_shelf.setdefault(shelf_id, {})[step_id] = known
        return known

    def _strike(self, step_id: StepId) -> None:
        del self._of_shelf[self.postings.pop(step_id).shelf_id][step_id]

    def _close(self, account: Account, posting: Posting, *, accepted: bool) -> None:
        account.carts_mg += posting.carts_mg
        account.lost_mg += posting.lost_mg
        if posting.staff:
            account.opened_mg += posting.mass_mg + posting.gone_mg
        elif accepted or not posting.matters:
            account.opened_mg += posting.over_mg
        else:
            account.over_mg2 += posting.over_mg2
            for plate_id, mass_mg in posting.over_by_plate().items():
                account.over_mg[plate_id] = account.over_mg.get(plate_id, 0) + mass_mg


def judge(account: Account, missing: Missing, *, limit_mg: int, t_ns: int) -> GramsMismatch | GramsAccounted | None:
    """What is to be said of a shelf: that grams are missing or over, that others are, or that all is well again.

    Less than ``limit_mg``, or than weighing may err, says nothing.
    """
    told, off_mg = account.told, missing.mass_mg
    limit_mg = max(SIGMAS * math.isqrt(missing.variance_mg2), limit_mg)
    if told is not None and 2 * abs(off_mg) <= limit_mg:
        account.told = None
        return GramsAccounted(t_ns=t_ns, shelf_id=told.shelf_id)
    if abs(off_mg) <= limit_mg or (told is not None and abs(off_mg - told.mass_mg) <= limit_mg):
        return None
    began_ns = [ns for ns in (missing.since_ns, told.since_ns if told is not None else None) if ns is not None]
    account.told = GramsMismatch(
        t_ns=t_ns,
        shelf_id=missing.shelf_id,
        plates=tuple(
            PlateMass(plate_id=plate_id, mass_mg=mass_mg)
            for plate_id, mass_mg in sorted(missing.plates.items())
            if abs(mass_mg) >= _PLATE_MG
        ),
        mass_mg=off_mg,
        sigma_mg=math.isqrt(missing.variance_mg2),
        since_ns=min(began_ns, default=t_ns),
    )
    return account.told
