"""Each camera's lag behind the scales, learnt from reaches and the steps they cause; twin-like noise of both."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from engine.core import LagEstimator
from engine.domain import Camera, CameraId, PersonSeen, PersonsSeen, Store, WeightSettled
from engine.store import open_store
from tests.build import settled
from tests.runtime.perception.store_pictures import DEMO

HZ = 10
EVERY_S = 8.0
LAGS_S = {"ceiling-sw": 0.0, "ceiling-se": 0.4, "ceiling-ne": 0.18, "ceiling-nw": 0.31, "face-a": 0.09, "face-b": 0.25}
PLATES = ("A-3-2", "A-4-5", "B-3-3", "B-2-5")


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(DEMO).store


def reach_px(camera: Camera, plate_m: tuple[float, float, float], out: float) -> PersonSeen:
    """Somebody whose right hand is ``out`` metres before the plate, as a camera sees it."""
    hand_m = np.array([*plate_m[:2], plate_m[2] + 0.08])
    toward_m = np.array([2.5, 2.5]) - hand_m[:2]
    hand_m[:2] += toward_m / np.linalg.norm(toward_m) * out
    elbow_m = hand_m + np.array([*toward_m / np.linalg.norm(toward_m) * 0.35, 0.1])
    wrist_m = elbow_m + (hand_m - elbow_m) / 1.35
    joints = np.zeros((17, 3))
    joints[[10, 8], :2] = camera.calibration.project(np.stack([wrist_m, elbow_m]))
    joints[[10, 8], 2] = 0.9
    return PersonSeen(xyxy_px=(0, 0, 1, 1), score=0.9, keypoints=tuple(joints.ravel().tolist()))


def trade(store: Store, steps: int, *, seed: int) -> Iterator[PersonsSeen | WeightSettled]:
    """So many reaches, each of about a second; something changes anywhere in their middle half."""
    rng = np.random.default_rng(seed)
    facts: list[PersonsSeen | WeightSettled] = []
    for number in range(steps):
        plate = store.plate_by_id[PLATES[number % len(PLATES)]]  # type: ignore[index]
        start_s = 10 + EVERY_S * number
        middle_s, half_s = start_s + rng.normal(0, 0.2), rng.uniform(0.4, 0.7)
        step = settled(plate.shelf_id, start_s, {plate.plate_id: -400.0})
        facts.append(msgspec.structs.replace(step, t_ns=round((start_s + 1.0) * 1e9)))
        for camera in store.cameras:
            for frame in range(round(4 * HZ)):
                t_s = start_s - 2 + (frame + rng.uniform()) / HZ
                out_m = 0.9 * min(1.0, abs(t_s - middle_s) / half_s) + rng.normal(0, 0.03)
                t_ns = round((t_s + LAGS_S[camera.camera_id]) * 1e9)
                person = reach_px(camera, plate.centre_m, out_m)
                facts.append(PersonsSeen(t_ns=t_ns, camera_id=camera.camera_id, frame_seq=0, persons=(person,)))
    return iter(sorted(facts, key=lambda fact: fact.t_ns))


def learnt(store: Store, steps: int, *, seed: int) -> LagEstimator:
    estimator = LagEstimator(store)
    for fact in trade(store, steps, seed=seed):
        estimator.take(fact)
    return estimator


def test_lags_of_0_to_400_ms_are_found_within_30_ms_and_as_surely_as_is_said(store: Store) -> None:
    found = learnt(store, 400, seed=1).lags()
    assert found.keys() == {CameraId(camera) for camera in LAGS_S}
    for camera, lag in found.items():
        off_s = lag.lag_s - LAGS_S[camera]
        assert abs(off_s) < 0.03, (camera, lag)
        assert abs(off_s) < 3 * lag.sigma_s < 0.12
        assert lag.steps > 100


def test_nothing_is_said_of_too_few_steps(store: Store) -> None:
    assert learnt(store, 20, seed=2).lags() == {}


def test_steps_without_hands_and_hands_without_steps_teach_nothing(store: Store) -> None:
    estimator = LagEstimator(store)
    for fact in trade(store, 100, seed=3):
        if isinstance(fact, WeightSettled):
            estimator.take(fact)
    assert estimator.lags() == {}
    estimator = LagEstimator(store)
    for fact in trade(store, 100, seed=3):
        if isinstance(fact, PersonsSeen):
            estimator.take(fact)
    assert estimator.lags() == {}
