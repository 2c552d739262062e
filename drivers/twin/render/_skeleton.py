"""Numba kernels of the skeleton: gait, least effort of a reach, two-bone arms, forward kinematics.

Angles are in the body's own frame (x forward, y left, z up): a positive turn about y leans forward.
"""
# Numba infers the types of kernels.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

from typing import Any

import numba
import numpy as np

from drivers.twin.render._body import BONE_PARENTS, BONE_ROW

_compiled: Any = numba.njit(cache=True, nogil=True)

_PARENTS = np.array(BONE_PARENTS)
_SPINE, _SPINE1, _SPINE2 = BONE_ROW["Spine"], BONE_ROW["Spine1"], BONE_ROW["Spine2"]
_NECK, _HEAD = BONE_ROW["Neck"], BONE_ROW["Head"]
_SHOULDER, _ARM, _FOREARM = (np.array([BONE_ROW[f"{side}{part}"] for side in ("Left", "Right")])
                             for part in ("Shoulder", "Arm", "ForeArm"))  # fmt: skip
_THIGH, _SHANK, _FOOT = (np.array([BONE_ROW[f"{side}{part}"] for side in ("Left", "Right")])
                         for part in ("UpLeg", "Leg", "Foot"))  # fmt: skip

_MAX_LEAN_RAD = 1.15
_MAX_CROUCH_RAD = 1.1
_SHELF_LEAN_RAD = 0.45
_MAX_TWIST_RAD = 0.8
_ARM_TWIST_RAD = 0.35  # bringing the reaching shoulder forward, beside turning to the target
_MAX_STEP_M = 0.4
_STEP_CLEARANCE_M = 0.30  # hips stay this far from the target: there is a shelf in between
_COMFORT = 0.93  # share of a stretched arm at which a person starts to lean
_EFFORT_ROUNDS = 8


@_compiled
def _turn(axis, angle):
    c, s = np.cos(angle), np.sin(angle)
    m = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    m[i, i], m[i, j], m[j, i], m[j, j] = c, -s, s, c
    return m


@_compiled
def _times(a, b):
    m = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            m[i, j] = a[i, 0] * b[0, j] + a[i, 1] * b[1, j] + a[i, 2] * b[2, j]
    return m


@_compiled
def _apply(a, v):
    r = np.empty(3)
    for i in range(3):
        r[i] = a[i, 0] * v[0] + a[i, 1] * v[1] + a[i, 2] * v[2]
    return r


@_compiled
def _align(a, b):
    """Shortest turn that takes the direction of a to that of b."""
    a = a / np.sqrt((a * a).sum())
    b = b / np.sqrt((b * b).sum())
    c = (a * b).sum()
    if c < -0.9999:
        return _turn(1, np.pi)
    x, y, z = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + k + _times(k, k) / (1 + c)


@_compiled
def _chain(rest, local, root):
    """World turns and shifts of all bones; the lower foot stands on the floor."""
    count = len(rest)
    turns = np.empty((count, 3, 3))
    shifts = np.empty((count, 3))
    for row in range(count):
        parent = _PARENTS[row]
        moved = rest[row] - _apply(local[row], rest[row])
        if parent < 0:
            base = _turn(2, root[2])
            turns[row] = _times(base, local[row])
            shifts[row] = _apply(base, moved)
            shifts[row, 0] += root[0]
            shifts[row, 1] += root[1]
        else:
            turns[row] = _times(turns[parent], local[row])
            shifts[row] = _apply(turns[parent], moved) + shifts[parent]
    sink = 1e9
    for foot in _FOOT:
        sink = min(sink, (_apply(turns[foot], rest[foot]) + shifts[foot])[2] - rest[foot, 2])
    shifts[:, 2] -= sink
    return turns, shifts


