"""A finding as the text of a device profile."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from drivers.shelf._infer import Finding


@dataclass(frozen=True)
class Probed:
    """Where it was found, with what, and what the device stood; ``readable`` are the registers that there are."""

    where: str
    known_g: float
    registers_per_read: int
    readable: Set[int]


def draft(finding: Finding, probed: Probed) -> str:
    """The profile, with a comment for whatever is an assumption."""
    grid = _Grid.of(finding, probed.readable)
    lines = ["# What a probe found with a known weight. Compare it with the device's manual.", *grid.notes]
    if not finding.rounded:
        lines.append("# scale_g is measured: the device is not calibrated to a round unit.")
    if not finding.sign_seen:
        lines.append(
            "# No weight below zero was seen: how those are written, and with it the order of words, is assumed."
        )
    lines += [
        "[device]",
        f'name = "probed at {probed.where}"',
        f'manual = "none: measured with {probed.known_g:g} g"',
        'revision = "1"',
        'trust = "measured"',
        "",
        "[weight]",
        f"function = {finding.function}",
        f"address = {grid.first}",
        f'type = "{finding.type}"',
        f'word_order = "{finding.word_order}"',
        f'byte_order = "{finding.byte_order}"',
        f"scale_g = {finding.scale_g!r}",
        *_sign(finding, grid),
        "",
        "[channels]",
        f"stride = {grid.stride}",
        f"most = {grid.most}",
        *([f"order = [{', '.join(map(str, grid.order))}]"] if grid.order else []),
        "",
        "[limits]",
        f"registers_per_read = {probed.registers_per_read}",
        "gap_registers = 0" if grid.stride > finding.registers and not grid.gaps_readable else "",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _sign(finding: Finding, grid: "_Grid") -> list[str]:
    sign = finding.sign
    if sign is None:
        return []
    position = grid.position_of(finding.address_of[min(finding.address_of)])
    address = sign.address - position * grid.stride
    return [f"sign = {{ function = {sign.function}, address = {address}, shift = {sign.bit}, when = {sign.when} }}"]


@dataclass(frozen=True)
class _Grid:
    """Where the channels lie."""

    first: int
    stride: int
    most: int
    order: Sequence[int]
    gaps_readable: bool
    notes: Sequence[str]

    def position_of(self, address: int) -> int:
        return (address - self.first) // self.stride

    @classmethod
    def of(cls, finding: Finding, readable: Set[int]) -> "_Grid":
        addresses = sorted(finding.address_of.values())
        if len(addresses) == 1:
            return cls._of_one(finding, readable)
        steps = [after - before for before, after in pairwise(addresses)]
        stride, first = min(steps), addresses[0]
        places = {channel: (at - first) // stride for channel, at in finding.address_of.items()}
        lowest = min(places)
        in_order = all(place == channel - lowest for channel, place in places.items())
        if in_order and first - lowest * stride >= 0:
            first -= lowest * stride
            most = _how_many(first, stride, finding.registers, readable)
            return cls(first, stride, most, (), _gaps(first, stride, most, readable), ())
        order = [places[channel] for channel in sorted(places)]
        notes = [] if lowest == 0 else [f"# The channels are those that were loaded: the first of them was {lowest}."]
        return cls(first, stride, len(order), order, _gaps(first, stride, len(order), readable), notes)

    @classmethod
    def _of_one(cls, finding: Finding, readable: Set[int]) -> "_Grid":
        ((channel, address),) = finding.address_of.items()
        stride = finding.registers
        first = address - channel * stride
        notes = ["# One channel was loaded: that the others follow without a gap, in their order, is assumed."]
        if first not in readable:
            first = address
            notes = [f"# Channel {channel} was loaded, and is the only one here."]
        return cls(first, stride, _how_many(first, stride, finding.registers, readable), (), True, notes)


def _how_many(first: int, stride: int, width: int, readable: Set[int]) -> int:
    count = 0
    while count < 1000 and all(first + count * stride + word in readable for word in range(width)):
        count += 1
    return max(count, 1)


def _gaps(first: int, stride: int, most: int, readable: Set[int]) -> bool:
    return all(address in readable for address in range(first, first + stride * (most - 1) + 1))
