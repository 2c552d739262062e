"""Newcomers: bodies grown from boxes that nobody has, weighed against chance and against the cameras that see nobody.

The density of people who come in, times the integrated likelihood of the boxes, times the misses in views that should
show the body: one camera can suffice, and three may not.
"""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202, C901, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np

from engine.core.tracking.joint._compiled import compiled
from engine.core.tracking.joint._evidence import gathered, variances, weigh_box
from engine.core.tracking.joint._gauss import integral
from engine.core.tracking.joint._scene import HEIGHT_M, crowd_of, floor_at, look_alone

KEEP = -2.0
"""Log odds from which somebody new is kept in mind."""

FLAT = 1e-4
_BIRTH = 1
_LEAST_SEED = -3.5
_BESIDE_M, _FAR_M = -1.2, 5.0
_LEAST_CHANCE = 0.05
_LOG_2PI = math.log(2 * math.pi)


@compiled
def newcomers(scene, boxes, crowd, learnt, first):
    """Places (N, 2) of newcomers, their boxes (C, N) and whether those hide the foot; the most certain come first."""
    cameras, total = crowd.box.shape[0], boxes.start[-1]
    free = np.ones(total, dtype=np.bool_)
    for d in crowd.box.ravel():
        if d >= 0:
            free[d] = False
    lone = crowd_of(cameras, total, 1)
    place, known, value = np.zeros((total, 2, 2)), np.zeros((total, 2), dtype=np.bool_), np.zeros((total, 2))
    taken, hidden = np.full((total, 2, cameras), -1), np.zeros((total, 2, cameras), dtype=np.intp)
    found, found_box, found_hidden = (
        np.zeros((total, 2)),
        np.full((cameras, total), -1),
        np.zeros((cameras, total), np.intp),
    )
    count = 0
    while True:
        best, best_d, best_mode = -1e300, -1, 0
        for c in range(cameras):
            for d in range(boxes.start[c], boxes.start[c + 1]):
                if not free[d] or (boxes.value[d, 6] < _LEAST_SEED and not first):
                    continue
                for mode in range(2):
                    if not known[d, mode]:
                        known[d, mode] = True
                        value[d, mode] = _grow(scene, boxes, (crowd, lone), learnt, (c, d, mode, first), free)
                        place[d, mode] = lone.ref[0]
                        taken[d, mode] = lone.box[:, 0]
                        hidden[d, mode] = lone.hidden[:, 0]
                    if value[d, mode] > best:
                        best, best_d, best_mode = value[d, mode], d, mode
        if best < KEEP:
            break
        found[count] = place[best_d, best_mode]
        found_box[:, count] = taken[best_d, best_mode]
        found_hidden[:, count] = hidden[best_d, best_mode]
        for d in found_box[:, count]:
            if d >= 0:
                free[d] = False
        for d in range(total):
            for mode in range(2):
                for other in taken[d, mode]:
                    if other >= 0 and not free[other]:
                        known[d, mode] = False
        count += 1
    return found[:count], found_box[:, :count], found_hidden[:, :count]


@compiled
def _seed(camera, box, cut, mode):
    """Where a box says that its body stands, by its foot or, mode 1, by its head; and whether it says anything."""
    if (mode == 0 and cut[3]) or (mode == 1 and cut[2]):
        return 0.0, 0.0, False
    u = ((box[0] + box[2]) / 2 - camera[2]) / camera[0]
    v = (box[3 - 2 * mode] - camera[3]) / camera[1]
    range_m = (mode * HEIGHT_M - camera[17]) / (u * camera[8] + v * camera[11] + camera[14])
    x = camera[15] + range_m * (u * camera[6] + v * camera[9] + camera[12])
    y = camera[16] + range_m * (u * camera[7] + v * camera[10] + camera[13])
    return x, y, range_m > 0


