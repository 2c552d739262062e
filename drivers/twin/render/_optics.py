"""What sets a camera's picture apart from a clean drawing: the ranges cameras are drawn from, and what one drew."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Range = tuple[float, float]

# Assumed, the order of small pixels of 2 to 3 um; the gain on top is what a shop's light asks of them.
_FULL_WELL_ELECTRONS = 12_000.0
_READ_NOISE_ELECTRONS = 3.0
_TRUE_LIGHT_K = 5000.0  # where the renderer's colours are right
# Linear sRGB from CIE XYZ (IEC 61966-2-1).
_RGB_FROM_XYZ = np.array([(3.2406, -1.5372, -0.4986), (-0.9689, 1.8758, 0.0415), (0.0557, -0.2040, 1.0570)])


@dataclass(frozen=True, kw_only=True)
class Optics:
    """Ranges from which each camera draws its own, by its seed; None, zero or False is off.

    ``exposure_ev``: greatest error of the automatic exposure either way, a third of a stop being the usual step.
    ``temperature_k``: the light that the automatic white balance takes for white, CIE D40 to D65; 5000 K is right.
    ``gain_db``: of the sensor, which is all that tells a noisy camera from a good one. ``shutter_s``: how long moving
    people smear. ``shadows``: people's, on the floor. ``reflections``: the store in its own windows.
    """

    exposure_ev: float = 0.3
    temperature_k: Range | None = (4000.0, 6500.0)
    gain_db: Range | None = (6.0, 18.0)
    shutter_s: Range | None = (1 / 50, 1 / 30)
    shadows: bool = True
    reflections: bool = True


PLAIN = Optics(exposure_ev=0.0, temperature_k=None, gain_db=None, shutter_s=None, shadows=False, reflections=False)
"""Everything off: lens and geometry only."""


@dataclass(frozen=True, kw_only=True)
class RoomLight:
    """The light at an instant. ``level``: exposure as a multiple of the usual; the lamps' sine about it may flicker."""

    level: float = 1.0
    flicker_hz: float = 0.0
    flicker_share: float = 0.0
    flicker_rad: float = 0.0


STEADY = RoomLight()


@dataclass(frozen=True, eq=False)
class Look:
    """One camera's own way of seeing.

    bgr_gain: (3,) on linear light; shutter_s: 0 where nothing smears; saturation_electrons: behind a full white pixel,
    infinite for a camera without noise.
    """

    bgr_gain: NDArray[np.float32]
    shutter_s: float
    saturation_electrons: float

    @property
    def read_share(self) -> float:
        """Variance of the read-out in units of the shot noise of a full white pixel."""
        return _READ_NOISE_ELECTRONS**2 / self.saturation_electrons


def draw_look(optics: Optics, rng: np.random.Generator) -> Look:
    """A camera from the ranges; switching one thing off leaves the draws of the others."""
    ev, mired, gain, shutter = rng.uniform(-1, 1), rng.uniform(), rng.uniform(), rng.uniform()
    colour = np.ones(3)
    if optics.temperature_k is not None:
        low, high = (1e6 / kelvin for kelvin in optics.temperature_k)
        colour = daylight_rgb(_TRUE_LIGHT_K) / daylight_rgb(1e6 / (low + mired * (high - low)))
    electrons = np.inf
    if optics.gain_db is not None:
        electrons = _FULL_WELL_ELECTRONS / 10 ** (_between(optics.gain_db, gain) / 20)
    return Look(
        bgr_gain=(colour[::-1] / colour[1] * 2 ** (ev * optics.exposure_ev)).astype(np.float32),
        shutter_s=0.0 if optics.shutter_s is None else _between(optics.shutter_s, shutter),
        saturation_electrons=float(electrons),
    )


def daylight_rgb(temperature_k: float) -> NDArray[np.float64]:
    """Linear sRGB (3,) of the CIE daylight illuminant of that colour temperature, 4000 to 7000 K (CIE 15:2004, 3.1)."""
    t = 1e3 / temperature_k
    x = -4.6070 * t**3 + 2.9678 * t**2 + 0.09911 * t + 0.244063
    y = -3.0 * x**2 + 2.870 * x - 0.275
    return np.asarray(_RGB_FROM_XYZ @ (x / y, 1.0, (1 - x - y) / y))


def _between(limits: Range, share: float) -> float:
    return limits[0] + share * (limits[1] - limits[0])
