"""Play one scenario with one seed against a paced engine, from opening to the last receipt."""

import time

from drivers.twin.render import Body
from engine.bench.paced import PacedProcess
from engine.bench.scoring import Trial, TruePlace
from engine.bench.trial._clock import CHUNK_NS, FIRST_NS, OPENING_NS, seconds_at
from engine.bench.trial._feed import Feed
from engine.bench.trial._plan import TrialPlan
from engine.bench.witness import Heard
from engine.domain import FloorView, ReceiptIssued, VisitLeft
from engine.runtime.paced import Opening
from engine.store import StoreFolder

_FLOOR_EVERY = 5  # chunks: twice a second
_ENDLESS_NS = 240_000_000_000
_AFTER_NS = 3_000_000_000
_RECEIPTS_NS = 10_000_000_000  # on top of the deadline after which the engine decides a case by itself


class EndlessTrialError(Exception):
    """A scenario does not come to its end; the message names its file."""


def play(plan: TrialPlan, engine: PacedProcess, folder: StoreFolder, bodies: tuple[Body, ...]) -> Trial:
    """One trial. Raises ``ScenarioError`` and ``EngineEndedError``."""
    began_cpu_s = time.process_time() + engine.cpu_s
    feed = Feed(folder, plan, bodies)
    engine.take([Opening(at_ns=FIRST_NS)])
    heard: list[Heard] = []
    floors: list[FloorView] = []
    places: list[TruePlace] = []
    chunks, over_ns = 0, 0
    while True:
        told = engine.take(feed.chunk(show_floor=chunks % _FLOOR_EVERY == 0))
        heard += [Heard(decided.at_ns, decided.fact) for decided in told.decided]
        chunks += 1
        if told.floor is not None:
            floors.append(told.floor)
            places += feed.places()
        if feed.idle_ns > _ENDLESS_NS:
            problem = f"with seed {plan.seed} somebody waits for ever from second {seconds_at(feed.now_ns):.0f}"
            raise EndlessTrialError(f"{plan.scenario}: {problem}. Rehearse it")
        if feed.world.over:
            over_ns += CHUNK_NS
            if _done(heard, over_ns, folder):
                break
    return Trial(
        scenario=plan.scenario.stem,
        seed=plan.seed,
        level=plan.level,
        evidence=plan.evidence,
        truth=feed.truth(),
        heard=tuple(heard),
        floors=tuple(floors),
        true_places=tuple(places),
        reference=feed.reference(),
        simulated_s=chunks * CHUNK_NS / 1e9,
        cpu_s=time.process_time() + engine.cpu_s - began_cpu_s,
        opened_ns=OPENING_NS,
    )


def _done(heard: list[Heard], over_ns: int, folder: StoreFolder) -> bool:
    if over_ns < _AFTER_NS:
        return False
    left = sum(isinstance(item.fact, VisitLeft) for item in heard)
    receipts = sum(isinstance(item.fact, ReceiptIssued) for item in heard)
    deadline_ns = int(folder.store.policy.review_deadline_s * 1e9)
    return receipts >= left or over_ns > deadline_ns + _RECEIPTS_NS
