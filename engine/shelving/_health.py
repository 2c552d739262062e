"""Which plates can be believed: missing readings, frozen cells and a controller that repeats itself are facts."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats, SensorFault, SensorRecovered, Shelf

Bools = NDArray[np.bool_]
HealthFact = SensorFault | SensorRecovered

# A plate carries 20 kg; what says ten times that is not a weight.
ABSURD_G = 200_000.0
_MISSING_NS = 500_000_000
_STALE_NS = 1_000_000_000
# While nothing is wrong, what the samples say of their cells is judged this often.
_JUDGE_NS = 150_000_000
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


class PlateHealth:
    """Watches the readings of shelves that are sampled together.

    Every sample is either ``note``d, or ``check``ed, at least 20 a second.
    """

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = tuple(shelves)
        self._ids = [plate_id for shelf in shelves for plate_id in shelf.plate_ids]
        plates = len(self._ids)
        self.held_g = np.zeros(plates)  # the last reading of each plate
        self.usable: Bools = np.ones(plates, dtype=np.bool_)
        self.troubled = False  # some plate is not usable, or some shelf stale
        self.stale = [False] * len(self._shelves)
        self._columns = shelf_columns(shelves)
        self._fewest = min((len(shelf.plate_ids) for shelf in shelves), default=0)
        self._seen_ns = np.zeros(plates, dtype=np.int64)
        self._missing: Bools = np.zeros(plates, dtype=np.bool_)
        self._frozen: Bools = np.zeros(plates, dtype=np.bool_)
        self._changes = np.zeros(plates)  # since they were judged last
        self._rows = 0
        self._change_share = np.full(plates, _LIVELY_SHARE)
        self._changed_ns = [0] * len(self._shelves)
        self._all_changed_ns = 0
        self._t_ns = 0  # of the newest sample
        self._judged_ns: int | None = None

    def note(self, t_ns: int, grams: Floats) -> None:
        """Take one sample (plates,) that is known to be of weights."""
        self._changes += grams != self.held_g
        self._rows += 1
        self.held_g[:] = grams
        self._t_ns = t_ns

    def check(self, t_ns: int, grams: Floats) -> list[HealthFact]:
        """Take one sample (plates,), NaN where a channel has nothing to say, and tell what changed."""
        valid = np.abs(grams) < ABSURD_G
        whole = np.count_nonzero(valid) == len(valid)
        if whole:
            self.note(t_ns, grams)
            if not self.troubled and self._judged_ns is not None and t_ns - self._judged_ns < _JUDGE_NS:
                return []
            self._seen_ns.fill(t_ns)
        else:
            if self._rows:
                self._seen_ns.fill(self._t_ns)
            self._seen_ns[valid] = t_ns
            self.note(t_ns, np.where(valid, grams, self.held_g))
        return self._judge(t_ns, valid, whole=whole)

    def _judge(self, t_ns: int, valid: Bools, *, whole: bool) -> list[HealthFact]:
        if self._judged_ns is None:
            self._seen_ns.fill(t_ns)
            self._changes.fill(1)
            self._judged_ns = t_ns
        weight = min((t_ns - self._judged_ns) / _FROZEN_TAU_NS, 1.0)
        self._change_share += weight * (self._changes / self._rows - self._change_share)
        if not whole:
            self._change_share[~valid] = _LIVELY_SHARE
        still = len(valid) - np.count_nonzero(self._changes)
        quiet = still >= self._fewest or np.count_nonzero(self._change_share < _FROZEN_SHARE) > 0
        facts: list[HealthFact] = []
        if quiet or self.troubled or not whole:
            facts = self._judge_shelves(t_ns, valid)
        else:
            self._all_changed_ns = t_ns
        self._changes.fill(0)
        self._rows, self._judged_ns = 0, t_ns
        return facts

    def _judge_shelves(self, t_ns: int, valid: Bools) -> list[HealthFact]:
        facts: list[HealthFact] = []
        for shelf, plates in enumerate(self._columns):
            facts += self._watch_missing(t_ns, plates, valid)
            facts += self._watch_frozen(t_ns, shelf, plates)
        np.logical_or(self._missing, self._frozen, out=self.usable)
        np.logical_not(self.usable, out=self.usable)
        self.troubled = any(self.stale) or not self.usable.all()
        return facts

    def _watch_missing(self, t_ns: int, plates: slice, valid: Bools) -> list[HealthFact]:
        missing = t_ns - self._seen_ns[plates] > _MISSING_NS
        missing |= self._missing[plates] & ~valid[plates]
        return self._tell(t_ns, plates, self._missing, now=missing, kind="no_reading")

    def _watch_frozen(self, t_ns: int, shelf: int, plates: slice) -> list[HealthFact]:
        share, was = self._change_share[plates], self._frozen[plates]
        lively = share > _LIVELY_SHARE
        facts = self._watch_stale(t_ns, shelf, lively)
        if self.stale[shelf] or not (was.any() or (share < _FROZEN_SHARE).any()):
            return facts
        frozen = share < np.where(was, _THAWED_SHARE, _FROZEN_SHARE)
        if 2 * np.count_nonzero(lively) <= len(lively):
            frozen &= was  # the rest of the shelf is as still: quiet cells, not a dead one
        return facts + self._tell(t_ns, plates, self._frozen, now=frozen, kind="frozen")

    def _watch_stale(self, t_ns: int, shelf: int, lively: Bools) -> list[HealthFact]:
        plates, device_id = self._columns[shelf], self._shelves[shelf].shelf_id
        if self._changes[plates].any():
            self._changed_ns[shelf] = t_ns
            if not self.stale[shelf]:
                return []
            self.stale[shelf] = False
            self._change_share[plates] = _LIVELY_SHARE
            return [SensorRecovered(t_ns=t_ns, device_id=device_id, kind="stale")]
        still_ns = t_ns - max(self._changed_ns[shelf], self._all_changed_ns)
        if self.stale[shelf] or still_ns <= _STALE_NS or 2 * np.count_nonzero(lively) <= len(lively):
            return []
        self.stale[shelf] = True
        return [SensorFault(t_ns=t_ns, device_id=device_id, kind="stale", remedy=_REMEDIES["stale"])]

    def _tell(self, t_ns: int, plates: slice, flags: Bools, *, now: Bools, kind: str) -> list[HealthFact]:
        """Set the plates' flags to ``now`` and say which changed."""
        facts: list[HealthFact] = []
        for index in np.flatnonzero(flags[plates] != now):
            device_id = self._ids[plates.start + int(index)]
            if now[index]:
                facts.append(SensorFault(t_ns=t_ns, device_id=device_id, kind=kind, remedy=_REMEDIES[kind]))
            else:
                facts.append(SensorRecovered(t_ns=t_ns, device_id=device_id, kind=kind))
        flags[plates] = now
        return facts


def shelf_columns(shelves: Sequence[Shelf]) -> tuple[slice, ...]:
    """Where each shelf's plates lie, when the shelves lie one after the other."""
    stops = list(accumulate(len(shelf.plate_ids) for shelf in shelves))
    return tuple(slice(first, stop) for first, stop in zip([0, *stops], stops, strict=False))
