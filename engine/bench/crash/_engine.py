"""An engine that is cut off and started again, over and over, on one store's folder."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec
import psutil

from engine.bench.crash._cut import cut_power
from engine.bench.cutoff import Given, Life, Platter
from engine.runtime.paced import Stimulus, Told, read_message, write_message
from engine.store import StoreFolder


class EngineFailedError(Exception):
    """The engine ended of itself; the message has its last words."""


class CutEngine:
    """At most one process at a time. ``begin``, ``take`` until it gives None, ``settle``, ``begin`` again."""

    def __init__(self, folder: StoreFolder, platter: Path, rng: Random) -> None:
        self._folder, self._rng = folder, rng
        self._platter_dir = platter
        self._platter = Platter(platter, rng)
        self._platter.lay(folder.path)
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Told)
        self._log = platter / "engine.log"
        self._boots = 0
        self.restarts_s: list[float] = []
        self.restarts_cpu_s: list[float] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._dying = False

    def begin(self, at_ns: int, *, dies_after: int | None = None) -> bool:
        """Start it on a host that has just booted and wait for its answer.

        False when the next cut, ``dies_after`` so many operations on files, came first. Raises ``EngineFailedError``.
        """
        self._boots += 1
        life = Life(
            store=str(self._folder.path),
            platter=str(self._platter_dir),
            boot=f"boot {self._boots}",
            at_ns=at_ns,
            seed=self._rng.getrandbits(32),
        )
        began_s = time.monotonic()
        command = [sys.executable, "-m", "engine.bench.cutoff", msgspec.json.encode(life).decode()]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self._dying = False
        told = self.take([], dies_after=dies_after)
        if told is None:
            return False
        used = psutil.Process(self._process.pid).cpu_times()
        self.restarts_s.append(time.monotonic() - began_s)
        self.restarts_cpu_s.append(used.user + used.system)
        return True

    def take(
        self, stimuli: Sequence[Stimulus], *, dies_after: int | None = None, killed_after_s: float | None = None
    ) -> Told | None:
        """Let it live through these; None when that was its end, which must have been asked for.

        Raises ``EngineFailedError``.
        """
        process = self._process
        assert process is not None  # noqa: S101 - begun
        into, out = process.stdin, process.stdout
        assert into is not None and out is not None  # noqa: S101, PT018 - opened with pipes
        self._dying |= dies_after is not None or killed_after_s is not None
        given = Given(stimuli=list(stimuli), dies_after=dies_after)
        killer = threading.Timer(killed_after_s, process.kill) if killed_after_s is not None else None
        answer = None
        with contextlib.suppress(BrokenPipeError):
            write_message(into, self._encoder.encode(given))
            if killer is not None:
                killer.start()
            answer = read_message(out)
        if killer is not None:
            killer.join()
        if answer is None and not self._dying:
            raise EngineFailedError(f"the engine ended with code {process.wait()}: {self._last_words()}")
        return self._decoder.decode(answer) if answer is not None else None

    def settle(self) -> None:
        """The power is gone: leave on disk what it left there."""
        self.end()
        cut_power(self._folder.path, self._platter, self._rng)

    def end(self) -> None:
        """Kill it, if it lives, and wait for its end."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _last_words(self) -> str:
        said = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return said[-1] if said else ""
