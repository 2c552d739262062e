"""What trade has taught of a camera's lag is in the engine's health, beside what its process says."""

from dataclasses import replace
from pathlib import Path

from engine.core import LagEstimator
from engine.domain import CameraHealth, CameraId
from engine.runtime.corehost._health import HealthBoard
from engine.store import open_store
from tests.core.test_lags import LAGS_S, trade
from tests.runtime.perception.store_pictures import DEMO


def test_a_camera_s_lag_is_shown_once_it_is_known(tmp_path: Path) -> None:
    folder = replace(open_store(DEMO), path=tmp_path)
    folder.journal_dir.mkdir(parents=True)
    store = folder.store
    board = HealthBoard(started_ns=0, folder=folder, lags=LagEstimator(store))
    for camera in LAGS_S:
        board.note(CameraHealth(camera_id=CameraId(camera), fps=10.0, lag_ms=40.0, drops=()), 1)
    assert {camera.behind_scales_ms for camera in board.health(2, blocked="").cameras} == {None}
    for fact in trade(store, 150, seed=5):
        board.hear(fact)
    shown = {camera.camera_id: camera for camera in board.health(3, blocked="").cameras}
    for name, lag_s in LAGS_S.items():
        health = shown[CameraId(name)]
        assert health.behind_scales_ms is not None
        assert health.behind_scales_sigma_ms is not None
        assert abs(health.behind_scales_ms - 1000 * lag_s) < 3 * health.behind_scales_sigma_ms
        assert health.lag_ms == 40.0
