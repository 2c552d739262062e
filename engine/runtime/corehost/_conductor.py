"""Step the pure core and number what it says: the part that a live engine and a replay share."""

from typing import Protocol, Self

import structlog

from engine.domain import (
    CaseId,
    Command,
    CommandGiven,
    CommandId,
    EngineStarted,
    FloorView,
    OutputFact,
    Recorded,
    StockView,
    Store,
)
from engine.runtime.checkpoints import Checkpoint
from engine.runtime.journal import JournalPosition
from engine.runtime.ledger import Numbered

log = structlog.get_logger()

_COMMANDS_REMEMBERED = 1000


class Core(Protocol):
    """The store core as its host sees it: facts in, facts out."""

    def step(self, recorded: Recorded) -> tuple[OutputFact, ...]:
        """Consume the journal's next fact."""

    def floor(self, t_ns: int) -> FloorView:
        """Everybody on the floor."""

    def stock(self, t_ns: int) -> StockView:
        """Where the grams of every shelf are."""

    def standing_facts(self) -> tuple[OutputFact, ...]:
        """What a replica starts from."""

    def reopenable(self) -> frozenset[CaseId]:
        """The closed cases whose decision may be taken back."""

    def refusal(self, command: Command) -> str | None:
        """Why a command would have no effect; None when it would."""

    def checkpoint(self) -> bytes:
        """The whole state."""


class CoreType(Protocol):
    """What makes a core."""

    def __call__(self, store: Store) -> Core:
        """A core that knows nothing yet."""

    def restore(self, store: Store, data: bytes) -> Core:
        """A core as it was at a checkpoint."""


class Conductor:
    """A core, the number of its last output, and what of each source it has seen."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.out_seq = 0
        self.failed = 0
        self.since_checkpoint = 0
        self.boot_epoch = 0
        self.journaled: dict[str, int] = {}
        self._wall_offset_ns = 0
        self._commands: dict[CommandId, None] = {}

    @classmethod
    def restore(cls, core_type: CoreType, store: Store, checkpoint: Checkpoint) -> Self:
        """Go on from a checkpoint."""
        conductor = cls(core_type.restore(store, checkpoint.core))
        conductor.out_seq = checkpoint.out_seq
        conductor.boot_epoch = checkpoint.boot_epoch
        conductor.journaled = dict(checkpoint.journaled)
        conductor._wall_offset_ns = checkpoint.wall_offset_ns
        conductor._commands = dict.fromkeys(checkpoint.commands)
        return conductor

    def checkpoint(self, position: JournalPosition) -> Checkpoint:
        """The state after everything up to ``position``."""
        self.since_checkpoint = 0
        return Checkpoint(
            position=position,
            out_seq=self.out_seq,
            boot_epoch=self.boot_epoch,
            journaled=dict(self.journaled),
            wall_offset_ns=self._wall_offset_ns,
            commands=tuple(self._commands),
            core=self.core.checkpoint(),
        )

    def step(self, recorded: Recorded) -> list[Numbered]:
        """Consume the journal's next fact.

        A fact on which the core fails is said and passed over: it is in the journal for good, and an engine that
        died of it would die of it again at each start. A replay passes over it at the same place.
        """
        self._note(recorded)
        self.since_checkpoint += 1
        try:
            outputs = self.core.step(recorded)
        except Exception:
            self.failed += 1
            log.exception("core_failed_on_fact", source=recorded.source, seq=recorded.seq, count=self.failed)
            return []
        return [self._numbered(fact) for fact in outputs]

    def knows(self, command_id: CommandId) -> bool:
        """Whether this command was accepted before."""
        return command_id in self._commands

    def wall_ns(self, t_ns: int) -> int:
        """An instant of the engine's clock on the wall's clock, as it stood when the engine came up."""
        return t_ns + self._wall_offset_ns

    def _note(self, recorded: Recorded) -> None:
        if recorded.boot_epoch != self.boot_epoch:
            self.boot_epoch = recorded.boot_epoch
            self.journaled.clear()
        self.journaled[recorded.source] = max(self.journaled.get(recorded.source, 0), recorded.seq)
        match recorded.fact:
            case EngineStarted() as started:
                self._wall_offset_ns = started.wall_ns - started.t_ns
            case CommandGiven() as given:
                self._commands[given.command_id] = None
                if len(self._commands) > _COMMANDS_REMEMBERED:
                    del self._commands[next(iter(self._commands))]

    def _numbered(self, fact: OutputFact) -> Numbered:
        self.out_seq += 1
        return Numbered(out_seq=self.out_seq, wall_ns=self.wall_ns(fact.t_ns), fact=fact)
