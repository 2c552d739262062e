"""Mistakes in words: what was true, what was said, when, and how sure the engine was."""

from collections.abc import Sequence

from engine.bench.scoring._accounts import Account, Movement, doer
from engine.bench.scoring._score import Mistake
from engine.bench.scoring._steps import Step
from engine.bench.scoring._trial import Trial
from engine.bench.scoring._verdicts import WINDOW_NS, Verdict
from engine.domain import CartLine, Picked, PlateId, PutBack, Store

_DEEDS = {
    "return": "took {sku} up from {plate} and set it back",
    "touch": "touched {plate} and moved nothing",
    "rest": "rested a hand on {plate}",
    "lean": "leaned on {plate}",
}


class Words:
    """Speaks of one trial."""

    def __init__(self, store: Store, trial: Trial, accounts: Sequence[Account]) -> None:
        self._store, self._opened_ns = store, trial.opened_ns
        self._names = {account.visit_id: f"shopper {account.shopper}" for account in accounts}
        self._still = [record for record in trial.truth if record.deed in _DEEDS]

    def mistake(self, verdict: Verdict, *, decidable: bool) -> Mistake:
        """One wrong unit."""
        movement, step, line = verdict.movement, verdict.step, verdict.claim.line if verdict.claim else None
        t_ns = movement.t_ns if movement is not None else step.start_ns if step is not None else self._opened_ns
        return Mistake(
            at_s=self._seconds(t_ns),
            true=_moved(movement) if movement is not None else self._nothing(step),
            said=self._charged(line) if line is not None else self._uncharged(step),
            probability=_probability(line, step),
            decidable=decidable,
        )

    def unpaid(self, account: Account) -> Mistake:
        """An account that left without a receipt."""
        left_ns = account.left_ns if account.left_ns is not None else self._opened_ns
        return Mistake(
            at_s=self._seconds(left_ns),
            true=f"shopper {account.shopper} left",
            said="no receipt" if account.visit_id is not None else "no visit was opened at their entry",
            probability=None,
            decidable=False,
        )

    def _seconds(self, t_ns: int) -> float:
        return round((t_ns - self._opened_ns) / 1e9, 2)

    def _nothing(self, step: Step | None) -> str:
        """What did happen where nothing was moved."""
        where = step.shelf_id if step is not None else ""
        near = [
            (abs(record.t_ns - step.start_ns), record)
            for record in self._still
            if step is not None
            and record.plate_id is not None
            and self._store.plate_by_id[PlateId(record.plate_id)].shelf_id == where
            and abs(record.t_ns - step.start_ns) <= WINDOW_NS
        ]
        if not near:
            return f"nothing was moved on {where}"
        record = min(near, key=lambda pair: pair[0])[1]
        deed = _DEEDS[record.deed].format(sku=record.sku_id, plate=record.plate_id)
        return f"shopper {doer(record)} {deed}"

    def _charged(self, line: CartLine) -> str:
        name = self._names.get(line.visit_id, f"visit {line.visit_id}, which nobody made,")
        deed = "took" if isinstance(line, Picked) else "put back" if isinstance(line, PutBack) else "put elsewhere"
        return f"{name} {deed} {line.quantity} {line.sku_id}"

    def _uncharged(self, step: Step | None) -> str:
        if step is None:
            return "nothing"
        if step.lines:
            return " and ".join(self._charged(line) for line in step.lines) + ", and no more"
        if step.stocked is not None:
            return "staff moved it"
        return f"asked {step.questions[-1].cause}, then charged nobody"


def _moved(movement: Movement) -> str:
    who = f"shopper {movement.by}"
    if movement.shopper is None:
        who = f"staff ({who})"
    elif movement.shopper != movement.by:
        who += f", for the account of shopper {movement.shopper},"
    way = f"took {movement.sku_id} from" if movement.taken else f"put {movement.sku_id} on"
    return f"{who} {way} {movement.plate_id}"


def _probability(line: CartLine | None, step: Step | None) -> float | None:
    if line is not None:
        return line.probability_ppm / 1e6
    if step is None or not step.questions:
        return None
    return max((h.probability_ppm for h in step.questions[-1].hypotheses), default=0) / 1e6
