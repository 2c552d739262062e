"""Pictures of the twin's cameras: in the light that the scenario says."""

from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from drivers.twin.devices.cameras import RenderedCameras
from drivers.twin.scenario import Light, Programme
from engine.domain import CameraId
from engine.store import StoreFolder, open_store

_LIT = """
title = "Somebody comes while the lamps go down"

[light]
shift = -0.8
over_s = 2

[[shopper]]
name = "anna"
action = []
"""


@pytest.fixture(scope="module")
def folder(pytestconfig: pytest.Config) -> StoreFolder:
    return open_store(pytestconfig.rootpath / "resources" / "stores" / "demo")


def test_a_scenario_says_the_light_that_its_pictures_are_taken_in(folder: StoreFolder, tmp_path: Path) -> None:
    (tmp_path / "lit.toml").write_text(_LIT, encoding="utf-8")
    programme = Programme(seed=1, scenario=tmp_path / "lit.toml")
    world = programme.world(folder.store)
    cameras = RenderedCameras(folder, world, seed=1, light=programme.light(folder.store))
    bright = _mean(cameras)
    world.advance(3.0)
    assert _mean(cameras) < 0.7 * bright
    assert programme.light(folder.store).level(3.0) == pytest.approx(0.2)


def test_random_trade_is_always_in_the_same_light(folder: StoreFolder) -> None:
    assert Programme(seed=1).light(folder.store) == Light()


def _mean(cameras: RenderedCameras) -> float:
    return float(np.mean(simplejpeg.decode_jpeg(cameras.picture(CameraId("ceiling-sw")))))
