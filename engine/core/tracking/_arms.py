"""Elbows and wrists in 3-D: what cameras saw of an arm against what an arm can be.

A hand at a shelf is hidden from most cameras, and where a pose model cannot see a hand it guesses one nearer to the
body. So single views are believed by their scores, with heavy tails; an arm farther away than the body, less; and a
forearm has its length: rays that contradict each other must not shorten it.

Numba kernels, for every frame asks for it: in numpy the same took 20 times as long, over a fifth of all that an engine
does. Neither fused multiplication nor another order of sums is allowed to them, so they agree to the byte everywhere.
"""
# Numba infers the types of kernels.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

from dataclasses import dataclass

import numpy as np

from engine.core.tracking._kernels import kernel
from engine.domain import Floats

_LEFT_SHOULDER = 5  # then the right one; then elbows and wrists, left before right

# Spread of an elbow and a wrist with score 1, which a score divides: measured on rendered shoppers who reach, hidden
# hands included.
_SURE_M = (0.03, 0.05)
_LEAST_SCORE = 0.1
_BEHIND_BODY = 3.0  # so much more when the arm is straight behind the body
_LEAST_M = 0.03
_SPEED_MPS = 0.35  # against the body
_TAIL = 2.0  # degrees of freedom of Student's t

# About .16 and .14 of a height of 1.4 to 1.9 m (R. Drillis, R. Contini, Body Segment Parameters, 1966; shoulders as
# pose models mark them lie a little down the arm).
_UPPER_ARM_M, _UPPER_ARM_SIGMA_M = 0.25, 0.03
_FOREARM_M, _FOREARM_SIGMA_M = 0.24, 0.03
_NO_SHOULDER_M = 1.0
_LOOSE_M = (0.8, 1.0)  # spread of elbows and wrists about their shoulder
_ROUNDS = 5


@dataclass(frozen=True)
class Lines:
    """Lines of sight of T bodies from V views: ``rays`` (T, V, 17, 3), ``origin`` (T, V, 3), ``scores`` (T, V, 17).

    A score of 0 marks an unseen joint. ``late_s`` (T, V) is the views' age, ``pixel_m`` (T, V) what the blur of a
    joint in a picture is at the body.
    """

    rays: Floats
    origin: Floats
    scores: Floats
    late_s: Floats
    pixel_m: Floats


def place_arms(joints: Floats, sigmas: Floats, lines: Lines) -> tuple[Floats, Floats]:
    """Joints (T, 17, 3) and sigmas (T, 17) with elbows and wrists placed anew; a sigma of 0 stays one."""
    given = (joints, sigmas, lines.rays, lines.origin, lines.scores, lines.late_s, lines.pixel_m)
    placed: tuple[Floats, Floats] = _place(*(np.ascontiguousarray(array, np.float64) for array in given))
    return placed


@kernel()
def _doubt(joints, sigmas, origin, side):
    """How much less an arm is believed in each of V views, for being behind its body there."""
    left, right = joints[_LEFT_SHOULDER], joints[_LEFT_SHOULDER + 1]
    doubt = np.ones(len(origin))
    if sigmas[_LEFT_SHOULDER] > 0 and sigmas[_LEFT_SHOULDER + 1] > 0:
        across = left - right if side == 0 else right - left
        across /= _length(across)
        for v in range(len(origin)):
            sight = (left + right) / 2 - origin[v]
            doubt[v] += (_BEHIND_BODY - 1) * max(_dot(across, sight) / _length(sight), 0.0)
    return doubt


@kernel()
def _weigh(scores, doubt, late_s, pixel_m, weight):
    """Fill in one over the squared error of each view (2, V) of an elbow and a wrist; 0 where it does not see it."""
    for v in range(len(scores)):
        blur_m2 = pixel_m[v] ** 2 + (_SPEED_MPS * late_s[v]) ** 2 + _LEAST_M**2
        for part in range(2):
            guess_m = _SURE_M[part] * doubt[v] / max(scores[v, part], _LEAST_SCORE)
            weight[part, v] = 1 / (guess_m**2 + blur_m2) if scores[v, part] > 0 else 0.0


