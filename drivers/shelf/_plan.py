"""Which registers to ask for, in as few requests as a device stands: pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from drivers.shelf._place import Place
from drivers.shelf._profile import DeviceProfile

_REGISTERS = 0x10000


@dataclass(frozen=True, order=True)
class BlockRead:
    """One request: ``count`` registers from ``address``, with function 3 or 4."""

    function: int
    address: int
    count: int

    @property
    def stop(self) -> int:
        """The address after the last."""
        return self.address + self.count

    def covers(self, other: "BlockRead") -> bool:
        """Whether the other's registers are all in this one."""
        return self.function == other.function and self.address <= other.address and other.stop <= self.stop


def plan(profile: DeviceProfile, channels: int) -> tuple[BlockRead, ...]:
    """The reads for the first ``channels`` of a device. Raises ``ValueError`` where it has fewer, or reads too little.

    What must be of one instant comes in one read: both registers of a weight, and its sign, high bits and status where
    they are near enough.
    """
    if not 1 <= channels <= profile.channels.most:
        raise ValueError(f"{channels} channels, but the device has 1 to {profile.channels.most}")
    parts = sorted({_whole(profile, part) for part in _parts(profile, channels)})
    reads: list[BlockRead] = []
    for part in parts:
        last = reads[-1] if reads else None
        joint = _joined(profile, last, part) if last is not None else None
        if joint is None:
            reads.append(part)
        else:
            reads[-1] = joint
    last_register = max(read.stop for read in reads) - 1
    if last_register >= _REGISTERS:
        raise ValueError(f"register {last_register} is read, but 65535 is the last there can be")
    return tuple(reads)


def positions(profile: DeviceProfile, channels: int) -> tuple[int, ...]:
    """Where in the registers each channel lies."""
    return profile.channels.order[:channels] or tuple(range(channels))


def _parts(profile: DeviceProfile, channels: int) -> Iterator[BlockRead]:
    """What must not be torn apart, channel by channel; then what all of them share."""
    for position in positions(profile, channels):
        part = _read(profile, profile.weight, position, profile.weight.registers)
        for place in _beside(profile):
            other = _read(profile, place, position)
            joint = _joined(profile, *sorted((part, other)))
            if joint is None:
                yield other
            else:
                part = joint
        yield part
    if profile.heartbeat is not None:
        yield _read(profile, profile.heartbeat, 0)


def _beside(profile: DeviceProfile) -> Iterable[Place]:
    """The registers of a channel besides its weight's."""
    weight, status = profile.weight, profile.status
    places: list[Place | None] = [weight.sign, weight.high, *weight.factor]
    if status is not None:
        places += [status, status.stable, status.valid, *status.fault]
    return [place for place in places if place is not None and not place.placeless]


def _read(profile: DeviceProfile, place: Place, position: int, count: int = 1) -> BlockRead:
    address = place.wire_address + position * profile.step_of(place)
    return BlockRead(profile.function_of(place), address, count)


def _whole(profile: DeviceProfile, part: BlockRead) -> BlockRead:
    """The part, or the block that the device gives only as a whole."""
    for block in profile.limits.block:
        whole = BlockRead(profile.function_of(block), block.wire_address, block.count)
        if whole.covers(part):
            return whole
    return part


def _joined(profile: DeviceProfile, first: BlockRead, second: BlockRead) -> BlockRead | None:
    """Both in one read, unless the device does not stand it."""
    if first.covers(second):
        return first
    if first.function != second.function or second.address - first.stop > profile.limits.gap_registers:
        return None
    joint = BlockRead(first.function, first.address, max(first.stop, second.stop) - first.address)
    if joint.count > profile.limits.registers_per_read or _cuts(profile, joint):
        return None
    return joint


def _cuts(profile: DeviceProfile, read: BlockRead) -> bool:
    """Whether the read touches a block that is given only as a whole, and more or less than it."""
    wholes = (BlockRead(profile.function_of(b), b.wire_address, b.count) for b in profile.limits.block)
    return any(
        whole.function == read.function and whole.address < read.stop and read.address < whole.stop and whole != read
        for whole in wholes
    )