@_compiled
def _natural(rest, gait, stance):
    """Local turns of walking and posture (as ``solve`` has them) in a stance (lean, crouch, twist; radians)."""
    phase, swing = gait[0], gait[1]
    local = np.empty((len(rest), 3, 3))
    local[:] = np.eye(3)
    twist = stance[2]
    crouch = max(stance[1], gait[2] * _MAX_CROUCH_RAD)
    lean = max(stance[0], gait[3] * _SHELF_LEAN_RAD)
    for side in range(2):
        step = phase + np.pi * side
        flex = 0.42 * swing * np.sin(step) + 0.04 * swing
        knee = swing * (0.12 + 0.5 * max(0.0, np.sin(step + 1.9)) ** 1.5) + 0.04
        local[_THIGH[side]] = _turn(1, -flex - crouch - 0.45 * lean)
        local[_SHANK[side]] = _turn(1, knee + 2 * crouch)
        local[_FOOT[side]] = _turn(1, -0.4 * knee + 0.15 * flex - crouch)
        _hang_arm(rest, local, side, step + np.pi, swing)
    sway = swing * np.sin(phase)
    local[0] = _times(_turn(1, 0.45 * lean), _times(_turn(2, 0.10 * sway), _turn(0, -0.03 * swing * np.cos(phase))))
    local[_SPINE] = _times(_turn(1, 0.03 + 0.25 * lean), _turn(2, 0.4 * twist - 0.07 * sway))
    local[_SPINE1] = _times(_turn(1, 0.2 * lean), _turn(2, 0.4 * twist - 0.07 * sway))
    local[_SPINE2] = _times(_turn(1, 0.1 * lean), _turn(2, 0.2 * twist))
    local[_NECK] = _turn(1, 0.06 - 0.2 * lean)
    local[_HEAD] = _turn(1, 0.09 - 0.1 * lean)
    return local


@_compiled
def _hang_arm(rest, local, side, step, swing):
    outward = 1.0 if side == 0 else -1.0
    shoulder, elbow, wrist = rest[_ARM[side]], rest[_FOREARM[side]], rest[_FOREARM[side] + 1]
    angle = 0.38 * swing * np.sin(step) + 0.05
    bent = angle + 0.22 + 0.25 * swing * max(0.0, np.sin(step))
    upper = _align(elbow - shoulder, np.array([np.sin(angle), outward * 0.16, -np.cos(angle)]))
    fore = _align(_apply(upper, wrist - elbow), np.array([np.sin(bent), outward * 0.06, -np.cos(bent)]))
    local[_ARM[side]] = upper
    local[_FOREARM[side]] = _times(upper.T, _times(fore, upper))


@_compiled
def _shortfall(rest, palms, local, root, aims):
    """How much the farther aimed hand's distance exceeds a comfortable arm, metres; aims: (2, 4) target and weight."""
    turns, shifts = _chain(rest, local, root)
    worst = -1.0
    for side in range(2):
        if aims[side, 3] <= 0:
            continue
        bone = _SHOULDER[side]
        shoulder, elbow = rest[_ARM[side]], rest[_FOREARM[side]]
        at = _apply(turns[bone], shoulder) + shifts[bone]
        arm = np.sqrt(((elbow - shoulder) ** 2).sum()) + np.sqrt(((palms[side] - elbow) ** 2).sum())
        worst = max(worst, np.sqrt(((aims[side, :3] - at) ** 2).sum()) - _COMFORT * arm)
    return worst


@_compiled
def _bend_arm(rest, palm, local, side, aim):
    """Two-bone solution that puts the palm at ``aim`` (rest frame of the shoulder bone), elbow down and out."""
    outward = 1.0 if side == 0 else -1.0
    shoulder, elbow = rest[_ARM[side]], rest[_FOREARM[side]]
    upper_m = np.sqrt(((elbow - shoulder) ** 2).sum())
    fore_m = np.sqrt(((palm - elbow) ** 2).sum())
    towards = aim - shoulder
    distance = max(np.sqrt((towards * towards).sum()), 1e-6)
    towards = towards / distance
    distance = min(max(distance, abs(upper_m - fore_m) + 0.05), (upper_m + fore_m) * 0.9995)
    cosine = (upper_m**2 + distance**2 - fore_m**2) / (2 * upper_m * distance)
    angle = np.arccos(min(max(cosine, -1.0), 1.0))
    pole = np.array([-0.25, outward * 0.2, -1.0])
    pole = pole - towards * (pole * towards).sum()
    pole = pole / max(np.sqrt((pole * pole).sum()), 1e-6)
    to_elbow = (towards * np.cos(angle) + pole * np.sin(angle)) * upper_m
    upper = _align(elbow - shoulder, to_elbow)
    fore = _align(_apply(upper, palm - elbow), towards * distance - to_elbow)
    local[_ARM[side]] = upper
    local[_FOREARM[side]] = _times(upper.T, _times(fore, upper))


