"""What is believed of everybody between two rounds, and how time and evidence change it.

People stand, walk on, or manoeuvre; now and then an annotation, a camera's clock or a crowd makes them jump. The ways
to move form a Markov chain, and after a round their mixture is again one Gaussian (generalised pseudo-Bayes of first
order; Y. Bar-Shalom, X. R. Li, T. Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001).
"""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202
# mypy: allow-untyped-defs, allow-untyped-calls

import math
from typing import NamedTuple

import numpy as np

from engine.core.tracking.joint._compiled import compiled
from engine.core.tracking.joint._evidence import gathered
from engine.core.tracking.joint._gauss import MODES, QUIET_MODES, posterior, refer, worth, zeros_of
from engine.core.tracking.joint._scene import floor_at
from engine.domain import Floats

# By mode: spread of the acceleration, m/s², and share of the velocity that lasts half a second.
_PUSH_MPS2 = np.array([0.0, 0.4, 1.3, 0.0])
_LASTS = np.array([0.0, 1.0, 0.7, 0.6])
_STANDS_M, _STANDS_MPS = 0.08, 0.2  # of who stands, per root of a second; and how fast they set off
_JUMP_M, _JUMP_MPS = 0.7, 0.9
_JUMPS, _CHANGES = 0.03, 0.10  # in half a second
MODES_USUAL = np.array([0.15, 0.70, 0.15, 0.0])
_STEP_S = 0.5
_STAY = 2
MOST_LOGIT, LEAST_LOGIT = 8.0, -9.0


class Beliefs(NamedTuple):
    """Of N people: places and velocities (N, 4), covariances (N, 4, 4), shares of the modes (N, M), log odds (N,)."""

    state: Floats
    cov: Floats
    share: Floats
    logit: Floats


@compiled
def chain():
    """How modes follow each other in half a second, (M, M)."""
    table = np.zeros((MODES, MODES))
    for a in range(QUIET_MODES):
        for b in range(QUIET_MODES):
            table[a, b] = (1 - _CHANGES if a == b else _CHANGES / (QUIET_MODES - 1)) * (1 - _JUMPS)
        table[a, MODES - 1] = _JUMPS
    table[MODES - 1] = MODES_USUAL * (1 - _JUMPS)
    table[MODES - 1, MODES - 1] = _JUMPS
    return table


@compiled
def predict(scene, beliefs, crowd, step_s):
    """Fill in the priors of a round ``step_s`` later; gives each mode's state (N, M, 4) and covariance (N, M, 4, 4)."""
    count = len(beliefs.state)
    state, cov = np.zeros((count, MODES, 4)), np.zeros((count, MODES, 4, 4))
    table = chain()
    for i in range(count):
        for k in range(MODES):
            share = 0.0
            for a in range(MODES):
                share += beliefs.share[i, a] * table[a, k]
            crowd.log_mode[i, k] = math.log(share + 1e-9)
            _move(beliefs.state[i], beliefs.cov[i], (k, step_s), state[i, k], cov[i, k])
            a, b, c = cov[i, k, 0, 0], cov[i, k, 0, 1], cov[i, k, 1, 1]
            det = a * c - b * b
            crowd.prior[i, k, 0], crowd.prior[i, k, 1], crowd.prior[i, k, 2] = c / det, -b / det, a / det
            crowd.log_norm[i, k] = -0.5 * math.log(det)
            crowd.mean[i, k] = state[i, k, :2]
        x = y = total = 0.0
        for k in range(QUIET_MODES):
            share = math.exp(crowd.log_mode[i, k])
            total += share
            x += share * state[i, k, 0]
            y += share * state[i, k, 1]
        refer(crowd, i, x / total, y / total)
        stays = floor_at(scene, crowd.ref[i, 0], crowd.ref[i, 1], _STAY) ** (step_s / _STEP_S)
        exists = stays / (1 + math.exp(-beliefs.logit[i]))
        crowd.logit[i] = math.log(exists / (1 - exists))
    return state, cov


