"""A busy hour in which the power goes a hundred times."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random

from drivers.twin.render import load_bodies
from engine.bench.crash._account import Outage, account_for, open_visits
from engine.bench.crash._engine import CutEngine
from engine.bench.crash._report import CrashReport, seconds_of
from engine.bench.scoring import Movement, Verdict
from engine.bench.staging import Level, stage_demo_store
from engine.bench.trial import FIRST_NS, Feed, TrialPlan, instant_of, seconds_at
from engine.domain import OutputFact, ReceiptIssued
from engine.runtime.ledger import KEPT, read_facts, verify
from engine.store import StoreFolder

Tell = Callable[[str], None]

_DEADLINE_S = 10.0
_OUTAGE_S = (2.0, 8.0)
"""From a cut until the engine runs again: short for a host, long for a shopper who goes on taking things."""
_REST_S = 2.5
"""How long the shelves take after that to come to rest and be weighed."""
_KILLED_WITHIN_S = 0.02
_OPERATIONS = 12


@dataclass(frozen=True, kw_only=True)
class CrashPlan:
    """How many cuts in how much of a scenario; ``after_s`` is for the last to leave and what is open to be decided."""

    cuts: int = 100
    for_s: float = 3600.0
    after_s: float = 400.0
    seed: int = 1
    scenario: Path = Path(str(files("resources"))) / "scenarios" / "day" / "ordinary-hour.toml"


class _Run:
    """One hour. Half of the cuts strike between or within operations on files, half at any instant."""

    def __init__(self, plan: CrashPlan, work_dir: Path, tell: Tell) -> None:
        self._plan, self._tell = plan, tell
        self.folder = stage_demo_store(work_dir / "store", level=Level.SIGNAL, review_deadline_s=_DEADLINE_S)
        self._rng = Random(plan.seed)
        self._cuts_ns = sorted(instant_of(self._rng.uniform(0, plan.for_s)) for _ in range(plan.cuts))
        self.feed = Feed(self.folder, TrialPlan(scenario=plan.scenario, seed=plan.seed), load_bodies())
        self.engine = CutEngine(self.folder, work_dir / "platter", self._rng)
        self.outages: list[Outage] = []
        self.told: list[OutputFact] = []
        self.broken_chains = 0

    def play(self) -> None:
        """Until everybody has left. Raises ``EngineFailedError``."""
        self.engine.begin(FIRST_NS)
        until_ns = instant_of(self._plan.for_s + self._plan.after_s)
        while self.feed.now_ns < until_ns:
            if not self._live_on():
                self._go_dark()

    def _cut_is_due(self) -> bool:
        due = bool(self._cuts_ns) and self._cuts_ns[0] <= self.feed.now_ns
        if due:
            self._cuts_ns.pop(0)
        return due

    def _live_on(self) -> bool:
        """A tenth of a second; False when the power went in it."""
        stimuli = self.feed.chunk()
        if not self._cut_is_due():
            told = self.engine.take(stimuli)
        elif self._rng.random() < 0.5:
            told = self.engine.take(stimuli, dies_after=self._rng.randrange(_OPERATIONS))
        else:
            told = self.engine.take(stimuli, killed_after_s=self._rng.uniform(0, _KILLED_WITHIN_S))
        if told is not None:
            self.told += [decided.fact for decided in told.decided]
        return told is not None

    def _go_dark(self) -> None:
        """What happens now nobody measures; it may be cut off again while it comes up."""
        begin_ns, up = self.feed.now_ns, False
        while not up:
            self.engine.settle()
            self.broken_chains += not _chain_is_whole(self.folder)
            until_ns = self.feed.now_ns + round(1e9 * self._rng.uniform(*_OUTAGE_S))
            while self.feed.now_ns < until_ns:
                self.feed.chunk()
            dies_after = self._rng.randrange(_OPERATIONS) if self._cut_is_due() else None
            up = self.engine.begin(self.feed.now_ns, dies_after=dies_after)
        back_ns = self.feed.now_ns
        self.outages.append(Outage(begin_ns=begin_ns, back_ns=back_ns, end_ns=back_ns + round(1e9 * _REST_S)))
        self._tell(f"second {seconds_at(begin_ns):.0f}: cut, back after {self.engine.restarts_s[-1]:.2f} s")


def bench_crash(plan: CrashPlan, tell: Tell) -> CrashReport:
    """Play and account for it. Raises ``EngineFailedError`` when the engine ends of itself or does not come up."""
    with tempfile.TemporaryDirectory(prefix="tillfree-crash-") as work_dir:
        run = _Run(plan, Path(work_dir), tell)
        try:
            run.play()
        finally:
            run.engine.end()
        report = _report(plan, run)
    tell(str(report))
    return report


def _report(plan: CrashPlan, run: _Run) -> CrashReport:
    ledger = read_facts(run.folder.ledger_path)
    account = account_for(run.feed.truth(), ledger, run.outages, run.folder.store)
    receipts = [fact.visit_id for fact in run.told if isinstance(fact, ReceiptIssued)]
    return CrashReport(
        seed=plan.seed,
        cuts=plan.cuts,
        simulated_s=plan.for_s,
        movements=len(account.movements),
        dark=len(account.dark),
        movements_unaccounted=len(account.missing),
        lines_doubled=len(account.twice),
        receipts=sum(isinstance(fact, ReceiptIssued) for fact in ledger),
        told_twice=len(receipts) - len(set(receipts)),
        told_and_lost=len({fact for fact in run.told if isinstance(fact, KEPT)} - set(ledger)),
        uncharged=len(open_visits(ledger)),
        chain_intact=run.broken_chains == 0 and _chain_is_whole(run.folder),
        restart_s=seconds_of(run.engine.restarts_s),
        restart_cpu_s=seconds_of(run.engine.restarts_cpu_s),
        unaccounted=tuple(_movement(movement) for movement in account.missing),
        doubled=tuple(_doubled(verdict) for verdict in account.twice),
    )


def _chain_is_whole(folder: StoreFolder) -> bool:
    """Of a ledger; where the power went before there was one, there is nothing to break."""
    return not folder.ledger_path.exists() or verify(folder.ledger_path).whole


def _movement(movement: Movement) -> str:
    way = "from" if movement.taken else "to"
    return f"second {seconds_at(movement.t_ns):.1f}: {movement.sku_id} {way} {movement.plate_id}"


def _doubled(verdict: Verdict) -> str:
    line = verdict.claim.line if verdict.claim is not None else None
    return f"{line.visit_id}: {line.sku_id} by {line.step_id}" if line is not None else ""
