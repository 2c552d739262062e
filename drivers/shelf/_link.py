"""The wire to a controller: Modbus TCP with short patience, its own watchdog and a back-off between dials."""

import logging
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from drivers.shelf._codec import BlockRead, FrameError, RegisterCodec
from drivers.shelf._profile import ProfileError, read_profile
from engine.ports import DeviceError, ShelfLink, ShelfSamples

_TIMEOUT_S = 0.2
# A silent device looks connected for ever: after so many reads without an answer the connection is made anew.
_PATIENCE_READS = 3
_FIRST_BACK_OFF_NS = 100_000_000
_LONGEST_BACK_OFF_NS = 5_000_000_000


def open_modbus(host: str, port: int, *, unit: int, profile: Path, channels: int) -> ShelfLink:
    """A link to the controller at ``host``; it dials at the first read. Raises ``ProfileError``."""
    # What it has to say reaches us as errors, and a silent device would fill the log by itself.
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    described = read_profile(profile)
    try:
        codec = RegisterCodec(described, channels)
    except ValueError as error:
        raise ProfileError(f"{profile}: channels: {error}. Correct channels in store.toml") from None
    return _ModbusLink(host, port, unit=unit, codec=codec)


class _ModbusLink:
    def __init__(self, host: str, port: int, *, unit: int, codec: RegisterCodec) -> None:
        self._name = f"{host}:{port} unit {unit}"
        self._unit = unit
        self._codec = codec
        self._host, self._port = host, port
        self._unanswered = 0
        self._back_off_ns = 0
        self._dial_after_ns = 0

    @cached_property
    def _client(self) -> AsyncModbusTcpClient:
        # Made at the first read: the library wants a running event loop.
        return AsyncModbusTcpClient(self._host, port=self._port, timeout=_TIMEOUT_S, retries=0, reconnect_delay=0)

    async def read(self) -> ShelfSamples:
        await self._dial()
        asked_ns = time.monotonic_ns()
        try:
            answers = [await self._read(block) for block in self._codec.reads]
            grams = self._codec.decode(answers)
        except (ModbusException, OSError) as error:
            self._miss()
            raise DeviceError(f"{self._name} does not answer: check its power and cable ({error})") from None
        except FrameError as error:
            raise DeviceError(f"{self._name} answers with {error}: check its profile") from None
        self._unanswered = self._back_off_ns = 0
        return ShelfSamples(t_ns=(asked_ns + time.monotonic_ns()) // 2, grams=grams)

    async def close(self) -> None:
        self._client.close()

    async def _read(self, block: BlockRead) -> Sequence[int]:
        client = self._client
        ask = client.read_holding_registers if block.function == 3 else client.read_input_registers
        response = await ask(block.address, count=block.count, device_id=self._unit)
        if response.isError():
            raise FrameError(f"exception {response.exception_code} to registers {block.address} and on")
        return response.registers

    async def _dial(self) -> None:
        """Connect unless connected; not before the back-off has passed."""
        if self._client.connected:
            return
        if time.monotonic_ns() < self._dial_after_ns:
            raise DeviceError(f"{self._name} cannot be reached: check its power, cable and address")
        self._back_off_ns = min(max(2 * self._back_off_ns, _FIRST_BACK_OFF_NS), _LONGEST_BACK_OFF_NS)
        connected = await self._client.connect()
        self._dial_after_ns = time.monotonic_ns() + self._back_off_ns
        if not connected:
            raise DeviceError(f"{self._name} cannot be reached: check its power, cable and address")

    def _miss(self) -> None:
        self._unanswered += 1
        if self._unanswered >= _PATIENCE_READS or not self._client.connected:
            self._unanswered = 0
            self._client.close()
            self._dial_after_ns = time.monotonic_ns() + self._back_off_ns
