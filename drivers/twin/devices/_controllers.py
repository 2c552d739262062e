"""Shelf controllers as a store has them: Modbus TCP servers whose registers hold the grams of this instant."""

import struct
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from engine.domain import PlateId, Store
from engine.store import ControllerSection

Weigh = Callable[[tuple[PlateId, ...]], NDArray[np.float64]]

_REGISTERS_PER_CHANNEL = 2


def controller_server(section: ControllerSection, store: Store, weigh: Weigh) -> ModbusTcpServer:
    """A server for one controller: channel n is a float32, high word first, in registers 2n and 2n + 1."""
    plates = {plate.channel: plate.plate_id for plate in store.plates if plate.controller_id == section.id}
    answer = partial(_fill, plates=plates, weigh=weigh)
    registers = SimData(0, values=[0] * (section.channels * _REGISTERS_PER_CHANNEL), datatype=DataType.REGISTERS)

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

    device = SimDevice(section.unit, simdata=[registers], action=action)
    return ModbusTcpServer(device, address=(section.host, section.port))


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
