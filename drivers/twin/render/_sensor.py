"""The sensor of one camera: exposure, white balance, lamps that flicker across its rows, shot and read-out noise."""

import zlib

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _develop
from drivers.twin.render._optics import Look, RoomLight
from engine.domain import CameraCalibration

Picture = NDArray[np.uint8]

_STRIP = 1 << 18
_STEPS_PER_SIGMA = 24.0  # of the noise strip: int8 holds more than five sigma
_READOUT_S = 1 / 30  # from the first row to the last of a rolling shutter


class Sensor:
    """Turns a clean picture into what the camera delivers; chosen by seed, place and time alone."""

    def __init__(self, look: Look, calibration: CameraCalibration, *, seed: int) -> None:
        self._look = look
        self._seed = (seed, place_number(calibration))
        strip = np.random.default_rng(self._seed).normal(0, _STEPS_PER_SIGMA, _STRIP)
        self._strip = np.rint(strip).clip(-127, 127).astype(np.int8)
        self._gains = np.tile(look.bgr_gain, calibration.width_px)
        # EMVA 1288, 4.0: variance = read-out + K x signal. Behind a square root both are levels of the same size:
        # shot noise the same everywhere, the read-out's the larger the darker.
        sigma = 127.5 / np.sqrt(look.saturation_electrons)
        self._spread = np.array([sigma / _STEPS_PER_SIGMA, look.read_share * 255**2], np.float32)
        self._row_s = (np.arange(calibration.height_px) / calibration.height_px - 0.5) * _READOUT_S

    def expose(self, picture: Picture, t_s: float, light: RoomLight) -> Picture:
        """A copy (H, W, 3), developed and noisy; ``t_s`` is the middle of the middle row's exposure."""
        height, width = picture.shape[:2]
        rng = np.random.default_rng((*self._seed, round(t_s * 1e6) & 0xFFFFFFFFFFFF))
        starts = rng.integers(0, _STRIP - 3 * width, height)
        out = np.empty_like(picture)
        _develop.expose(
            picture.reshape(height, -1), self._gains, self._rows(t_s, light), self._strip, starts, self._spread,
            out.reshape(height, -1),
        )  # fmt: skip
        return out

    def _rows(self, t_s: float, light: RoomLight) -> NDArray[np.float32]:
        """Light of each row (H,): the lamps' sine, averaged over the time that the shutter is open."""
        left = light.flicker_share * np.sinc(light.flicker_hz * self._look.shutter_s)
        phase = 2 * np.pi * light.flicker_hz * (t_s + self._row_s) + light.flicker_rad
        return np.asarray(light.level * (1 + left * np.sin(phase)), np.float32)


def place_number(calibration: CameraCalibration) -> int:
    """A number that tells cameras of one seed apart."""
    return zlib.crc32(repr(calibration.position_m).encode())
