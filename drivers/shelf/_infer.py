"""What a known weight tells about registers nobody described: type, order, scale, sign and channels. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drivers.shelf._profile import NumberType, Order

Words = NDArray[np.uint16]
Floats = NDArray[np.float64]

# The likelier first: a float shows itself by its exponent, and a wide number fits its low word's as well as its own.
_TYPES: tuple[NumberType, ...] = ("float32", "int32", "uint32", "int16", "uint16")
_DTYPES = {"int16": ">i2", "uint16": ">u2", "int32": ">i4", "uint32": ">u4", "float32": ">f4"}
_ORDERS: tuple[Order, ...] = ("high_first", "low_first")
_POUND_G, _OUNCE_G = 453.59237, 28.349523125  # NIST Handbook 44, appendix C
_ROUND_G = (*(m * 10.0**e for e in range(-4, 4) for m in (1, 2, 5)), _POUND_G, _OUNCE_G, 1e6)
_OFF_ROUND = 0.03  # a scale that is out by more is calibrated otherwise
_OVER_NOISE = 10.0
_WANDERS = 1.2
_FEWEST_COUNTS = 20.0
_AT_REST = 0.02
_HEAVIEST_G = 200_000.0
_LEAST_UNIT_G, _LARGEST_UNIT_G = 1e-6, 1e7
_ALIKE = 0.1


class NotFoundError(Exception):
    """No number in the registers went with the weight; the message says what to try."""


@dataclass(frozen=True)
class Image:
    """Readings of all registers that there are, one row each time; they have been read by one function."""

    function: int
    addresses: NDArray[np.intp]  # (registers,)
    rows: Words  # (readings, registers)


@dataclass(frozen=True)
class Seen:
    """The registers without a weight, with the known one on one channel after the other, and below zero."""

    empty: Sequence[Image]
    loaded: Mapping[int, Sequence[Image]]
    below: Sequence[Image] | None = None


@dataclass(frozen=True)
class Sign:
    """The bit that says negative."""

    function: int
    address: int
    bit: int
    when: int


@dataclass(frozen=True)
class Finding:
    """How the weights are written. ``address_of`` has each channel that was loaded."""

    function: int
    type: NumberType
    word_order: Order
    byte_order: Order
    scale_g: float
    rounded: bool
    address_of: Mapping[int, int]
    sign: Sign | None
    sign_seen: bool

    @property
    def registers(self) -> int:
        """How many registers one weight takes."""
        return 1 if self.type.endswith("16") else 2


@dataclass(frozen=True)
class _Writing:
    type: NumberType
    word_order: Order
    byte_order: Order

    @cached_property
    def width(self) -> int:
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


@dataclass(frozen=True)
class _Candidate:
    writing: _Writing
    function: int
    address: int
    scale_g: float
    rounded: bool
    off: float

    @property
    def rank(self) -> tuple[bool, int, bool, bool, float, int, int]:
        """The best is the least."""
        writing = self.writing
        swapped = writing.byte_order == "low_first"
        low_first = writing.word_order == "low_first"
        types = _TYPES if self.rounded else (*_TYPES[1:], _TYPES[0])
        type_ = types.index(writing.type)
        return (not self.rounded, type_, swapped, low_first, self.off, self.function, self.address)


def infer(seen: Seen, known_g: float) -> Finding:
    """How the weights are written. Raises ``NotFoundError``."""
    first = min(seen.loaded)
    candidates = sorted(_candidates(seen, first, known_g), key=lambda each: each.rank)
    if not candidates:
        raise NotFoundError(
            "no number changed with the weight: check that it lay on the right channel, take a heavier one, "
            "or look further with --last-register"
        )
    best, sign = _with_sign(candidates, seen)
    found = {channel: _address_of(best, seen, channel, known_g) for channel in seen.loaded}
    return Finding(
        function=best.function,
        type=best.writing.type,
        word_order=best.writing.word_order,
        byte_order=best.writing.byte_order,
        scale_g=best.scale_g,
        rounded=best.rounded,
        address_of=found,
        sign=sign,
        sign_seen=seen.below is not None,
    )


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
        for writing in _writings():
            one, other = writing.numbers(second), writing.numbers(third)
            change, clear = _change(writing.numbers(first), one, float_=writing.type == "float32")
            with np.errstate(all="ignore"):
                more = np.abs(np.median(other, axis=0) - np.median(one, axis=0)) / np.abs(change)
            shares.append(more[clear])
    return np.concatenate(shares) if shares else np.zeros(0)


def _writings() -> Iterator[_Writing]:
    for type_ in _TYPES:
        for byte_order in _ORDERS:
            for word_order in _ORDERS if type_.endswith("32") else _ORDERS[:1]:
                yield _Writing(type_, word_order, byte_order)


def _candidates(seen: Seen, channel: int, known_g: float) -> Iterator[_Candidate]:
    for empty, loaded in zip(seen.empty, seen.loaded[channel], strict=True):
        for writing in _writings():
            change, clear = _change(writing.numbers(empty), writing.numbers(loaded), float_=writing.type == "float32")
            for column in np.flatnonzero(clear):
                scale_g = known_g / float(change[column])
                heaviest_g = np.abs(np.vstack([writing.numbers(empty), writing.numbers(loaded)])[:, column]).max()
                if heaviest_g * abs(scale_g) <= _HEAVIEST_G and _LEAST_UNIT_G < abs(scale_g) < _LARGEST_UNIT_G:
                    start = writing.starts(empty)[column]
                    yield _candidate(writing, empty.function, int(empty.addresses[start]), scale_g)


def _change(before: Floats, after: Floats, *, float_: bool) -> tuple[Floats, NDArray[np.bool_]]:
    """By how much each number changed (numbers,), and whether that is more than what it does by itself."""
    with np.errstate(all="ignore"):
        change = np.median(after, axis=0) - np.median(before, axis=0)
        noise = np.maximum(np.std(before, axis=0), np.std(after, axis=0))
        half = len(before) // 2
        wander = np.abs(np.median(before[:half], axis=0) - np.median(before[half:], axis=0))
        least = 1e-6 if float_ else _FEWEST_COUNTS
        clear = (np.abs(change) > np.maximum(_OVER_NOISE * noise, least)) & np.isfinite(change)
        clear &= wander <= _WANDERS * np.std(before, axis=0)  # a counter's or a clock's is as large as it can be
    return change, clear


def _candidate(writing: _Writing, function: int, address: int, scale_g: float) -> _Candidate:
    nearest = min(_ROUND_G, key=lambda each: abs(math.log(abs(scale_g) / each)))
    off = abs(abs(scale_g) / nearest - 1)
    rounded = off <= _OFF_ROUND
    settled_g = math.copysign(nearest, scale_g) if rounded else float(f"{scale_g:.6g}")
    return _Candidate(writing, function, address, settled_g, rounded, off)


def _with_sign(candidates: Sequence[_Candidate], seen: Seen) -> tuple[_Candidate, Sign | None]:
    """The best candidate that goes on below zero; else the best whose sign some bit says."""
    if seen.below is None:
        return candidates[0], None
    rounded = [each for each in candidates if each.rounded] or list(candidates)
    for candidate in rounded:
        if _goes_below(candidate, seen):
            return candidate, None
    for candidate in rounded:
        sign = _sign_bit(candidate, seen)
        if sign is not None and candidate.writing.type.startswith("uint"):
            return candidate, sign
    raise NotFoundError("no number went below zero: pull the plate up further, or leave that out with --no-below-zero")


def _numbers_of(candidate: _Candidate, images: Sequence[Image]) -> Floats:
    """The candidate's readings (readings,)."""
    image = next(each for each in images if each.function == candidate.function)
    starts = candidate.writing.starts(image)
    column = int(np.flatnonzero(image.addresses[starts] == candidate.address)[0])
    return candidate.writing.numbers(image)[:, column]


