"""What a power cut leaves: what was synced, and by chance what was not."""

import contextlib
import os
import signal
import sqlite3
from pathlib import Path
from random import Random

import pytest

from engine.bench.crash import cut_power
from engine.bench.cutoff import Platter
from engine.runtime.durable import sync_folder


def _write_and_die(root: Path, aside: Path) -> None:
    """Write with and without syncs, and be killed at the last write."""
    platter = Platter(aside, Random(1))
    platter.install()
    fd = os.open(root / "kept", os.O_RDWR | os.O_CREAT)
    os.pwrite(fd, b"synced", 0)
    os.fsync(fd)
    sync_folder(root)
    os.pwrite(fd, b"unsynced", 6)
    db = sqlite3.connect(root / "books.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE t (n INTEGER)")
    for number in range(3):
        with db:
            db.execute("BEGIN")
            db.executemany("INSERT INTO t VALUES (?)", [(number,)])
    os.unlink(root / "old")
    db.execute("BEGIN")
    db.executemany("INSERT INTO t VALUES (?)", [(3,)])
    platter.die_after(0)
    os.pwrite(fd, b"dies here", 0)


def _cut(tmp_path: Path, seed: int) -> Path:
    root, aside = tmp_path / f"root{seed}", tmp_path / f"platter{seed}"
    root.mkdir()
    (root / "old").write_bytes(b"from before")
    platter = Platter(aside, Random(seed))
    platter.lay(root)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            _write_and_die(root, aside)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    cut_power(root, platter, Random(seed))
    return root


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What several cuts at the same place left."""
    folder = tmp_path_factory.mktemp("cuts")
    return [_cut(folder, seed) for seed in range(12)]


def test_what_was_synced_is_there(left: list[Path]) -> None:
    for root in left:
        assert len((root / "kept").read_bytes()) >= len(b"synced")
        db = sqlite3.connect(root / "books.db")
        assert [n for (n,) in db.execute("SELECT n FROM t")] == [0, 1, 2]
        db.close()


def test_what_was_not_synced_is_there_or_not(left: list[Path]) -> None:
    contents = {(root / "kept").read_bytes() for root in left}
    assert b"synced" in contents
    assert len(contents) > 1


def test_a_name_that_was_not_synced_comes_and_one_that_was_stays(left: list[Path]) -> None:
    assert {(root / "old").exists() for root in left} == {True, False}
    assert all((root / "old").read_bytes() == b"from before" for root in left if (root / "old").exists())
    assert not any(os.path.exists(root / "books.db-shm") for root in left)
