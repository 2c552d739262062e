"""A staged demo store with its twin and its engine as processes that a test starts, kills and ends by id."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.twin.devices import SHOPPING_OVER
from engine.bench.staging import Level, stage_demo_store
from engine.bench.witness import Witness
from engine.wire import Address

_PATIENCE_S = 90.0


class RunningStore:
    """The demo store at signal level."""

    def __init__(self, work_dir: Path, *, seed: int, seconds: float, review_deadline_s: float = 5.0) -> None:
        self.truth = work_dir / "truth.jsonl"
        self.folder = stage_demo_store(work_dir / "store", level=Level.SIGNAL, review_deadline_s=review_deadline_s)
        network = self.folder.installation.network
        self.address = Address(state=network.state, door=network.door)
        self._twin_log = work_dir / "twin.log"
        self._engine_log = work_dir / "engine.log"
        arguments = ["--seed", str(seed), "--seconds", str(seconds), "--truth", str(self.truth)]
        self._twin = self._start(self._twin_log, ["drivers.twin", str(self.folder.path), *arguments])
        self._engine = self._start_engine()
        self.witness = Witness(self.address)

    def __enter__(self) -> Self:
        """The running store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what was started."""
        self.witness.stop()
        for process in (self._engine, self._twin):
            process.terminate()
            process.wait(timeout=30)

    def kill_engine(self) -> None:
        """``kill -9`` of the supervisor; its processes die with it."""
        os.kill(self._engine.pid, signal.SIGKILL)
        self._engine.wait(timeout=10)

    def restart_engine(self) -> None:
        """Start the engine again on the same folder."""
        self._engine = self._start_engine()

    def await_that(self, condition: Callable[[], bool], *, what: str) -> None:
        """Wait until something holds; fails with the logs when it does not come to pass."""
        until_s = time.monotonic() + _PATIENCE_S
        while not condition():
            if time.monotonic() > until_s:
                tail = self._engine_log.read_text(errors="replace")[-3000:]
                raise AssertionError(f"not in {_PATIENCE_S} s: {what}\n{tail}")
            time.sleep(0.05)

    @property
    def shopping_is_over(self) -> bool:
        """The last shopper has left."""
        return SHOPPING_OVER in self._twin_log.read_text()

    def _start_engine(self) -> "subprocess.Popen[bytes]":
        return self._start(self._engine_log, ["engine.cli", "engine", "--store", str(self.folder.path)])

    def _start(self, log: Path, module: list[str]) -> "subprocess.Popen[bytes]":
        with log.open("ab") as file:
            return subprocess.Popen([sys.executable, "-m", *module], stdout=file, stderr=subprocess.STDOUT)
