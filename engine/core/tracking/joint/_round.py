"""One round: the frames of all cameras at one instant, all identities at once."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.core.tracking.joint._beliefs import Beliefs, conclude, predict
from engine.core.tracking.joint._birth import FLAT, newcomers
from engine.core.tracking.joint._gauss import MODES, QUIET_MODES, refer
from engine.core.tracking.joint._learning import learn
from engine.core.tracking.joint._repair import redeal, rematch
from engine.core.tracking.joint._scene import Boxes, Crowd, Scene, crowd_of, floor_at
from engine.core.tracking.joint._sweep import relate, settle, sweep
from engine.domain import Floats

Places = Floats
Whose = NDArray[np.intp]

_FIRST_DENSITY = 6e-2
_TURNS = 2
_INSIDE, _BIRTH = 0, 1
_MISSED_ANYWAY = 0.06  # of people in full sight, beyond what their misses tell: those who are missed are not counted
_FULL_SIGHT, _WHOLE, _SURELY_SEEN, _MEMORY = 0.9, 0.99, 3, 3000.0
_LOG_2PI = math.log(2 * math.pi)
_SPEED_MPS = 0.9


class Round(NamedTuple):
    """Beliefs after a round, of its tracks and then of the newborn; who had a box; and what was learnt of boxes."""

    after: Beliefs
    seen: NDArray[np.bool_]
    inside_m: Floats
    errors: Floats


FIRST_ERRORS = (0.08**2 * 300, 300.0, 0.022**2 * 300, 300.0, 0.08 * 300, 300.0)
"""Before anything is learnt: squared errors of a box's centre in its widths and foot in its heights; people in full
sight who were missed; each with its count."""


def play_round(scene: Scene, boxes: Boxes, beliefs: Beliefs, errors: Floats, step_s: float) -> Round:
    """Everybody anew from the boxes of one round; a ``step_s`` of 0 marks the first, when people are already there."""
    first = step_s <= 0
    learnt = np.array([errors[0] / errors[1], errors[2] / errors[3], _MISSED_ANYWAY + errors[4] / errors[5]])
    tracks, total = len(beliefs.state), int(boxes.start[-1])
    order = np.argsort(boxes.start[:-1] - boxes.start[1:], kind="stable")
    crowd = crowd_of(len(scene.camera), total, tracks)
    moved = predict(scene, beliefs, crowd, step_s)
    if tracks:
        relate(scene, boxes, crowd, learnt)
        sweep(boxes, crowd, order)
        settle(scene, boxes, crowd, QUIET_MODES, learnt)
        sweep(boxes, crowd, order)
        _redeal(boxes, crowd)
    places, box, hidden = newcomers(scene, boxes, crowd, learnt, first)
    if len(places):
        crowd = _joined(scene, crowd, (places, box, hidden), first=first)
        relate(scene, boxes, crowd, learnt)
    if tracks:
        if rematch(scene, crowd, tracks):
            relate(scene, boxes, crowd, learnt)
        if len(places):
            _redeal(boxes, crowd)
            sweep(boxes, crowd, order)
        settle(scene, boxes, crowd, MODES, learnt)
    after = conclude(boxes, crowd, moved, _SPEED_MPS, step_s)
    errors = errors.copy()
    learn(boxes, crowd, after, learnt, errors)
    _count_misses(crowd, errors)
    inside_m = np.array([floor_at(scene, x, y, _INSIDE) for x, y in after.state[:, :2].tolist()])
    return Round(after, (crowd.box >= 0).any(axis=0), inside_m, errors)


def _count_misses(crowd: Crowd, errors: Floats) -> None:
    """Add to ``errors`` in how many pictures that show somebody whole no box was theirs."""
    surely = (crowd.box >= 0).sum(axis=0) >= _SURELY_SEEN
    whole = (crowd.clear > _FULL_SIGHT) & (crowd.shown > _WHOLE) & surely
    errors[4] += np.count_nonzero(whole & (crowd.box < 0))
    errors[5] += np.count_nonzero(whole)
    if errors[5] > _MEMORY:
        errors[4:] *= _MEMORY / errors[5]


def _redeal(boxes: Boxes, crowd: Crowd) -> None:
    for _ in range(_TURNS):
        if not redeal(boxes, crowd):
            return


def _joined(scene: Scene, crowd: Crowd, new: tuple[Places, Whose, Whose], *, first: bool) -> Crowd:
    """The crowd with newcomers in it."""
    places, box, hidden = new
    tracks = len(crowd.ref)
    whole: Crowd = crowd_of(len(crowd.box), len(crowd.near), tracks + len(places))
    whole.mean[:tracks], whole.prior[:tracks] = crowd.mean, crowd.prior
    whole.log_mode[:tracks], whole.log_norm[:tracks] = crowd.log_mode, crowd.log_norm
    whole.ref[:tracks], whole.logit[:tracks] = crowd.ref, crowd.logit
    whole.box[:, :tracks], whole.hidden[:, :tracks] = crowd.box, crowd.hidden
    for j in range(len(places)):
        i = tracks + j
        x, y = places[j]
        whole.newborn[i] = True
        whole.mean[i, :, 0], whole.mean[i, :, 1] = x, y
        whole.prior[i, :, 0], whole.prior[i, :, 2] = FLAT, FLAT
        whole.log_mode[i, 0] = 0.0
        density = math.log(_FIRST_DENSITY) if first else floor_at(scene, x, y, _BIRTH)
        whole.log_norm[i] = density + _LOG_2PI
        whole.logit[i] = 1.0
        whole.box[:, i], whole.hidden[:, i] = box[:, j], hidden[:, j]
        refer(whole, i, x, y)
    return whole
