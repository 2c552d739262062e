"""A trial's truth and what was said of it, one beside the other: what every judgement of it starts from."""

from dataclasses import dataclass

from engine.bench.scoring._accounts import Account, Movement, accounts_of, movements_of
from engine.bench.scoring._steps import Step, steps_of
from engine.bench.scoring._trial import Trial
from engine.bench.scoring._verdicts import Verdict, compare
from engine.domain import StepId, Store, VisitId


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """``visits`` are those of the accounts, by who holds them; ``verdicts`` pair movements with claims."""

    accounts: tuple[Account, ...]
    visits: dict[int, VisitId]
    movements: tuple[Movement, ...]
    steps: dict[StepId, Step]
    verdicts: list[Verdict]


def compared(trial: Trial, store: Store) -> Comparison:
    """Compare. Raises ``ValueError`` for a truth that cannot be."""
    accounts = accounts_of(trial.truth, trial.heard)
    visits = {account.shopper: account.visit_id for account in accounts if account.visit_id is not None}
    movements, steps = movements_of(trial.truth, store), steps_of(trial.heard)
    verdicts = compare(movements, steps, visits=visits, store=store)
    return Comparison(accounts=accounts, visits=visits, movements=movements, steps=steps, verdicts=verdicts)
