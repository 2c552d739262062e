"""What controllers say of their own cells, as facts: told when it lasts, taken back when it is over.

Where the estimator raises an alarm for the plate, what the controller says is its cause, not a second alarm.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from engine.domain import PlateId, SensorFault, SensorRecovered
from engine.ports import CellFault, CellFaultKind

CellFact = SensorFault | SensorRecovered

# Whoever leans on a shelf overloads it for a moment.
_LASTS_NS = 500_000_000

_CONSEQUENCE = "The plate is not weighed: what is taken there is not charged by its scale"


@dataclass(frozen=True)
class Words:
    """What a fault means, and what a person can do."""

    cause: str
    remedy: str


WORDS: Final[dict[CellFaultKind, Words]] = {
    "overload": Words(
        "Its controller says overload", "Take off what is too much, and look whether something wedges the plate"
    ),
    "underload": Words(
        "Its controller says underload", "Look whether the plate lies on its cell, and zero it when it is empty"
    ),
    "adc_range": Words(
        "Its controller cannot measure the cell", "Check the cell's cable and plug, then replace the cell"
    ),
    "no_cell": Words("Its controller sees no cell", "Plug the cell in, or correct the channel in layout.toml"),
    "supply": Words("The supply of its controller is too low or too high", "Check the controller's power supply"),
    "device_fault": Words(
        "Its controller says that it is broken", "Restart the controller; replace it if that does not help"
    ),
    "not_weighing": Words("Somebody is in its controller's menu", "Leave the controller's menu"),
    "unknown_unit": Words(
        "Its controller uses a unit or decimals that its profile does not list", "Set it to what the profile lists"
    ),
    "invalid": Words("Its controller says that the weight is not valid", "Look at the controller's own display"),
}


class CellFaults:
    """Watches what is said of the plates on a controller's channels."""

    def __init__(self, plates: Mapping[int, PlateId]) -> None:
        self._plates = plates
        self._first_ns: dict[CellFault, int] = {}
        self._last_ns: dict[CellFault, int] = {}
        self._told: set[CellFault] = set()
        self._alarmed: dict[PlateId, set[str]] = {}  # kinds of the estimator's alarms

    @property
    def quiet(self) -> bool:
        """Whether nothing has been said lately."""
        return not self._last_ns

    def hear(self, t_ns: int, faults: Iterable[CellFault]) -> None:
        """Take what one reading says."""
        for fault in faults:
            if fault.channel in self._plates:
                self._first_ns.setdefault(fault, t_ns)
                self._last_ns[fault] = t_ns

    def explain(self, fact: SensorFault | SensorRecovered) -> CellFact:
        """An alarm of the estimator's, or its end, with what the controller says of the plate now, if anything."""
        plate_id = PlateId(fact.device_id)
        if isinstance(fact, SensorRecovered):
            self._alarmed.get(plate_id, set()).discard(fact.kind)
            for fault in self._first_ns:
                if self._plates[fault.channel] == plate_id:  # it has to last from here on
                    self._first_ns[fault] = fact.t_ns
            return fact
        self._alarmed.setdefault(plate_id, set()).add(fact.kind)
        said = next((fault for fault in self._last_ns if self._plates[fault.channel] == plate_id), None)
        if said is None or said in self._told:
            return fact
        return msgspec.structs.replace(fact, cause=WORDS[said.kind].cause, remedy=WORDS[said.kind].remedy)

    def judge(self, t_ns: int) -> list[CellFact]:
        """What has changed by now."""
        return [fact for fault in tuple(self._last_ns) for fact in self._judge(t_ns, fault)]

    def _judge(self, t_ns: int, fault: CellFault) -> Iterable[CellFact]:
        plate_id = self._plates[fault.channel]
        if t_ns - self._last_ns[fault] > _LASTS_NS:
            del self._first_ns[fault], self._last_ns[fault]
            if fault in self._told:
                self._told.remove(fault)
                yield SensorRecovered(t_ns=t_ns, device_id=plate_id, kind=fault.kind)
        elif self._alarmed.get(plate_id) or fault in self._told:
            return
        elif self._last_ns[fault] - self._first_ns[fault] > _LASTS_NS:
            self._told.add(fault)
            words = WORDS[fault.kind]
            yield SensorFault(
                t_ns=t_ns,
                device_id=plate_id,
                kind=fault.kind,
                cause=words.cause,
                consequence=_CONSEQUENCE,
                remedy=words.remedy,
            )
