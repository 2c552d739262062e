"""The doors process: one task a gate, facts to the inbox, reconnecting for ever."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import structlog

from engine.domain import (
    EntryAuthorised,
    EntryRefused,
    GateId,
    GatePassed,
    Passage,
    SensorFault,
    SensorRecovered,
    VisitId,
)
from engine.ports import DeviceError, GateLink, GateReading
from engine.runtime.doors._tokens import TokenDesk, TokenRefusedError
from engine.runtime.inbox import FactSender
from engine.runtime.supervise import Watched, serve
from engine.store import StoreFolder

log = structlog.get_logger()

_AGAIN_S = 1.0
_WELL_S = 2.0  # a connection that held so long without a word counts as good


def run_doors(folder: StoreFolder, links: Mapping[GateId, GateLink]) -> None:
    """The body of the doors' process: watch every gate until SIGTERM or SIGINT."""
    watched = Watched()
    public_key = (folder.keys_dir / "entry.pub.pem").read_bytes()
    desk = TokenDesk(public_key, folder.ledger_path.with_name("tokens.db"))
    sender = FactSender(folder.installation.network.inbox, "doors", lossless=True)
    try:
        gates = (watch_gate(gate_id, link, sender=sender, desk=desk) for gate_id, link in links.items())
        asyncio.run(serve(gates, watched))
    finally:
        sender.close()
        desk.close()


async def watch_gate(gate_id: GateId, link: GateLink, *, sender: FactSender, desk: TokenDesk) -> None:
    """Turn a gate's readings into facts, for ever; its loss and return are facts too."""
    gate = _Gate(gate_id, sender, desk)
    while True:
        try:
            await _listen(link.readings(), gate)
        except DeviceError as error:
            gate.lost(str(error))
        await asyncio.sleep(_AGAIN_S)


class _Gate:
    def __init__(self, gate_id: GateId, sender: FactSender, desk: TokenDesk) -> None:
        self._gate_id = gate_id
        self._sender = sender
        self._desk = desk
        self._faulty = False

    def take(self, reading: GateReading) -> None:
        self.well(reading.t_ns)
        if reading.passage:
            passage = Passage(reading.passage)
            self._sender.send(GatePassed(t_ns=reading.t_ns, gate_id=self._gate_id, passage=passage))
            return
        try:
            staff = self._desk.admit(reading.token).staff
        except TokenRefusedError as error:
            log.info("entry_refused", gate_id=self._gate_id, reason=str(error))
            self._sender.send(EntryRefused(t_ns=reading.t_ns, gate_id=self._gate_id, reason=str(error)))
            return
        visit_id = VisitId(secrets.token_hex(8))  # random: nothing in the store leads from a visit to a person
        entry = EntryAuthorised(t_ns=reading.t_ns, gate_id=self._gate_id, visit_id=visit_id, staff=staff)
        self._sender.send(entry)

    def lost(self, problem: str) -> None:
        if not self._faulty:
            self._faulty = True
            log.warning("gate_lost", gate_id=self._gate_id, problem=problem)
            self._sender.send(SensorFault(t_ns=_now_ns(), device_id=self._gate_id, kind="unreachable", remedy=problem))

    def well(self, t_ns: int) -> None:
        if self._faulty:
            self._faulty = False
            log.info("gate_recovered", gate_id=self._gate_id)
            self._sender.send(SensorRecovered(t_ns=t_ns, device_id=self._gate_id, kind="unreachable"))


async def _listen(readings: AsyncIterator[GateReading], gate: _Gate) -> None:
    while True:
        reading = asyncio.ensure_future(anext(readings))
        try:
            done, _ = await asyncio.wait({reading}, timeout=_WELL_S)
            if not done:
                gate.well(_now_ns())
            gate.take(await reading)
        except StopAsyncIteration:
            return
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError, DeviceError, StopAsyncIteration):
                await reading


def _now_ns() -> int:
    return time.monotonic_ns()
