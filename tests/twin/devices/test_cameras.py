"""Pictures of the twin's cameras: in the light and with the faults that the scenario says."""

import asyncio
import math
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from drivers.twin.devices._camera_faults import CameraFaults
from drivers.twin.devices.cameras import RenderedCameras
from drivers.twin.scenario import Fault, FaultKind, Light, Programme
from engine.domain import CameraId
from engine.store import StoreFolder, open_store

OUT = CameraId("ceiling-sw")

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


def test_camera_that_is_out_sends_nothing_and_the_others_go_on(folder: StoreFolder) -> None:
    out = Fault(kind=FaultKind.OFFLINE, from_s=0.0, to_s=math.inf, camera_id=OUT)
    cameras = RenderedCameras(folder, Programme(seed=1).world(folder.store), seed=1, faults=[out])
    assert asyncio.run(_sent_first(cameras, 5)) == {camera.camera_id for camera in folder.store.cameras} - {OUT}


def test_faults_of_a_line_act_while_they_last() -> None:
    late = Fault(kind=FaultKind.LATE, from_s=1.0, to_s=2.0, camera_id=OUT, late_s=0.4)
    lossy = Fault(kind=FaultKind.LOSSY, from_s=3.0, to_s=4.0, camera_id=OUT, lost_share=0.3)
    faults = CameraFaults([late, lossy], seed=1)
    assert [faults.late_s(OUT, t_s) for t_s in (0.5, 1.5, 2.5, 4.5)] == [0.0, 0.4, 0.0, 0.0]
    assert faults.late_s(CameraId("ceiling-ne"), 1.5) == 0.0
    assert 90 < sum(faults.late_s(OUT, 3.5) is None for _ in range(400)) < 150


def test_random_trade_is_always_in_the_same_light(folder: StoreFolder) -> None:
    assert Programme(seed=1).light(folder.store) == Light()


def _mean(cameras: RenderedCameras) -> float:
    return float(np.mean(simplejpeg.decode_jpeg(cameras.picture(CameraId("ceiling-sw")))))


async def _sent_first(cameras: RenderedCameras, count: int) -> set[CameraId]:
    """Which cameras the first so many pictures on the line come from."""
    sent: list[CameraId] = []
    enough = asyncio.Event()

    def publish(camera_id: CameraId, jpeg: bytes) -> None:
        assert jpeg
        sent.append(camera_id)
        if len(sent) >= count:
            enough.set()

    cameras._server.publish = publish  # type: ignore[method-assign]
    running = asyncio.create_task(cameras.run(asyncio.get_running_loop().create_future()))
    await asyncio.wait_for(enough.wait(), 60)
    running.cancel()
    return set(sent)