@kernel()
def _bring_near(rays, origin, nearest):
    """Fill in the points (2, V, 3) on the rays (V, 2, 3) that are nearest to the store's origin."""
    for v in range(len(rays)):
        for part in range(2):
            along = _dot(rays[v, part], origin[v])
            for axis in range(3):
                nearest[part, v, axis] = origin[v, axis] - along * rays[v, part, axis]


@kernel()
def _start(shoulder, arm, seen, placed):
    """Fill in where an elbow and a wrist (2, 3) are to begin: as they are, hanging where nobody saw them."""
    for part in range(2):
        placed[part] = arm[part] if seen[part] else shoulder
        if not seen[part]:
            placed[part, 2] -= _UPPER_ARM_M + part * _FOREARM_M


@kernel()
def _fit(shoulder, unsure_m, rays, nearest, weight, placed, spread_m):
    """Place an elbow and a wrist (2, 3), and fill in how sure each is (2,).

    From rays (V, 2, 3), their ``nearest`` points (2, V, 3) and ``weight`` (2, V), about a shoulder whose sigma is
    ``unsure_m``.
    """
    upper_m2 = _UPPER_ARM_SIGMA_M**2 + unsure_m**2 if unsure_m > 0 else _NO_SHOULDER_M**2
    information, target, variance = np.empty((6, 6)), np.empty(6), np.empty(6)
    for turn in range(_ROUNDS + 1):
        sharp = turn == _ROUNDS
        information[:], target[:] = 0.0, 0.0
        for part in range(2):
            _look_along(rays[:, part], nearest[part], weight[part], placed[part], sharp, information, target, part)
            for axis in range(3):
                information[3 * part + axis, 3 * part + axis] += 1 / _LOOSE_M[part] ** 2
                target[3 * part + axis] += shoulder[axis] / _LOOSE_M[part] ** 2
        _keep_lengths(shoulder, upper_m2, placed, information, target)
        _decompose(information)
        if not sharp:
            _substitute(information, target)
            placed[0], placed[1] = target[:3], target[3:]
    _invert(information, variance)
    for part in range(2):
        excess, views = 0.0, 0
        for v in range(len(rays)):
            excess += weight[part, v] * _off2(placed[part], nearest[part, v], rays[v, part])
            views += weight[part, v] > 0
        spread_m[part] = np.sqrt(variance[3 * part : 3 * part + 3].mean() * max(excess / max(2 * views, 1), 1.0))


@kernel()
def _look_along(rays, nearest, weight, placed, sharp, information, target, part):
    """Add what the rays (V, 3) to one joint say of it to the information (6, 6) and its target (6,).

    Rays that the joint lies far from are believed less. ``sharp``: what a ray adds to how sure a place is, not how
    strongly it pulls there: far from it, nothing.
    """
    for v in range(len(rays)):
        misfit = weight[v] * _off2(placed, nearest[v], rays[v])
        believed = weight[v] * (_TAIL + 2) / (_TAIL + misfit)
        if sharp:
            believed *= max(_TAIL - misfit, 0.0) / (_TAIL + misfit)
        for a in range(3):
            for b in range(3):
                across = (1.0 if a == b else 0.0) - rays[v, a] * rays[v, b]
                information[3 * part + a, 3 * part + b] += believed * across
            target[3 * part + a] += believed * nearest[v, a]


