"""Sweeps: camera by camera the best assignment of its boxes, given everybody's prior and all other cameras' boxes."""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np

from engine.core.tracking.joint._assign import assign
from engine.core.tracking.joint._compiled import compiled
from engine.core.tracking.joint._evidence import add_box, gathered, weigh
from engine.core.tracking.joint._gauss import QUIET_MODES, posterior, refer, worth, zeros_of
from engine.core.tracking.joint._scene import look

_LEAST_LOG_EXISTS = -4.0


@compiled
def log_exists(logit):
    """Log probability that somebody exists."""
    return -math.log1p(math.exp(-logit))


@compiled
def relate(scene, boxes, crowd, learnt):
    """Look at everybody from where they are, and weigh all boxes anew."""
    look(scene, crowd, learnt[2])
    weigh(scene, boxes, crowd, learnt)


@compiled
def settle(scene, boxes, crowd, modes, learnt):
    """Move everybody's reference point to where their boxes put them, and weigh all boxes anew."""
    evidence, out = np.zeros(6), zeros_of(modes)
    for i in range(len(crowd.ref)):
        gathered(crowd, i, evidence)
        posterior(crowd.prior, i, modes, evidence, out)
        refer(crowd, i, crowd.ref[i, 0] + out[0], crowd.ref[i, 1] + out[1])
    relate(scene, boxes, crowd, learnt)


@compiled
def sweep(boxes, crowd, order):
    """One assignment for each camera, those with most boxes first."""
    count = len(crowd.ref)
    whole = np.zeros((count, 6))
    for i in range(count):
        gathered(crowd, i, whole[i])
    for c in order:
        first, last = boxes.start[c], boxes.start[c + 1]
        if first == last:
            continue
        gain, hidden = np.zeros((last - first, count)), np.zeros((last - first, count), dtype=np.intp)
        for i in range(count):
            if crowd.box[c, i] >= 0:
                add_box(crowd, c, i, -1.0, whole[i])
                crowd.box[c, i] = -1
            if crowd.shown[c, i] > 0:
                _gains(boxes, crowd, (c, i), whole[i], gain, hidden)
        chosen = assign(gain)
        for row in range(last - first):
            i = chosen[row]
            if i >= 0:
                crowd.box[c, i], crowd.hidden[c, i] = first + row, hidden[row, i]
                add_box(crowd, c, i, 1.0, whole[i])


@compiled
def _gains(boxes, crowd, which, others, gain, hidden):
    """What each box of a camera would add to somebody, and whether its foot is then hidden."""
    c, i = which
    first, fits = boxes.start[c], crowd.fits
    base, known = 0.0, False
    for d in range(first, boxes.start[c + 1]):
        if not crowd.near[d, i]:
            continue
        if not known:
            base = worth(crowd.prior, i, QUIET_MODES, others[0], others[1], others[2], others[3], others[4])
            found = crowd.found[c, i]
            base -= math.log(found / (1 - found)) + max(log_exists(crowd.logit[i]), _LEAST_LOG_EXISTS)
            known = True
        for mode in range(2):
            value = fits[d, i, mode, 5] - boxes.value[d, 5] - base
            value += worth(
                crowd.prior, i, QUIET_MODES,
                others[0] + fits[d, i, mode, 0], others[1] + fits[d, i, mode, 1], others[2] + fits[d, i, mode, 2],
                others[3] + fits[d, i, mode, 3], others[4] + fits[d, i, mode, 4],
            )  # fmt: skip
            if value > gain[d - first, i]:
                gain[d - first, i], hidden[d - first, i] = value, mode
