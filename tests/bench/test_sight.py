"""The fit of perception's errors: it finds again what made them, and rendered pictures give something to fit to."""

import tomllib
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import pytest

from drivers.twin.devices import true_bodies
from drivers.twin.render import load_bodies
from drivers.twin.scenario import Trade, World
from drivers.twin.sight import BadLight, FittedSight, SightModel, fitted_sight
from engine.bench.sight import (
    Moment,
    Plan,
    SightReport,
    SightRow,
    Watched,
    compare,
    draw_rows,
    film,
    fit_light,
    fit_sight,
    simulate,
    watch,
    write_sight,
)
from engine.domain import KEYPOINTS
from engine.runtime.perception import load_perceiver
from engine.store import StoreFolder, open_store


@pytest.fixture(scope="module")
def folder(pytestconfig: pytest.Config) -> StoreFolder:
    return open_store(pytestconfig.rootpath / "resources" / "stores" / "demo")


@pytest.fixture(scope="module")
def people(folder: StoreFolder) -> list[Moment]:
    """Forty seconds of four shoppers of whom nobody has said anything."""
    world, bodies = World(folder.store, seed=5, play=Trade(shoppers=4, seconds=120.0)), load_bodies()
    moments = []
    for tenth in range(150, 550):
        world.advance(tenth / 10)
        joints_m = np.array(true_bodies(world, bodies)).reshape(-1, KEYPOINTS, 3)
        moments.append(Moment(tuple(shopper.number for shopper in world.shoppers), joints_m, (), ()))
    return moments


def _simulated(folder: StoreFolder, people: list[Moment], model: SightModel, *, seed: int) -> Watched:
    return watch(folder.store, [simulate(folder.store, people, model, seed=seed)])


@pytest.fixture(scope="module")
def first(folder: StoreFolder, people: list[Moment]) -> Watched:
    return _simulated(folder, people, fitted_sight().model, seed=1)


def test_a_fit_to_what_a_model_says_says_the_same(folder: StoreFolder, people: list[Moment], first: Watched) -> None:
    again = _simulated(folder, people, fit_sight(first, hz=10.0), seed=2)
    rows = {row.what: row for row in compare(first, again)}
    for what in ("wrist, clear, error m p50", "wrist, not clear, error m p50", "hip, clear, error m p50"):
        assert rows[what].samples > 500
        assert rows[what].simulated == pytest.approx(rows[what].measured, rel=0.25)
    missed = rows["missed, 95% to 100% in sight"]
    assert missed.simulated == pytest.approx(missed.measured, abs=0.03)


def test_a_model_that_sees_worse_shows_in_every_figure(
    folder: StoreFolder, people: list[Moment], first: Watched
) -> None:
    model = fitted_sight().model
    joint = tuple(
        msgspec.structs.replace(row, along_m=_tripled(row.along_m), unsure_along_m=_tripled(row.unsure_along_m))
        for row in model.joint
    )
    odds = msgspec.structs.replace(model.found.again, base=-1.0)
    found = msgspec.structs.replace(model.found, again=odds, new=odds)
    worse = msgspec.structs.replace(model, joint=joint, found=found)
    rows = {row.what: row for row in compare(first, _simulated(folder, people, worse, seed=1))}
    assert rows["wrist, clear, error m p50"].simulated > 1.5 * rows["wrist, clear, error m p50"].measured
    assert rows["missed, 95% to 100% in sight"].simulated > 0.3
    assert rows["frames missed in a row, mean"].simulated > rows["frames missed in a row, mean"].measured


def _tripled(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(3 * value for value in values)


def test_a_fit_finds_what_the_light_did(folder: StoreFolder, people: list[Moment]) -> None:
    dim = BadLight(doublings=(-3.0, 0.0), log_odds=(-2.0, 0.0), errors=(1.6, 1.0), scores=(0.7, 1.0))
    model = msgspec.structs.replace(fitted_sight().model, light=dim)
    watched = {
        gain: watch(folder.store, [simulate(folder.store, people, model, seed=3, gain=gain)]) for gain in (0.125, 1.0)
    }
    light = fit_light(watched, model.found)
    assert light.doublings == (-3.0, 0.0)
    assert light.log_odds == pytest.approx((-2.0, 0.0), abs=0.6)
    assert light.errors == pytest.approx((1.6, 1.0), rel=0.15)
    assert light.scores == pytest.approx((0.7, 1.0), rel=0.05)


def test_pictures_are_looked_at_as_the_engine_does(folder: StoreFolder) -> None:
    plan = Plan(seed=3, shoppers=3, from_s=20.0, to_s=60.0)
    moments = list(islice(film(folder, plan, load_perceiver(folder)), 6))
    watched = watch(folder.store, [moments])
    assert watched.frames == 6 * len(folder.store.cameras)
    assert 0 < watched.detector_frames < watched.frames  # every other frame only follows
    whole = watched.looks[watched.looks["share"] > 0.95]
    assert len(whole) > 20
    assert whole["found"].mean() > 0.8
    seen = whole[whole["found"]]
    off_m = np.linalg.norm(seen["joints"][..., :2] - seen["pixels"], axis=2) / seen["px_per_m"][:, None]
    assert np.median(off_m) < 0.1


def test_what_is_written_is_what_the_twin_reads(tmp_path: Path) -> None:
    row = SightRow(what="wrist, clear, error m p50", samples=100, measured=0.05, simulated=0.06)
    fitted = fitted_sight()
    report = SightReport(
        frames=10, looks=20, detector_frames=5, light_frames=0, held_out_frames=5, model=fitted.model, rows=(row,)
    )
    write_sight(tmp_path / "sight.toml", report)
    written = msgspec.convert(tomllib.loads((tmp_path / "sight.toml").read_text(encoding="utf-8")), FittedSight)
    assert written.model == fitted.model
    draw_rows(tmp_path / "sight.png", report.rows)
    assert (tmp_path / "sight.png").read_bytes().startswith(b"\x89PNG")
