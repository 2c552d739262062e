"""A controller on its wire: polled with due patience, dialled anew after a pause, told what to do step by step."""

import time
from pathlib import Path
from typing import Final

from drivers.shelf._codec import Reading, RegisterCodec
from drivers.shelf._network import NetworkWire
from drivers.shelf._patience import Patience
from drivers.shelf._pdu import CodecError, RefusedError, ShortAnswerError, read_request, registers_in
from drivers.shelf._profile import DeviceProfile, ProfileError, read_profile
from drivers.shelf._serial import SerialWire, bus_of
from drivers.shelf._telling import Order, StepError, carry_out
from drivers.shelf._tls import tls_context
from drivers.shelf._wire import Wire, WireError
from engine.ports import (
    DeviceError,
    DeviceFaultKind,
    SerialLine,
    ShelfCommand,
    ShelfDevice,
    ShelfSamples,
    TlsFiles,
    WearLog,
)

# A silent device looks connected for ever: after so many reads without an answer the connection is made anew.
_PATIENCE_READS = 3
# On a bus every question to a device that is known to be silent is time taken from the others.
_PATIENCE_READS_ON_A_BUS = 1
_FIRST_BACK_OFF_NS = 100_000_000
_LONGEST_BACK_OFF_NS = 5_000_000_000
# How long an answer is waited for: at first, and then as the device needs it between these bounds. A bus is shared, so
# there it stays what it is.
_ON_A_NETWORK_S, _LEAST_S, _MOST_S = 0.2, 0.1, 1.0
_ON_A_BUS_S = 0.05

_REMEDIES: Final[dict[DeviceFaultKind, str]] = {
    "unreachable": "check its power, cable and address",
    "silent": "check its power and its unit number",
    "short_answer": "check its profile and channels",
    "refused": "check its profile",
    "garbled": "check its cable, and that it speaks Modbus here",
    "stale": "restart it",
}


def open_modbus(  # noqa: PLR0913 - a place, and what is there
    host: str, port: int, *, unit: int, profile: Path, channels: int, tls: TlsFiles | None = None
) -> ShelfDevice:
    """A controller on the network; it is dialled at the first read. Raises ``SettingsError``."""
    context = tls_context(tls) if tls is not None else None
    name = tls.server_name if tls is not None else ""
    wire = NetworkWire(host, port, unit=unit, tls=context, name=name)
    return _ModbusLink(f"{host}:{port} unit {unit}", wire, *_described(profile, channels), on_a_bus=False)


def open_modbus_rtu(line: SerialLine, *, unit: int, profile: Path, channels: int) -> ShelfDevice:
    """A controller on a serial bus, which is opened at the first read. Raises ``SettingsError``."""
    wire = SerialWire(bus_of(line), unit=unit)
    return _ModbusLink(f"{line.device} unit {unit}", wire, *_described(profile, channels), on_a_bus=True)


def _described(file: Path, channels: int) -> tuple[DeviceProfile, RegisterCodec]:
    profile = read_profile(file)
    try:
        return profile, RegisterCodec(profile, channels)
    except ValueError as error:
        raise ProfileError(f"{file}: channels: {error}. Correct channels in store.toml") from None


