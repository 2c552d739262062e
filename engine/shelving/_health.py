"""Which plates can be believed: what is dead, stuck, overloaded, noisy or stale becomes a fact, and so does its end."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from engine.domain import Floats, Shelf
from engine.shelving._alarms import Bools, HealthFact, PlateAlarms, Trouble, fault, recovered

# More than any plate carries.
ABSURD_G = 200_000.0
_MISSING_NS = 500_000_000
# A plate that loses more than this does not come to read exactly 0, but a cell without supply does.
_TO_ZERO_G = 25.0
_STALE_NS = 1_000_000_000
# While nothing is wrong, what the samples say of their cells is judged this often.
_JUDGE_NS = 150_000_000
_FROZEN_TAU_NS = 2_000_000_000
# Share of readings that differ from the one before. Cells of a live store repeat 5 to 40 % of theirs; a dead one all.
_FROZEN_SHARE = 0.01
_THAWED_SHARE = 0.1
_LIVELY_SHARE = 0.2
# A cell whose usual share is known is found out sooner: had it only fallen to a third, so many repeats in a row would
# still be less likely than e to the minus 20. The cells of a live store never repeated one more than 9 times.
_USUAL_ROWS, _FIRST_ROWS = 2_000, 100
_CALMED, _SURE_NATS = 3.0, 20.0
# Readings that differ by so much more often than not: noise of 15 g, twice that of the worst plate of a live store.
_JUMP_G = 14.0
_JUMPY_TAU_NS = 30_000_000_000
_NOISY_SHARE, _CALM_SHARE = 0.5, 0.3


class PlateHealth:
    """Watches the readings of shelves that are sampled together.

    Every sample is either ``note``d, or ``check``ed, at least 20 a second.
    """

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = tuple(shelves)
        ids = [plate_id for shelf in shelves for plate_id in shelf.plate_ids]
        plates = len(ids)
        self.held_g = np.zeros(plates)  # the last reading of each plate
        self.usable: Bools = np.ones(plates, dtype=np.bool_)
        self.troubled = False  # some plate is not usable, or some shelf stale
        self.stale = [False] * len(self._shelves)
        self._columns = shelf_columns(shelves)
        self._fewest = min((len(shelf.plate_ids) for shelf in shelves), default=0)
        self._carries_g = np.array([shelf.capacity_g for shelf in shelves for _ in shelf.plate_ids])
        self._told_g = np.zeros(plates)  # what each plate said last, weight or not
        self._dead, self._stuck = PlateAlarms(Trouble.DEAD, ids), PlateAlarms(Trouble.STUCK, ids)
        self._overloaded, self._noisy = PlateAlarms(Trouble.OVERLOADED, ids), PlateAlarms(Trouble.NOISY, ids)
        self._seen_ns = np.zeros(plates, dtype=np.int64)
        self._missing: Bools = np.zeros(plates, dtype=np.bool_)
        self._frozen: Bools = np.zeros(plates, dtype=np.bool_)
        self._changes = np.zeros(plates)  # since they were judged last
        self._rows = 0
        self._still_rows = np.zeros(plates)  # since each last changed
        self._usual_rows = _FIRST_ROWS  # over which the usual share is a mean; the first are assumed
        self._change_share = np.full(plates, _LIVELY_SHARE)
        self._usual_share = np.full(plates, _LIVELY_SHARE)
        self._jump_share = np.zeros(plates)
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
        valid = np.abs(grams) < self._carries_g
        valid &= (grams != 0) | ((np.abs(self.held_g) < _TO_ZERO_G) & ~self._missing)
        whole = np.count_nonzero(valid) == len(valid)
        due = self._judged_ns is None or t_ns - self._judged_ns >= _JUDGE_NS
        if whole and not due and not self.troubled:
            self.note(t_ns, grams)
            return []
        if whole:
            jumped = np.abs(grams - self.held_g) > _JUMP_G
            self.note(t_ns, grams)
            self._seen_ns.fill(t_ns)
        else:
            jumped = np.zeros_like(valid)
            if self._rows:
                self._seen_ns.fill(self._t_ns)
            self._seen_ns[valid] = t_ns
            self.note(t_ns, np.where(valid, grams, self.held_g))
        self._told_g[:] = grams
        return self._judge(t_ns, valid, jumped)

    def _judge(self, t_ns: int, valid: Bools, jumped: Bools) -> list[HealthFact]:
        if self._judged_ns is None:
            self._seen_ns.fill(t_ns)
            self._changes.fill(1)
            self._judged_ns = t_ns
        whole = bool(valid.all())
        self._learn_shares(t_ns - self._judged_ns, valid, jumped)
        still = len(valid) - np.count_nonzero(self._changes)
        quiet = still >= self._fewest or np.count_nonzero(self._change_share < _FROZEN_SHARE) > 0
        quiet = quiet or np.count_nonzero(self._surely_still()) > 0
        facts = self._watch_noise(t_ns)
        if quiet or self.troubled or not whole:
            facts += self._judge_shelves(t_ns, valid)
        else:
            self._all_changed_ns = t_ns
        self._changes.fill(0)
        self._rows, self._judged_ns = 0, t_ns
        return facts

    def _learn_shares(self, age_ns: int, valid: Bools, jumped: Bools) -> None:
        """Take in how many of the last readings differ from the one before, and by how much the newest does.

        One reading after a long silence says no more than any other.
        """
        age_ns = min(age_ns, 2 * _JUDGE_NS)
        changed = self._changes / self._rows
        self._change_share += age_ns / _FROZEN_TAU_NS * (changed - self._change_share)
        self._change_share[~valid] = _LIVELY_SHARE
        self._usual_rows = min(self._usual_rows + self._rows, _USUAL_ROWS)
        self._usual_share += valid * min(self._rows / self._usual_rows, 1.0) * (changed - self._usual_share)
        self._still_rows += self._rows
        self._still_rows *= (self._changes == 0) & valid
        self._jump_share += age_ns / _JUMPY_TAU_NS * (jumped - self._jump_share)

    def _surely_still(self) -> Bools:
        """Plates that repeat themselves for longer than a cell like theirs would."""
        surely: Bools = self._still_rows * -np.log1p(self._usual_share / -_CALMED) > _SURE_NATS
        return surely

    def _judge_shelves(self, t_ns: int, valid: Bools) -> list[HealthFact]:
        facts: list[HealthFact] = []
        surely_still = self._surely_still()
        for shelf, plates in enumerate(self._columns):
            facts += self._watch_frozen(t_ns, shelf, surely_still[plates])
        missing = t_ns - self._seen_ns > _MISSING_NS
        self._missing = missing | (self._missing & ~valid)
        facts += self._tell(t_ns)
        np.logical_or(self._missing, self._frozen, out=self.usable)
        np.logical_not(self.usable, out=self.usable)
        self.troubled = any(self.stale) or not self.usable.all()
        return facts

    def _tell(self, t_ns: int) -> list[HealthFact]:
        full = self._missing & (self._told_g >= self._carries_g)
        nought = self._frozen & (self.held_g == 0)
        facts = self._dead.tell(t_ns, (self._missing & ~full) | nought, self._cause_of_death)
        facts += self._overloaded.tell(t_ns, full)
        return facts + self._stuck.tell(t_ns, self._frozen & ~nought & ~self._missing)

    def _cause_of_death(self, plate: int) -> str:
        if np.isnan(self._told_g[plate]):
            return ""
        if self._told_g[plate] == 0:
            return "It reads exactly zero and does not tremble: its cell has no supply, or its transmitter tracks zero"
        return "It reads less than any weight: a wire of its cell is broken"

    def _watch_noise(self, t_ns: int) -> list[HealthFact]:
        if np.count_nonzero(self._jump_share > _CALM_SHARE) == 0 and not self._noisy.raised.any():
            return []
        return self._noisy.tell(t_ns, self._jump_share > np.where(self._noisy.raised, _CALM_SHARE, _NOISY_SHARE))

    def _watch_frozen(self, t_ns: int, shelf: int, surely_still: Bools) -> list[HealthFact]:
        plates = self._columns[shelf]
        share, was = self._change_share[plates], self._frozen[plates]
        lively = share > _LIVELY_SHARE
        facts = self._watch_stale(t_ns, shelf, lively)
        if self.stale[shelf]:
            return facts
        if self._changed_ns[shelf] != t_ns:  # it may be the controller
            surely_still = np.zeros_like(surely_still)
        frozen = surely_still | (share < np.where(was, _THAWED_SHARE, _FROZEN_SHARE))
        if 2 * np.count_nonzero(lively) <= len(lively):
            frozen &= was  # the rest of the shelf is as still: quiet cells, not a dead one
        share[frozen & ~was] = 0.0
        was[:] = frozen
        return facts

    def _watch_stale(self, t_ns: int, shelf: int, lively: Bools) -> list[HealthFact]:
        plates, device_id = self._columns[shelf], self._shelves[shelf].shelf_id
        if self._changes[plates].any():
            self._changed_ns[shelf] = t_ns
            if not self.stale[shelf]:
                return []
            self.stale[shelf] = False
            self._change_share[plates] = _LIVELY_SHARE
            return [recovered(t_ns, device_id, Trouble.STALE)]
        still_ns = t_ns - max(self._changed_ns[shelf], self._all_changed_ns)
        if self.stale[shelf] or still_ns <= _STALE_NS or 2 * np.count_nonzero(lively) <= len(lively):
            return []
        self.stale[shelf] = True
        return [fault(t_ns, device_id, Trouble.STALE)]


def shelf_columns(shelves: Sequence[Shelf]) -> tuple[slice, ...]:
    """Where each shelf's plates lie, when the shelves lie one after the other."""
    stops = list(accumulate(len(shelf.plate_ids) for shelf in shelves))
    return tuple(slice(first, stop) for first, stop in zip([0, *stops], stops, strict=False))
