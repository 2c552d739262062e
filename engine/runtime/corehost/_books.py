"""Journal, ledger and checkpoints of a store, opened together and brought to one place."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from engine.domain import Recorded
from engine.runtime.checkpoints import Checkpoints
from engine.runtime.corehost._conductor import CoreType
from engine.runtime.corehost._lock import StoreLock
from engine.runtime.corehost._pipeline import Listeners, Pipeline
from engine.runtime.corehost._recovery import Recovery, boot_epoch, boot_id
from engine.runtime.durable import make_folder
from engine.runtime.journal import JournalReader, JournalWriter
from engine.runtime.ledger import Ledger
from engine.runtime.sealing import KeyRing
from engine.store import StoreFolder

log = structlog.get_logger()

CHECKPOINT_FACTS = 2_500
"""So many are replayed in about 2.5 s: a busy store writes checkpoints more often."""


@dataclass(frozen=True, kw_only=True)
class HostClock:
    """What a host tells the time by; ``boot_id`` is another after every boot."""

    boot_id: Callable[[], str] = boot_id
    monotonic_ns: Callable[[], int] = time.monotonic_ns
    wall_ns: Callable[[], int] = time.time_ns


class Books:
    """A core's memory on disk. Opening it takes the store's lock and recovers; ``recovered`` hears each fact again.

    Raises ``StoreInUseError``.
    """

    def __init__(
        self,
        folder: StoreFolder,
        core_type: CoreType,
        *,
        recovered: Callable[[Recorded], None],
        clock: HostClock | None = None,
    ) -> None:
        self._clock = clock or HostClock()
        self._keep_hours = folder.installation.retention.journal_hours
        state_dir = folder.journal_dir.parent
        make_folder(state_dir)
        self._lock = StoreLock(state_dir)
        make_folder(folder.journal_dir)
        self.boot_epoch = boot_epoch(state_dir, self._clock.boot_id())
        keys = KeyRing(folder.keys_dir / "journal")
        self._checkpoints = Checkpoints(folder.checkpoint_dir)
        self._ledger = Ledger(folder.ledger_path)
        reader = JournalReader(folder.journal_dir, keys)
        recovery = Recovery(folder.store, core_type, checkpoints=self._checkpoints, reader=reader)
        self.conductor = recovery.run(self._ledger, recovered)
        self._journal = JournalWriter(folder.journal_dir, keys, wall_clock=self._clock.wall_ns)
        self._files = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint")
        self._writing: Future[Path] | None = None

    def pipeline(self, listeners: Listeners) -> Pipeline:
        """The one way into these books."""
        clock = self._clock.monotonic_ns
        return Pipeline(self._journal, self.conductor, ledger=self._ledger, listeners=listeners, clock=clock)

    def write_checkpoint(self) -> None:
        """Write the state beside the loop, unless one is being written."""
        if self._writing and not self._writing.done():
            return
        self._journal.sync()
        checkpoint = self.conductor.checkpoint(self._journal.position)
        self._writing = self._files.submit(self._checkpoints.write, checkpoint)
        self._writing.add_done_callback(_report)

    def retire(self) -> None:
        """Delete what the journal kept long enough."""
        self._journal.retire(keep_hours=self._keep_hours)

    def close(self) -> None:
        """Finish what is being written, close everything and let another engine have the store."""
        self._files.shutdown()
        self._journal.close()
        self._ledger.close()
        self._lock.release()


def _report(writing: Future[Path]) -> None:
    error = writing.exception()
    if error is not None:
        log.error("checkpoint_not_written", problem=str(error), remedy="free space; restarts take longer until then")
