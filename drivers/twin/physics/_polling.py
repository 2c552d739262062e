"""When an engine that polls a controller gets its readings: jitter, clocks that step back, faults of the controller.

For runs in simulated time. It stands for the wire and for the patience of a link to a real controller.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from drivers.twin.physics._assumptions import Assumptions
from drivers.twin.physics._faults import ControllerFaults
from engine.domain import ControllerId

# As a link does it: how long it waits for an answer, at first and then as the answers come (RFC 6298, 2.3) or do not,
# after how many lost ones it dials again, and how often.
_PATIENCE_S, _LEAST_S, _MOST_S = 0.2, 0.1, 1.0
_MEAN_GAIN, _SPREAD_GAIN, _SPREADS = 1 / 8, 1 / 4, 4
_PATIENCE_READS = 3
_FIRST_BACK_OFF_S, _LONGEST_BACK_OFF_S = 0.1, 5.0
_ROUND_TRIP_S = 0.001
_DRAWS = 7
_DRAWN_AT_ONCE = 512


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A reading that arrives. It is what the cells said when it was due; ``stamped_s`` is when the link thinks so."""

    stamped_s: float
    arrives_s: float


class Polling:
    """The polls of one controller, one after the other."""

    def __init__(self, controller_id: ControllerId, cells: Assumptions, faults: ControllerFaults, *, seed: int) -> None:
        self._cells, self._faults = cells, faults
        self._draws = _drawn(np.random.default_rng([seed, _DRAWS, crc32(controller_id.encode())]))
        self._free_s = -np.inf
        self._back_off_s = 0.0
        self._unanswered = 0
        self._patience_s, self._takes_s, self._spread_s = _PATIENCE_S, 0.0, 0.0

    def poll(self, due_s: float) -> Reading | None:
        """What comes of the poll that is due now; None: it is skipped, refused or never answered."""
        late, off, back, lost = next(self._draws)
        if due_s < self._free_s:
            return None
        asked_s = due_s + self._cells.poll_jitter_s * abs(late)
        if self._faults.offline(asked_s):
            self._dial_later(asked_s)
            return None
        takes_s = _ROUND_TRIP_S + self._faults.late_s(asked_s)
        if takes_s > self._patience_s or lost < self._faults.lost_share(asked_s):
            self._give_up(asked_s + self._patience_s)
            return None
        self._answered(takes_s)
        self._free_s, self._back_off_s, self._unanswered = asked_s + takes_s, 0.0, 0
        stamped_s = asked_s + takes_s / 2 + self._cells.stamp_jitter_s * off
        if back < self._cells.stamp_back_share:
            stamped_s -= self._cells.stamp_back_s
        return Reading(stamped_s=stamped_s, arrives_s=asked_s + takes_s)

    def _answered(self, takes_s: float) -> None:
        if self._takes_s == 0:
            self._takes_s, self._spread_s = takes_s, takes_s / 2
        else:
            self._spread_s += _SPREAD_GAIN * (abs(takes_s - self._takes_s) - self._spread_s)
            self._takes_s += _MEAN_GAIN * (takes_s - self._takes_s)
        self._patience_s = min(max(self._takes_s + _SPREADS * self._spread_s, _LEAST_S), _MOST_S)

    def _give_up(self, t_s: float) -> None:
        self._free_s = t_s
        self._unanswered += 1
        if self._unanswered == _PATIENCE_READS:
            self._unanswered = 0
            self._patience_s = min(2 * self._patience_s, _MOST_S)
            self._dial_later(t_s)

    def _dial_later(self, t_s: float) -> None:
        self._back_off_s = min(max(2 * self._back_off_s, _FIRST_BACK_OFF_S), _LONGEST_BACK_OFF_S)
        self._free_s = t_s + self._back_off_s


def _drawn(rng: np.random.Generator) -> Iterator[tuple[float, float, float, float]]:
    """Two standard normal and two even draws for each poll, whatever comes of it."""
    while True:
        normal, even = rng.standard_normal((2, _DRAWN_AT_ONCE)), rng.random((2, _DRAWN_AT_ONCE))
        yield from zip(*normal.tolist(), *even.tolist(), strict=True)