@compiled
def _move(state, cov, how, new_state, new_cov):
    k, step_s = how
    lasts = _LASTS[k]
    way_s = step_s * lasts
    push = _PUSH_MPS2[k] ** 2
    at, cross, speed = push * step_s**4 / 4, push * step_s**3 / 2, push * step_s**2
    if k == 0:
        at, speed = _STANDS_M**2 * step_s, _STANDS_MPS**2
    elif k == MODES - 1:
        at, speed = _JUMP_M**2, _JUMP_MPS**2
    for a in range(2):
        new_state[a] = state[a] + way_s * state[2 + a]
        new_state[2 + a] = lasts * state[2 + a]
        for b in range(2):
            both = cov[a, 2 + b] + cov[2 + a, b]
            new_cov[a, b] = cov[a, b] + way_s * both + way_s * way_s * cov[2 + a, 2 + b]
            new_cov[a, 2 + b] = lasts * (cov[a, 2 + b] + way_s * cov[2 + a, 2 + b])
            new_cov[2 + a, b] = lasts * (cov[2 + a, b] + way_s * cov[2 + a, 2 + b])
            new_cov[2 + a, 2 + b] = lasts * lasts * cov[2 + a, 2 + b]
        new_cov[a, a] += at
        new_cov[a, 2 + a] += cross
        new_cov[2 + a, a] += cross
        new_cov[2 + a, 2 + a] += speed


@compiled
def conclude(boxes, crowd, moved, speed_mps, step_s):
    """Beliefs after a round, of the tracks and then of the newborn; ``moved``: what ``predict`` gave.

    ``speed_mps``: how fast the newborn may walk. Cameras that miss somebody
    do so for a while: rounds in quick succession count for the less.
    """
    count, tracks = len(crowd.ref), len(moved[0])
    after = Beliefs(np.zeros((count, 4)), np.zeros((count, 4, 4)), np.zeros((count, MODES)), np.zeros(count))
    evidence, out, share = np.zeros(6), zeros_of(MODES), min(1.0, step_s / _STEP_S)
    for i in range(count):
        gathered(crowd, i, evidence)
        posterior(crowd.prior, i, MODES, evidence, out)
        seen = np.any(crowd.box[:, i] >= 0)
        odds = evidence[5]
        for c in range(len(crowd.box)):
            chance, d = crowd.found[c, i], crowd.box[c, i]
            odds += math.log(max(chance, 0.05)) - boxes.value[d, 4] if d >= 0 else share * math.log(1 - chance)
        if seen:
            odds += worth(crowd.prior, i, MODES, evidence[0], evidence[1], evidence[2], evidence[3], evidence[4])
        if i < tracks:
            after.logit[i] = min(max(crowd.logit[i] + odds, LEAST_LOGIT), MOST_LOGIT)
            _merge(crowd.ref[i], moved[0][i], moved[1][i], out, (after.state[i], after.cov[i], after.share[i]))
        else:
            after.logit[i] = min(odds, MOST_LOGIT)
            after.state[i, 0], after.state[i, 1] = crowd.ref[i, 0] + out[0], crowd.ref[i, 1] + out[1]
            after.cov[i, 0, 0], after.cov[i, 0, 1], after.cov[i, 1, 1] = out[2], out[3], out[4]
            after.cov[i, 1, 0] = out[3]
            after.cov[i, 2, 2] = after.cov[i, 3, 3] = speed_mps**2
            after.share[i] = MODES_USUAL
    return after


@compiled
def _merge(ref, states, covs, out, into):
    """One Gaussian of all modes, each corrected by its posterior place."""
    state, cov, share = into
    each, spread = np.zeros((MODES, 4)), np.zeros((MODES, 4, 4))
    gain = np.zeros((4, 2))
    for k in range(MODES):
        at = 5 + 6 * k
        share[k] = out[at]
        P = covs[k]
        det = P[0, 0] * P[1, 1] - P[0, 1] * P[1, 0]
        for a in range(4):
            gain[a, 0] = (P[a, 0] * P[1, 1] - P[a, 1] * P[1, 0]) / det
            gain[a, 1] = (P[a, 1] * P[0, 0] - P[a, 0] * P[0, 1]) / det
        ox, oy = out[at + 1] + ref[0] - states[k, 0], out[at + 2] + ref[1] - states[k, 1]
        less_xx, less_xy, less_yy = P[0, 0] - out[at + 3], P[0, 1] - out[at + 4], P[1, 1] - out[at + 5]
        for a in range(4):
            each[k, a] = states[k, a] + gain[a, 0] * ox + gain[a, 1] * oy
            state[a] += share[k] * each[k, a]
            for b in range(4):
                spread[k, a, b] = P[a, b] - (
                    gain[a, 0] * (less_xx * gain[b, 0] + less_xy * gain[b, 1])
                    + gain[a, 1] * (less_xy * gain[b, 0] + less_yy * gain[b, 1])
                )
    for k in range(MODES):
        for a in range(4):
            for b in range(4):
                apart = (each[k, a] - state[a]) * (each[k, b] - state[b])
                cov[a, b] += share[k] * (spread[k, a, b] + apart)
