"""Come up: newest usable checkpoint, the journal after it, and the ledger completed from both."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import structlog

from engine.domain import Recorded, Store
from engine.runtime.checkpoints import Checkpoint, Checkpoints
from engine.runtime.corehost._conductor import Conductor, CoreType
from engine.runtime.durable import write_durably
from engine.runtime.journal import JournalReader
from engine.runtime.ledger import Ledger, Numbered

log = structlog.get_logger()

_LEDGER_BATCH = 500


class _Boot(msgspec.Struct, frozen=True, kw_only=True):
    boot_id: str
    boot_epoch: int


def boot_id() -> str:
    """What the kernel calls this boot of the host."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def boot_epoch(state_dir: Path, boot: str) -> int:
    """Seconds of the host's boot: one number per boot, rising, whatever happens to the wall clock meanwhile."""
    file = state_dir / "boot.json"
    known = msgspec.json.decode(file.read_bytes(), type=_Boot) if file.exists() else None
    if known and known.boot_id == boot:
        return known.boot_epoch
    epoch = max(int(time.time() - time.monotonic()), known.boot_epoch + 1 if known else 0)
    write_durably(file, msgspec.json.encode(_Boot(boot_id=boot, boot_epoch=epoch)))
    return epoch


class Recovery:
    """Brings a conductor to where the last run stopped, and has its facts heard again."""

    def __init__(self, store: Store, core_type: CoreType, *, checkpoints: Checkpoints, reader: JournalReader) -> None:
        self._store = store
        self._core_type = core_type
        self._checkpoints = checkpoints
        self._reader = reader

    def run(self, ledger: Ledger, recovered: Callable[[Recorded], None]) -> Conductor:
        """The conductor at the journal's end; ``recovered`` hears every fact that is replayed."""
        began_s = time.monotonic()
        conductor, checkpoint = self._start()
        facts = 0
        records = self._reader.records(after=checkpoint.position if checkpoint else None)
        for batch in _batched(records, _LEDGER_BATCH):
            outputs = [output for recorded in batch for output in _take(conductor, recorded, recovered)]
            ledger.append(ledger.without_charged(outputs))
            facts += len(batch)
        conductor.out_seq = max(conductor.out_seq, ledger.last_out_seq)
        took_s = round(time.monotonic() - began_s, 3)
        log.info("core_recovered", from_checkpoint=checkpoint is not None, facts=facts, took_s=took_s)
        return conductor

    def _start(self) -> tuple[Conductor, Checkpoint | None]:
        while (checkpoint := self._checkpoints.newest()) is not None:
            try:
                conductor = Conductor.restore(self._core_type, self._store, checkpoint)
            except Exception:
                log.exception("checkpoint_not_restored", remedy="an earlier one, or the whole journal, is used instead")
                self._checkpoints.discard_newest()
                continue
            if not self._reader.covers(checkpoint.position):
                log.error("journal_gap", position=checkpoint.position, lost="facts between checkpoint and journal")
            return conductor, checkpoint
        if not self._reader.complete:
            log.error("journal_incomplete", lost="visits begun before the oldest segment kept")
        return Conductor(self._core_type(self._store)), None


def _take(conductor: Conductor, recorded: Recorded, recovered: Callable[[Recorded], None]) -> list[Numbered]:
    recovered(recorded)
    return conductor.step(recorded)


def _batched(records: Iterator[Recorded], size: int) -> Iterator[list[Recorded]]:
    while batch := list(itertools.islice(records, size)):
        yield batch
