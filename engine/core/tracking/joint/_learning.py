"""What the detectors are like, learnt while they run: how boxes err, told by bodies that other boxes place well."""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from engine.core.tracking.joint._compiled import compiled
from engine.core.tracking.joint._evidence import variances

_CAMERAS, _CLEAR = 3, 0.7
_MEMORY = 3000.0
_WORST = 9.0
_LEAST_INFO = 1e-3
_PIXEL2 = 1.5**2


@compiled
def learn(boxes, crowd, after, learnt, sums):
    """Add a round to ``sums`` (4,): squares and count of the relative errors of centres, then of feet.

    Each box's error is that from where all other evidence puts its body, and its own variance's share of it (an
    expectation-maximisation step).
    """
    for i in range(len(crowd.ref)):
        if np.sum(crowd.box[:, i] >= 0) < _CAMERAS:
            continue
        xx, xy, yy = after.cov[i, 0, 0], after.cov[i, 0, 1], after.cov[i, 1, 1]
        det = xx * yy - xy * xy
        a, b, c = yy / det, -xy / det, xx / det
        mx, my = after.state[i, 0] - crowd.ref[i, 0], after.state[i, 1] - crowd.ref[i, 1]
        for camera in range(len(crowd.box)):
            d = crowd.box[camera, i]
            if d < 0 or crowd.clear[camera, i] <= _CLEAR or crowd.hidden[camera, i] or np.any(boxes.cut[d]):
                continue
            fit = crowd.fits[d, i, 0]
            la, lb, lc = a - fit[0] + _LEAST_INFO, b - fit[1], c - fit[2] + _LEAST_INFO
            det = la * lc - lb * lb
            if det < _LEAST_INFO or la <= 0:
                continue
            u, v = a * mx + b * my - fit[3], b * mx + c * my - fit[4]
            x, y = (lc * u - lb * v) / det, (la * v - lb * u) / det
            _compare(
                boxes.value[d],
                (crowd.shape[camera, i], crowd.slope[camera, i]),
                learnt,
                (x, y, lc / det, -lb / det, la / det),
                sums,
            )
    for at in (0, 2):
        if sums[at + 1] > _MEMORY:
            sums[at] *= _MEMORY / sums[at + 1]
            sums[at + 1] = _MEMORY


@compiled
def _compare(box, body, learnt, place, sums):
    shape, slope = body
    x, y, xx, xy, yy = place
    spread = variances(shape, learnt)
    seen = ((box[0] + box[2]) / 2, box[3])
    for part in range(2):
        along_x, along_y = slope[2 * part], slope[2 * part + 1]
        off = seen[part] - shape[part] - along_x * x - along_y * y
        doubt = along_x * along_x * xx + 2 * along_x * along_y * xy + along_y * along_y * yy
        gain = spread[part] / (spread[part] + doubt)
        size = shape[3] if part == 0 else shape[1] - shape[2]
        at = 0 if part == 0 else 2
        square = ((gain * off) ** 2 + gain * doubt - _PIXEL2) / (size * size)
        sums[at] += min(max(square, 0.0), _WORST * sums[at] / sums[at + 1])
        sums[at + 1] += 1
