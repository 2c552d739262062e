"""The whole of it: film some worlds, fit the error model to them, judge it on others."""

import subprocess
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec

from drivers.twin.sight import SightModel
from engine.bench.sight._film import Moment, Plan, film
from engine.bench.sight._fit import fit_sight
from engine.bench.sight._match import Watched, watch
from engine.bench.sight._residuals import SightRow, compare, simulate
from engine.runtime.perception import load_perceiver
from engine.store import StoreFolder, open_store

HZ = 10.0
_DEMO = Path(str(files("resources"))) / "stores" / "demo"

FITTED = (Plan(seed=1, shoppers=3, from_s=0.0, to_s=75.0), Plan(seed=4, shoppers=7, from_s=15.0, to_s=55.0))
"""Ordinary trade and a crowd, which the model is fitted to."""

HELD_OUT = (Plan(seed=3, shoppers=3, from_s=0.0, to_s=80.0), Plan(seed=2, shoppers=7, from_s=30.0, to_s=60.0))
"""The same with other seeds, which it is judged on."""


class SightReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was filmed, what was fitted to it, and how it compares on films that it has not seen."""

    frames: int
    looks: int  # a body in a frame
    detector_frames: int
    held_out_frames: int
    model: SightModel
    rows: tuple[SightRow, ...]


def fit_to_pixels(*, seconds: float | None = None, tell: Callable[[str], None] = lambda _line: None) -> SightReport:
    """Film the demo store, fit and compare; no film longer than ``seconds``. Raises ``ModelError``."""
    folder = open_store(_DEMO)
    filmed = [_films(folder, plans, seconds, tell) for plans in (FITTED, HELD_OUT)]
    watched, held_out = (watch(folder.store, films) for films in filmed)
    model = fit_sight(watched, hz=HZ)
    return SightReport(
        frames=watched.frames,
        looks=len(watched.looks),
        detector_frames=watched.detector_frames,
        held_out_frames=held_out.frames,
        model=model,
        rows=compare(held_out, _simulated(folder, filmed[1], model)),
    )


def _films(
    folder: StoreFolder, plans: Sequence[Plan], seconds: float | None, tell: Callable[[str], None]
) -> list[list[Moment]]:
    perceiver = load_perceiver(folder)
    films = []
    for plan in plans:
        short = plan if seconds is None else plan.until(plan.from_s + seconds)
        tell(f"filming {short.shoppers} shoppers for {short.to_s - short.from_s:.0f} s, seed {short.seed}")
        films.append(list(film(folder, short, perceiver)))
    return films


def _simulated(folder: StoreFolder, films: Sequence[Sequence[Moment]], model: SightModel) -> Watched:
    store = folder.store
    return watch(store, [simulate(store, moments, model, seed=seed) for seed, moments in enumerate(films)])


def present_commit(folder: Path) -> str:
    """The commit that the code is at; empty where it is not in a repository."""
    told = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()
