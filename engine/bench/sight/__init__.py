"""How the engine's perception errs about rendered people, fitted for the twin, and how well the fit agrees."""

from engine.bench.sight._film import Moment, Plan, film
from engine.bench.sight._fit import fit_sight
from engine.bench.sight._light import fit_light
from engine.bench.sight._match import Watched, watch
from engine.bench.sight._plot import draw_rows
from engine.bench.sight._report import SightReport, fit_to_pixels
from engine.bench.sight._residuals import SightRow, compare, simulate
from engine.bench.sight._toml import write_sight

__all__ = [
    "Moment",
    "Plan",
    "SightReport",
    "SightRow",
    "Watched",
    "compare",
    "draw_rows",
    "film",
    "fit_light",
    "fit_sight",
    "fit_to_pixels",
    "simulate",
    "watch",
    "write_sight",
]
