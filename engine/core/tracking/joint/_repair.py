"""Repairs of identities that no single camera's assignment finds: pairs re-dealt, and whole bodies matched anew."""
# Numba infers the types of kernels; what a kernel does not call apart, it need not hand over array by array.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np

from engine.core.tracking.joint._assign import assign
from engine.core.tracking.joint._compiled import compiled
from engine.core.tracking.joint._evidence import gathered
from engine.core.tracking.joint._gauss import MODES, QUIET_MODES, log_sum, posterior, refer, worth, zeros_of
from engine.core.tracking.joint._scene import floor_at
from engine.core.tracking.joint._sweep import log_exists

_PAIR_M = 1.5
_GAIN = 1e-3
_LOOSE_M = 1.4  # of a body that one camera alone sees, about where it stands
_BIRTH = 1
_LOG_2PI = math.log(2 * math.pi)


@compiled
def redeal(boxes, crowd):
    """Deal the boxes of every two who stand near each other anew, camera by camera; whether any changed hands."""
    count = len(crowd.ref)
    places, evidence, out = np.zeros((count, 2)), np.zeros(6), zeros_of(QUIET_MODES)
    has = np.zeros(count, dtype=np.bool_)
    for i in range(count):
        gathered(crowd, i, evidence)
        posterior(crowd.prior, i, QUIET_MODES, evidence, out)
        places[i, 0], places[i, 1] = crowd.ref[i, 0] + out[0], crowd.ref[i, 1] + out[1]
        has[i] = np.any(crowd.box[:, i] >= 0)
    changed = False
    for i in range(count):
        for j in range(i + 1, count):
            if not (has[i] or has[j]) or (crowd.newborn[i] and crowd.newborn[j]):
                continue
            if (
                _apart(places[i], places[j]) < _PAIR_M
                or min(_apart(places[i], crowd.mean[j, 1]), _apart(places[j], crowd.mean[i, 1])) < _PAIR_M
            ):
                changed |= _redeal(boxes, crowd, i, j, places)
    return changed


@compiled
def _apart(a, b):
    return math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)


@compiled
def _redeal(boxes, crowd, i, j, places):
    cameras = len(crowd.box)
    hands = np.zeros((2, 2, cameras, 7))  # whose, own or other's, camera: evidence, factor with chances, a box at all
    hidden = np.zeros((2, cameras), dtype=np.intp)
    for c in range(cameras):
        own, other = crowd.box[c, i], crowd.box[c, j]
        _hand(boxes, crowd, (c, own, i), crowd.hidden[c, i], hands[0, 0, c])
        _hand(boxes, crowd, (c, other, j), crowd.hidden[c, j], hands[1, 0, c])
        hidden[0, c] = _likely_hidden(crowd, other, i, places[j])
        hidden[1, c] = _likely_hidden(crowd, own, j, places[i])
        _hand(boxes, crowd, (c, other, i), hidden[0, c], hands[0, 1, c])
        _hand(boxes, crowd, (c, own, j), hidden[1, c], hands[1, 1, c])
    who = crowd.prior, crowd.logit, crowd.newborn
    swapped, best_deal = np.zeros(cameras, dtype=np.bool_), np.zeros(cameras, dtype=np.bool_)
    first = best = _value(who, i, j, hands, swapped)
    for start in range(2):
        swapped[:] = start == 1
        value = _value(who, i, j, hands, swapped)
        value = _climb(who, i, j, hands, swapped, value)
        if value > best + _GAIN:
            best = value
            best_deal[:] = swapped
    if best <= first + _GAIN:
        return False
    for c in range(cameras):
        if best_deal[c]:
            crowd.box[c, i], crowd.box[c, j] = crowd.box[c, j], crowd.box[c, i]
            crowd.hidden[c, i], crowd.hidden[c, j] = hidden[0, c], hidden[1, c]
    return True


@compiled
def _climb(who, i, j, hands, swapped, value):
    """Swap single cameras for as long as that gains."""
    while True:
        best, at = value + _GAIN, -1
        for c in range(len(swapped)):
            if hands[0, 0, c, 6] + hands[1, 0, c, 6] == 0:
                continue
            swapped[c] = not swapped[c]
            changed = _value(who, i, j, hands, swapped)
            swapped[c] = not swapped[c]
            if changed > best:
                best, at = changed, c
        if at < 0:
            return value
        swapped[at] = not swapped[at]
        value = best


@compiled
def _hand(boxes, crowd, which, hidden, out):
    """What a box, or none, means for somebody in one camera."""
    c, d, i = which
    found = crowd.found[c, i]
    out[:] = 0.0
    if d < 0:
        out[5] = math.log(1 - found)
        return
    out[6] = 1.0
    if not crowd.near[d, i] or crowd.shown[c, i] <= 0:
        out[5] = -1e9
        return
    out[:6] = crowd.fits[d, i, hidden]
    out[5] += math.log(found) - boxes.value[d, 5]


@compiled
def _likely_hidden(crowd, d, i, place):
    """Whether a box's foot is rather hidden if it is somebody's who stands at a place."""
    if d < 0 or not crowd.near[d, i]:
        return 0
    dx, dy = place[0] - crowd.ref[i, 0], place[1] - crowd.ref[i, 1]
    value = np.zeros(2)
    for mode in range(2):
        fit = crowd.fits[d, i, mode]
        value[mode] = (
            fit[5] + fit[3] * dx + fit[4] * dy - 0.5 * (fit[0] * dx * dx + 2 * fit[1] * dx * dy + fit[2] * dy * dy)
        )
    return 1 if value[1] > value[0] else 0


