"""Where every unit that was moved ended, by the ledger alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.twin.devices import TruthRecord
from engine.bench.scoring import WINDOW_NS, Movement, Verdict, accounts_of, compare, movements_of, steps_of
from engine.bench.witness import Heard
from engine.domain import (
    GramsAccounted,
    GramsMismatch,
    OutputFact,
    ReceiptIssued,
    ShelfId,
    Store,
    UnwitnessedChange,
    VisitId,
    signed_quantity,
    standing_lines,
)

_CHANGED_NS = 20_000_000_000
"""A unit said of a change that nobody measured may be asked about so long after it was moved."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """From a cut until the engine was back, and on until the shelves were weighed again."""

    begin_ns: int
    back_ns: int
    end_ns: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a ledger has of what was moved: what it has not, and what it has twice."""

    movements: tuple[Movement, ...]
    dark: tuple[Movement, ...]
    missing: tuple[Movement, ...]
    twice: tuple[Verdict, ...]


def account_for(
    truth: Sequence[TruthRecord], ledger: Sequence[OutputFact], outages: Sequence[Outage], store: Store
) -> Account:
    """Pair every unit moved with a unit of a line or a case; what is left must be a change or grams that are flagged.

    Units pair as the scorer has it. One that was moved and moved back in the same outage left nothing to be found.
    """
    heard = [Heard(fact.t_ns, fact) for fact in ledger]
    movements = movements_of(truth, store)
    accounts = accounts_of(truth, heard)
    visits = {account.shopper: account.visit_id for account in accounts if account.visit_id is not None}
    verdicts = compare(movements, steps_of(heard), visits=visits, store=store)
    alone = [v.movement for v in verdicts if v.claim is None and v.movement is not None]
    flagged = [movement for movement in alone if _flagged(movement, ledger, outages)]
    left = _not_undone([movement for movement in alone if movement not in flagged], outages)
    return Account(
        movements=movements,
        dark=tuple(movement for movement in movements if _outage_of(movement, outages) is not None),
        missing=tuple(left),
        twice=tuple(_said_twice(verdicts)),
    )


def open_visits(ledger: Sequence[OutputFact]) -> tuple[VisitId, ...]:
    """Visits with something in their carts that were never charged."""
    units: dict[VisitId, int] = {}
    for line in standing_lines(ledger).values():
        units[line.visit_id] = units.get(line.visit_id, 0) + signed_quantity(line)
    charged = {fact.visit_id for fact in ledger if isinstance(fact, ReceiptIssued)}
    return tuple(visit_id for visit_id, count in units.items() if count and visit_id not in charged)


def _flagged(movement: Movement, ledger: Sequence[OutputFact], outages: Sequence[Outage]) -> bool:
    """Whether its plate is in a change that nobody measured and that spans it, or in grams that are missing since."""
    wrong_since: dict[ShelfId, GramsMismatch] = {}
    for fact in ledger:
        match fact:
            case UnwitnessedChange():
                since_ns = _before_reboots(fact.since_ns or 0, fact.t_ns, outages)
                spans = since_ns - WINDOW_NS <= movement.t_ns <= fact.t_ns
                if spans and any(plate.plate_id == movement.plate_id for plate in fact.plates):
                    return True
            case GramsMismatch():
                wrong_since[fact.shelf_id] = fact
            case GramsAccounted():
                wrong_since.pop(fact.shelf_id, None)
            case _:
                pass
    wrong = wrong_since.get(movement.shelf_id)
    return wrong is not None and any(plate.plate_id == movement.plate_id for plate in wrong.plates)


def _before_reboots(t_ns: int, told_ns: int, outages: Sequence[Outage]) -> int:
    """An instant as it was when it was noted: the core moves what it remembers over a reboot, as if it took no time."""
    for outage in reversed(outages):
        if t_ns <= outage.back_ns <= told_ns:
            t_ns -= outage.back_ns - outage.begin_ns
    return t_ns


def _outage_of(movement: Movement, outages: Sequence[Outage]) -> Outage | None:
    """The outage in which it was moved, or the end of whose weighing the cut prevented."""
    return next((o for o in outages if o.begin_ns - WINDOW_NS <= movement.t_ns <= o.end_ns), None)


def _not_undone(movements: Sequence[Movement], outages: Sequence[Outage]) -> list[Movement]:
    """Without those moved one way and the other in the same outage."""
    left: list[Movement] = []
    for movement in movements:
        outage = _outage_of(movement, outages)
        undone = next(
            (
                other
                for other in left
                if outage is not None
                and _outage_of(other, outages) is outage
                and (other.plate_id, other.sku_id, other.taken)
                == (movement.plate_id, movement.sku_id, not movement.taken)
            ),
            None,
        )
        if undone is None:
            left.append(movement)
        else:
            left.remove(undone)
    return left


def _said_twice(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Units of lines that nobody moved, while the same cart has the same unit of the same shelf from a movement."""
    moved = [v for v in verdicts if v.movement is not None and v.charged]
    alone = [v.movement for v in verdicts if v.movement is not None and v.claim is None]
    found: list[Verdict] = []
    for verdict in verdicts:
        if verdict.movement is not None or not verdict.charged:
            continue
        late = next((movement for movement in alone if _is_of(verdict, movement)), None)
        if late is not None:
            alone.remove(late)  # moved while nobody measured, long before it was said
        elif any(_same_cart(verdict, other) for other in moved):
            found.append(verdict)
    return found


def _is_of(said: Verdict, movement: Movement | None) -> bool:
    """Whether a unit of a line may be a movement, made before it was said."""
    if said.claim is None or said.step is None or movement is None:
        return False
    same = (said.claim.sku_id, said.claim.taken, said.step.shelf_id)
    begin_ns = said.step.start_ns - _CHANGED_NS
    return same == (movement.sku_id, movement.taken, movement.shelf_id) and (
        begin_ns <= movement.t_ns <= said.step.end_ns + WINDOW_NS
    )


def _same_cart(said: Verdict, other: Verdict) -> bool:
    lines = [verdict.claim.line for verdict in (said, other) if verdict.claim is not None]
    visits = {line.visit_id for line in lines if line is not None}
    return len(visits) == 1 and _is_of(said, other.movement)
