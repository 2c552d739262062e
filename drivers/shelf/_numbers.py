"""Numbers that registers nobody described could be, and which of them changed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.shelf._profile import NumberType, Order

Words = NDArray[np.uint16]
Floats = NDArray[np.float64]

TYPES: Final[tuple[NumberType, ...]] = ("float32", "int32", "uint32", "int16", "uint16")
"""The likelier first: a float shows itself by its exponent, and a wide number fits as well as its low word alone."""
_ORDERS: Final[tuple[Order, ...]] = ("high_first", "low_first")
_DTYPES = {"int16": ">i2", "uint16": ">u2", "int32": ">i4", "uint32": ">u4", "float32": ">f4"}
_OVER_NOISE = 10.0
_WANDERS = 1.4
_FEWEST_COUNTS = 20.0
_LEAST_OF_A_FLOAT = 1e-6
_AT_REST = 0.02


@dataclass(frozen=True)
class Image:
    """Readings of all registers that there are, one row each time; they have been read by one function."""

    function: int
    addresses: NDArray[np.intp]  # (registers,)
    rows: Words  # (readings, registers)


@dataclass(frozen=True)
class Writing:
    """A way to write a number into registers."""

    type: NumberType
    word_order: Order
    byte_order: Order

    @cached_property
    def width(self) -> int:
        """How many registers it takes."""
        return 1 if self.type.endswith("16") else 2

    def starts(self, image: Image) -> NDArray[np.intp]:
        """Columns at which such a number could begin."""
        columns = np.arange(len(image.addresses) - self.width + 1)
        wide = image.addresses[columns + self.width - 1] - image.addresses[columns]
        fits: NDArray[np.intp] = columns[np.equal(wide, self.width - 1)]
        return fits

    def numbers(self, image: Image) -> Floats:
        """The number at each start (readings, starts)."""
        order = np.arange(self.width) if self.word_order == "high_first" else np.arange(self.width)[::-1]
        words = image.rows[:, self.starts(image)[:, None] + order].astype(">u2")
        if self.byte_order == "low_first":
            words = words.byteswap()
        with np.errstate(invalid="ignore"):
            return np.ascontiguousarray(words).view(_DTYPES[self.type])[:, :, 0].astype(np.float64)


def moved(before: Sequence[Image], after: Sequence[Image]) -> bool:
    """Whether some number changed by more than it does by itself."""
    return bool(_moves(before, after, after).size)


def rests(before: Sequence[Image], after: Sequence[Image], later: Sequence[Image]) -> bool:
    """Whether what changed from before to after is where it was a moment later."""
    moves = _moves(before, after, later)
    return not moves.size or float(np.median(moves)) < _AT_REST


def _moves(before: Sequence[Image], after: Sequence[Image], later: Sequence[Image]) -> Floats:
    """For each number that changed: how much it went on to change, as a share of that."""
    shares: list[Floats] = []
    for first, second, third in zip(before, after, later, strict=True):
        for writing in writings():
            one, other = writing.numbers(second), writing.numbers(third)
            change, clear = changes(writing, first, second)
            with np.errstate(all="ignore"):
                more = np.abs(np.median(other, axis=0) - np.median(one, axis=0)) / np.abs(change)
            shares.append(more[clear])
    return np.concatenate(shares) if shares else np.zeros(0)


def writings() -> Iterator[Writing]:
    """Every way to write a number."""
    for type_ in TYPES:
        for byte_order in _ORDERS:
            for word_order in _ORDERS if type_.endswith("32") else _ORDERS[:1]:
                yield Writing(type_, word_order, byte_order)


def changes(writing: Writing, before: Image, after: Image) -> tuple[Floats, NDArray[np.bool_]]:
    """By how much each number changed (numbers,), and whether that is more than what it does by itself."""
    first, second = writing.numbers(before), writing.numbers(after)
    with np.errstate(all="ignore"):
        change = np.median(second, axis=0) - np.median(first, axis=0)
        spread = np.std(first, axis=0)
        half = len(first) // 2
        wander = np.abs(np.mean(first[:half], axis=0) - np.mean(first[half:], axis=0))
        least = _LEAST_OF_A_FLOAT if writing.type == "float32" else _FEWEST_COUNTS
        noise = np.maximum(spread, np.std(second, axis=0))
        clear = (np.abs(change) > np.maximum(_OVER_NOISE * noise, least)) & np.isfinite(change)
        clear &= wander <= _WANDERS * spread  # a counter's or a clock's is as large as it can be
    return change, clear
