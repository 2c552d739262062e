"""How far each plate's zero has wandered since it was last zeroed: what levels at rest have crept, steps left out."""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.domain import Floats, PlateId, Shelf
from engine.shelving._alarms import Bools, HealthFact, PlateAlarms, Trouble

_JUDGE_NS = 10_000_000_000
# After a movement a level still finds its place: what it creeps for so long is no drift.
_SETTLED_NS = 10_000_000_000
# A plate that reads so little is empty and zeroed, or needs no zeroing.
_ZERO_G = 2.0
# A half per cent of the capacity: 100 g of 20 kg. A zero that walks as far as OIML R 60 lets it return (3.3 g an hour)
# strays 10 g in ten hours; R 76-1, 4.5.1 lets scales be zeroed within 2 % of their capacity.
_DRIFTED_SHARE, _MENDED_SHARE = 0.005, 0.004


class ZeroDrift:
    """Adds up the drift of plates that are sampled together; ``since`` is what it was when it was last kept."""

    def __init__(self, shelves: Sequence[Shelf], since: Mapping[PlateId, float]) -> None:
        self._ids = [plate_id for shelf in shelves for plate_id in shelf.plate_ids]
        self._drift_g = np.array([since.get(plate_id, 0.0) for plate_id in self._ids])
        self._carries_g = np.array([shelf.capacity_g for shelf in shelves for _ in shelf.plate_ids])
        self._drifted = PlateAlarms(Trouble.DRIFTED, self._ids)
        self._level_g = np.zeros(len(self._ids))
        self._moved_ns = np.zeros(len(self._ids), dtype=np.int64)
        self._judged_ns = 0

    @property
    def by_plate_g(self) -> dict[PlateId, float]:
        """The drift of each plate, in grams."""
        return dict(zip(self._ids, self._drift_g.tolist(), strict=True))

    def follow(self, t_ns: int, before_g: Floats, level_g: Floats, known: Bools) -> list[HealthFact]:
        """Take in where levels (plates,) were before they followed what plates at rest read, and where they are now."""
        self._moved_ns[before_g != self._level_g] = t_ns
        self._level_g[:] = level_g
        self._drift_g += (level_g - before_g) * (t_ns - self._moved_ns > _SETTLED_NS)
        if t_ns - self._judged_ns < _JUDGE_NS:
            return []
        self._judged_ns = t_ns
        self._drift_g[known & (np.abs(level_g) < _ZERO_G)] = 0.0
        most_g = np.where(self._drifted.raised, _MENDED_SHARE, _DRIFTED_SHARE) * self._carries_g
        return self._drifted.tell(t_ns, np.abs(self._drift_g) > most_g, self._cause)

    def _cause(self, plate: int) -> str:
        return f"Its zero has wandered by {self._drift_g[plate]:+.0f} g since it was last zeroed"
