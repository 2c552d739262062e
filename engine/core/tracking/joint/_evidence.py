"""What each box says of each body: linear about the body's reference point, with the foot seen and with it hidden.

A box is the shadow of an upright cylinder: centre, foot and head err by shares of its width and height. Where the foot
is hidden the box ends above it. An edge that the picture cuts says only on which side the body's edge lies.
"""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202, PLR0915
# mypy: allow-untyped-defs, allow-untyped-calls

import math

from engine.core.tracking.joint._compiled import compiled
from engine.core.tracking.joint._scene import HEIGHT_M

_PIXEL = 1.5
_TALL_SIGMA_M = 0.06
_SHORT_OF, _SHORT_SIGMA = 0.20, 0.10  # of a box with hidden feet, in body heights
_CLEAR, _CUT_CLEAR, _CUT_HIDDEN = 0.75, 0.01, 0.30
_REACH_M2, _REACH = 2.2**2, 6.0**2
_SPREAD_M2 = 0.1
_IMPOSSIBLE = -1e9
_LOG_2PI = math.log(2 * math.pi)


@compiled
def variances(shape, noise):
    """Of centre, foot and head in a picture, px²; ``noise``: relative variances of the centre and of foot and head."""
    tall = max(shape[1] - shape[2], 10.0)
    more = (_TALL_SIGMA_M / HEIGHT_M) ** 2
    pixel = _PIXEL * _PIXEL
    return (
        noise[0] * shape[3] * shape[3] + pixel,
        noise[1] * tall * tall + pixel,
        (noise[1] + more) * tall * tall + pixel,
    )


@compiled
def weigh(scene, boxes, crowd, noise):
    """Fill in what every box says of everybody within reach."""
    cameras, count = crowd.found.shape
    start, value, cut, near, fits = boxes.start, boxes.value, boxes.cut, crowd.near, crowd.fits
    near[:] = False
    for c in range(cameras):
        height = scene.camera[c, 5]
        for i in range(count):
            if crowd.shown[c, i] <= 0:
                continue
            shape, slope, clear = crowd.shape[c, i], crowd.slope[c, i], crowd.clear[c, i]
            spread = variances(shape, noise)
            for d in range(start[c], start[c + 1]):
                near[d, i] = weigh_box((height, clear), value[d], cut[d], (shape, slope, spread), fits[d, i])


@compiled
def weigh_box(view, value, cut, body, fits):
    """Fill in what one box says of one body, if it is within reach; ``view``: height of the picture, share in sight."""
    shape, slope, spread = body
    half = shape[3] / 2
    centre = (value[0] + value[2]) / 2
    if cut[0]:
        centre = value[2] - half
    elif cut[1]:
        centre = value[0] + half
    off_x = centre - shape[0]
    x0, x1 = slope[0], slope[1]
    if off_x * off_x > _REACH_M2 * (x0 * x0 + x1 * x1) + _REACH * spread[0]:
        return False
    off_head, h0, h1 = value[1] - shape[2], slope[4], slope[5]
    if off_head * off_head > _REACH_M2 * (h0 * h0 + h1 * h1) + _REACH * spread[2] and not cut[2]:
        return False
    off_foot, f0, f1 = value[3] - shape[1], slope[2], slope[3]
    tall = max(shape[1] - shape[2], 10.0)
    xx, xy, yy = x0 * x0 / spread[0], x0 * x1 / spread[0], x1 * x1 / spread[0]
    ux, uy = x0 * off_x / spread[0], x1 * off_x / spread[0]
    factor = -0.5 * (off_x * off_x / spread[0] + math.log(spread[0])) - 1.5 * _LOG_2PI
    if cut[2]:
        loose = spread[2] + _SPREAD_M2 * (h0 * h0 + h1 * h1)
        factor -= 0.5 * max(0.0, -off_head) ** 2 / loose + math.log(max(value[3] - value[1], 20.0)) - _LOG_2PI / 2
    else:
        xx, xy, yy = xx + h0 * h0 / spread[2], xy + h0 * h1 / spread[2], yy + h1 * h1 / spread[2]
        ux, uy = ux + h0 * off_head / spread[2], uy + h1 * off_head / spread[2]
        factor -= 0.5 * (off_head * off_head / spread[2] + math.log(spread[2]))
    chance_cut = _CUT_HIDDEN if view[1] < _CLEAR else _CUT_CLEAR
    for mode in range(2):
        log_factor = factor + math.log(chance_cut if mode else 1 - chance_cut)
        variance, off = spread[1], off_foot
        if mode:
            variance, off = variance + (_SHORT_SIGMA * tall) ** 2, off + _SHORT_OF * tall
        if cut[3]:
            loose = spread[1] + _SPREAD_M2 * (f0 * f0 + f1 * f1)
            log_factor -= 0.5 * max(0.0, off) ** 2 / loose + math.log(0.4 * view[0]) - _LOG_2PI / 2
            variance = 1e12
            if mode:
                log_factor += _IMPOSSIBLE
        else:
            log_factor -= 0.5 * (off * off / variance + math.log(variance))
        fits[mode, 0] = xx + f0 * f0 / variance
        fits[mode, 1] = xy + f0 * f1 / variance
        fits[mode, 2] = yy + f1 * f1 / variance
        fits[mode, 3] = ux + f0 * off / variance
        fits[mode, 4] = uy + f1 * off / variance
        fits[mode, 5] = log_factor
    return True


@compiled
def gathered(crowd, i, out):
    """Sum up the evidence of somebody's boxes, into ``out`` (6,)."""
    out[:] = 0.0
    for c in range(crowd.box.shape[0]):
        add_box(crowd, c, i, 1.0, out)


@compiled
def add_box(crowd, c, i, times, out):
    """Add the evidence of somebody's box in a camera, so many times; a box that has come out of reach is absurd."""
    d = crowd.box[c, i]
    if d >= 0 and crowd.near[d, i]:
        for n in range(6):
            out[n] += times * crowd.fits[d, i, crowd.hidden[c, i], n]
    elif d >= 0:
        out[5] += times * _IMPOSSIBLE
