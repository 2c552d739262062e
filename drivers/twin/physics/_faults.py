"""What is wrong with load cells and controllers, and when: the faults of a scenario as those who act them out ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.twin.scenario import Fault, FaultKind
from engine.domain import ControllerId, Floats, PlateId

_OF_CELLS = (FaultKind.STUCK, FaultKind.DEAD, FaultKind.SWAPPED)  # in the order in which they show
_DRAWS = 6


@dataclass
class _CellFault:
    """``says_g``: what a dead cell says, and a stuck one as soon as it is stuck."""

    fault: Fault
    plates: NDArray[np.intp]
    says_g: float | None


class CellFaults:
    """Stuck, dead and swapped cells. What a dead cell says is drawn for each.

    A cell that is not plugged in reads as no number, one without supply as zero, one with a broken wire in its bridge
    as full scale one way or the other.
    """

    def __init__(
        self, faults: Iterable[Fault], index_of: Mapping[PlateId, int], *, full_scale_g: float, seed: int
    ) -> None:
        """``index_of`` are the plates' columns in the readings."""
        rng = np.random.default_rng([seed, _DRAWS])
        self._faults: list[_CellFault] = []
        of_cells = (fault for fault in faults if fault.kind in _OF_CELLS)
        for fault in sorted(of_cells, key=lambda fault: _OF_CELLS.index(fault.kind)):
            says_g = float(rng.choice([np.nan, 0.0, full_scale_g, -full_scale_g]))
            plates = [index_of[one] for one in (fault.plate_id, fault.other_plate_id) if one is not None]
            self._faults.append(_CellFault(fault, np.array(plates), says_g if fault.kind is FaultKind.DEAD else None))

    def show_in(self, read_g: Floats, t_s: Floats) -> None:
        """Change readings (instants, plates) to what is said instead at the instants ``t_s`` (instants,)."""
        for one in self._faults:
            acting = (one.fault.from_s <= t_s) & (t_s < one.fault.to_s)
            if not acting.any():
                continue
            at = np.ix_(acting, one.plates)
            if one.fault.kind is FaultKind.SWAPPED:
                read_g[at] = read_g[at][:, ::-1]
                continue
            if one.says_g is None:
                one.says_g = float(read_g[at][0, 0])
            read_g[at] = one.says_g


class ControllerFaults:
    """What is wrong with one controller at an instant."""

    def __init__(self, faults: Iterable[Fault], controller_id: ControllerId) -> None:
        self._faults = tuple(fault for fault in faults if fault.controller_id == controller_id)

    def offline(self, t_s: float) -> bool:
        """Nobody is there: connections end, and new ones are refused."""
        return any(fault.kind is FaultKind.OFFLINE for fault in self._acting(t_s))

    def lost_share(self, t_s: float) -> float:
        """The share of answers that are lost on the way."""
        kept = 1.0
        for fault in self._acting(t_s):
            kept *= 1 - fault.lost_share
        return 1 - kept

    def late_s(self, t_s: float) -> float:
        """How much later than usual it answers."""
        return sum(fault.late_s for fault in self._acting(t_s))

    def _acting(self, t_s: float) -> list[Fault]:
        return [fault for fault in self._faults if fault.acts(t_s)] if self._faults else []
