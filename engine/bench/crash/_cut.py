"""What a power cut leaves of a store's files: what was synced, and by chance more or less of what was not."""

import os
import shutil
from pathlib import Path
from random import Random

from engine.bench.cutoff import Platter

_BLOCK_BYTES = 4096
_WAL_HEADER_BYTES = 32
_TORN = 0.2
"""Of the blocks that came to the disk, those whose writing the cut interrupted."""


def cut_power(root: Path, platter: Platter, rng: Random) -> None:
    """Leave under ``root`` what a disk would hold, and take that for synced from now on.

    Of a folder, either the names as of its last sync or those of its last moment. Of a file, any of the blocks that
    were written since its last sync, each whole or up to a byte, and its length before or after.
    """
    _settle_names(root, platter, rng)
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            file = Path(folder, name)
            if name.endswith("-shm"):
                file.unlink()  # shared memory of processes that are gone
            elif name.endswith("-wal"):
                _settle_database(file.with_name(name.removesuffix("-wal")), file, platter, rng)
            elif not Path(folder, name + "-wal").exists() and not platter.has(file):
                _write(file, _blend(file.read_bytes(), platter.content(file.stat().st_ino), rng))
    platter.lay(root)


def _settle_names(folder: Path, platter: Platter, rng: Random) -> None:
    synced = platter.names(folder)
    here = {entry.name: entry.inode() for entry in os.scandir(folder)}
    if here != synced and rng.random() < 0.5:
        for name in sorted(here.keys() - synced.keys()):
            lost = folder / name
            shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
        for name, inode in sorted(synced.items()):
            if here.get(name) != inode:
                (folder / name).unlink(missing_ok=True)
                (folder / name).hardlink_to(platter.held(inode))
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            _settle_names(Path(entry.path), platter, rng)


def _settle_database(database: Path, wal: Path, platter: Platter, rng: Random) -> None:
    """As far as SQLite orders its writes by syncs of its own.

    It moves pages into the database only when the log that has them is synced, and writes frames only after a new
    log's header is ("Write-Ahead Logging" and ``sync_header`` of its source). Else any block may be missing.
    """
    data, kept = database.read_bytes(), platter.content(database.stat().st_ino)
    log, kept_log = wal.read_bytes(), platter.content(wal.stat().st_ino)
    if data != kept:
        _write(database, _blend(data, kept, rng))
    elif log != kept_log:
        _write(wal, log[:_WAL_HEADER_BYTES] + _blend(log, kept_log, rng)[_WAL_HEADER_BYTES:])


def _blend(written: bytes, synced: bytes, rng: Random) -> bytes:
    if written == synced:
        return synced
    length = rng.choice((len(written), len(synced)))
    left = bytearray(synced[:length].ljust(length, b"\0"))
    share = rng.choice((0.0, 0.5, 1.0))
    for begin in range(0, length, _BLOCK_BYTES):
        block = written[begin : begin + _BLOCK_BYTES][: length - begin]
        if rng.random() < share:
            kept = rng.randrange(len(block) + 1) if rng.random() < _TORN else len(block)
            left[begin : begin + kept] = block[:kept]
    return bytes(left)


def _write(file: Path, content: bytes) -> None:
    """In place: the file stays the same one."""
    if file.read_bytes() != content:
        with file.open("r+b") as open_file:
            open_file.truncate(len(content))
            open_file.write(content)
