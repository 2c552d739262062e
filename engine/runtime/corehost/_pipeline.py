"""Journal, core, ledger, publication: in this order for every fact, and no step without the one before."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from engine.domain import BodiesTracked, FramesDropped, PersonsSeen, Recorded, Tick
from engine.runtime.corehost._conductor import Conductor
from engine.runtime.journal import JournalFullError, JournalWriter
from engine.runtime.ledger import Ledger, Numbered

log = structlog.get_logger()

_SYNC_NS = 250_000_000  # for what nobody waits for: all that a power cut can cost
_RETRY_NS = 500_000_000
_PATIENT = (PersonsSeen, BodiesTracked, FramesDropped, Tick)  # nobody waits for their acknowledgement


@dataclass(frozen=True, kw_only=True)
class Listeners:
    """Who is told: ``said`` of outputs in the ledger, ``durable`` of facts that are in the journal for good."""

    said: Callable[[list[Numbered]], None]
    durable: Callable[[list[Recorded]], None]


class Pipeline:
    """Carries facts through. When a disk is full it stops, says so in ``blocked``, keeps what it holds and retries."""

    def __init__(
        self,
        journal: JournalWriter,
        conductor: Conductor,
        *,
        ledger: Ledger,
        listeners: Listeners,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.blocked = ""
        self._journal = journal
        self._conductor = conductor
        self._ledger = ledger
        self._listeners = listeners
        self._clock = clock
        self._facts: list[Recorded] = []
        self._unsynced: list[Recorded] = []
        self._outputs: list[Numbered] = []
        self._synced_ns = 0
        self._retry_ns = 0

    def feed(self, batch: list[Recorded]) -> None:
        """Carry these through after whatever is held."""
        self._facts += batch
        self.run()

    def withdraw(self, recorded: Recorded) -> bool:
        """Take a fact back that is not journaled; False when it is too late for that."""
        if recorded not in self._facts:
            return False
        self._facts.remove(recorded)
        return True

    def run(self) -> None:
        """Carry on with what is held; when blocked, only now and then."""
        if self.blocked and self._clock() < self._retry_ns:
            return
        try:
            self._write_outputs()
            self._step_facts()
        except JournalFullError as error:
            self._block(str(error))
            return
        except sqlite3.OperationalError as error:
            self._block(f"the ledger cannot be written: {error}; free space on its disk")
            return
        if self.blocked:
            log.warning("engine_goes_on", was=self.blocked)
            self.blocked = ""

    def _step_facts(self) -> None:
        if self._facts:
            self._journal.append(self._facts)
            batch, self._facts = self._facts, []
            self._unsynced += batch
            self._outputs += [output for recorded in batch for output in self._conductor.step(recorded)]
        if self._unsynced and self._must_sync():
            self._journal.sync()
            self._synced_ns = self._clock()
            synced, self._unsynced = self._unsynced, []
            self._listeners.durable(synced)
        self._write_outputs()

    def _must_sync(self) -> bool:
        if self._outputs or self._clock() - self._synced_ns > _SYNC_NS:
            return True
        return any(not isinstance(recorded.fact, _PATIENT) for recorded in self._unsynced)

    def _write_outputs(self) -> None:
        if self._outputs:
            self._outputs = self._ledger.without_charged(self._outputs)
            self._ledger.append(self._outputs)
            said, self._outputs = self._outputs, []
            self._listeners.said(said)

    def _block(self, reason: str) -> None:
        self._retry_ns = self._clock() + _RETRY_NS
        if reason != self.blocked:
            log.error("engine_stops_accepting", reason=reason, facts_held=len(self._facts))
        self.blocked = reason
