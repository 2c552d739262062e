"""Semi-synthetic: known movements of catalogue weights on the real noise of a recording, and what is made of them.

Each pass plays the whole recording to an engine that knows nothing of the pass before, with other people at other
plates. What happens in the recording itself is played too, and counted neither as right nor as wrong.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from drivers.twin.physics import PlateNoise, fitted_plates
from engine.bench.nanostore._injection import Drawing, InjectedStep, InjectedVisit, felt
from engine.bench.nanostore._reach import OwnMovement, Reach, own_movement, recorded_reach
from engine.bench.nanostore._recording import Recording, read_recording
from engine.bench.nanostore._staging import stage_recording
from engine.bench.nanostore._tally import Failure, Said, Tally, said_by_engine, said_by_reference
from engine.bench.paced import PacedProcess
from engine.bench.reference import Reference, Target
from engine.domain import BodiesTracked, BodyTracked, ControllerId, Floats, OutputFact
from engine.runtime.paced import Opening, PeopleSeen, ShelvesRead, Stimulus, TimePassed
from engine.store import StoreFolder

Tell = Callable[[str], None]

_START_NS = 1_000_000_000_000  # of the engine's clock: the recording's first plate message
_LEAD_NS = 5_000_000_000
_AFTER_NS = 3_000_000_000
_CHUNK_NS = 1_000_000_000
_OWN_S = 1.0
_HEAD, _WRISTS = 0, (9, 10)


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Shares: of the told movements the true ones, of the true ones the told ones, and of the latter those told right.

    A movement told with the wrong product or of the wrong shopper is found all the same.
    """

    precision: float
    recall: float
    product_accuracy: float
    shopper_accuracy: float

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"precision {self.precision:.4f}, recall {self.recall:.4f}, product {self.product_accuracy:.4f},"
            f" shopper {self.shopper_accuracy:.4f}"
        )


class InjectReport(Rates, frozen=True, kw_only=True):
    """How the engine did, beside the reference method on the same input. ``asked_share`` is of the found movements."""

    steps: int
    passes: int
    simulated_s: float
    asked_share: float
    reference: Rates
    failures: tuple[Failure, ...]

    def told(self) -> list[str]:
        """For people: every failure, then the rates."""
        return [*map(str, self.failures), f"engine     {self}", f"reference  {self.reference}"]


@dataclass(frozen=True, kw_only=True)
class _Stage:
    recording: Recording
    folder: StoreFolder
    own: OwnMovement
    reach: Reach
    noise: PlateNoise

    @property
    def until_ns(self) -> int:
        """When a pass is over."""
        return _START_NS + round(self.recording.end_s * 1e9) + _AFTER_NS


@dataclass(frozen=True)
class _Pass:
    """What a pass consists of: every gondola's grams, in the order of the traces, and everybody's body."""

    visits: tuple[InjectedVisit, ...]
    grams: tuple[Floats, ...]
    people: tuple[BodiesTracked, ...]

    @property
    def steps(self) -> list[InjectedStep]:
        """What was injected."""
        return [step for visit in self.visits for step in visit.steps]


def inject_steps(data: Path, *, steps: int, seed: int, tell: Tell) -> InjectReport:
    """Inject steps into the recording in ``data``. Raises ``RecordingError`` and ``EngineEndedError``."""
    recording = read_recording(data)
    ports = ["state", "door", "inbox", "tracker", *(f"gondola-{trace.gondola}" for trace in recording.traces)]
    with tempfile.TemporaryDirectory(prefix="nanostore-") as place:
        # Nobody listens: a paced engine opens no socket.
        numbers = {name: 1024 + number for number, name in enumerate(ports)}
        folder = stage_recording(Path(place) / "store", data, recording, ports=numbers, tell=tell)
        own = own_movement(recording)
        stage = _Stage(
            recording=recording,
            folder=folder,
            own=own,
            reach=recorded_reach(recording, folder.store, own),
            noise=fitted_plates().noise,
        )
        with PacedProcess(folder) as engine:
            return _play(stage, engine, steps=steps, seed=seed, tell=tell)


def _play(stage: _Stage, engine: PacedProcess, *, steps: int, seed: int, tell: Tell) -> InjectReport:
    drawing = Drawing(stage.recording, stage.folder.store, stage.own, stage.reach, seed=seed)
    ours, theirs, failures, number = Tally(), Tally(), [], 0
    while ours.injected < steps:
        number += 1
        played = _pass(stage, drawing.draw(steps - ours.injected))
        failures += ours.count(number, played.steps, _not_own(stage, _engine_on(stage, engine, played)))
        theirs.count(number, played.steps, _not_own(stage, _reference_on(stage, played)))
        tell(f"pass {number}: {ours.injected} of {steps} movements played, {ours.found} found")
    return InjectReport(
        **msgspec.structs.asdict(_rates(ours)),
        steps=ours.injected,
        passes=number,
        simulated_s=round(number * stage.recording.end_s, 1),
        asked_share=round(ours.asked / max(1, ours.found), 4),
        reference=_rates(theirs),
        failures=tuple(failures),
    )


