"""What makes a load cell's reading wander: creep, a zero that walks and feels the temperature, hysteresis."""

import math

import numpy as np

from drivers.twin.physics._assumptions import Assumptions
from engine.domain import Floats

_RELAXATIONS = 3
_QUICKER = 10.0  # each relaxation against the next
# Radii of the play operators, as shares of capacity: swings of a unit, of a row and of a whole plate.
_RADII = np.array([[1 / 80], [1 / 20], [1 / 5]])


class SlowErrors:
    """Errors of plates that depend on what they carried before.

    Creep is a sum of three equal relaxations towards a share of the load. Hysteresis is a sum of play operators of
    equal stiffness (Prandtl, Ishlinskii): a loop that does not depend on time and is as wide as the swing is great.
    """

    def __init__(self, assumed: Assumptions, load_g: Floats, *, seed: int) -> None:
        """Plates that were filled from empty and have carried ``load_g`` (plates,) for days."""
        self._rng = np.random.default_rng([seed, 3])
        plates = len(load_g)
        self.creep_share: Floats = assumed.creep_share * self._rng.uniform(-1, 1, plates)
        self._zero_g_per_k = assumed.zero_g_per_k * self._rng.uniform(-1, 1, plates)
        self._swing_k, self._period_s = assumed.temperature_k, assumed.temperature_s
        self._phase_rad = float(self._rng.uniform(0, 2 * math.pi))
        self._walk_g = assumed.zero_walk_g / math.sqrt(3600)
        self._zero_g: Floats = np.zeros(plates)
        taus_s = assumed.creep_s / _QUICKER ** np.arange(_RELAXATIONS)[:, None]
        self._kept = np.exp(-1 / taus_s)
        self._relaxed_g = np.tile(load_g, (_RELAXATIONS, 1))
        self._radii_g = _RADII * assumed.capacity_g
        self._stiffness = assumed.hysteresis_share * assumed.capacity_g / (2 * self._radii_g.sum())
        self._dragged_g = load_g - self._radii_g

    def pass_second(self, load_g: Floats) -> None:
        """Carry ``load_g`` (plates,) for a second."""
        self._relaxed_g = load_g + (self._relaxed_g - load_g) * self._kept
        self._zero_g = self._zero_g + self._rng.normal(0, self._walk_g, len(self._zero_g))

    def wander_g(self, second: int) -> Floats:
        """Creep and zero in this second, (plates,)."""
        warmer_k = self._swing_k * math.sin(2 * math.pi * second / self._period_s + self._phase_rad)
        wander_g: Floats = self.creep_share * self._relaxed_g.mean(axis=0) + self._zero_g
        return wander_g + self._zero_g_per_k * warmer_k

    def hysteresis_g(self, load_g: Floats) -> Floats:
        """What loads (instants, plates), each after the one before it, add to the reading; more when unloading."""
        added_g = np.empty_like(load_g)
        for row, now_g in enumerate(load_g):
            self._dragged_g = np.maximum(np.minimum(self._dragged_g, now_g + self._radii_g), now_g - self._radii_g)
            added_g[row] = self._stiffness * (self._dragged_g - now_g).sum(axis=0)
        return added_g