def _goes_below(candidate: _Candidate, seen: Seen) -> bool:
    below_g = candidate.scale_g * _numbers_of(candidate, seen.below or ())
    empty_g = candidate.scale_g * _numbers_of(candidate, seen.empty)
    return bool(np.median(below_g) < min(0.0, np.median(empty_g)) and np.abs(below_g).max() <= _HEAVIEST_G)


def _sign_bit(candidate: _Candidate, seen: Seen) -> Sign | None:
    """The bit nearest to the number that is one way below zero and the other way under the weight."""
    loaded = seen.loaded[min(seen.loaded)]
    found: list[tuple[int, int, Sign]] = []
    for above, below in zip(loaded, seen.below or (), strict=True):
        for bit in range(16):
            up, down = (above.rows >> bit) & 1, (below.rows >> bit) & 1
            says = (up == up[0]).all(axis=0) & (down == 1 - up[0]).all(axis=0)
            for column in np.flatnonzero(says):
                address = int(above.addresses[column])
                apart = min(abs(address - candidate.address - word) for word in range(candidate.writing.width))
                if apart:
                    found.append((apart, bit, Sign(above.function, address, bit, int(1 - up[0][column]))))
    return min(found, key=lambda each: each[:2])[2] if found else None


def _address_of(best: _Candidate, seen: Seen, channel: int, known_g: float) -> int:
    """Where the number changed as it should when the weight lay on that channel."""
    if channel == min(seen.loaded):
        return best.address
    counts = known_g / best.scale_g
    empty = next(each for each in seen.empty if each.function == best.function)
    loaded = next(each for each in seen.loaded[channel] if each.function == best.function)
    before, after = best.writing.numbers(empty), best.writing.numbers(loaded)
    change, clear = _change(before, after, float_=best.writing.type == "float32")
    with np.errstate(invalid="ignore"):
        alike = np.flatnonzero(clear & (np.abs(change / counts - 1) < _ALIKE))
    if len(alike) != 1:
        raise NotFoundError(f"channel {channel}: {len(alike)} numbers changed by the weight: put it there alone")
    return int(empty.addresses[best.writing.starts(empty)[alike[0]]])