def _pass(stage: _Stage, visits: tuple[InjectedVisit, ...]) -> _Pass:
    steps = [step for visit in visits for step in visit.steps]
    grams = tuple(
        felt(trace, [step for step in steps if step.plate.plate_id.startswith(f"{trace.gondola}-")], stage.noise)
        for trace in stage.recording.traces
    )
    people = tuple(
        BodiesTracked(
            t_ns=_START_NS + round(frame.t_s * 1e9),
            bodies=(*frame.bodies, *(body for visit in visits for body in visit.bodies(stage.reach, frame.t_s))),
        )
        for frame in stage.recording.frames
    )
    return _Pass(visits, grams, people)


def _engine_on(stage: _Stage, engine: PacedProcess, played: _Pass) -> list[Said]:
    stimuli: list[Stimulus] = [PeopleSeen(at_ns=fact.t_ns, fact=fact) for fact in played.people]
    for trace, grams in zip(stage.recording.traces, played.grams, strict=True):
        controller_id = ControllerId(f"gondola-{trace.gondola}")
        for t_s, row in zip(trace.t_s.tolist(), grams.astype("<f4"), strict=True):
            t_ns = _START_NS + round(t_s * 1e9)
            stimuli.append(ShelvesRead(at_ns=t_ns, controller_id=controller_id, t_ns=t_ns, grams=row.tobytes()))
    stimuli.sort(key=lambda stimulus: stimulus.at_ns)
    facts: list[OutputFact] = []
    for chunk in [[Opening(at_ns=_START_NS - _LEAD_NS)], *_chunks(stimuli), [TimePassed(at_ns=stage.until_ns)]]:
        facts += [decided.fact for decided in engine.take(chunk).decided]
    return said_by_engine(facts, start_ns=_START_NS)


def _chunks(stimuli: Sequence[Stimulus]) -> Iterator[Sequence[Stimulus]]:
    at_ns = np.array([stimulus.at_ns for stimulus in stimuli])
    cuts = np.searchsorted(at_ns, np.arange(at_ns[0], at_ns[-1], _CHUNK_NS)).tolist()
    for first, last in zip(cuts, [*cuts[1:], len(stimuli)], strict=True):
        yield stimuli[first:last]


def _reference_on(stage: _Stage, played: _Pass) -> list[Said]:
    """The reference reads all plates whenever the first gondola does; hands stand for wrists."""
    store = stage.folder.store
    reference = Reference(store)
    clock_s = stage.recording.traces[0].t_s
    columns: dict[str, Floats] = {}
    for trace, grams in zip(stage.recording.traces, played.grams, strict=True):
        rows = np.minimum(np.searchsorted(trace.t_s, clock_s), len(trace.t_s) - 1)
        columns[f"gondola-{trace.gondola}"] = grams.reshape(len(grams), -1)[rows]
    weights = np.column_stack([columns[plate.controller_id][:, plate.channel] for plate in store.plates])
    for t_s, row in zip(clock_s.tolist(), weights, strict=True):
        reference.weigh(_START_NS + round(t_s * 1e9), row)
    names = sorted({body.name for fact in played.people for body in fact.bodies})
    for fact in played.people:
        reference.see(fact.t_ns, tuple(Target(names.index(body.name), _joints(body)) for body in fact.bodies))
    return said_by_reference(reference.lines(), names, start_ns=_START_NS)


def _joints(body: BodyTracked) -> Floats:
    """The joints that the reference looks at; the others, and hands that were not seen, are where the head is."""
    joints_m = np.tile(np.array(body.head_m), (17, 1))
    for wrist, hand in zip(_WRISTS, body.hands_m, strict=False):
        joints_m[wrist] = hand
    return joints_m


def _not_own(stage: _Stage, said: Sequence[Said]) -> list[Said]:
    """What is not about the recording's own movement."""
    own, store = stage.own, stage.folder.store
    shelf_id, facing = store.plate_by_id[own.plate_id].shelf_id, store.facing_of_plate.get(own.plate_id)
    product = facing.sku_id if facing is not None else None
    return [
        one
        for one in said
        if abs(one.t_s - own.t_s) > _OWN_S
        or not (one.shelf_id == shelf_id or (one.shelf_id is None and one.sku_id == product))
    ]


def _rates(tally: Tally) -> Rates:
    found = max(1, tally.found)
    return Rates(
        precision=round(tally.found / max(1, tally.told), 4),
        recall=round(tally.found / max(1, tally.injected), 4),
        product_accuracy=round(tally.products / found, 4),
        shopper_accuracy=round(tally.shoppers / found, 4),
    )
