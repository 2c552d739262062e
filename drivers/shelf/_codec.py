"""From registers to grams and back: pure, so that a table of register images can prove it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.shelf._pdu import CodecError, ShortAnswerError
from drivers.shelf._place import Bits, Place
from drivers.shelf._plan import BlockRead, plan, positions
from drivers.shelf._profile import DeviceProfile, Factor, Faults, Flag
from engine.ports import CellFault, CellFaultKind

Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

_DTYPES = {"int16": ">i2", "uint16": ">u2", "int32": ">i4", "uint32": ">u4", "float32": ">f4"}
_UNKNOWN: CellFaultKind = "unknown_unit"
_INVALID: CellFaultKind = "invalid"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the registers say of each channel; a channel with a fault weighs NaN.

    ``stable`` and ``heartbeat`` are None where the device has no such thing.
    """

    grams: NDArray[np.float64]  # (channels,)
    stable: Bools | None  # (channels,)
    faults: tuple[CellFault, ...]
    heartbeat: int | None


class RegisterCodec:
    """Plans the reads for the first ``channels`` of a device and decodes the answers. Raises ``ValueError``."""

    def __init__(self, profile: DeviceProfile, channels: int) -> None:
        self.reads: tuple[BlockRead, ...] = plan(profile, channels)
        self._profile = profile
        self._weight = profile.weight
        self.positions = positions(profile, channels)
        self._firsts = np.cumsum([0, *(read.count for read in self.reads)])
        self._homes = [self._home(self._span(profile.weight, at, self._width)) for at in self.positions]
        self._words = self._word_indices()
        self._no_reading = np.array(self._weight.no_reading, dtype=np.float64)
        self._sign = self._flag(self._weight.sign)
        self._high = self._bits(self._weight.high)
        self._factors = [_FactorField(factor, self._field(factor)) for factor in self._weight.factor]
        status = profile.status
        self._stable = self._flag(status.stable) if status is not None else None
        self._valid = self._flag(status.valid) if status is not None else None
        self._faults = [_FaultField(fault, self._field(fault)) for fault in status.fault] if status is not None else []
        beat = profile.heartbeat
        self._beat = self._index(self._span(beat, 0), 0) if beat is not None else None
        self._plain = not (self._factors or self._faults or self._high or self._valid or self._weight.no_reading)

    def decode(self, answers: Sequence[bytes]) -> Reading:
        """What the registers of each read (2 bytes each, high first) say. Raises ``CodecError``."""
        registers = self._registers(answers)
        with np.errstate(all="ignore"):  # what a broken device may say is no weight, and no warning
            grams = self._raw(registers)
            if self._plain:
                grams *= self._weight.scale_g
                faults: tuple[CellFault, ...] = ()
            else:
                faults = self._finish(registers, grams)
        return Reading(
            grams=grams,
            stable=self._stable.read(registers) if self._stable is not None else None,
            faults=faults,
            heartbeat=int(registers[self._beat]) if self._beat is not None else None,
        )

    def encode(self, grams: float, channel: int, answers: Sequence[bytes]) -> tuple[int, ...]:
        """The registers of a weight as the device writes it, by the factors in ``answers``. Raises ``CodecError``."""
        factor = self._weight.scale_g
        registers = self._registers(answers)
        for each in self._factors:
            factor *= float(each.read(registers)[channel])
        number = grams / factor
        dtype = np.dtype(_DTYPES[self._weight.type])
        if dtype.kind != "f":
            number = round(number) if np.isfinite(number) else number
            limits = np.iinfo(dtype)
            if not limits.min <= number <= limits.max:
                raise CodecError(f"{grams:g} g is no {self._weight.type} in this device's units")
        words = np.frombuffer(np.array(number, dtype=dtype).tobytes(), dtype=">u2")
        if self._weight.word_order == "low_first":
            words = words[::-1]
        if self._weight.byte_order == "low_first":
            words = words.byteswap()
        return tuple(int(word) for word in words)

    # --- the number ----------------------------------------------------------------------------------------------

    def _registers(self, answers: Sequence[bytes]) -> NDArray[np.uint16]:
        if len(answers) != len(self.reads):
            raise CodecError(f"{len(answers)} answers to {len(self.reads)} reads")
        for read, answer in zip(self.reads, answers, strict=True):
            if len(answer) != 2 * read.count:  # some devices answer short and call it success
                raise ShortAnswerError(
                    f"{len(answer) / 2:g} registers from {read.address}, {read.count} were asked for"
                )
        return np.frombuffer(answers[0] if len(answers) == 1 else b"".join(answers), dtype=">u2")

    def _raw(self, registers: NDArray[np.uint16]) -> NDArray[np.float64]:
        """The number of each channel (channels,), not yet in grams; NaN where it stands for no reading."""
        words = registers[self._words]
        if self._weight.byte_order == "low_first":
            words = words.byteswap()
        values = words.view(_DTYPES[self._weight.type])[:, 0].astype(np.float64)
        if self._high is not None:
            values = self._extended(values, self._high.read(registers))
        if self._no_reading.size:
            values[np.isin(values, self._no_reading)] = np.nan
        if self._sign is not None:
            values = np.where(self._sign.read(registers), -np.abs(values), np.abs(values))
        return values

    def _extended(self, low: NDArray[np.float64], high: NDArray[np.uint16]) -> NDArray[np.float64]:
        """The number with its high bits; a signed one has its sign in the highest of them."""
        bits = self._weight.high.bits if self._weight.high is not None else 0
        whole = (low.astype(np.int64) & 0xFFFF) + (high.astype(np.int64) << 16)
        if self._weight.type == "int16":
            whole -= (whole >> (15 + bits)) << (16 + bits)
        return whole.astype(np.float64)

    def _finish(self, registers: NDArray[np.uint16], grams: NDArray[np.float64]) -> tuple[CellFault, ...]:
        """Turn the numbers into grams where they are, and say which channels have none."""
        kinds: dict[int, CellFaultKind] = {}
        for field in self._faults:
            codes = field.bits.read(registers)
            if field.hits[codes].any():
                for channel in np.flatnonzero(field.hits[codes]):
                    kinds.setdefault(int(channel), field.kinds[int(codes[channel])])
        if self._valid is not None:
            for channel in np.flatnonzero(~self._valid.read(registers)):
                kinds.setdefault(int(channel), _INVALID)
        grams *= self._weight.scale_g
        for factor in self._factors:
            by = factor.read(registers)
            grams *= by
            for channel in np.flatnonzero(np.isnan(by)):
                kinds.setdefault(int(channel), _UNKNOWN)
        if kinds:
            grams[list(kinds)] = np.nan
        return tuple(CellFault(channel=channel, kind=kind) for channel, kind in sorted(kinds.items()))

    # --- where it all is -----------------------------------------------------------------------------------------

    @property
    def _width(self) -> int:
        return self._weight.registers

    def _span(self, place: Place, position: int, count: int = 1) -> BlockRead:
        address = place.wire_address + position * self._profile.step_of(place)
        return BlockRead(self._profile.function_of(place), address, count)

    def _home(self, span: BlockRead) -> int:
        return next(index for index, read in enumerate(self.reads) if read.covers(span))

    def _index(self, span: BlockRead, home: int) -> int:
        """Where in all registers a span begins: in its weight's read where that has it, to be of the same instant."""
        if not self.reads[home].covers(span):
            home = self._home(span)
        return int(self._firsts[home]) + span.address - self.reads[home].address

    def _indices(self, place: Place) -> Indices:
        spans = [self._span(place, position) for position in self.positions]
        return np.array([self._index(span, home) for span, home in zip(spans, self._homes, strict=True)], dtype=np.intp)

    def _word_indices(self) -> Indices:
        spans = [self._span(self._weight, position, self._width) for position in self.positions]
        first = [self._index(span, home) for span, home in zip(spans, self._homes, strict=True)]
        order = np.arange(self._width)
        return np.array(first)[:, None] + (order if self._weight.word_order == "high_first" else order[::-1])

    def _field(self, bits: Bits) -> "_BitField":
        status = self._profile.status
        return _BitField(bits, self._indices(status if bits.placeless and status is not None else bits))

    def _bits(self, bits: Bits | None) -> "_BitField | None":
        return self._field(bits) if bits is not None else None

    def _flag(self, flag: Flag | None) -> "_FlagField | None":
        return _FlagField(flag, self._field(flag)) if flag is not None else None


