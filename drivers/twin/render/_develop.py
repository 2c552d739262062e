"""Numba kernels that work on finished pixels: what the sensor makes of the light."""

# Numba infers the types of kernels; one call must carry a whole frame's arrays.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math
from typing import Any

import numba
import numpy as np

from drivers.twin.render._raster import SHOULDER, WHITE

_compiled: Any = numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")

_BEND = np.float32(SHOULDER / (WHITE * 255.0 * 255.0))
_TOE = np.float32(256.0)  # 16 levels squared: gamma is straight down there, and does not stretch the read-out's noise


@_compiled
def expose(picture, gains, rows, noise, starts, spread, out):
    """A picture (H, 3 W) in another light, with noise.

    Light is multiplied by gains (3 W,) and rows (H,), the tone curve of ``_raster`` before and after: with v the value,
    g the gain and c the curve's bend, v' = v sqrt(g / (1 + c (g - 1) v^2)). Then each row gets its stretch of the noise
    strip (int8), which begins at starts (H,), times spread[0] sqrt(1 + spread[1] / v'^2).
    """
    one, top, half = np.float32(1), np.float32(255), np.float32(0.5)
    for y in range(picture.shape[0]):
        start, row = starts[y], rows[y]
        for i in range(picture.shape[1]):
            value = np.float32(picture[y, i])
            gain = gains[i] * row
            squared = value * value
            squared = squared * gain / (one + _BEND * (gain - one) * squared)
            sigma = spread[0] * np.float32(math.sqrt(one + spread[1] / (squared + _TOE)))
            seen = np.float32(math.sqrt(squared)) + sigma * np.float32(noise[start + i]) + half
            out[y, i] = np.uint8(min(max(seen, np.float32(0)), top))
