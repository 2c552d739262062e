"""One life of an engine that keeps its books: what a process is told and answers until it is cut off."""

import sys
from pathlib import Path
from random import Random

import msgspec

from engine.bench.cutoff._platter import Platter
from engine.core import StoreCore
from engine.domain import EngineStarted, Recorded
from engine.runtime.corehost import CHECKPOINT_FACTS, Books, HostClock, Listeners
from engine.runtime.ledger import Numbered
from engine.runtime.logs import log_as
from engine.runtime.paced import PacedEngine, Stimulus, read_message, write_message
from engine.runtime.perception import Perceiver
from engine.store import StoreFolder, open_store

_OPENED_WALL_NS = 1_700_000_000_000_000_000
"""What the wall's clock says where the pacer's is 0."""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """How a process begins: the store, the platter beside it, and the host's boot, at an instant of the pacer's."""

    store: str
    platter: str
    boot: str
    at_ns: int
    seed: int


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What reaches the engine; with ``dies_after`` the process ends at its so-manieth operation on a file."""

    stimuli: list[Stimulus]
    dies_after: int | None = None


class KeptMind:
    """A core with its journal, ledger and checkpoints, as ``CoreHost`` has them."""

    def __init__(self, folder: StoreFolder, boot: str, at_ns: int) -> None:
        self._now_ns = at_ns
        clock = HostClock(
            boot_id=lambda: boot, monotonic_ns=lambda: self._now_ns, wall_ns=lambda: _OPENED_WALL_NS + self._now_ns
        )
        self._books = Books(folder, StoreCore, recovered=lambda _: None, clock=clock)
        self.boot_epoch, self.conductor = self._books.boot_epoch, self._books.conductor
        self._said: list[Numbered] = []
        self._pipeline = self._books.pipeline(Listeners(said=self._said.extend, durable=lambda _: None))
        started = EngineStarted(t_ns=at_ns, wall_ns=clock.wall_ns(), version="bench")
        self.carry([Recorded(boot_epoch=self.boot_epoch, source="core", seq=at_ns, fact=started)], at_ns)

    def carry(self, batch: list[Recorded], now_ns: int) -> list[Numbered]:
        """As ``Mind`` says; what is said is in the ledger."""
        self._now_ns = now_ns
        self._pipeline.feed(batch)
        if self.conductor.since_checkpoint > CHECKPOINT_FACTS:
            self._books.write_checkpoint()
        said = list(self._said)
        self._said.clear()
        return said


def live(life: Life) -> None:
    """Answer standard input on standard output until it is closed, or until the power goes."""
    log_as("crash")
    platter = Platter(Path(life.platter), Random(life.seed))
    platter.install()
    folder = open_store(Path(life.store))
    decoder, encoder = msgspec.msgpack.Decoder(Given), msgspec.msgpack.Encoder()
    engine: PacedEngine | None = None
    while (message := read_message(sys.stdin.buffer)) is not None:
        given = decoder.decode(message)
        if given.dies_after is not None:
            platter.die_after(given.dies_after)
        if engine is None:
            engine = PacedEngine(folder, lambda at_ns: KeptMind(folder, life.boot, at_ns), _no_eyes, at_ns=life.at_ns)
        write_message(sys.stdout.buffer, encoder.encode(engine.take(given.stimuli)))


def _no_eyes() -> Perceiver:
    raise NotImplementedError("cameras say whom they see: nothing is looked at")