class _BitField:
    """Some bits of each channel."""

    def __init__(self, bits: Bits, indices: Indices) -> None:
        self._indices, self._shift, self._mask = indices, np.uint16(bits.shift), np.uint16((1 << bits.bits) - 1)

    def read(self, registers: NDArray[np.uint16]) -> NDArray[np.uint16]:
        return (registers[self._indices] >> self._shift) & self._mask


class _FlagField:
    def __init__(self, flag: Flag, bits: _BitField) -> None:
        self._bits, self._when = bits, flag.when

    def read(self, registers: NDArray[np.uint16]) -> Bools:
        return np.equal(self._bits.read(registers), self._when)


class _FaultField:
    """Which codes are faults."""

    def __init__(self, faults: Faults, bits: _BitField) -> None:
        self.bits, self.kinds = bits, faults.kinds
        self.hits = np.zeros(1 << faults.bits, dtype=np.bool_)
        self.hits[list(faults.kinds)] = True


class _FactorField:
    """What each code multiplies by: NaN for a code that means nothing."""

    def __init__(self, factor: Factor, bits: _BitField) -> None:
        self._bits, self._values = bits, factor.values

    def read(self, registers: NDArray[np.uint16]) -> NDArray[np.float64]:
        codes = self._bits.read(registers)
        if not self._values:
            return np.float64(10.0) ** -codes.astype(np.float64)
        return np.array([self._values.get(int(code), np.nan) for code in codes])
