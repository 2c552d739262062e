"""What a known weight tells about registers nobody described: type, order, scale, sign and channels. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from drivers.shelf._numbers import TYPES, Floats, Image, Writing, changes, writings
from drivers.shelf._profile import NumberType, Order

_POUND_G, _OUNCE_G = 453.59237, 28.349523125  # NIST Handbook 44, appendix C
_UNITS_G = (1.0, 1000.0, 1e6, _POUND_G, _OUNCE_G)
_STEPS_G = (*(m * 10.0**e for e in range(-4, 4) for m in (1, 2, 5)), *_UNITS_G)
_OFF_ROUND = 0.03  # a scale that is out by more is calibrated otherwise
_HEAVIEST_G = 200_000.0
_LEAST_UNIT_G, _LARGEST_UNIT_G = 1e-6, 1e7
_ALIKE = 0.1
_CALM = 2.0


class NotFoundError(Exception):
    """No number in the registers went with the weight; the message says what to try."""


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
class _Candidate:
    """A number that went with the weight on the first channel."""

    writing: Writing
    function: int
    address: int
    aligned: bool
    scale_g: float
    rounded: bool
    fine: bool  # a float's low word says something
    noise_g: float

    @property
    def family(self) -> tuple[bool, bool, int, bool]:
        """The better has the less."""
        types = TYPES if self.rounded else (*TYPES[1:], TYPES[0])
        return not self.rounded, self.scale_g < 0, types.index(self.writing.type), not self.fine

    @property
    def rank(self) -> tuple[bool, bool, bool, int, int]:
        """The better of a family has the less."""
        swapped, low_first = (order == "low_first" for order in (self.writing.byte_order, self.writing.word_order))
        # An integer that begins in the wrong register needs one before it that is all sign; a float any after it.
        order = (not self.aligned, low_first) if self.writing.type == "float32" else (low_first, not self.aligned)
        return swapped, *order, self.function, self.address


@dataclass(frozen=True)
class _Fit:
    """A candidate that goes on below zero and is found on every channel; ``coarse`` are those with a dead low word."""

    candidate: _Candidate
    sign: Sign | None
    address_of: Mapping[int, int]
    coarse: int


def infer(seen: Seen, known_g: float) -> Finding:
    """How the weights are written. Raises ``NotFoundError``."""
    candidates = _best_first(list(_candidates(seen, min(seen.loaded), known_g)))
    if not candidates:
        raise NotFoundError(
            "no number changed with the weight: check that it lay on the right channel, take a heavier one, "
            "or look further with --last-register"
        )
    fits = [fit for candidate in candidates if (fit := _fit(candidate, seen, known_g)) is not None]
    if not fits:
        raise NotFoundError(_why_none_fits(candidates, seen))
    likeliest = fits[0].candidate.family[:3]
    best = min((fit for fit in fits if fit.candidate.family[:3] == likeliest), key=lambda fit: fit.coarse)
    writing = best.candidate.writing
    return Finding(
        function=best.candidate.function,
        type=writing.type,
        word_order=writing.word_order,
        byte_order=writing.byte_order,
        scale_g=best.candidate.scale_g,
        rounded=best.candidate.rounded,
        address_of=best.address_of,
        sign=best.sign,
        sign_seen=seen.below is not None,
    )


def _best_first(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The best goes first.

    A float whose low word is another number's is nearly right: it jumps if that one is alive, and is coarse if not.
    """
    calmest_g: dict[tuple[bool, bool, int, bool], float] = {}
    for each in candidates:
        calmest_g[each.family] = min(each.noise_g, calmest_g.get(each.family, math.inf))
    return sorted(candidates, key=lambda it: (it.family, it.noise_g > _CALM * calmest_g[it.family], it.rank))


def _candidates(seen: Seen, channel: int, known_g: float) -> Iterator[_Candidate]:
    for empty, loaded in zip(seen.empty, seen.loaded[channel], strict=True):
        for writing in writings():
            before, after = writing.numbers(empty), writing.numbers(loaded)
            change, clear = changes(writing, empty, loaded)
            starts = writing.starts(empty)
            for column in np.flatnonzero(clear):
                scale_g = known_g / float(change[column])
                heaviest_g = abs(scale_g) * max(np.abs(before[:, column]).max(), np.abs(after[:, column]).max())
                if heaviest_g <= _HEAVIEST_G and _LEAST_UNIT_G < abs(scale_g) < _LARGEST_UNIT_G:
                    settled_g, rounded = _settled(scale_g, _UNITS_G if writing.type == "float32" else _STEPS_G)
                    yield _Candidate(
                        writing=writing,
                        function=empty.function,
                        address=int(empty.addresses[starts[column]]),
                        aligned=(starts[column] - _run_start(empty, starts[column])) % writing.width == 0,
                        scale_g=settled_g,
                        rounded=rounded,
                        fine=writing.type != "float32" or _low_word_lives(writing, starts[column], empty, loaded),
                        noise_g=abs(scale_g) * float(max(np.std(before[:, column]), np.std(after[:, column]))),
                    )


