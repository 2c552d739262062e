"""Shelf controllers as a store has them: Modbus TCP servers whose registers hold the grams of this instant.

They are offline, lose answers and answer late as a scenario's faults say.
"""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.twin.physics import ControllerFaults
from engine.domain import PlateId, Store
from engine.store import ControllerSection

Weigh = Callable[[tuple[PlateId, ...]], NDArray[np.float64]]

_REGISTERS_PER_CHANNEL = 2
_LOOK_S = 0.02
_LOST_SEED = 9


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What is wrong with a controller: its faults, and the instant of the scenario that it is now."""

    faults: ControllerFaults
    now_s: Callable[[], float]


class ShelfController:
    """One controller: channel n is a float32, high word first, in registers 2n and 2n + 1."""

    def __init__(self, section: ControllerSection, store: Store, weigh: Weigh, trouble: Trouble) -> None:
        self._section = section
        self._plates = {plate.channel: plate.plate_id for plate in store.plates if plate.controller_id == section.id}
        self._weigh = weigh
        self._trouble = trouble
        self._rng = np.random.default_rng(_LOST_SEED)
        self._server: _Server | None = None

    async def start(self) -> None:
        """Listen. Raises ``OSError`` where somebody else does."""
        registers = SimData(
            0, values=[0] * (self._section.channels * _REGISTERS_PER_CHANNEL), datatype=DataType.REGISTERS
        )
        answer = partial(_fill, plates=self._plates, weigh=self._weigh)

        async def action(
            _function: int,
            start: int,
            address: int,
            count: int,
            registers: list[int],
            _written: list[int] | list[bool] | None,
        ) -> ExcCodes | None:
            answer(registers, start, address, count)
            return None

        device = SimDevice(self._section.unit, simdata=[registers], action=action)
        self._server = _Server(device, (self._section.host, self._section.port), self._fate)
        try:
            await self._server.serve_forever(background=True)
        except RuntimeError:
            where = f"{self._section.host}:{self._section.port}"
            remedy = "End who does, or give another port in store.toml"
            raise OSError(f"controller {self._section.id}: somebody else listens on {where}. {remedy}") from None

    async def close(self) -> None:
        """Hang up and listen no more."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None

    async def follow_faults(self) -> None:
        """Go offline and come back as the faults say, until cancelled."""
        while True:
            offline = self._trouble.faults.offline(self._trouble.now_s())
            if offline and self._server is not None:
                await self.close()
            elif not offline and self._server is None:
                await self.start()
            await asyncio.sleep(_LOOK_S)

    def _fate(self) -> float | None:
        """How late the next answer goes out; None: never."""
        t_s = self._trouble.now_s()
        if self._rng.random() < self._trouble.faults.lost_share(t_s):
            return None
        return self._trouble.faults.late_s(t_s)


class _Server(ModbusTcpServer):
    """Sends each answer when its fate says, and those of fate None never."""

    def __init__(self, device: SimDevice, address: tuple[str, int], fate: Callable[[], float | None]) -> None:
        super().__init__(device, address=address)
        self._fate = fate

    def callback_new_connection(self) -> ServerRequestHandler:
        return _Connection(self, self._fate)


class _Connection(ServerRequestHandler):
    def __init__(self, owner: _Server, fate: Callable[[], float | None]) -> None:
        super().__init__(owner, None, None, None)  # type: ignore[no-untyped-call]
        self._fate = fate

    def server_send(self, pdu: ModbusPDU, addr: tuple[str, int] | None) -> None:
        late_s = self._fate()
        if late_s is None:
            return
        if late_s == 0.0:
            self._say(pdu, addr)
        else:
            self.loop.call_later(late_s, self._say, pdu, addr)

    def _say(self, pdu: ModbusPDU, addr: tuple[str, int] | None) -> None:
        if self.is_active():  # who asked may have hung up
            super().server_send(pdu, addr)  # type: ignore[no-untyped-call]


def _fill(  # noqa: PLR0913
    registers: list[int], start: int, address: int, count: int, *, plates: dict[int, PlateId], weigh: Weigh
) -> None:
    first = address // _REGISTERS_PER_CHANNEL
    last = (address + count - 1) // _REGISTERS_PER_CHANNEL
    channels = [channel for channel in range(first, last + 1) if channel in plates]
    grams = weigh(tuple(plates[channel] for channel in channels))
    for channel, value_g in zip(channels, grams, strict=True):
        high, low = struct.unpack(">HH", struct.pack(">f", value_g))
        at = channel * _REGISTERS_PER_CHANNEL - start
        registers[at], registers[at + 1] = high, low
