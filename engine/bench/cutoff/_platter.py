"""What a disk would hold after a power cut: each file as of its last sync, and the names of each folder as of its own.

Stands between one process and its operating system: ``os.fsync`` and its like put what they sync onto the *platter*, a
folder aside, instead of waiting for a disk. What was written since is in the files themselves, as if in a cache that
the power takes away. Nothing is preloaded and nothing of the engine knows of it.
"""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Literal

import msgspec

_COPIED_BYTES = 1 << 20


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder held when it was synced: inodes by name."""

    inodes: dict[str, int]


class Platter:
    """Contents by inode under ``contents``, names by the folder's inode under ``names``; both outlive the process.

    ``held`` has a link to every file seen, so that no inode is given to another file.
    """

    def __init__(self, root: Path, rng: Random) -> None:
        self._root, self._rng = root, rng
        self._ranges: dict[int, list[tuple[int, int]]] = {}  # written since the last sync, of files synced before
        self._left: int | None = None
        for folder in ("contents", "names", "held"):
            (root / folder).mkdir(parents=True, exist_ok=True)

    def die_after(self, operations: int) -> None:
        """End this process with SIGKILL at its so-manieth operation on a file from now."""
        self._left = operations

    def lay(self, folder: Path) -> None:
        """Take everything under a folder as it is for synced: nothing was written for long."""
        self.note_names(folder)
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                self.lay(Path(entry.path))
            elif not self.has(Path(entry.path)):
                fd = os.open(entry.path, os.O_RDONLY | os.O_CLOEXEC)
                self._put(fd)
                os.close(fd)

    def names(self, folder: Path) -> dict[str, int]:
        """The inodes that a folder had when it was synced, by name."""
        file = self._root / "names" / str(folder.stat().st_ino)
        return msgspec.json.decode(file.read_bytes(), type=Names).inodes if file.exists() else {}

    def has(self, file: Path) -> bool:
        """Whether a file was surely not written to since its last sync."""
        content, stat = self._root / "contents" / str(file.stat().st_ino), file.stat()
        return content.exists() and content.stat().st_mtime_ns > stat.st_mtime_ns

    def content(self, inode: int) -> bytes:
        """A file's content when it was synced."""
        file = self._root / "contents" / str(inode)
        return file.read_bytes() if file.exists() else b""

    def held(self, inode: int) -> Path:
        """A file by its inode, also where it has no name any more."""
        return self._root / "held" / str(inode)

    def install(self) -> None:
        """Stand between this process and its files."""
        self._real = {name: getattr(os, name) for name in ("pwrite", "fsync", "fdatasync", "rename", "unlink")}
        real_connect, factory = sqlite3.connect, self._connection()

        def connect(database: Path | str, *, isolation_level: None) -> sqlite3.Connection:
            return real_connect(database, isolation_level=isolation_level, factory=factory)

        replaced: dict[str, Callable[..., Any]] = {
            "pwrite": self._pwrite,
            "fsync": self._sync,
            "fdatasync": self._sync,
            "rename": self._rename,
            "unlink": self._unlink,
        }
        for name, function in replaced.items():
            setattr(os, name, function)
        sqlite3.connect = connect  # type: ignore[assignment]

    def _connection(self) -> type[sqlite3.Connection]:
        platter = self

        class Counted(sqlite3.Connection):
            """Counts what is asked of a database, and knows that what was committed is on disk."""

            def executemany(self, sql: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
                platter._operate()
                return super().executemany(sql, rows)

            def __exit__(
                self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
            ) -> Literal[False]:
                platter._operate()
                super().__exit__(kind, error, trace)
                platter._committed(Path(self.execute("PRAGMA database_list").fetchone()[2]))
                platter._operate()
                return False

        return Counted

    def _operate(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _rename(self, source: Path, target: Path) -> None:
        self._operate()
        self._real["rename"](source, target)

    def _unlink(self, path: Path) -> None:
        self._operate()
        self._real["unlink"](path)

    def _pwrite(self, fd: int, data: bytes, offset: int) -> int:
        if self._left == 0:
            data = data[: self._rng.randrange(len(data) + 1)]
            self._real["pwrite"](fd, data, offset)
        self._operate()
        written: int = self._real["pwrite"](fd, data, offset)
        inode = os.fstat(fd).st_ino
        if inode in self._ranges:
            self._ranges[inode].append((offset, offset + written))
        return written

    def _sync(self, fd: int) -> None:
        self._operate()
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            self.note_names(Path(os.readlink(f"/proc/self/fd/{fd}")))
        else:
            self._put(fd)
        self._operate()

    def _put(self, fd: int) -> None:
        """Bring a file's content on the platter; of a file that was there already, what was written since."""
        stat = os.fstat(fd)
        self._hold(Path(os.readlink(f"/proc/self/fd/{fd}")), stat.st_ino)
        file = self._root / "contents" / str(stat.st_ino)
        ranges = self._ranges.get(stat.st_ino)
        source = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
        target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(target, stat.st_size)
        for begin, end in ranges if ranges is not None else [(0, stat.st_size)]:
            for at in range(begin, end, _COPIED_BYTES):
                os.pwrite(target, os.pread(source, min(_COPIED_BYTES, end - at), at), at)
        os.close(source)
        os.close(target)
        self._ranges[stat.st_ino] = []

    def note_names(self, folder: Path) -> None:
        """A folder was synced."""
        entries = list(os.scandir(folder))
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                self._hold(Path(entry.path), entry.inode())
        names = Names(inodes={entry.name: entry.inode() for entry in entries})
        file = self._root / "names" / str(folder.stat().st_ino)
        aside = file.with_suffix(".next")
        aside.write_bytes(msgspec.json.encode(names))
        os.rename(aside, file)

    def _hold(self, file: Path, inode: int) -> None:
        if not self.held(inode).exists():
            os.link(file, self.held(inode))

    def _committed(self, database: Path) -> None:
        """SQLite at synchronous = FULL has synced the log, the folder, and before that whatever it moved out of it."""
        for suffix in ("", "-wal"):
            file = database.with_name(database.name + suffix)
            if file.exists():
                fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
                self._ranges.pop(os.fstat(fd).st_ino, None)  # written behind our back: all of it
                self._put(fd)
                os.close(fd)
        self.note_names(database.parent)
