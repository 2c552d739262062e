"""Play a recording against a running engine, and read in its journal and on its wire what it made of it."""

import asyncio
import contextlib
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.bench.nanostore._devices import PlayClock, TrackerServer, gondola_server
from engine.bench.nanostore._events import Movement, movements
from engine.bench.nanostore._inject import InjectReport
from engine.bench.nanostore._recording import Recording, read_recording
from engine.bench.nanostore._staging import stage_recording
from engine.bench.witness import Witness
from engine.domain import InputFact, SensorFault
from engine.runtime.journal import JournalReader
from engine.runtime.sealing import KeyRing
from engine.store import StoreFolder
from engine.wire import Address

Tell = Callable[[str], None]

_START_S = 60.0
# The shelves need a second at rest to learn their noise, the recording's people come in before its plates.
_LEAD_S = 3.0
_AFTER_S = 3.0
_POLL_S = 0.05
_STOP_S = 15.0


class RecordingPlayFailedError(Exception):
    """The engine did not come up or ended; the message says which."""


class NanostoreReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine made of a recording. ``idle_steps`` were provisional and settled to nothing.

    Shares are of one core, over the play; ``slowest_hz`` is the lowest polling rate of a controller. ``inject`` is
    what it made of movements added to the recording, where some were.
    """

    events: tuple[Movement, ...]
    seconds: float
    channels: int
    plates: int
    idle_steps: int
    faults: tuple[str, ...]
    slowest_hz: float
    shelves_core_share: float
    store_core_share: float
    inject: InjectReport | None = None


@dataclass(frozen=True)
class _Stage:
    recording: Recording
    folder: StoreFolder
    ports: dict[str, int]
    clock: PlayClock
    log: Path


def play_nanostore(data: Path, *, tell: Tell) -> NanostoreReport:
    """Play the recording in ``data`` through a whole engine.

    Raises ``RecordingError`` and ``RecordingPlayFailedError``.
    """
    recording = read_recording(data)
    with tempfile.TemporaryDirectory(prefix="nanostore-") as place:
        ports = _free_ports(recording)
        folder = stage_recording(Path(place) / "store", data, recording, ports=ports, tell=tell)
        stage = _Stage(recording, folder, ports, PlayClock(), Path(place) / "engine.log")
        return asyncio.run(_play(stage, tell))


async def _play(stage: _Stage, tell: Tell) -> NanostoreReport:
    network = stage.folder.installation.network
    async with _devices(stage), _engine(stage) as engine:
        witness = Witness(Address(state=network.state, door=network.door))
        try:
            await _until_polling(stage, witness, engine)
            stage.clock.start_ns = time.monotonic_ns() + round(_LEAD_S * 1e9)
            tell(f"playing {stage.recording.end_s:.0f} s of {stage.recording.channels} channels")
            await asyncio.sleep(_LEAD_S + stage.recording.end_s + _AFTER_S)
            _check(stage, engine)
        finally:
            await asyncio.to_thread(witness.stop)
    return _report(stage, witness)


async def _until_polling(stage: _Stage, witness: Witness, engine: asyncio.subprocess.Process) -> None:
    until_s = time.monotonic() + _START_S
    controllers = len(stage.folder.installation.controller)
    while True:
        _check(stage, engine)
        polled = witness.health[-1].controllers if witness.health else ()
        if sum(controller.hz > 0 and not controller.fault for controller in polled) == controllers:
            return
        if time.monotonic() > until_s:
            raise RecordingPlayFailedError(f"the engine polled no shelves in {_START_S:.0f} s: {_last_words(stage)}")
        await asyncio.sleep(_POLL_S)


def _report(stage: _Stage, witness: Witness) -> NanostoreReport:
    folder, start_ns = stage.folder, stage.clock.start_ns or 0
    journal = JournalReader(folder.journal_dir, KeyRing(folder.keys_dir / "journal"))
    inputs: list[InputFact] = [recorded.fact for recorded in journal.records()]
    events, idle_steps = movements(inputs, witness.facts(), start_ns=start_ns)
    played = [health for health in witness.health if health.t_ns >= start_ns]
    rates = [controller.hz for health in played for controller in health.controllers]
    return NanostoreReport(
        events=events,
        seconds=round(stage.recording.end_s, 2),
        channels=stage.recording.channels,
        plates=len(folder.store.plates),
        idle_steps=idle_steps,
        faults=tuple(sorted({f"{f.device_id} {f.kind}" for f in inputs if isinstance(f, SensorFault)})),
        slowest_hz=min(rates, default=0.0),
        shelves_core_share=_share(witness, "shelves", start_ns),
        store_core_share=_share(witness, "core", start_ns),
    )


def _share(witness: Witness, process: str, start_ns: int) -> float:
    shares = [
        known.cpu_share
        for health in witness.health
        if health.t_ns >= start_ns
        for known in health.processes
        if known.name == process
    ]
    return round(sum(shares) / len(shares), 3) if shares else 0.0


@contextlib.asynccontextmanager
async def _devices(stage: _Stage) -> AsyncIterator[None]:
    servers = [
        gondola_server(trace, stage.clock, stage.ports[f"gondola-{trace.gondola}"]) for trace in stage.recording.traces
    ]
    for server in servers:
        await server.serve_forever(background=True)
    tracker = asyncio.create_task(TrackerServer(stage.recording.frames, stage.clock).run(stage.ports["tracker"]))
    try:
        yield
    finally:
        tracker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tracker
        for server in servers:
            await server.shutdown()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def _engine(stage: _Stage) -> AsyncIterator[asyncio.subprocess.Process]:
    with stage.log.open("wb") as log:
        engine = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "engine.cli", "engine", "--store", str(stage.folder.path), stdout=log, stderr=log
        )
        try:
            yield engine
        finally:
            if engine.returncode is None:
                engine.terminate()
            try:
                await asyncio.wait_for(engine.wait(), _STOP_S)
            except TimeoutError:
                engine.kill()
                await engine.wait()


def _check(stage: _Stage, engine: asyncio.subprocess.Process) -> None:
    if engine.returncode is not None:
        raise RecordingPlayFailedError(f"the engine ended with code {engine.returncode}: {_last_words(stage)}")


def _last_words(stage: _Stage) -> str:
    return stage.log.read_text(errors="replace").strip()[-2000:] or "it said nothing"


def _free_ports(recording: Recording) -> dict[str, int]:
    names = ["state", "door", "inbox", "tracker", *(f"gondola-{trace.gondola}" for trace in recording.traces)]
    with contextlib.ExitStack() as held:
        listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        return {name: listener.getsockname()[1] for name, listener in zip(names, listeners, strict=True)}
