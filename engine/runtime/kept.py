"""What a store's engine keeps on disk of the people in it, and until when: read off the files as they lie there."""

from collections.abc import Iterable
from pathlib import Path

from engine.domain import Kept
from engine.runtime.journal import begun_wall_ns
from engine.store import StoreFolder


def kept(folder: StoreFolder) -> tuple[Kept, ...]:
    """Everything; what is deleted soonest first."""
    retention = folder.installation.retention
    return (
        _of(
            folder.evidence_dir.glob("*.sealed"),
            name="evidence",
            holds="skeletons and weights of open questions; encrypted",
            deleted=f"with the answer, or after {retention.evidence_hours:g} h",
        ),
        _of(
            folder.checkpoint_dir.glob("*.checkpoint"),
            name="checkpoints",
            holds="who is inside, under random ids",
            deleted="as newer ones come",
        ),
        _of(
            folder.journal_dir.glob("*.segment"),
            name="journal",
            holds="where people were and how they stood, as numbers under random ids; encrypted",
            deleted=f"after {retention.journal_hours:g} h",
            oldest_wall_ns=begun_wall_ns(folder.journal_dir),
        ),
        _of(
            [folder.ledger_path],
            name="ledger",
            holds="what random ids took and were charged, and who decided",
            deleted="never",
        ),
    )


def _of(files: Iterable[Path], *, name: str, holds: str, deleted: str, oldest_wall_ns: int | None = None) -> Kept:
    """Of files that may be deleted meanwhile; the oldest is the one that was written to longest ago, if not told."""
    written_ns, size_bytes = [], 0
    for file in files:
        try:
            stat = file.stat()
        except FileNotFoundError:
            continue
        written_ns.append(stat.st_mtime_ns)
        size_bytes += stat.st_size
    return Kept(
        name=name,
        holds=holds,
        files=len(written_ns),
        megabytes=round(size_bytes / 1e6, 1),
        oldest_wall_ns=oldest_wall_ns or min(written_ns, default=None),
        deleted=deleted,
    )
