"""What can be wrong with a plate or a shelf, in the words of the alarm, and telling when it begins and when it is over.

An alarm is a flag per plate: it is told when the flag rises, and taken back when it falls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.domain import SensorFault, SensorRecovered

Bools = NDArray[np.bool_]
HealthFact = SensorFault | SensorRecovered


class Trouble(StrEnum):
    """The kinds of alarm that samples alone give reason for."""

    DEAD = "dead"
    STUCK = "stuck"
    OVERLOADED = "overloaded"
    NOISY = "noisy"
    DRIFTED = "drifted"
    STALE = "stale"


@dataclass(frozen=True)
class _Words:
    """Cause, unless whoever raises the alarm knows it better; what the engine does meanwhile; what a person can do."""

    cause: str
    consequence: str
    remedy: str


_UNWEIGHED = "The plate is not weighed: whose hand is at it is asked about, not charged"
_WORDS = {
    Trouble.DEAD: _Words(
        "Its channel says nothing",
        _UNWEIGHED,
        "Check the plate's cable and the channel in layout.toml, then replace the cell",
    ),
    Trouble.STUCK: _Words(
        "Its cell repeats one value while its neighbours tremble",
        _UNWEIGHED,
        "Check that nothing wedges the plate and that its cable sits, then replace the cell",
    ),
    Trouble.OVERLOADED: _Words(
        "It reads all that it can carry, or more",
        _UNWEIGHED,
        "Take weight off the plate; if little lies on it, a wire of its cell is broken",
    ),
    Trouble.NOISY: _Words(
        "Its readings jump though nobody touches it",
        "Light products may be missed on it",
        "Look for what touches the plate or shakes the shelf, then check the cable and its shield",
    ),
    Trouble.DRIFTED: _Words(
        "Its zero has wandered",
        "What lies on it is known less well; what is taken is weighed as before",
        "Empty the plate and zero it",
    ),
    Trouble.STALE: _Words(
        "All plates of the shelf repeat their readings",
        "The shelf is not weighed: whose hand is at it is asked about, not charged",
        "Restart its controller",
    ),
}


def fault(t_ns: int, device_id: str, trouble: Trouble, *, cause: str = "") -> SensorFault:
    """The alarm in full."""
    words = _WORDS[trouble]
    return SensorFault(
        t_ns=t_ns,
        device_id=device_id,
        kind=trouble,
        cause=cause or words.cause,
        consequence=words.consequence,
        remedy=words.remedy,
    )


def recovered(t_ns: int, device_id: str, trouble: Trouble) -> SensorRecovered:
    """The alarm is over."""
    return SensorRecovered(t_ns=t_ns, device_id=device_id, kind=trouble)


class PlateAlarms:
    """One kind of alarm for plates that are sampled together; ``raised`` (plates,) is which stand."""

    def __init__(self, trouble: Trouble, device_ids: Sequence[str]) -> None:
        self.trouble = trouble
        self._device_ids = tuple(device_ids)
        self.raised: Bools = np.zeros(len(device_ids), dtype=np.bool_)

    def tell(self, t_ns: int, now: Bools, cause: Callable[[int], str] | None = None) -> list[HealthFact]:
        """Let the alarms be ``now`` (plates,); what changed by it. ``cause`` says why of a plate's index."""
        facts: list[HealthFact] = []
        for found in np.flatnonzero(self.raised != now):
            index = int(found)
            device_id = self._device_ids[index]
            if now[index]:
                facts.append(fault(t_ns, device_id, self.trouble, cause=cause(index) if cause is not None else ""))
            else:
                facts.append(recovered(t_ns, device_id, self.trouble))
        self.raised[:] = now
        return facts
