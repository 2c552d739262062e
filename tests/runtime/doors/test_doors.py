"""A gate that speaks, breaks and comes back, against a real inbox."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import zmq

from engine.domain import (
    EntryAuthorised,
    EntryRefused,
    GateId,
    GatePassed,
    Passage,
    Recorded,
    SensorFault,
    SensorRecovered,
)
from engine.ports import DeviceError, GateReading
from engine.runtime.doors import TokenDesk, watch_gate
from engine.runtime.inbox import FactSender, Inbox
from tests.runtime.build import wait_for
from tests.runtime.doors.test_tokens import NOW_S, PUBLIC_PEM, token

GATE = GateId("north")


class ScriptedGate:
    """Says each script once, then fails; after the last it is silent."""

    def __init__(self, *scripts: list[GateReading]) -> None:
        self._scripts = list(scripts)

    async def readings(self) -> AsyncIterator[GateReading]:
        if not self._scripts:
            await asyncio.Event().wait()
        for reading in self._scripts.pop(0):
            yield reading
        raise DeviceError("gate north hung up; look at its cable")


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    inbox = Inbox(context, f"ipc://{tmp_path}/inbox", boot_epoch=1, journaled={})
    yield inbox
    inbox.close()
    context.term()


async def test_readings_become_facts_and_a_lost_gate_is_one(inbox: Inbox, tmp_path: Path) -> None:
    desk = TokenDesk(PUBLIC_PEM, tmp_path / "tokens.db", wall_clock=lambda: NOW_S)
    sender = FactSender(f"ipc://{tmp_path}/inbox", "doors", lossless=True)
    first = [GateReading(t_ns=1, token=token()), GateReading(t_ns=2, passage="in"), GateReading(t_ns=3, token=token())]
    link = ScriptedGate(first, [GateReading(t_ns=4, passage="out")])
    task = asyncio.create_task(watch_gate(GATE, link, sender=sender, desk=desk))
    got: list[Recorded] = []

    def all_came() -> bool:
        batch = inbox.receive().facts
        inbox.journaled(batch)
        got.extend(batch)
        return len(got) >= 7

    await asyncio.to_thread(wait_for, all_came)
    task.cancel()
    kinds = [type(entry.fact) for entry in got]
    assert kinds == [
        EntryAuthorised, GatePassed, EntryRefused, SensorFault, SensorRecovered, GatePassed, SensorFault,
    ]  # fmt: skip
    entry, passage, refused = (recorded.fact for recorded in got[:3])
    assert isinstance(entry, EntryAuthorised)
    assert (len(entry.visit_id), entry.staff) == (16, False)
    assert passage == GatePassed(t_ns=2, gate_id=GATE, passage=Passage.IN)
    assert refused == EntryRefused(t_ns=3, gate_id=GATE, reason="used before")
    assert await asyncio.to_thread(sender.close) == 0
    desk.close()
