"""Judge one trial: what the engine said beside what was true."""

from collections.abc import Mapping, Sequence

from engine.bench.scoring._accounts import Account
from engine.bench.scoring._comparison import compared
from engine.bench.scoring._counts import Counts, Share
from engine.bench.scoring._delays import delays_ms
from engine.bench.scoring._mistakes import Words
from engine.bench.scoring._receipts import judge_receipts
from engine.bench.scoring._reference import judge_reference
from engine.bench.scoring._review import Review
from engine.bench.scoring._score import Mistake, MovementScore, SaidLine, TrialScore
from engine.bench.scoring._steps import staff_visits
from engine.bench.scoring._tracks import judge_floor
from engine.bench.scoring._trial import Trial
from engine.bench.scoring._verdicts import Verdict
from engine.bench.witness import Heard
from engine.domain import LineId, ReceiptIssued, Store, VisitId


def judge(trial: Trial, store: Store) -> TrialScore:
    """The score of one trial. Raises ``ValueError`` for a truth that cannot be."""
    found = compared(trial, store)
    accounts, movements, verdicts = found.accounts, found.movements, found.verdicts
    review = Review(found.steps, verdicts, found.visits, staff_visits(trial.heard))
    return TrialScore(
        scenario=trial.scenario,
        seed=trial.seed,
        level=trial.level,
        evidence=trial.evidence,
        simulated_s=trial.simulated_s,
        cpu_s=trial.cpu_s,
        movements=_judge_movements(verdicts, found.visits, trial.heard),
        review=review.score(),
        receipts=judge_receipts(trial.heard, accounts, movements, review),
        floor=judge_floor(trial.floors, trial.true_places, store),
        reference=judge_reference(trial.reference, accounts, movements),
        mistakes=_mistakes(trial, Words(store, trial, accounts), verdicts, review, accounts),
    )


def _judge_movements(
    verdicts: Sequence[Verdict], visits: Mapping[int, VisitId], heard: Sequence[Heard]
) -> MovementScore:
    detected = [verdict for verdict in verdicts if verdict.here and verdict.owed]
    return MovementScore(
        units=Counts(
            true=sum(verdict.owed for verdict in verdicts),
            said=sum(verdict.charged for verdict in verdicts),
            right=sum(verdict.right for verdict in verdicts),
        ),
        events=Counts(
            true=sum(verdict.movement is not None for verdict in verdicts),
            said=sum(verdict.claim is not None for verdict in verdicts),
            right=sum(verdict.here for verdict in verdicts),
        ),
        right_account=Share.of_all(verdict.right_account for verdict in detected),
        right_item=Share.of_all(verdict.right_item for verdict in detected),
        said_lines=_said_lines(verdicts),
        delays_ms=delays_ms(verdicts, heard),
    )


def _said_lines(verdicts: Sequence[Verdict]) -> tuple[SaidLine, ...]:
    said: dict[LineId, SaidLine] = {}
    for verdict in verdicts:
        line = verdict.claim.line if verdict.claim is not None else None
        if line is not None:
            before = said.get(line.line_id)
            right = verdict.right and (before is None or before.right)
            said[line.line_id] = SaidLine(probability_ppm=line.probability_ppm, right=right)
    return tuple(said.values())


def _mistakes(
    trial: Trial, words: Words, verdicts: Sequence[Verdict], review: Review, accounts: Sequence[Account]
) -> tuple[Mistake, ...]:
    paid = {item.fact.visit_id for item in trial.heard if isinstance(item.fact, ReceiptIssued)}
    found = [words.mistake(verdict, decidable=review.decides(verdict)) for verdict in verdicts if verdict.wrong]
    found += [words.unpaid(account) for account in accounts if account.pays and account.visit_id not in paid]
    return tuple(sorted(found, key=lambda mistake: mistake.at_s))