@compiled
def _value(who, i, j, hands, swapped):
    prior, logit, newborn = who
    return _one(prior, (i, logit[i], newborn[i]), hands[0], swapped) + _one(
        prior, (j, logit[j], newborn[j]), hands[1], swapped
    )


@compiled
def _one(prior, who, hands, swapped):
    """The objective's part of one body."""
    L0 = L1 = L2 = e0 = e1 = factor = seen = 0.0
    for c in range(len(swapped)):
        of = 1 if swapped[c] else 0
        L0 += hands[of, c, 0]
        L1 += hands[of, c, 1]
        L2 += hands[of, c, 2]
        e0 += hands[of, c, 3]
        e1 += hands[of, c, 4]
        factor += hands[of, c, 5]
        seen += hands[of, c, 6]
    i, logit, newborn = who
    exists = log_exists(logit)
    if seen > 0:
        return exists + factor + worth(prior, i, QUIET_MODES, L0, L1, L2, e0, e1)
    return 0.0 if newborn else log_sum(log_exists(-logit), exists + factor)


@compiled
def rematch(scene, crowd, tracks):
    """Assign whole bodies, of tracks and newborn, to the tracks, which now may also jump; whether anything changed."""
    count = len(crowd.ref)
    bodies = np.array([i for i in range(count) if np.any(crowd.box[:, i] >= 0)], dtype=np.intp)
    if tracks == 0 or len(bodies) == 0:
        return False
    place, spread = np.zeros((count, 2)), np.zeros((count, 3))
    evidence = np.zeros(6)
    for i in bodies:
        gathered(crowd, i, evidence)
        loose = 1 / _LOOSE_M**2
        a, b, c = evidence[0] + loose, evidence[1], evidence[2] + loose
        det = a * c - b * b
        place[i, 0] = crowd.ref[i, 0] + (c * evidence[3] - b * evidence[4]) / det
        place[i, 1] = crowd.ref[i, 1] + (a * evidence[4] - b * evidence[3]) / det
        spread[i] = c / det, -b / det, a / det
    gain = np.zeros((tracks, len(bodies)))
    for t in range(tracks):
        exists, unseen = log_exists(crowd.logit[t]), 0.0
        for c in range(len(crowd.box)):
            unseen += math.log(1 - crowd.found[c, t])
        alone = log_sum(log_exists(-crowd.logit[t]), exists + unseen)
        for column, i in enumerate(bodies):
            came = floor_at(scene, place[i, 0], place[i, 1], _BIRTH)
            gain[t, column] = exists + _arrives(crowd, t, place[i], spread[i]) - came - alone
    return _hand_over(crowd, tracks, bodies, assign(gain), place)


@compiled
def _arrives(crowd, t, place, spread):
    """Log density with which a track comes to be where a body is."""
    total = -1e300
    for k in range(MODES):
        a, b, c = crowd.prior[t, k, 0], crowd.prior[t, k, 1], crowd.prior[t, k, 2]
        det = a * c - b * b
        xx, xy, yy = c / det + spread[0], -b / det + spread[1], a / det + spread[2]
        det = xx * yy - xy * xy
        dx, dy = place[0] - crowd.mean[t, k, 0], place[1] - crowd.mean[t, k, 1]
        far = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / det
        total = log_sum(total, crowd.log_mode[t, k] - 0.5 * (far + math.log(det)) - _LOG_2PI)
    return total


@compiled
def _hand_over(crowd, tracks, bodies, chosen, place):
    """Give each track the boxes of its body; a body that no track took stays with, or becomes, a newborn's."""
    same = True
    for t in range(tracks):
        now = np.any(crowd.box[:, t] >= 0)
        same &= (bodies[chosen[t]] == t) if chosen[t] >= 0 else not now
    if same:
        return False
    box, hidden = crowd.box.copy(), crowd.hidden.copy()
    taken = np.zeros(len(crowd.ref), dtype=np.bool_)
    crowd.box[:, :tracks] = -1
    for t in range(tracks):
        if chosen[t] >= 0:
            i = bodies[chosen[t]]
            taken[i] = True
            _give(crowd, t, box[:, i], hidden[:, i], place[i])
        else:
            _stand(crowd, t)
    for i in range(tracks, len(crowd.ref)):
        if taken[i]:
            crowd.box[:, i] = -1
    for i in bodies:
        if i < tracks and not taken[i]:
            _give_up(crowd, tracks, i, box[:, i], hidden[:, i], place[i])
    return True


@compiled
def _give(crowd, to, box, hidden, place):
    crowd.box[:, to] = box
    crowd.hidden[:, to] = hidden
    refer(crowd, to, place[0], place[1])


@compiled
def _stand(crowd, t):
    """Refer to a track that has no boxes where it should be."""
    x = y = total = 0.0
    for k in range(QUIET_MODES):
        share = math.exp(crowd.log_mode[t, k])
        total += share
        x += share * crowd.mean[t, k, 0]
        y += share * crowd.mean[t, k, 1]
    refer(crowd, t, x / total, y / total)


@compiled
def _give_up(crowd, tracks, i, box, hidden, place):
    """A body that its track left: a newborn's with no boxes of its own, or the track's that has none either."""
    for j in range(tracks, len(crowd.ref)):
        if np.all(crowd.box[:, j] < 0):
            crowd.mean[j, :, 0], crowd.mean[j, :, 1] = place[0], place[1]
            _give(crowd, j, box, hidden, place)
            return
    if np.all(crowd.box[:, i] < 0):
        _give(crowd, i, box, hidden, place)
