"""The whole of it: film some worlds, fit the error model to them, judge it on others."""

import subprocess
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec

from drivers.twin.sight import SightModel
from engine.bench.sight._film import Moment, Plan, film
from engine.bench.sight._fit import fit_sight
from engine.bench.sight._light import fit_light
from engine.bench.sight._match import watch
from engine.bench.sight._residuals import SightRow, compare, simulate
from engine.domain import Store
from engine.runtime.perception import load_perceiver
from engine.store import StoreFolder, open_store

HZ = 10.0

Films = Sequence[Sequence[Moment]]
_DEMO = Path(str(files("resources"))) / "stores" / "demo"

FITTED = (
    Plan(seed=1, shoppers=3, from_s=8.0, to_s=58.0),
    Plan(seed=3, shoppers=3, from_s=8.0, to_s=48.0),
    Plan(seed=4, shoppers=7, from_s=20.0, to_s=45.0),
)
"""Ordinary trade and a crowd, which the model is fitted to."""

HELD_OUT = (Plan(seed=11, shoppers=3, from_s=8.0, to_s=38.0), Plan(seed=12, shoppers=7, from_s=20.0, to_s=36.0))
"""The same with other seeds, which it is judged on."""

LIGHTS = tuple(Plan(seed=21, shoppers=4, from_s=22.0, to_s=28.0, light=light) for light in (0.05, 0.2, 1.0, 4.0))
"""One world in several lights, from what the sensor hardly sees to what blinds it."""


class SightReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was filmed, what was fitted to it, and how it compares on films that it has not seen."""

    frames: int
    looks: int  # a body in a frame
    detector_frames: int
    light_frames: int
    held_out_frames: int
    model: SightModel
    rows: tuple[SightRow, ...]


def fit_to_pixels(*, seconds: float | None = None, tell: Callable[[str], None] = lambda _line: None) -> SightReport:
    """Film the demo store, fit and compare; no film longer than ``seconds``. Raises ``ModelError``."""
    folder = open_store(_DEMO)
    fitted, lights, held_out = (_films(folder, plans, seconds, tell) for plans in (FITTED, LIGHTS, HELD_OUT))
    return report_on(folder.store, fitted, lights, held_out)


def report_on(store: Store, fitted: Films, lights: Films, held_out: Films) -> SightReport:
    """Fit to films of FITTED and LIGHTS, compare with those of HELD_OUT."""
    watched, judged = watch(store, fitted), watch(store, held_out)
    lit = {plan.light: watch(store, [moments]) for plan, moments in zip(LIGHTS, lights, strict=True)}
    steady = fit_sight(watched, hz=HZ)
    model = msgspec.structs.replace(steady, light=fit_light(lit, steady.found))
    simulated = watch(store, [simulate(store, moments, model, seed=seed) for seed, moments in enumerate(held_out)])
    return SightReport(
        frames=watched.frames,
        looks=len(watched.looks),
        detector_frames=watched.detector_frames,
        light_frames=sum(one.frames for one in lit.values()),
        held_out_frames=judged.frames,
        model=model,
        rows=compare(judged, simulated),
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


def present_commit(folder: Path) -> str:
    """The commit that the code is at; empty where it is not in a repository."""
    told = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()
