"""Which plates can be believed: missing readings, frozen cells and a controller that repeats itself are facts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats, SensorFault, SensorRecovered, Shelf

Bools = NDArray[np.bool_]

# A plate carries 20 kg; what says ten times that is not a weight.
_ABSURD_G = 200_000.0
_MISSING_NS = 500_000_000
_STALE_NS = 1_000_000_000
_FROZEN_TAU_NS = 2_000_000_000
# Share of readings that differ from the one before. Cells of a live store repeat 5 to 40 % of theirs; a dead one all.
_FROZEN_SHARE = 0.01
_THAWED_SHARE = 0.1
_LIVELY_SHARE = 0.2

_REMEDIES = {
    "no_reading": "check the plate's cell and its cable, and the channel in layout.toml",
    "frozen": "the cell repeats one value: check its cable, then replace the cell",
    "stale": "the controller repeats its readings: restart it",
}


@dataclass(frozen=True)
class Checked:
    """Samples fit for use: ``grams`` (plates,) with short holes filled, what changed, and what to tell."""

    grams: Floats
    usable: Bools
    stale: bool
    facts: tuple[SensorFault | SensorRecovered, ...]


class PlateHealth:
    """Watches one shelf's readings, one sample at a time."""

    def __init__(self, shelf: Shelf) -> None:
        plates = len(shelf.plate_ids)
        self._shelf = shelf
        self._held = np.zeros(plates)
        self._seen_ns = np.zeros(plates, dtype=np.int64)
        self._started = False
        self._last = np.full(plates, np.nan)
        self._change_share = np.full(plates, _LIVELY_SHARE)
        self._missing = np.zeros(plates, dtype=np.bool_)
        self._frozen = np.zeros(plates, dtype=np.bool_)
        self._t_ns = 0
        self._changed_ns = 0
        self._stale = False

    def check(self, t_ns: int, grams: Floats) -> Checked:
        """Judge one sample (plates,), NaN where a channel has nothing to say."""
        if not self._started:
            self._started = True
            self._seen_ns[:] = t_ns
            self._t_ns = self._changed_ns = t_ns
        valid = np.abs(grams) < _ABSURD_G
        self._seen_ns[valid] = t_ns
        self._held[valid] = grams[valid]
        facts = [
            *self._watch_missing(t_ns, valid),
            *self._watch_frozen(t_ns, valid),
        ]
        self._t_ns = t_ns
        return Checked(self._held, ~(self._missing | self._frozen), self._stale, tuple(facts))

    def _watch_missing(self, t_ns: int, valid: Bools) -> list[SensorFault | SensorRecovered]:
        missing = t_ns - self._seen_ns > _MISSING_NS
        missing |= self._missing & ~valid
        was, self._missing = self._missing, missing
        return self._tell(t_ns, was, missing, "no_reading")

    def _watch_frozen(self, t_ns: int, valid: Bools) -> list[SensorFault | SensorRecovered]:
        changed = self._held != self._last
        self._last[:] = self._held
        weight = min((t_ns - self._t_ns) / _FROZEN_TAU_NS, 1.0)
        self._change_share += weight * (changed - self._change_share)
        self._change_share[~valid] = _LIVELY_SHARE
        lively = self._change_share > _LIVELY_SHARE
        facts = self._watch_stale(t_ns, bool(changed.any()), lively)
        if self._stale or not (self._frozen.any() or (self._change_share < _FROZEN_SHARE).any()):
            return facts
        frozen = self._change_share < np.where(self._frozen, _THAWED_SHARE, _FROZEN_SHARE)
        if 2 * np.count_nonzero(lively) <= len(lively):
            frozen &= self._frozen  # the rest of the shelf is as still: quiet cells, not a dead one
        was, self._frozen = self._frozen, frozen
        return facts + self._tell(t_ns, was, frozen, "frozen")

    def _watch_stale(self, t_ns: int, changed: bool, lively: Bools) -> list[SensorFault | SensorRecovered]:
        if changed:
            self._changed_ns = t_ns
            if not self._stale:
                return []
            self._stale = False
            self._change_share[:] = _LIVELY_SHARE
            return [SensorRecovered(t_ns=t_ns, device_id=self._shelf.shelf_id, kind="stale")]
        if self._stale or t_ns - self._changed_ns <= _STALE_NS or 2 * np.count_nonzero(lively) <= len(lively):
            return []
        self._stale = True
        return [
            SensorFault(t_ns=t_ns, device_id=self._shelf.shelf_id, kind="stale", remedy=_REMEDIES["stale"]),
        ]

    def _tell(self, t_ns: int, was: Bools, now: Bools, kind: str) -> list[SensorFault | SensorRecovered]:
        facts: list[SensorFault | SensorRecovered] = []
        for index in np.flatnonzero(was != now):
            device_id = self._shelf.plate_ids[index]
            if now[index]:
                facts.append(SensorFault(t_ns=t_ns, device_id=device_id, kind=kind, remedy=_REMEDIES[kind]))
            else:
                facts.append(SensorRecovered(t_ns=t_ns, device_id=device_id, kind=kind))
        return facts
