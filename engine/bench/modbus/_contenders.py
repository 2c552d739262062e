"""Who polls: the engine's own link, and the loop that anybody would write with pymodbus."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.resources import as_file, files

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from engine.bench.modbus._controllers import HOST
from engine.bench.modbus._load import Load
from engine.bench.modbus._pace import Read
from engine.ports import DeviceError, ShelfLink
from engine.runtime.drivers import load_driver

Contender = Callable[[Sequence[int], Load], AbstractAsyncContextManager[Sequence[Read]]]

_UNIT = 1


@asynccontextmanager
async def ours(ports: Sequence[int], load: Load) -> AsyncIterator[Sequence[Read]]:
    """The driver ``shelf.modbus``: registers checked and turned into grams."""
    open_link = load_driver("shelf.modbus")
    with as_file(files("resources") / "profiles" / "generic-float32.toml") as profile:
        links = [open_link(HOST, port, unit=_UNIT, profile=profile, channels=load.channels) for port in ports]
    try:
        yield [_reading_of(link) for link in links]
    finally:
        for link in links:
            await link.close()


@asynccontextmanager
async def plain(ports: Sequence[int], load: Load) -> AsyncIterator[Sequence[Read]]:
    """pymodbus and nothing else: the registers are neither checked nor turned into grams."""
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # a late answer would fill the screen
    clients = [AsyncModbusTcpClient(HOST, port=port, timeout=load.period_s, retries=0) for port in ports]
    try:
        for client in clients:
            await client.connect()
        yield [_registers_of(client, load.registers) for client in clients]
    finally:
        for client in clients:
            client.close()


def _reading_of(link: ShelfLink) -> Read:
    async def read() -> bool:
        try:
            await link.read()
        except DeviceError:
            return False
        return True

    return read


def _registers_of(client: AsyncModbusTcpClient, count: int) -> Read:
    async def read() -> bool:
        try:
            answer = await client.read_holding_registers(0, count=count, device_id=_UNIT)
        except ModbusException:
            return False
        return not answer.isError()

    return read