@compiled
def _grow(scene, boxes, people, learnt, seed, free):
    """Log odds of a body at a seed with the boxes that fit; the body is left in the lone one's slot."""
    crowd, lone = people
    camera, first_box, mode, first = seed
    lone.box[:] = -1
    lone.hidden[:] = 0
    x, y, sound = _seed(scene.camera[camera], boxes.value[first_box], boxes.cut[first_box], mode)
    if not sound or floor_at(scene, x, y, 0) < _BESIDE_M:
        return -1e300
    lone.box[camera, 0], lone.hidden[camera, 0] = first_box, 0 if boxes.cut[first_box, 3] else mode
    lone.ref[0, 0], lone.ref[0, 1] = x, y
    evidence = np.zeros(6)
    for turn in range(3):
        lone.near[:] = False
        look_alone(scene, crowd, lone, learnt[2])
        if lone.shown[camera, 0] <= 0 or max(abs(lone.ref[0, 0] - x), abs(lone.ref[0, 1] - y)) > _FAR_M:
            return -1e300
        for c in range(len(lone.box)):
            if lone.box[c, 0] >= 0:
                _weigh(scene, boxes, lone, learnt, (c, lone.box[c, 0]))
        if turn == 1:
            _gather(scene, boxes, lone, learnt, free)
        gathered(lone, 0, evidence)
        if turn < 2:
            a, b, c = evidence[0] + FLAT, evidence[1], evidence[2] + FLAT
            det = a * c - b * b
            lone.ref[0, 0] += (c * evidence[3] - b * evidence[4]) / det
            lone.ref[0, 1] += (a * evidence[4] - b * evidence[3]) / det
    return _odds(scene, boxes, lone, evidence, first)


@compiled
def _weigh(scene, boxes, lone, learnt, which):
    c, d = which
    body = lone.shape[c, 0], lone.slope[c, 0], variances(lone.shape[c, 0], learnt)
    view = scene.camera[c, 5], lone.clear[c, 0]
    lone.near[d, 0] = weigh_box(view, boxes.value[d], boxes.cut[d], body, lone.fits[d, 0])


@compiled
def _odds(scene, boxes, lone, evidence, first):
    came = math.log(6e-2) if first else floor_at(scene, lone.ref[0, 0], lone.ref[0, 1], _BIRTH)
    odds = came + _LOG_2PI + evidence[5]
    odds += integral(evidence[0] + FLAT, evidence[1], evidence[2] + FLAT, evidence[3], evidence[4])
    for c in range(len(lone.box)):
        chance = lone.found[c, 0]
        d = lone.box[c, 0]
        odds += math.log(max(chance, _LEAST_CHANCE)) - boxes.value[d, 4] if d >= 0 else math.log(1 - chance)
    return odds


@compiled
def _gather(scene, boxes, lone, learnt, free):
    """Add the best fitting free box of each other camera, the most telling camera first."""
    total = np.zeros(6)
    for c in range(len(lone.box)):
        if lone.box[c, 0] < 0 and lone.shown[c, 0] > 0:
            for d in range(boxes.start[c], boxes.start[c + 1]):
                if free[d]:
                    _weigh(scene, boxes, lone, learnt, (c, d))
    while True:
        gathered(lone, 0, total)
        base = integral(total[0] + FLAT, total[1], total[2] + FLAT, total[3], total[4])
        best, best_c, best_d, best_mode = 0.0, -1, -1, 0
        for c in range(len(lone.box)):
            if lone.box[c, 0] >= 0 or lone.shown[c, 0] <= 0:
                continue
            odds = math.log(lone.found[c, 0] / (1 - lone.found[c, 0]))
            for d in range(boxes.start[c], boxes.start[c + 1]):
                if not free[d] or not lone.near[d, 0]:
                    continue
                for mode in range(2):
                    fit = lone.fits[d, 0, mode]
                    value = odds - base + fit[5] - boxes.value[d, 4] + integral(
                        total[0] + fit[0] + FLAT, total[1] + fit[1], total[2] + fit[2] + FLAT,
                        total[3] + fit[3], total[4] + fit[4],
                    )  # fmt: skip
                    if value > best:
                        best, best_c, best_d, best_mode = value, c, d, mode
        if best_c < 0:
            return
        lone.box[best_c, 0], lone.hidden[best_c, 0] = best_d, best_mode