@_compiled
def _stepped(root, aims, effort):
    """The root after the hips have gone towards the aimed points as far as the effort asks."""
    moved = root.copy()
    total = max(aims[:, 3].sum(), 1e-9)
    dx = ((aims[:, 0] - root[0]) * aims[:, 3]).sum() / total
    dy = ((aims[:, 1] - root[1]) * aims[:, 3]).sum() / total
    distance = max(np.sqrt(dx * dx + dy * dy), 1e-9)
    step = effort * min(max(distance - _STEP_CLEARANCE_M, 0.0), _MAX_STEP_M) / distance
    moved[0] += dx * step
    moved[1] += dy * step
    return moved


@_compiled
def _stance(root, aims):
    """Lean, crouch and twist (radians, left positive) of the whole effort; high aims keep one upright."""
    lowest, twist = 9.0, 0.0
    total = max(aims[:, 3].sum(), 1e-9)
    for side in range(2):
        if aims[side, 3] > 0:
            lowest = min(lowest, aims[side, 2])
            bearing = np.arctan2(aims[side, 1] - root[1], aims[side, 0] - root[0]) - root[2]
            bearing = np.arctan2(np.sin(bearing), np.cos(bearing))
            twist += (bearing + (_ARM_TWIST_RAD if side == 1 else -_ARM_TWIST_RAD)) * aims[side, 3] / total
    lean = _MAX_LEAN_RAD * min(max((1.65 - lowest) / 0.4, 0.05), 1.0)
    crouch = _MAX_CROUCH_RAD * min(max((1.0 - lowest) / 0.6, 0.0), 1.0)
    return np.array([lean, crouch, min(max(twist, -_MAX_TWIST_RAD), _MAX_TWIST_RAD)])


@_compiled
def _effort(rest, palms, root, gait, aims):
    """Least share 0..1 of the greatest lean and step that brings every aimed hand within comfortable reach."""
    stance = _stance(root, aims)
    if _shortfall(rest, palms, _natural(rest, gait, 0 * stance), root, aims) <= 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_EFFORT_ROUNDS):
        middle = (low + high) / 2
        local = _natural(rest, gait, middle * stance)
        if _shortfall(rest, palms, local, _stepped(root, aims, middle), aims) > 0:
            low = middle
        else:
            high = middle
    return high


@_compiled
def _aims(targets, weights):
    aims = np.zeros((2, 4))
    aims[:, :3] = targets
    aims[:, 3] = weights
    return aims


@_compiled
def effort_of(rest, palms, root, gait, targets, weights):
    """The effort of a whole reach, 0..1; for one hand it is the same however far the hand is on its way."""
    return _effort(rest, palms, root, gait, _aims(targets, weights))


@_compiled
def solve(rest, palms, root, gait, targets, weights, whole_effort=-1.0):
    """World turns (22, 3, 3) and shifts (22, 3) of a pose.

    rest: joints (22, 3); palms: (2, 3) left, right; root: x, y, yaw; gait: phase, amplitude, crouch and lean of
    0..1; targets: (2, 3) in the store frame; weights: (2,), 0 for a hand that hangs; whole_effort: that of
    ``effort_of`` where it is known.
    """
    aims = _aims(targets, weights)
    going = max(weights[0], weights[1])
    if going <= 0:
        return _chain(rest, _natural(rest, gait, np.zeros(3)), root)
    effort = whole_effort if whole_effort >= 0 else _effort(rest, palms, root, gait, aims)
    effort *= going * going * (3 - 2 * going)
    local = _natural(rest, gait, effort * _stance(root, aims))
    root = _stepped(root, aims, effort)
    turns, shifts = _chain(rest, local, root)
    for side in range(2):
        if weights[side] > 0:
            bone, hand = _SHOULDER[side], _FOREARM[side] + 1
            natural = _apply(turns[hand], palms[side]) + shifts[hand]
            aim = natural + (targets[side] - natural) * weights[side]
            _bend_arm(rest, palms[side], local, side, _apply(turns[bone].T, aim - shifts[bone]))
    return _chain(rest, local, root)


@_compiled
def points_of(bones, points, turns, shifts):
    """Rest points (n, 3) of bones (n,) carried to the store frame, (n, 3)."""
    carried = np.empty((len(points), 3))
    for row in range(len(points)):
        carried[row] = _apply(turns[bones[row]], points[row]) + shifts[bones[row]]
    return carried
