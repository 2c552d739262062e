"""Cells on each other's channels, found out from trade: what leaves one plate shows on the other, and the other way.

Every settled step is weighed under both wirings. The sums of the logarithms of what they say, each way for itself, are
bounded below and above (a CUSUM: Page, Continuous inspection schemes, Biometrika 41, 1954), so that a swap is found
out whenever it happens, and its end too.
"""

import math
from collections.abc import Mapping

import msgspec

from engine.domain import PlateId, PlateMass, SensorFault, SensorRecovered

SWAPPED = "swapped"

_BY_CHANCE = 0.012
"""How often a hand is at one plate, and its product leaves the next: products stand on two, people reach across."""
_MOST_AGAINST = 3.0
"""One step says no more against a swap, in nats: a hand may not have been seen."""
_FOUND, _EACH_WAY, _OVER = 9.0, 3.0, 3.0
"""What it takes: 8,000 to 1. Trade as wired came to 5.8 nats at most in two simulated hours, with crowds and tricks.
Each way has to speak for it: cameras that are a little off move all hands to one side, and one way alone came to 8."""
_MOST = 8.0


class Swap(msgspec.Struct, kw_only=True):
    """What speaks for one pair, in nats: steps on ``one`` for the ``other``, and back. ``one`` sorts before it."""

    one: PlateId
    other: PlateId
    there: float = 0.0
    back: float = 0.0
    told: bool = False

    @property
    def device_id(self) -> str:
        """The pair as an alarm names it."""
        return f"{self.one} and {self.other}"

    def across(self, plate_id: PlateId) -> PlateId:
        """The pair's other plate."""
        return self.other if plate_id == self.one else self.one

    def hear(self, plate_id: PlateId, nats: float) -> None:
        """A step that showed on one of the two speaks for the swap, or against it."""
        if plate_id == self.one:
            self.there = min(max(self.there + nats, 0.0), _MOST)
        else:
            self.back = min(max(self.back + nats, 0.0), _MOST)

    @property
    def turned(self) -> bool:
        """Whether what was told of the pair is no longer so."""
        total = self.there + self.back
        if self.told:
            return total < _OVER
        return total >= _FOUND and min(self.there, self.back) >= _EACH_WAY


class SwappedCells(msgspec.Struct, kw_only=True):
    """Every pair of plates of which anything speaks for a swap, by its ``device_id``."""

    pairs: dict[str, Swap] = {}

    def partners(self, plate_id: PlateId) -> tuple[PlateId, ...]:
        """The plates with which one may be swapped."""
        return tuple(pair.across(plate_id) for pair in self.pairs.values() if plate_id in (pair.one, pair.other))

    def weighed(self, plate_id: PlateId) -> PlateId:
        """The plate that is weighed on the channel of this one: itself, but for a swap that was told."""
        told = (p for p in self.pairs.values() if p.told and plate_id in (p.one, p.other))
        return next((pair.across(plate_id) for pair in told), plate_id)

    def as_wired(self, plates: tuple[PlateMass, ...]) -> tuple[PlateMass, ...]:
        """The same masses, each on the plate that it was weighed on."""
        return tuple(PlateMass(plate_id=self.weighed(p.plate_id), mass_mg=p.mass_mg) for p in plates)

    def hear(self, t_ns: int, plate_id: PlateId, fits: Mapping[PlateId, float]) -> list[SensorFault | SensorRecovered]:
        """Take in a step that showed on a plate; what it changes.

        ``fits`` is how well hands and mass fit that plate, and each other one in question: logarithms of likelihoods.
        """
        told: list[SensorFault | SensorRecovered] = []
        for other, fit in sorted(fits.items()):
            if other == plate_id:
                continue
            nats = max(fit - _log_sum(fits[plate_id], fit + math.log(_BY_CHANCE)), -_MOST_AGAINST)
            pair = self._pair(plate_id, other)
            pair.hear(plate_id, nats)
            if pair.turned:
                told.append(_turn(t_ns, pair))
            if pair.there + pair.back == 0:
                self.pairs.pop(pair.device_id, None)
        return told

    def _pair(self, a: PlateId, b: PlateId) -> Swap:
        pair = Swap(one=min(a, b), other=max(a, b))
        return self.pairs.setdefault(pair.device_id, pair)


def _turn(t_ns: int, pair: Swap) -> SensorFault | SensorRecovered:
    pair.told = not pair.told
    if not pair.told:
        return SensorRecovered(t_ns=t_ns, device_id=pair.device_id, kind=SWAPPED)
    return SensorFault(
        t_ns=t_ns,
        device_id=pair.device_id,
        kind=SWAPPED,
        cause="What is taken from each of them shows on the other, time and again",
        consequence="Each is read as the other",
        remedy="Exchange their plugs at the controller, or their channels in layout.toml",
    )


def _log_sum(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))