@kernel()
def _keep_lengths(shoulder, upper_m2, placed, information, target):
    """Add that an upper arm and a forearm point as they do and have their lengths."""
    upper, fore = placed[0] - shoulder, placed[1] - placed[0]
    upper /= _length(upper)
    fore /= _length(fore)
    length_m = _UPPER_ARM_M + _dot(upper, shoulder)
    for a in range(3):
        target[a] += upper[a] * length_m / upper_m2 - fore[a] * _FOREARM_M / _FOREARM_SIGMA_M**2
        target[3 + a] += fore[a] * _FOREARM_M / _FOREARM_SIGMA_M**2
        for b in range(3):
            apart = fore[a] * fore[b] / _FOREARM_SIGMA_M**2
            information[a, b] += upper[a] * upper[b] / upper_m2 + apart
            information[3 + a, 3 + b] += apart
            information[a, 3 + b] -= apart
            information[3 + a, b] -= apart


@kernel()
def _decompose(matrix):
    """Cholesky's decomposition of a symmetric positive matrix (6, 6), in its place: its lower triangle."""
    for a in range(6):
        for b in range(a + 1):
            rest = matrix[a, b]
            for c in range(b):
                rest -= matrix[a, c] * matrix[b, c]
            matrix[a, b] = np.sqrt(rest) if a == b else rest / matrix[b, b]


@kernel()
def _substitute(lower, target):
    """Solve lower @ lower.T @ x = target (6,), in the target's place."""
    for a in range(6):
        for b in range(a):
            target[a] -= lower[a, b] * target[b]
        target[a] /= lower[a, a]
    for a in range(5, -1, -1):
        for b in range(a + 1, 6):
            target[a] -= lower[b, a] * target[b]
        target[a] /= lower[a, a]


@kernel()
def _invert(lower, variance):
    """Fill in the diagonal (6,) of the inverse of lower @ lower.T."""
    unit = np.empty(6)
    for a in range(6):
        unit[:] = 0.0
        unit[a] = 1.0
        _substitute(lower, unit)
        variance[a] = unit[a]


@kernel()
def _off2(place, nearest, ray):
    """The squared distance of a ray from a place."""
    off2, along = 0.0, 0.0
    for axis in range(3):
        off = place[axis] - nearest[axis]
        off2 += off * off
        along += off * ray[axis]
    return max(off2 - along * along, 0.0)


@kernel()
def _dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel()
def _length(vector):
    return max(np.sqrt(_dot(vector, vector)), 1e-6)


# What it takes is said: it is compiled when the module is imported, and the first frame of a day is not kept waiting.
@kernel(
    "Tuple((f8[:,:,::1], f8[:,::1]))"
    "(f8[:,:,::1], f8[:,::1], f8[:,:,:,::1], f8[:,:,::1], f8[:,:,::1], f8[:,::1], f8[:,::1])"
)
def _place(joints, sigmas, rays, origin, scores, late_s, pixel_m):
    """As ``place_arms`` says; what is given stays as it is."""
    joints, sigmas = joints.copy(), sigmas.copy()
    views = origin.shape[1]
    nearest, weight = np.empty((2, views, 3)), np.empty((2, views))
    placed, spread_m = np.empty((2, 3)), np.empty(2)
    for t in range(len(joints)):
        for side in range(2):
            shoulder, arm = _LEFT_SHOULDER + side, slice(_LEFT_SHOULDER + side + 2, _LEFT_SHOULDER + side + 5, 2)
            seen = sigmas[t, arm] > 0
            if not seen.any():
                continue
            arm_rays, arm_scores = rays[t, :, arm], scores[t, :, arm]
            doubt = _doubt(joints[t], sigmas[t], origin[t], side)
            _weigh(arm_scores, doubt, late_s[t], pixel_m[t], weight)
            _bring_near(arm_rays, origin[t], nearest)
            _start(joints[t, shoulder], joints[t, arm], seen, placed)
            _fit(joints[t, shoulder], sigmas[t, shoulder], arm_rays, nearest, weight, placed, spread_m)
            for part in range(2):
                if seen[part]:
                    joints[t, shoulder + 2 + 2 * part] = placed[part]
                    sigmas[t, shoulder + 2 + 2 * part] = spread_m[part]
    return joints, sigmas
