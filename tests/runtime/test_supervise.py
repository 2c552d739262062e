"""The supervisor over real processes: restarts, hangs, a clean stop, and nobody left behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from engine.runtime.supervise import ProcessSpec, Supervisor
from tests.runtime.build import wait_for

_WORKER = """
import signal, sys, time
from engine.runtime.supervise import Watched
watched = Watched()
def stop(number, frame):
    open(sys.argv[1] + ".stopped", "w").close()
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
beats = int(sys.argv[2])
while True:
    if beats:
        watched.beat()
        beats -= 1
    time.sleep(0.01)
"""

_ENGINE = """
import sys
from engine.runtime.supervise import ProcessSpec, Supervisor
supervisor = Supervisor([ProcessSpec(name="core", argv=tuple(sys.argv[2:]))], inbox=sys.argv[1])
supervisor.run()
"""


def worker(tmp_path: Path, name: str, *, beats: int = 1_000_000) -> tuple[str, ...]:
    return (sys.executable, "-c", _WORKER, str(tmp_path / name), str(beats))


@contextmanager
def running(supervisor: Supervisor) -> Iterator[None]:
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield
    finally:
        supervisor.stop()
        thread.join()


def test_a_killed_process_is_started_again_and_all_stop_cleanly(tmp_path: Path) -> None:
    specs = [ProcessSpec(name=name, argv=worker(tmp_path, name), nice=5) for name in ("core", "doors")]
    supervisor = Supervisor(specs, inbox=f"ipc://{tmp_path}/inbox")
    with running(supervisor):
        wait_for(lambda: None not in supervisor.pids.values())
        first = supervisor.pids["doors"]
        assert first is not None
        wait_for(lambda: psutil.Process(first).nice() == 5)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: supervisor.pids["doors"] not in (None, first))
        pids = [pid for pid in supervisor.pids.values() if pid is not None]
        wait_for(lambda: all(psutil.Process(pid).num_threads() and _ready(pid) for pid in pids))
    assert (tmp_path / "core.stopped").exists()
    assert (tmp_path / "doors.stopped").exists()
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_hanging_process_is_ended_and_started_again(tmp_path: Path) -> None:
    spec = ProcessSpec(name="core", argv=worker(tmp_path, "core", beats=3), watchdog_s=0.3)
    supervisor = Supervisor([spec], inbox=f"ipc://{tmp_path}/inbox")
    with running(supervisor):
        wait_for(lambda: supervisor.pids["core"] is not None)
        first = supervisor.pids["core"]
        wait_for(lambda: supervisor.pids["core"] not in (None, first), within_s=10)


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", _ENGINE, f"ipc://{tmp_path}/inbox", *worker(tmp_path, "core")]
    engine = subprocess.Popen(argv)
    parent = psutil.Process(engine.pid)
    wait_for(lambda: bool(parent.children()))
    (child,) = parent.children()
    wait_for(lambda: _ready(child.pid))
    engine.kill()
    engine.wait()
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def _ready(pid: int) -> bool:
    """Whether the worker has set its handler, and with it, before it, its parent-death signal."""
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & (1 << (signal.SIGTERM - 1)))
