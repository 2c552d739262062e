"""The engine under test: a process of its own with a store's folder, told through a pipe what reaches it."""

import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec
import psutil

from engine.runtime.paced import Stimulus, Told, read_message, write_message
from engine.store import StoreFolder


class EngineEndedError(Exception):
    """The engine under test ended before it was told to; the message has its last words."""


class PacedProcess:
    """A paced engine. ``with`` ends it."""

    def __init__(self, folder: StoreFolder) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Told)
        self._log = folder.path / "paced.log"
        command = [sys.executable, "-m", "engine.app", "paced", str(folder.path)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take(self, stimuli: Sequence[Stimulus]) -> Told:
        """Let the engine live through these. Raises ``EngineEndedError``."""
        assert self._process.stdin is not None  # noqa: S101 - opened with pipes
        assert self._process.stdout is not None  # noqa: S101
        try:
            write_message(self._process.stdin, self._encoder.encode(list(stimuli)))
            answer = read_message(self._process.stdout)
        except (BrokenPipeError, ValueError):  # ended by itself, or closed
            answer = None
        if answer is None:
            said = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
            raise EngineEndedError(f"the engine ended with code {self._process.wait()}: {said[-1] if said else ''}")
        return self._decoder.decode(answer)

    @property
    def cpu_s(self) -> float:
        """The processor time that the engine has used since it was started."""
        used = psutil.Process(self._process.pid).cpu_times()
        return used.user + used.system

    def close(self) -> None:
        """End the process and wait for it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
