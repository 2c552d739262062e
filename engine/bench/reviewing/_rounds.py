"""Cases with their truth: adversarial trials, played until enough was asked."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from msgspec.structs import replace

from drivers.twin.render import load_bodies
from engine.bench.paced import PacedProcess
from engine.bench.scoring import true_answers
from engine.bench.sets import scenarios_of
from engine.bench.staging import Level, stage_demo_store
from engine.bench.trial import TrialPlan, play
from engine.domain import CaseId, Evidence, NeedsReview, OutputFact, ShopperBound, Store, Verdict, VisitOpened
from engine.runtime.evidence import EvidenceRing
from engine.runtime.paced import PeopleSeen, Stimulus, Told
from engine.store import StoreFolder

_DEADLINE_S = 10.0


@dataclass(frozen=True)
class Asked:
    """A case, what is shown of it, and the right answer; None where no verdict is."""

    case: NeedsReview
    evidence: Evidence
    truth: Verdict | None


@dataclass(frozen=True)
class Round:
    """One trial's shoppers and what was asked about them."""

    visits: tuple[OutputFact, ...]
    asked: tuple[Asked, ...]


def play_rounds(cases: int, *, tell: Callable[[str], None]) -> tuple[Store, list[Round]]:
    """Rounds with so many cases together, and the store they are of. Raises as ``play`` does."""
    rounds: list[Round] = []
    left = cases
    with tempfile.TemporaryDirectory(prefix="tillfree-reviewing-") as work_dir:
        folder = stage_demo_store(Path(work_dir) / "store", level=Level.SIGNAL, review_deadline_s=_DEADLINE_S)
        with _Watched(folder) as engine:
            for plan in _plans():
                made = _play(plan, engine, folder, at_most=left)
                left -= len(made.asked)
                rounds.append(made)
                tell(f"{plan.scenario.stem} seed {plan.seed}: {len(made.asked)} cases, {left} to go")
                if not left:
                    return folder.store, rounds
    raise AssertionError("there is always another seed")


def _plans() -> Iterator[TrialPlan]:
    """No two of the same seed: whoever comes in is called by it."""
    scenarios = scenarios_of("adversarial")
    return (TrialPlan(scenario=scenarios[seed % len(scenarios)], seed=seed) for seed in count(1))


def _play(plan: TrialPlan, engine: "_Watched", folder: StoreFolder, *, at_most: int) -> Round:
    engine.begin()
    trial = play(plan, engine, folder, load_bodies())
    facts = [item.fact for item in trial.heard]
    truths = true_answers(trial, folder.store)
    last = {fact.case_id: fact for fact in facts if isinstance(fact, NeedsReview)}
    asked = [Asked(case, engine.evidence[case_id], truths[case_id]) for case_id, case in last.items()]
    return Round(
        visits=tuple(fact for fact in facts if isinstance(fact, VisitOpened | ShopperBound)),
        asked=tuple(asked[:at_most]),
    )


class _Watched(PacedProcess):
    """An engine whose evidence is kept as its store would: cut out when a case is asked."""

    def __init__(self, folder: StoreFolder) -> None:
        super().__init__(folder)
        self._store = folder.store
        self.begin()

    def begin(self) -> None:
        """Another trial: what was before is forgotten."""
        self._ring = EvidenceRing(self._store)
        self.evidence: dict[CaseId, Evidence] = {}

    def take(self, stimuli: Sequence[Stimulus]) -> Told:
        """As the engine does, with an eye on what passes."""
        for stimulus in stimuli:
            if isinstance(stimulus, PeopleSeen):
                self._ring.note(stimulus.fact)
        told = super().take(stimuli)
        if told.floor is not None:
            self._ring.note_floor(told.floor)
        for decided in told.decided:
            if isinstance(decided.fact, NeedsReview):
                self.evidence[decided.fact.case_id] = self._ring.cut(decided.fact)
        return told


def shifted(asked: Asked, by_ns: int, *, deadline_ns: int) -> Asked:
    """The same at another time."""
    case, evidence = asked.case, asked.evidence
    return Asked(
        replace(
            case,
            t_ns=case.t_ns + by_ns,
            start_ns=case.start_ns + by_ns,
            end_ns=case.end_ns + by_ns,
            deadline_ns=deadline_ns,
        ),
        replace(
            evidence,
            frames=tuple(replace(frame, t_ns=frame.t_ns + by_ns) for frame in evidence.frames),
            floor=tuple(replace(view, t_ns=view.t_ns + by_ns) for view in evidence.floor),
        ),
        asked.truth,
    )
