"""The noise of load cells as fitted to a recording of a real store: a value, its provenance, and draws from it.

``tillfree bench fit-noise`` makes the value; ``resources/physics/plates.toml`` keeps the one that the twin uses.
"""

import math
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np

from engine.domain import Floats

QUANTILES = (0.0, 0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1.0)
"""The shares at which ``PlateNoise`` gives its distributions."""

_FITTED_FILE = Path(str(files("resources"))) / "physics" / "plates.toml"


class PlateNoise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How load cells err, and what of a change rings and leaks.

    A sample's error is its plate's level, times how much its gondola is shaken in that second, times a Student t of
    unit variance. Ringing and leakage are shares of the moved mass at their greatest.
    """

    level_g: tuple[float, ...]  # standard deviation of calm plates, at QUANTILES
    shaken: tuple[float, ...]  # a gondola's noise in a second against its calm seconds, at QUANTILES
    freedom: float  # of the t
    step_g: float  # the smallest difference that a cell tells
    ring_hz: float
    ring_decay_s: float
    ring_share: float
    leak_share: float

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for what no cell can do."""
        for name, quantiles in (("level_g", self.level_g), ("shaken", self.shaken)):
            if len(quantiles) != len(QUANTILES) or quantiles[0] < 0 or list(quantiles) != sorted(quantiles):
                raise ValueError(f"{name}: {len(QUANTILES)} quantiles, ascending from zero or more")
        if self.freedom <= 2:
            raise ValueError("freedom: more than 2, or the variance has no end")
        if min(self.step_g, self.ring_hz, self.ring_decay_s) <= 0:
            raise ValueError("step_g, ring_hz and ring_decay_s: more than 0")


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a fitted value comes from."""

    command: str
    on: str  # ISO date
    recording: str
    fitted: str  # which of its fields are fitted, to how much of the recording
    assumed: str  # which are not, and why


class FittedPlates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``plates.toml`` holds."""

    provenance: Provenance
    noise: PlateNoise


def fitted_plates() -> FittedPlates:
    """The fit that the twin uses. Raises ``msgspec.ValidationError`` for a file that is none."""
    return msgspec.convert(tomllib.loads(_FITTED_FILE.read_text(encoding="utf-8")), FittedPlates)


class CellErrors:
    """Errors of plates over time. Gondolas are shaken second by second, all their plates at once."""

    def __init__(self, noise: PlateNoise, gondola_of: Sequence[int], *, seed: int) -> None:
        """``gondola_of`` is the number of each plate's gondola, (plates,)."""
        self._noise = noise
        self._seed = seed
        self._rng = np.random.default_rng([seed, 1])
        self._gondola_of = np.asarray(gondola_of, dtype=np.intp)
        self.level_g: Floats = np.interp(self._rng.random(len(gondola_of)), QUANTILES, noise.level_g)
        self._second: int | None = None
        self._shaken: Floats = np.ones(0)

    def draw_g(self, second: int, instants: int) -> Floats:
        """The errors of all plates at so many instants of one second, (instants, plates)."""
        freedom = self._noise.freedom
        unit = self._rng.standard_t(freedom, (instants, len(self.level_g)))
        unit *= self.level_g * self._shaking(second) * math.sqrt((freedom - 2) / freedom)
        return unit

    def read_g(self, loads_g: Floats) -> Floats:
        """What the cells tell of loads: whole steps."""
        told_g: Floats = np.round(loads_g / self._noise.step_g) * self._noise.step_g
        return told_g

    def _shaking(self, second: int) -> Floats:
        """How much every plate is shaken: the same for a second however often it is asked, (plates,)."""
        if second != self._second:
            gondolas = int(self._gondola_of.max(initial=0)) + 1
            draws = np.random.default_rng([self._seed, 2, abs(second), second < 0]).random(gondolas)
            self._second, self._shaken = second, np.interp(draws, QUANTILES, self._noise.shaken)[self._gondola_of]
        return self._shaken
