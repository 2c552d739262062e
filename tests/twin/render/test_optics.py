"""Each thing that sets a camera's picture apart does what its model says, and can be switched off."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.twin.render import PLAIN, CameraRenderer, Optics, RoomLight, SceneItem, StoreScene
from drivers.twin.render._optics import daylight_rgb, draw_look
from drivers.twin.render._sensor import Sensor
from engine.domain import CameraCalibration, Store

Picture = NDArray[np.uint8]

CALIBRATION = CameraCalibration(
    width_px=320, height_px=240, focal_px=200.0, position_m=(0.0, 0.0, 2.0), look_at_m=(1.0, 1.0, 1.0)
)


def _grey(level: int) -> Picture:
    return np.full((240, 320, 3), level, np.uint8)


def _expose(optics: Optics, level: int, *, t_s: float = 0.0, light: RoomLight | None = None, seed: int = 1) -> Picture:
    look = draw_look(optics, np.random.default_rng(seed))
    return Sensor(look, CALIBRATION, seed=seed).expose(_grey(level), t_s, light or RoomLight())


def _tone(light: float) -> float:
    return min(255.0, 255 * math.sqrt(1.15 * light / (1 + 0.25 * light)))


@pytest.mark.parametrize("linear", [0.02, 0.1, 0.4, 0.9])
@pytest.mark.parametrize("level", [0.5, 0.8, 1.0, 1.3])
def test_more_light_goes_through_the_tone_curve(linear: float, level: float) -> None:
    seen = _expose(PLAIN, round(_tone(linear)), light=RoomLight(level=level))
    assert seen.std() == 0
    assert seen[0, 0, 0] == pytest.approx(_tone(level * linear), abs=1.5)


def test_without_optics_the_picture_is_the_drawing() -> None:
    assert np.array_equal(_expose(PLAIN, 130), _grey(130))


def test_noise_grows_with_the_gain_as_shot_noise_does() -> None:
    sigma = {db: float(_expose(replace(PLAIN, gain_db=(db, db)), 128).std()) for db in (0.0, 12.0, 24.0)}
    assert sigma[12.0] / sigma[0.0] == pytest.approx(2.0, rel=0.1)
    assert sigma[24.0] / sigma[12.0] == pytest.approx(2.0, rel=0.1)


def test_read_out_noise_is_seen_in_the_dark() -> None:
    noisy = replace(PLAIN, gain_db=(24.0, 24.0))
    dark, middle, bright = (float(_expose(noisy, level).std()) for level in (30, 110, 170))
    assert dark > 1.2 * middle
    assert bright == pytest.approx(middle, rel=0.1)


def test_noise_changes_with_time_and_repeats() -> None:
    first, again, later = (_expose(replace(PLAIN, gain_db=(9.0, 9.0)), 90, t_s=t_s) for t_s in (1.0, 1.0, 1.1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)


def test_cameras_differ_in_exposure_within_the_range() -> None:
    gains = [draw_look(replace(PLAIN, exposure_ev=0.3), np.random.default_rng(seed)).bgr_gain for seed in range(40)]
    ev = np.log2([gain[1] for gain in gains])
    assert np.abs(ev).max() <= 0.3
    assert np.ptp(ev) > 0.4
    assert all(np.ptp(gain) == 0 for gain in gains)


def test_a_camera_that_expects_warm_light_shows_a_blue_store() -> None:
    blue, _, red = draw_look(replace(PLAIN, temperature_k=(4000.0, 4000.0)), np.random.default_rng(0)).bgr_gain
    assert blue > 1.15 > 0.93 > red
    even = draw_look(replace(PLAIN, temperature_k=(5000.0, 5000.0)), np.random.default_rng(0)).bgr_gain
    assert np.allclose(even, 1.0)


def test_d65_is_the_white_of_the_colour_space() -> None:
    assert np.allclose(daylight_rgb(6504.0), 1.0, atol=0.01)


def test_switching_one_thing_off_leaves_the_others_as_drawn() -> None:
    whole = draw_look(Optics(), np.random.default_rng(5))
    still = draw_look(Optics(shutter_s=None), np.random.default_rng(5))
    assert np.array_equal(whole.bgr_gain, still.bgr_gain)
    assert whole.saturation_electrons == still.saturation_electrons
    assert still.shutter_s == 0 < whole.shutter_s


def test_lamps_flicker_in_bands_down_a_rolling_shutter() -> None:
    flicker = RoomLight(flicker_hz=100.0, flicker_share=0.2)
    rows = _expose(PLAIN, 128, light=flicker)[:, 0, 1].astype(float)
    turns = np.abs(np.fft.rfft(rows - rows.mean())).argmax()
    assert turns == round(100 / 30)
    assert np.ptp(rows) == pytest.approx(128 * 0.2, rel=0.2)  # amplitude .2 on light is .1 on its square root


def test_a_shutter_as_long_as_the_flicker_sees_none() -> None:
    flicker = RoomLight(flicker_hz=100.0, flicker_share=0.2)
    rows = _expose(replace(PLAIN, shutter_s=(1 / 50, 1 / 50)), 128, light=flicker)[:, 0, 1]
    assert np.ptp(rows.astype(int)) <= 1


def test_flicker_beats_with_the_frame_rate() -> None:
    flicker = RoomLight(flicker_hz=101.0, flicker_share=0.2)
    means = [float(_expose(PLAIN, 128, t_s=0.1 * frame, light=flicker).mean()) for frame in range(10)]
    assert np.ptp(means) > 1.0  # bands wander: 101 Hz at ten pictures a second is one turn in ten pictures


def test_two_cameras_of_one_store_look_different(store: Store, items: list[SceneItem]) -> None:
    scene = StoreScene(store, items)
    calibration = store.cameras[0].calibration
    pictures = [CameraRenderer(scene, calibration, seed=seed).render() for seed in (1, 2)]
    means = [picture.reshape(-1, 3).mean(axis=0) for picture in pictures]
    assert np.abs(means[0] - means[1]).max() > 3