def _low_word_lives(writing: Writing, start: int, *images: Image) -> bool:
    column = start + (1 if writing.word_order == "high_first" else 0)
    return any(bool((image.rows[:, column] != images[0].rows[0, column]).any()) for image in images)


def _run_start(image: Image, column: int) -> int:
    """The first column of the registers that lie without a gap before this one."""
    gaps = np.flatnonzero(np.diff(image.addresses[: column + 1]) != 1)
    return int(gaps[-1]) + 1 if gaps.size else 0


def _settled(scale_g: float, round_g: Sequence[float]) -> tuple[float, bool]:
    """The scale that is meant, and whether it is a round one."""
    nearest = min(round_g, key=lambda each: abs(math.log(abs(scale_g) / each)))
    if abs(abs(scale_g) / nearest - 1) <= _OFF_ROUND:
        return math.copysign(nearest, scale_g), True
    return float(f"{scale_g:.6g}"), False


def _fit(candidate: _Candidate, seen: Seen, known_g: float) -> _Fit | None:
    """The candidate on all channels and below zero, where it is there."""
    below, sign = _below(candidate, seen)
    addresses = {channel: _address_of(candidate, seen, channel, known_g) for channel in seen.loaded}
    found = {channel: address for channel, address in addresses.items() if address is not None}
    places = sorted(found.values())
    apart = min(np.diff(places), default=candidate.writing.width)
    if not below or len(found) < len(addresses) or apart < candidate.writing.width:
        return None
    coarse = 0
    if candidate.writing.type == "float32":
        for channel, address in found.items():
            empty, loaded = _read_by(candidate, seen.empty), _read_by(candidate, seen.loaded[channel])
            coarse += not _low_word_lives(candidate.writing, _column(empty, address), empty, loaded)
    return _Fit(candidate, sign, found, coarse)


def _why_none_fits(candidates: Sequence[_Candidate], seen: Seen) -> str:
    if not any(_below(candidate, seen)[0] for candidate in candidates):
        return "no number went below zero: pull the plate up further, or leave that out with --no-below-zero"
    return "no number changed alike on all channels: put the weight on each alone, and on the whole plate"


def _below(candidate: _Candidate, seen: Seen) -> tuple[bool, Sign | None]:
    """Whether the number goes on below zero, and by which bit it says so where it does not by itself."""
    if seen.below is None or _goes_below(candidate, seen):
        return True, None
    sign = _sign_bit(candidate, seen) if candidate.writing.type.startswith("uint") else None
    return sign is not None, sign


def _read_by(candidate: _Candidate, images: Sequence[Image]) -> Image:
    return next(image for image in images if image.function == candidate.function)


def _column(image: Image, address: int) -> int:
    return int(np.flatnonzero(image.addresses == address)[0])


def _numbers_of(candidate: _Candidate, images: Sequence[Image]) -> Floats:
    """The candidate's readings (readings,)."""
    image = _read_by(candidate, images)
    starts = candidate.writing.starts(image)
    return candidate.writing.numbers(image)[:, int(np.flatnonzero(image.addresses[starts] == candidate.address)[0])]


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


def _address_of(best: _Candidate, seen: Seen, channel: int, known_g: float) -> int | None:
    """Where the number changed as it should when the weight lay on that channel; None where that is not one place."""
    if channel == min(seen.loaded):
        return best.address
    empty, loaded = _read_by(best, seen.empty), _read_by(best, seen.loaded[channel])
    change, clear = changes(best.writing, empty, loaded)
    with np.errstate(invalid="ignore"):
        alike = np.flatnonzero(clear & (np.abs(change * best.scale_g / known_g - 1) < _ALIKE))
    return int(empty.addresses[best.writing.starts(empty)[alike[0]]]) if len(alike) == 1 else None
