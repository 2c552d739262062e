"""Find out how an unknown device writes its weights: its registers, and what a known weight does to them."""

import asyncio
from collections.abc import Sequence

import numpy as np

from drivers.shelf._draft import Probed, draft
from drivers.shelf._infer import NotFoundError, Seen, infer
from drivers.shelf._network import NetworkWire
from drivers.shelf._numbers import Image, moved, rests
from drivers.shelf._pdu import CodecError, read_request, registers_in
from drivers.shelf._plan import BlockRead
from drivers.shelf._serial import SerialWire, bus_of
from drivers.shelf._wire import Wire, WireError
from engine.ports import DeviceError, SerialLine

_FUNCTIONS = (3, 4)
_FIRST_TRY, _MOST = 32, 125
_WITHIN_S = 0.5
_READINGS = 16
_PAUSE_S = 0.05
_GLANCES = 5


class RegisterProbe:
    """Asks one device; every step raises ``DeviceError``, also where nothing can be concluded."""

    def __init__(self, wire: Wire, *, where: str, last_register: int) -> None:
        self._wire, self._where, self._last = wire, where, last_register
        self._blocks: list[BlockRead] = []
        self._largest = _FIRST_TRY
        self._empty: list[Image] = []
        self._loaded: dict[int, list[Image]] = {}
        self._below: list[Image] | None = None
        self._latest: list[Image] = []
        self._unanswered: WireError | None = None

    async def survey(self) -> str:
        """Find the registers that can be read; what was found, in words."""
        try:
            await self._wire.dial()
            found = [block for function in _FUNCTIONS for block in await self._readable(function)]
            if not found and self._unanswered is not None:
                raise self._unanswered
            if not found:
                raise self._error("has no registers from 0 on: look further with --last-register, or check --unit")
            await self._find_largest(found)
        except WireError as error:
            raise self._error(f"does not answer ({error}): check its power, cable, address and --unit") from None
        self._blocks = [part for block in found for part in _cut(block, self._largest)]
        ranges = ", ".join(f"{each.address} to {each.stop - 1} by function {each.function}" for each in found)
        return f"registers {ranges}; at most {self._largest} a read"

    async def see_empty(self) -> None:
        """Take the readings without the weight."""
        self._empty = self._latest = await self._images(2 * _READINGS)

    async def see_loaded(self, channel: int) -> None:
        """Take the readings with the weight on a channel."""
        self._loaded[channel] = self._latest = await self._images(_READINGS)

    async def see_below_zero(self) -> None:
        """Take the readings with the first channel's plate pulled up or off."""
        self._below = self._latest = await self._images(_READINGS)

    async def moved(self, *, within_s: float) -> bool:
        """Wait until the registers rest at what was not seen yet; False when they do not."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    now = await self._images(_GLANCES)
                    if not self._is_new(now):
                        continue
                    later = await self._images(_GLANCES)
                    if self._is_new(later) and rests(self._latest, now, later):
                        return True
        except TimeoutError:
            return False

    def _is_new(self, now: Sequence[Image]) -> bool:
        """Between two plates the weight is on none: that is no news."""
        return moved(self._latest, now) and moved(self._empty, now)

    def conclude(self, known_g: float) -> str:
        """The profile, as TOML."""
        try:
            finding = infer(Seen(self._empty, self._loaded, self._below), known_g)
        except NotFoundError as error:
            raise self._error(f"is not understood: {error}") from None
        blocks = [each for each in self._blocks if each.function == finding.function]
        readable = frozenset(address for each in blocks for address in range(each.address, each.stop))
        return draft(finding, Probed(self._where, known_g, self._largest, readable))

    async def close(self) -> None:
        """Hang up."""
        self._wire.close()

    # --- registers -----------------------------------------------------------------------------------------------

    async def _readable(self, function: int) -> list[BlockRead]:
        """The registers that a function reads, in ranges."""
        found: list[BlockRead] = []
        waiting = [
            BlockRead(function, first, min(_FIRST_TRY, self._last + 1 - first))
            for first in range(0, self._last + 1, _FIRST_TRY)
        ]
        while waiting:
            block = waiting.pop(0)
            try:
                refused = await self._read(block) is None
            except WireError as error:  # some devices do not even refuse a function that they do not know
                self._unanswered = error
                await self._wire.dial()
                return found
            if refused:
                waiting[:0] = _halves(block)
            elif found and found[-1].stop == block.address:
                found[-1] = BlockRead(function, found[-1].address, found[-1].count + block.count)
            else:
                found.append(block)
        return found

    async def _find_largest(self, found: Sequence[BlockRead]) -> None:
        longest = max(found, key=lambda each: each.count)
        for count in (_MOST, 64, _FIRST_TRY, 16, 8, 4, 2, 1):
            if count <= max(longest.count, 1) and await self._read(BlockRead(longest.function, longest.address, count)):
                self._largest = max(count, 2)
                return

    async def _read(self, block: BlockRead) -> bytes | None:
        """The registers of a block, or None where the device refuses or answers short."""
        answer = await self._wire.ask(read_request(block), within_s=_WITHIN_S)
        try:
            return registers_in(answer.pdu, block)
        except CodecError:
            return None

    async def _images(self, readings: int) -> list[Image]:
        rows: dict[int, list[bytes]] = {function: [] for function in _FUNCTIONS}
        for _ in range(readings):
            for function in _FUNCTIONS:
                rows[function].append(await self._row(function))
            await asyncio.sleep(_PAUSE_S)
        return [
            Image(
                function,
                self._addresses(function),
                np.array([np.frombuffer(row, dtype=">u2") for row in rows[function]]),
            )
            for function in _FUNCTIONS
            if self._addresses(function).size
        ]

    async def _row(self, function: int) -> bytes:
        row = b""
        for block in self._blocks:
            if block.function == function:
                try:
                    read = await self._read(block)
                except WireError as error:
                    raise self._error(f"does not answer any more ({error}): begin anew") from None
                if read is None:
                    raise self._error(f"refuses registers that it gave before ({block.address} and on): begin anew")
                row += read
        return row

    def _addresses(self, function: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        ranges = [np.arange(each.address, each.stop) for each in self._blocks if each.function == function]
        return np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.intp)

    def _error(self, problem: str) -> DeviceError:
        return DeviceError(f"{self._where} {problem}")


def open_probe(host: str, port: int, *, unit: int, last_register: int) -> RegisterProbe:
    """A probe of the device at ``host``; it looks at registers 0 to ``last_register``."""
    where = f"{host}:{port} unit {unit}"
    return RegisterProbe(NetworkWire(host, port, unit=unit), where=where, last_register=last_register)


def open_probe_rtu(line: SerialLine, *, unit: int, last_register: int) -> RegisterProbe:
    """A probe of a device on a serial bus. Raises ``SettingsError``."""
    where = f"{line.device} unit {unit}"
    return RegisterProbe(SerialWire(bus_of(line), unit=unit), where=where, last_register=last_register)


def _halves(block: BlockRead) -> list[BlockRead]:
    if block.count == 1:
        return []
    half = block.count // 2
    first = BlockRead(block.function, block.address, half)
    return [first, BlockRead(block.function, first.stop, block.count - half)]


def _cut(block: BlockRead, most: int) -> list[BlockRead]:
    starts = range(block.address, block.stop, most)
    return [BlockRead(block.function, start, min(most, block.stop - start)) for start in starts]
