"""True movements beside what was said of them: the best one-to-one pairing, and which of it is right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.bench.scoring._accounts import Movement
from engine.bench.scoring._pairing import best_pairs
from engine.bench.scoring._steps import Claim, Step
from engine.domain import Floats, StepId, Store, VisitId

WINDOW_NS = 3_000_000_000


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A movement, a claim, or a movement and what was said of it.

    ``right``: the unit stands in the right cart. ``here``, ``right_account``, ``right_item``: the claim is of the
    movement's shelf, charges the account that made it, names what was moved. ``step`` is where a
    reviewer would come across it: the claim's or, of a movement nobody claimed, the nearest of its shelf.
    """

    movement: Movement | None
    claim: Claim | None
    step: Step | None
    right: bool = False
    here: bool = False
    right_account: bool = False
    right_item: bool = False

    @property
    def charged(self) -> bool:
        """Whether a line was said."""
        return self.claim is not None and self.claim.line is not None

    @property
    def owed(self) -> bool:
        """Whether a shopper moved something."""
        return self.movement is not None and self.movement.shopper is not None

    @property
    def wrong(self) -> bool:
        """Whether a cart is wrong by this unit."""
        return (self.charged or self.owed) and not self.right


def compare(
    movements: Sequence[Movement], steps: Mapping[StepId, Step], *, visits: Mapping[int, VisitId], store: Store
) -> list[Verdict]:
    """Every movement and every claim, once.

    They pair one to one within the window and in the same direction, on the same shelf or where the claim is right.
    Of all such pairings it is one with the most right units, then the most on the right shelf, then the most right
    products, then the most right accounts, then the nearest in time.
    """
    claims = [claim for step in steps.values() for claim in step.claims(store)]
    table = _Table(movements, claims, steps, visits)
    said = dict(best_pairs(table.allowed, (table.right, table.here, table.item, table.account, table.close)))
    verdicts = [
        Verdict(
            movement=movements[row],
            claim=claims[column],
            step=steps[claims[column].step_id],
            right=bool(table.right[row, column]),
            here=bool(table.here[row, column]),
            right_account=bool(table.account[row, column]),
            right_item=bool(table.item[row, column]),
        )
        for row, column in said.items()
    ]
    missed = [movement for row, movement in enumerate(movements) if row not in said]
    unfounded = [claim for column, claim in enumerate(claims) if column not in said.values()]
    return verdicts + _all_alone(missed, unfounded, steps)


def _all_alone(movements: Sequence[Movement], claims: Sequence[Claim], steps: Mapping[StepId, Step]) -> list[Verdict]:
    missed = [Verdict(movement=movement, claim=None, step=_nearest(movement, steps.values())) for movement in movements]
    return missed + [Verdict(movement=None, claim=claim, step=steps[claim.step_id]) for claim in claims]


class _Table:
    """What speaks for pairing each movement (row) with each claim (column), 0 or 1 but for ``close``."""

    def __init__(
        self,
        movements: Sequence[Movement],
        claims: Sequence[Claim],
        steps: Mapping[StepId, Step],
        visits: Mapping[int, VisitId],
    ) -> None:
        of_claims = [steps[claim.step_id] for claim in claims]
        moved_ns = np.array([m.t_ns for m in movements], dtype=np.int64)[:, None]
        late_ns = np.maximum(np.array([s.start_ns for s in of_claims], dtype=np.int64) - moved_ns, 0)
        late_ns = np.maximum(late_ns, moved_ns - np.array([s.end_ns for s in of_claims], dtype=np.int64))
        same_way = _equal([m.taken for m in movements], [c.taken for c in claims])
        self.here = _equal([m.shelf_id for m in movements], [s.shelf_id for s in of_claims])
        self.item = _equal([m.sku_id for m in movements], [c.sku_id for c in claims])
        self.account = _equal([_owner(m, visits) for m in movements], [_charged(c, steps) for c in claims])
        self.right = self.item & self.account & np.array([c.line is not None for c in claims], dtype=bool)
        self.allowed = (late_ns <= WINDOW_NS) & same_way & (self.here | self.right)
        self.close: Floats = 1 - late_ns / (2 * WINDOW_NS)


def _owner(movement: Movement, visits: Mapping[int, VisitId]) -> str:
    return "" if movement.shopper is None else visits.get(movement.shopper, f"? {movement.shopper}")


def _charged(claim: Claim, steps: Mapping[StepId, Step]) -> str:
    if claim.line is not None:
        return claim.line.visit_id
    return "" if steps[claim.step_id].stocked is not None else "?"


def _nearest(movement: Movement, steps: Iterable[Step]) -> Step | None:
    near = [
        (late_ns, step)
        for step in steps
        if step.shelf_id == movement.shelf_id
        and (late_ns := max(step.start_ns - movement.t_ns, movement.t_ns - step.end_ns, 0)) <= WINDOW_NS
    ]
    return min(near, key=lambda pair: pair[0], default=(0, None))[1]


def _equal(rows: Sequence[object], columns: Sequence[object]) -> NDArray[np.bool_]:
    return np.asarray(np.array(rows, dtype=object)[:, None] == np.array(columns, dtype=object), dtype=bool)
