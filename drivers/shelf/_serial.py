"""Modbus RTU: one owner a bus, several devices on it, one request at a time. Linux terminals, no library."""

import asyncio
import fcntl
import os
import termios
import time
import tty
from pathlib import Path
from weakref import WeakValueDictionary

from drivers.shelf._framing import serial_answer, serial_frame
from drivers.shelf._pdu import CodecError
from drivers.shelf._wire import Answer, WireError
from engine.ports import SerialLine, SettingsError

_BITS_PER_BYTE = 11  # start, eight, parity or second stop, stop
# MODBUS over Serial Line 1.02, 2.5.1.1: frames are 3.5 characters apart, above 19,200 baud 1.75 ms.
_GAP_BYTES = 3.5
_SHORTEST_GAP_S = 0.00175
_LONGEST_READ = 512

_buses: "WeakValueDictionary[Path, SerialBus]" = WeakValueDictionary()


class SerialBus:
    """A serial line that is opened at its first use and shared by the wires to its units."""

    def __init__(self, line: SerialLine) -> None:
        self.line = line
        self._speed = _speed(line)
        self._turn = asyncio.Lock()
        self._descriptor: int | None = None
        self._wires = 0
        self._heard = b""
        self._heard_s = 0.0
        self._arrived: asyncio.Event | None = None

    @property
    def is_open(self) -> bool:
        """Whether the line is ours."""
        return self._descriptor is not None

    def open(self) -> None:
        """Take the line. Raises ``WireError``."""
        if self._descriptor is not None:
            return
        try:
            descriptor = os.open(self.line.device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            raise WireError(f"{self.line.device}: {error.strerror}", kind="unreachable") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._set_up(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            raise WireError(f"{self.line.device} is another program's: end that first", kind="unreachable") from None
        except (OSError, termios.error) as error:
            os.close(descriptor)
            raise WireError(f"{self.line.device} is no serial line: {error}", kind="unreachable") from None
        self._descriptor = descriptor
        asyncio.get_running_loop().add_reader(descriptor, self._listen, descriptor)

    def join(self) -> None:
        """One more wire is on the bus."""
        self._wires += 1

    def leave(self) -> None:
        """One wire less; the last one gives the line back."""
        self._wires -= 1
        if not self._wires:
            self.close()

    def close(self) -> None:
        """Give the line back; whoever waits for an answer gets none."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)

    async def ask(self, unit: int, pdu: bytes, *, within_s: float) -> Answer:
        """Send a request when it is this unit's turn, and wait for its answer. Raises ``WireError``.

        At 9600 baud a long answer takes a quarter of a second: what must come ``within_s`` is its beginning, and then
        each of the pieces in which the line's driver hands it over.
        """
        request = serial_frame(unit, pdu)
        async with self._turn:
            self.open()
            await self._be_quiet()
            self._heard, self._arrived = b"", asyncio.Event()
            self._send(request)
            try:
                async with asyncio.timeout(within_s + self._lasts_s(len(request))) as patience:
                    return await self._answer_of(unit, patience, within_s)
            except TimeoutError:
                if self._heard:
                    raise WireError("half an answer", kind="garbled") from None
                raise WireError("no answer", kind="silent") from None
            except CodecError as error:
                raise WireError(f"it says {error}", kind="garbled") from None

    async def _answer_of(self, unit: int, patience: asyncio.Timeout, within_s: float) -> Answer:
        assert self._arrived is not None  # noqa: S101 - ask sets it
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            if self._descriptor is None:
                raise WireError("the line is lost", kind="unreachable")
            answer = serial_answer(self._heard, unit=unit)
            if answer is not None:
                return Answer(answer, time.monotonic_ns())
            patience.reschedule(loop.time() + within_s)

    async def _be_quiet(self) -> None:
        gap_s = max(_SHORTEST_GAP_S, self._lasts_s(_GAP_BYTES))
        while (left_s := self._heard_s + gap_s - time.monotonic()) > 0:
            await asyncio.sleep(left_s)

    def _send(self, request: bytes) -> None:
        if self._descriptor is None:  # lost while it had to be quiet
            raise WireError("the line is lost", kind="unreachable")
        try:
            os.write(self._descriptor, request)
        except OSError as error:
            self.close()
            raise WireError(f"{self.line.device}: {error.strerror}", kind="unreachable") from None

    def _listen(self, descriptor: int) -> None:
        try:
            data = os.read(descriptor, _LONGEST_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._heard += data
            self._heard_s = time.monotonic()
        else:  # unplugged
            self.close()
        if self._arrived is not None:
            self._arrived.set()

    def _lasts_s(self, length: float) -> float:
        """How long so many bytes take on the line."""
        return length * _BITS_PER_BYTE / self.line.baud

    def _set_up(self, descriptor: int) -> None:
        tty.setraw(descriptor, termios.TCSANOW)
        modes = termios.tcgetattr(descriptor)
        control = modes[2] & ~(termios.PARENB | termios.PARODD | termios.CSTOPB | termios.CRTSCTS)
        control |= termios.CREAD | termios.CLOCAL | termios.CS8
        if self.line.parity != "none":
            control |= termios.PARENB | (termios.PARODD if self.line.parity == "odd" else 0)
        if self.line.stop_bits == 2:
            control |= termios.CSTOPB
        modes[2], modes[4], modes[5] = control, self._speed, self._speed
        termios.tcsetattr(descriptor, termios.TCSANOW, modes)
        termios.tcflush(descriptor, termios.TCIOFLUSH)


class SerialWire:
    """The way to one unit of a bus."""

    def __init__(self, bus: SerialBus, *, unit: int) -> None:
        self._bus, self._unit = bus, unit
        bus.join()

    @property
    def connected(self) -> bool:
        """Whether the line is ours; a bus knows nothing of who is on it."""
        return self._bus.is_open

    async def dial(self) -> None:
        """Take the line. Raises ``WireError``."""
        self._bus.open()

    async def ask(self, pdu: bytes, *, within_s: float) -> Answer:
        """Wait for the unit's turn, ask and wait for the answer. Raises ``WireError``."""
        return await self._bus.ask(self._unit, pdu, within_s=within_s)

    def hang_up(self) -> None:
        """Nothing: the line is the others' too."""

    def close(self) -> None:
        """Leave the bus."""
        self._bus.leave()


def bus_of(line: SerialLine) -> SerialBus:
    """The bus of a line: the same for all who ask for the same device. Raises ``SettingsError``."""
    device = line.device.absolute()
    bus = _buses.get(device)
    if bus is None:
        bus = _buses[device] = SerialBus(line)
    if bus.line != line:
        raise SettingsError(f"serial: {line.device} has other settings for another device. Set all of a bus alike")
    return bus


def _speed(line: SerialLine) -> int:
    speed = getattr(termios, f"B{line.baud}", None)
    if not isinstance(speed, int):
        raise SettingsError(f"serial.baud: {line.baud} is no speed of a serial line. Take 9600, 19200 or 115200")
    return speed
