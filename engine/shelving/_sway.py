"""Whether what came to weigh on a plate is goods, which lie still, or a hand or an arm, which sways.

Both are hypotheses about the trace since it came: noise alone, or noise and swaying in two bands. Their likelihood
ratio is that of the trace's cosine transform, whose coefficients are nearly independent (Whittle 1953).
"""

from math import log

import numpy as np
from scipy.fft import dct

from engine.domain import Floats

# Posture sways below 3 Hz, and the tremor of muscles that hold an arm is at 8 to 12 Hz (McAuley and Marsden 2000).
# How much of the weight, root mean square: assumed, somewhat less than the twin's arms.
_BANDS: tuple[tuple[float, float, float], ...] = ((0.0, 3.0, 0.03), (6.0, 13.0, 0.012))
# A hand is 0.6 % of a body's mass (Dempster 1955). What weighs less than a light one is as much less often a hand as
# the square of it.
_HAND_G, _LIGHT = 250.0, 2.0
# Nothing lies quite still: so much of a change may ring, or creep.
_SHAPE_SHARE = 0.003


def hand_nats(t_s: Floats, changes_g: Floats, came_g: float, *, sigma_g: float) -> float:
    """How much likelier it is that a hand weighs ``came_g`` on a plate than that goods do.

    Judged by the plate's trace (rows,) since it came; ``sigma_g`` is a sample's noise.
    """
    rows = len(t_s)
    power = dct(changes_g - changes_g.mean(), norm="ortho") ** 2
    hz = np.arange(rows) * (rows - 1) / (2 * rows * float(t_s[-1] - t_s[0]))
    noise, nats = sigma_g**2 + (_SHAPE_SHARE * came_g) ** 2, _LIGHT * log(min(came_g / _HAND_G, 1.0))
    for least_hz, most_hz, share in _BANDS:
        band = power[(hz > least_hz) & (hz <= most_hz)]
        if len(band):
            both = noise + rows * (share * came_g) ** 2 / len(band)
            nats += 0.5 * float(band.sum() * (1 / noise - 1 / both) - len(band) * log(both / noise))
    return nats
