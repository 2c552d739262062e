"""One process of the table: its life, its pulse, its restarts."""

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass

import psutil
import structlog

from engine.domain import ProcessHealth
from engine.runtime.supervise._watched import HEARTBEAT_VARIABLE, SUPERVISOR_VARIABLE

log = structlog.get_logger()

_BACK_OFF_S = (0.1, 0.5, 1.0, 2.0, 5.0)
_STEADY_S = 30.0  # a process that ran so long starts with the shortest back-off again


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """A row of the process table. ``watchdog_s``: how long a process that has beaten once may go without a beat."""

    name: str
    argv: tuple[str, ...]
    nice: int = 0
    watchdog_s: float | None = 10.0


class Child:
    """Starts a process, looks after it, starts it again."""

    def __init__(self, spec: ProcessSpec) -> None:
        self.spec = spec
        self.restarts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: psutil.Process | None = None
        self._heartbeat_fd = -1
        self._began_s = 0.0
        self._beaten_s: float | None = None
        self._failures = 0
        self._start_at_s = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process else None

    def look(self, now_s: float) -> None:
        """Start it when it is due, notice that it ended, end it when it hangs."""
        if self._process is None:
            if now_s >= self._start_at_s:
                self._start(now_s)
            return
        self._feel_pulse(now_s)
        if self._process.poll() is not None:
            self._bury(now_s)
        elif self._hangs(now_s):
            log.error("process_hangs", process=self.spec.name, watchdog_s=self.spec.watchdog_s)
            self._process.kill()

    def terminate(self) -> None:
        """Ask it to stop."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def join(self, deadline_s: float) -> None:
        """Wait for its end; past the deadline it is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("process_killed_at_stop", process=self.spec.name)  # noqa: TRY400 - the trace says nothing
            self._process.kill()
            self._process.wait()
        self._close_heartbeat()
        self._process = None

    def health(self) -> ProcessHealth:
        """How it is."""
        state, cpu_share, memory_mb = "waiting to start again", 0.0, 0.0
        if self._seen and self._process:
            with contextlib.suppress(psutil.NoSuchProcess):
                cpu_share = round(self._seen.cpu_percent() / 100, 3)
                memory_mb = round(self._seen.memory_info().rss / 1e6, 1)
                state = "running"
        return ProcessHealth(
            name=self.spec.name, state=state, restarts=self.restarts, cpu_share=cpu_share, memory_mb=memory_mb
        )

    def _start(self, now_s: float) -> None:
        self._heartbeat_fd, write_fd = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        environment = os.environ | {SUPERVISOR_VARIABLE: str(os.getpid()), HEARTBEAT_VARIABLE: str(write_fd)}
        try:
            self._process = subprocess.Popen(self.spec.argv, env=environment, pass_fds=(write_fd,))
        finally:
            os.close(write_fd)
        self._seen = psutil.Process(self._process.pid)
        if self.spec.nice:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._seen.nice(self.spec.nice)  # before it has threads: they inherit it
        self._began_s, self._beaten_s = now_s, None
        log.info("process_started", process=self.spec.name, pid=self._process.pid, restarts=self.restarts)

    def _feel_pulse(self, now_s: float) -> None:
        with contextlib.suppress(BlockingIOError):
            if os.read(self._heartbeat_fd, 4096):
                self._beaten_s = now_s

    def _hangs(self, now_s: float) -> bool:
        if self.spec.watchdog_s is None or self._beaten_s is None:
            return False
        return now_s - self._beaten_s > self.spec.watchdog_s

    def _bury(self, now_s: float) -> None:
        if self._process is None:
            return
        if now_s - self._began_s > _STEADY_S:
            self._failures = 0
        wait_s = _BACK_OFF_S[min(self._failures, len(_BACK_OFF_S) - 1)]
        log.error("process_ended", process=self.spec.name, code=self._process.returncode, again_in_s=wait_s)
        self._failures += 1
        self.restarts += 1
        self._start_at_s = now_s + wait_s
        self._close_heartbeat()
        self._process = self._seen = None

    def _close_heartbeat(self) -> None:
        if self._heartbeat_fd >= 0:
            os.close(self._heartbeat_fd)
            self._heartbeat_fd = -1