class _ModbusLink:
    def __init__(self, name: str, wire: Wire, profile: DeviceProfile, codec: RegisterCodec, *, on_a_bus: bool) -> None:
        self._name, self._wire, self._profile, self._codec = name, wire, profile, codec
        self._reads = _PATIENCE_READS_ON_A_BUS if on_a_bus else _PATIENCE_READS
        self._patience = _patience(profile.limits.answer_s, on_a_bus=on_a_bus)
        self._requests = [(read, read_request(read)) for read in codec.reads]
        self._pulse = _Pulse(profile)
        self._answered_ns = 0
        self._unanswered = 0
        self._back_off_ns = 0
        self._not_before_ns = 0
        self._problem = WireError("not dialled yet", kind="unreachable")

    async def read(self) -> ShelfSamples:
        """One reading, stamped halfway between question and answer. Raises ``DeviceError``."""
        if not self._wire.connected or self._not_before_ns:
            await self._dial()
        asked_ns = time.monotonic_ns()
        try:
            answers = await self._answers()
            reading = self._codec.decode(answers)
        except WireError as error:
            raise self._missed(error) from None
        except CodecError as error:
            raise self._refused(error) from None
        self._unanswered = self._back_off_ns = 0
        return self._samples((asked_ns + self._answered_ns) // 2, reading)

    async def command(
        self, command: ShelfCommand, channel: int, *, wear: WearLog, known_g: float | None = None
    ) -> None:
        """Zero, tare or span a channel. Raises ``DeviceError``."""
        section = self._profile.steps_for(command)
        if section is None:
            problem = f"cannot be told to {command.value}: add [commands.{command.value}] to its profile"
            raise DeviceError(f"{self._name} {problem}", kind="refused")
        if command is ShelfCommand.SPAN and known_g is None:
            raise DeviceError(f"{self._name}: a span needs the weight that lies on the channel", kind="refused")
        self._require_rest(await self.read(), channel)
        try:
            weight = self._codec.encode(known_g, channel, await self._answers()) if known_g is not None else ()
            if section.eeprom_writes:
                wear.spend(section.eeprom_writes, per_day=self._profile.limits.eeprom_writes_per_day)
            for step in section.steps:
                await carry_out(Order(self._profile, step, self._codec.positions[channel], weight), self._ask)
        except WireError as error:
            raise self._missed(error) from None
        except CodecError as error:
            raise self._refused(error) from None

    async def close(self) -> None:
        """Hang up."""
        self._wire.close()

    async def _answers(self) -> list[bytes]:
        """The registers of all reads."""
        answers = []
        for block, request in self._requests:
            asked_ns = time.monotonic_ns()
            answer = await self._wire.ask(request, within_s=self._patience.within_s)
            self._answered_ns = answer.t_ns
            self._patience.answered((answer.t_ns - asked_ns) / 1e9)
            answers.append(registers_in(answer.pdu, block))
        return answers

    async def _ask(self, pdu: bytes) -> bytes:
        return (await self._wire.ask(pdu, within_s=self._profile.limits.command_s)).pdu

    def _require_rest(self, samples: ShelfSamples, channel: int) -> None:
        if samples.stable is not None and not samples.stable[channel]:
            raise DeviceError(f"{self._name} channel {channel} moves: keep hands off it and try again", kind="refused")
        for fault in samples.faults:
            if fault.channel == channel:
                problem = f"channel {channel} has a fault ({fault.kind}): mend that first"
                raise DeviceError(f"{self._name} {problem}", kind="refused")

    def _samples(self, t_ns: int, reading: Reading) -> ShelfSamples:
        if reading.heartbeat is not None and not self._pulse.beats(reading.heartbeat, t_ns):
            raise self._error(f"repeats its readings: register {self._pulse.address} stands still", "stale")
        return ShelfSamples(t_ns=t_ns, grams=reading.grams, faults=reading.faults, stable=reading.stable)

    async def _dial(self) -> None:
        """Connect unless connected; not before the back-off has passed."""
        if time.monotonic_ns() < self._not_before_ns:
            raise self._unreachable()
        self._not_before_ns = 0
        if self._wire.connected:
            return
        try:
            await self._wire.dial()
        except WireError as error:
            self._back_off(error)
            raise self._unreachable() from None

    def _unreachable(self) -> DeviceError:
        if self._problem.kind == "unreachable":
            return self._error(f"cannot be reached ({self._problem})", "unreachable")
        return self._error(f"does not answer ({self._problem})", self._problem.kind)

    def _missed(self, error: WireError) -> DeviceError:
        self._unanswered += 1
        reads = self._reads if self._back_off_ns else _PATIENCE_READS
        if self._unanswered >= reads or not self._wire.connected:
            self._unanswered = 0
            if error.kind == "silent":
                self._patience.dialled_anew()
            self._wire.hang_up()
            self._back_off(error)
        return self._error(f"does not answer ({error})", error.kind)

    def _back_off(self, error: WireError) -> None:
        self._problem = error
        self._back_off_ns = min(max(2 * self._back_off_ns, _FIRST_BACK_OFF_NS), _LONGEST_BACK_OFF_NS)
        self._not_before_ns = time.monotonic_ns() + self._back_off_ns

    def _refused(self, error: CodecError) -> DeviceError:
        return self._error(f"answers with {error}", _kind(error))

    def _error(self, problem: str, kind: DeviceFaultKind) -> DeviceError:
        return DeviceError(f"{self._name} {problem}: {_REMEDIES[kind]}", kind=kind)


def _patience(answer_s: float | None, *, on_a_bus: bool) -> Patience:
    """What a profile says stands, and so does patience on a bus."""
    if answer_s is None and not on_a_bus:
        return Patience(_ON_A_NETWORK_S, least_s=_LEAST_S, most_s=_MOST_S)
    within_s = answer_s or _ON_A_BUS_S
    return Patience(within_s, least_s=within_s, most_s=within_s)


class _Pulse:
    """Whether a device's heartbeat still changes."""

    def __init__(self, profile: DeviceProfile) -> None:
        beat = profile.heartbeat
        self.address = beat.wire_address if beat is not None else 0
        self._still_ns = round(beat.still_s * 1e9) if beat is not None else 0
        self._value: int | None = None
        self._changed_ns = 0

    def beats(self, value: int, t_ns: int) -> bool:
        if value != self._value:
            self._value, self._changed_ns = value, t_ns
        return t_ns - self._changed_ns <= self._still_ns


def _kind(error: CodecError) -> DeviceFaultKind:
    if isinstance(error, ShortAnswerError):
        return "short_answer"
    return "refused" if isinstance(error, RefusedError | StepError) else "garbled"
