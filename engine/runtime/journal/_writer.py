"""Append to the journal. ``append`` survives the process, ``sync`` survives the machine."""

import errno
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.domain import Recorded
from engine.runtime.durable import make_folder, sync_folder
from engine.runtime.journal._format import (
    HEADER_BYTES,
    JournalPosition,
    SegmentFile,
    created_wall_ns,
    encode_frame,
    new_header,
    segment_file,
    segment_files,
)
from engine.runtime.sealing import KeyRing

log = structlog.get_logger()

_HOUR_NS = 3_600_000_000_000
_AHEAD_BYTES = 256 << 10
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class JournalFullError(OSError):
    """The journal cannot grow; nothing was written and nothing is lost. Appending again works once there is room."""

    def __init__(self, folder: Path, cause: OSError) -> None:
        remedy = "free space there, or shorten [retention] journal_hours in store.toml"
        super().__init__(f"the journal in {folder} cannot grow: {cause.strerror}; {remedy}")


class JournalWriter:
    """Writes batches of facts into a segment an hour, beginning a new one each time it is opened.

    Disk space is allocated before it is written to, so a full disk shows before a frame is half on it.
    """

    def __init__(self, folder: Path, keys: KeyRing, *, wall_clock: Callable[[], int] = time.time_ns) -> None:
        self._folder = folder
        self._keys = keys
        self._wall_clock = wall_clock
        self._fd = -1
        before = segment_files(folder)
        self._number = before[-1].number if before else 0
        self._key: AESGCM | None = None
        self._header = b""
        self._end = before[-1].path.stat().st_size if before else 0
        self._allocated = 0
        self._unsynced = False

    @property
    def position(self) -> JournalPosition:
        """Where the next frame goes."""
        return JournalPosition(segment=self._number, offset=self._end)

    def append(self, batch: Sequence[Recorded]) -> None:
        """Write a batch as one frame: all of it or nothing. Raises ``JournalFullError``."""
        try:
            key = self._segment_key()
            frame = encode_frame(key, self._header, self._end, tuple(batch))
            self._reserve(len(frame))
            self._write(frame)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise JournalFullError(self._folder, error) from error

    def sync(self) -> None:
        """Make everything appended durable. A failure leaves the disk in doubt, so it ends the process."""
        if self._unsynced:
            os.fdatasync(self._fd)
            self._unsynced = False

    def retire(self, *, keep_hours: float) -> list[int]:
        """Delete segments whose last fact is older than that by destroying their keys; which ones."""
        limit_ns = self._wall_clock() - int(keep_hours * _HOUR_NS)
        old = [s for s in segment_files(self._folder) if s.number != self._number and _ended_wall_ns(s) < limit_ns]
        for segment in old:
            self._keys.destroy(segment.key_name)
            segment.path.unlink()
        if old:
            log.info("journal_retired", segments=[segment.number for segment in old])
        return [segment.number for segment in old]

    def close(self) -> None:
        """Make durable, give allocated space back."""
        if self._fd < 0:
            return
        os.ftruncate(self._fd, self._end)
        self._unsynced = True
        self.sync()
        os.close(self._fd)
        self._fd = -1

    def _segment_key(self) -> AESGCM:
        wall_ns = self._wall_clock()
        begun_ns = created_wall_ns(self._header)
        if self._key is None or begun_ns is None or wall_ns // _HOUR_NS != begun_ns // _HOUR_NS:
            self._begin(wall_ns)
        if self._key is None:
            raise RuntimeError("a segment that was begun has a key")
        return self._key

    def _begin(self, wall_ns: int) -> None:
        segment = segment_file(self._folder, self._number + 1)
        make_folder(self._folder)
        self._keys.destroy(segment.key_name)  # of a segment that a crash kept from being begun
        key = self._keys.create(segment.key_name)
        header = new_header(wall_ns)
        try:
            fd = _create(segment.path, header)
        except OSError:
            segment.path.unlink(missing_ok=True)
            self._keys.destroy(segment.key_name)
            raise
        self.close()
        self._fd, self._number, self._key, self._header = fd, segment.number, key, header
        self._end = self._allocated = HEADER_BYTES

    def _reserve(self, length: int) -> None:
        needed = self._end + length
        if needed <= self._allocated:
            return
        try:
            self._allocate(needed + _AHEAD_BYTES)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._allocate(needed)

    def _allocate(self, until: int) -> None:
        """Filled with zeros: a sync that changes neither size nor extents need not wait for the file system's log."""
        os.posix_fallocate(self._fd, self._end, until - self._end)
        os.pwrite(self._fd, bytes(until - self._end), self._end)
        self._allocated = until

    def _write(self, frame: bytes) -> None:
        written = 0
        while written < len(frame):
            written += os.pwrite(self._fd, frame[written:], self._end + written)
        self._end += written
        self._unsynced = True


def _create(path: Path, header: bytes) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(fd, 0, HEADER_BYTES)
        os.pwrite(fd, header, 0)
        sync_folder(path.parent)
    except OSError:
        os.close(fd)
        raise
    return fd


def _ended_wall_ns(segment: SegmentFile) -> int:
    return segment.path.stat().st_mtime_ns
