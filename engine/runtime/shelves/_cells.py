"""What controllers say of their own cells, as facts: told when it lasts, taken back when it is over."""

from collections.abc import Iterable, Mapping
from typing import Final

from engine.domain import PlateId, SensorFault, SensorRecovered
from engine.ports import CellFault, CellFaultKind

CellFact = SensorFault | SensorRecovered

# Whoever leans on a shelf overloads it for a moment.
_LASTS_NS = 500_000_000

_CONSEQUENCE = "The plate is not weighed: what is taken there is not charged by its scale"
WORDS: Final[dict[CellFaultKind, tuple[str, str]]] = {  # cause and remedy
    "overload": ("Its controller says overload", "Take off what is too much, and look whether the plate is wedged"),
    "underload": ("Its controller says underload", "Look whether the plate lies on its cell; zero it when empty"),
    "adc_range": ("Its controller cannot measure the cell", "Check the cell's cable and plug, then replace the cell"),
    "no_cell": ("Its controller sees no cell", "Plug the cell in, or correct the channel in layout.toml"),
    "supply": ("Its controller's supply is too low or high", "Check the controller's power supply"),
    "device_fault": ("Its controller is broken", "Restart the controller; replace it if that does not help"),
    "not_weighing": ("Somebody is in its controller's menu", "Leave the controller's menu"),
    "unknown_unit": ("Its controller uses a unit that its profile does not list", "Set it to one that is listed"),
    "invalid": ("Its controller says that the weight is not valid", "Look at the controller's own display"),
}


class CellFaults:
    """Watches what is said of the plates on a controller's channels."""

    def __init__(self, plates: Mapping[int, PlateId]) -> None:
        self._plates = plates
        self._first_ns: dict[CellFault, int] = {}
        self._last_ns: dict[CellFault, int] = {}
        self._told: set[CellFault] = set()

    @property
    def quiet(self) -> bool:
        """Whether nothing has been said lately."""
        return not self._last_ns

    def observe(self, t_ns: int, faults: Iterable[CellFault]) -> list[CellFact]:
        """Take what one reading says, and tell what changed."""
        for fault in faults:
            if fault.channel in self._plates:
                self._first_ns.setdefault(fault, t_ns)
                self._last_ns[fault] = t_ns
        return [fact for fault in tuple(self._last_ns) for fact in self._judge(t_ns, fault)]

    def _judge(self, t_ns: int, fault: CellFault) -> Iterable[CellFact]:
        plate_id = self._plates[fault.channel]
        if t_ns - self._last_ns[fault] > _LASTS_NS:
            del self._first_ns[fault], self._last_ns[fault]
            if fault in self._told:
                self._told.remove(fault)
                yield SensorRecovered(t_ns=t_ns, device_id=plate_id, kind=fault.kind)
        elif fault not in self._told and self._last_ns[fault] - self._first_ns[fault] > _LASTS_NS:
            self._told.add(fault)
            cause, remedy = WORDS[fault.kind]
            yield SensorFault(
                t_ns=t_ns,
                device_id=plate_id,
                kind=fault.kind,
                cause=cause,
                consequence=_CONSEQUENCE,
                remedy=remedy,
            )
