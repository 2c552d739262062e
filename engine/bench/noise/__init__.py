"""The noise of a real store's plates, fitted for the twin, and how well the twin's noise agrees with it."""

from engine.bench.noise._event import Ringing
from engine.bench.noise._fit import NoiseReport, NoiseRow, fit_noise
from engine.bench.noise._measure import GondolaNoise, measure
from engine.bench.noise._plot import draw
from engine.bench.noise._toml import write_plates

__all__ = ["GondolaNoise", "NoiseReport", "NoiseRow", "Ringing", "draw", "fit_noise", "measure", "write_plates"]
