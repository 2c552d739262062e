"""The front of an engine that is not there: its sockets, what was said through them, and the answers of a core."""

import socket
import time
from collections.abc import Callable, Sequence

import zmq

from engine.domain import (
    Accepted,
    BackgroundPlate,
    CameraHealth,
    CaseId,
    CommandRequest,
    ControllerHealth,
    EngineHealth,
    Evidence,
    EvidenceRequest,
    HoldCase,
    Lease,
    Leases,
    OutputFact,
    ProcessHealth,
    Refused,
    Reply,
    Request,
    Snapshot,
    SnapshotRequest,
    Store,
    View,
)
from engine.runtime.hub import Hub
from engine.runtime.ledger import Numbered
from engine.store import NetworkSection
from engine.wire import Topic

_HOST = "127.0.0.1"
_EPOCH = 1


class Front:
    """One engine run before one console, which has whatever case it asks for.

    ``evidence`` and ``obey`` are asked for what only a core knows.
    """

    def __init__(
        self,
        store: Store,
        *,
        evidence: Callable[[CaseId], Evidence],
        obey: Callable[[CommandRequest], Accepted | Refused],
        backgrounds: Sequence[BackgroundPlate] = (),
    ) -> None:
        self._store, self._backgrounds = store, tuple(backgrounds)
        self._evidence, self._obey = evidence, obey
        self._facts: list[OutputFact] = []
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.state, self.door = _free_endpoint(), _free_endpoint()
        self._hub = Hub(self._context, NetworkSection(state=self.state, door=self.door), epoch=_EPOCH)

    def say(self, fact: OutputFact) -> None:
        """Publish a fact; whoever comes later finds it in the snapshot."""
        self._facts.append(fact)
        self._hub.publish([Numbered(out_seq=len(self._facts), wall_ns=time.time_ns(), fact=fact)])

    def show(self, topic: Topic, view: View) -> None:
        """Publish a picture of the moment."""
        self._hub.show(topic, view)

    def answer(self, *, wait_ms: int) -> None:
        """Answer what is asked, and wait so long for it."""
        self._hub.door.poll(wait_ms)
        for asked in self._hub.requests():
            self._hub.answer(asked, self._reply(asked.request))

    def close(self) -> None:
        """Close the sockets."""
        self._hub.close()
        self._context.term()

    def _reply(self, request: Request) -> Reply:
        match request:
            case SnapshotRequest():
                return self._snapshot()
            case EvidenceRequest(case_id=case_id):
                return self._evidence(case_id)
            case HoldCase():
                return _granted(request)
            case CommandRequest():
                return self._obey(request)

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            epoch=_EPOCH,
            seq=len(self._facts),
            t_ns=time.monotonic_ns(),
            wall_ns=time.time_ns(),
            store=self._store,
            facts=tuple(self._facts),
            backgrounds=self._backgrounds,
        )


def well(
    t_ns: int,
    *,
    uptime_s: float,
    cameras: Sequence[CameraHealth] = (),
    controllers: Sequence[ControllerHealth] = (),
) -> EngineHealth:
    """The health of an engine that has nothing to complain of."""
    core = ProcessHealth(name="core", state="running", restarts=0, cpu_share=0.05, memory_mb=140.0)
    return EngineHealth(
        t_ns=t_ns,
        uptime_s=uptime_s,
        processes=(core,),
        cameras=tuple(cameras),
        controllers=tuple(controllers),
        core_lag_ms=38.0,
        journal_free_mb=80_000.0,
    )


def _granted(asked: HoldCase) -> Leases:
    held = () if asked.case_id is None else (Lease(case_id=asked.case_id, console_id=asked.console_id, by=asked.by),)
    return Leases(t_ns=time.monotonic_ns(), held=held)


def _free_endpoint() -> str:
    with socket.create_server((_HOST, 0)) as held:
        return f"tcp://{_HOST}:{held.getsockname()[1]}"
