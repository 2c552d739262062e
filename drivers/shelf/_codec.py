"""From registers to grams: pure, so that a table of register images can prove it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.shelf._profile import DeviceProfile

_DTYPES = {"int16": ">i2", "uint16": ">u2", "int32": ">i4", "uint32": ">u4", "float32": ">f4"}


class FrameError(Exception):
    """Registers that are not what was asked for."""


@dataclass(frozen=True)
class BlockRead:
    """One request: ``count`` registers from ``address`` hold ``channels`` weights."""

    function: int
    address: int
    count: int
    channels: int


class RegisterCodec:
    """Plans the reads for the first ``channels`` of a device and decodes the answers."""

    def __init__(self, profile: DeviceProfile, channels: int) -> None:
        if not 1 <= channels <= profile.channels.most:
            raise ValueError(f"{channels} channels: this profile has 1 to {profile.channels.most}")
        self._weight = profile.weight
        self._stride = profile.channels.stride
        self._no_reading = np.array(profile.weight.no_reading, dtype=np.float64)
        per_read = (profile.limits.registers_per_read - self._weight.registers) // self._stride + 1
        self.reads = tuple(
            self._read(first, min(per_read, channels - first)) for first in range(0, channels, max(per_read, 1))
        )

    def decode(self, answers: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        """Grams (channels,) from the registers of each read, NaN without a reading. Raises ``FrameError``."""
        if len(answers) != len(self.reads):
            raise FrameError(f"{len(answers)} answers to {len(self.reads)} reads")
        return np.concatenate([self._decode(read, answer) for read, answer in zip(self.reads, answers, strict=True)])

    def _read(self, first: int, channels: int) -> BlockRead:
        count = (channels - 1) * self._stride + self._weight.registers
        return BlockRead(self._weight.function, self._weight.address + first * self._stride, count, channels)

    def _decode(self, read: BlockRead, answer: Sequence[int]) -> NDArray[np.float64]:
        if len(answer) != read.count:  # some devices answer short and call it success
            raise FrameError(f"{len(answer)} registers from {read.address}, {read.count} were asked for")
        try:
            registers = np.array(answer, dtype=">u2")
        except (OverflowError, TypeError, ValueError) as error:
            raise FrameError(f"not registers: {error}") from None
        width = self._weight.registers
        order = np.arange(width) if self._weight.word_order == "high_first" else np.arange(width)[::-1]
        words = registers[np.arange(read.channels)[:, None] * self._stride + order]
        raw = words.tobytes()
        with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN
            values = np.frombuffer(raw, dtype=_DTYPES[self._weight.type]).astype(np.float64)
        values[np.isin(values, self._no_reading)] = np.nan
        return values * self._weight.scale_g
