"""Say again what the core said, from the journal alone."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from engine.domain import Store
from engine.runtime.checkpoints import read_checkpoint
from engine.runtime.corehost._conductor import Conductor, CoreType
from engine.runtime.journal import JournalReader


def replay(
    reader: JournalReader, store: Store, core_type: CoreType, *, from_checkpoint: Path | None = None
) -> Iterator[bytes]:
    """Each output of the core as msgpack, in order, from the journal's start or from after a checkpoint.

    Raises ``CheckpointError`` when the checkpoint cannot be used.
    """
    checkpoint = read_checkpoint(from_checkpoint) if from_checkpoint else None
    conductor = Conductor.restore(core_type, store, checkpoint) if checkpoint else Conductor(core_type(store))
    for recorded in reader.records(after=checkpoint.position if checkpoint else None):
        for output in conductor.step(recorded):
            yield msgspec.msgpack.encode(output.fact)


def digest(outputs: Iterable[bytes]) -> str:
    """SHA-256 over outputs and their lengths: equal for equal facts in equal order."""
    running = hashlib.sha256()
    for output in outputs:
        running.update(len(output).to_bytes(4, "big") + output)
    return running.hexdigest()
