"""The main process of an engine: starts the others, keeps them going, stops them in order."""

import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType

import structlog

from engine.runtime.inbox import FactSender
from engine.runtime.supervise._child import Child, ProcessSpec

log = structlog.get_logger()

_LOOK_S = 0.1
_HEALTH_S = 1.0
_STOP_S = 5.0


class Supervisor:
    """Runs a process table. Its first process, the core, is stopped last: the others still have facts to deliver."""

    def __init__(self, specs: Sequence[ProcessSpec], *, inbox: str) -> None:
        self._children = [Child(spec) for spec in specs]
        self._inbox = inbox
        self._stop = threading.Event()

    @property
    def pids(self) -> dict[str, int | None]:
        """Process ids by name; None while a process waits to start again."""
        return {child.spec.name: child.pid for child in self._children}

    def stop(self) -> None:
        """Ask ``run`` to stop everything and return."""
        self._stop.set()

    def run(self) -> None:
        """Start everything; return when stopped."""
        shown = FactSender(self._inbox, "supervisor", lossless=False)
        health_s = 0.0
        try:
            while not self._stop.is_set():
                now_s = time.monotonic()
                for child in self._children:
                    child.look(now_s)
                if now_s >= health_s:
                    health_s = now_s + _HEALTH_S
                    for child in self._children:
                        shown.show(child.health())
                self._stop.wait(_LOOK_S)
        finally:
            shown.close()
            self._stop_children()

    def stop_on_signals(self) -> None:
        """Let SIGTERM and SIGINT stop it."""

        def stop(signal_number: int, frame: FrameType | None) -> None:
            self._stop.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def _stop_children(self) -> None:
        first, *others = self._children
        for group in (others, [first]):
            deadline_s = time.monotonic() + _STOP_S
            for child in group:
                child.terminate()
            for child in group:
                child.join(deadline_s)
        log.info("engine_stopped")
