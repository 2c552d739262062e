"""Which person of a frame is which track: one assignment over place, joints and the cost of leaving either alone.

Most people stand apart from all others: whoever is alone within reach of a track is that track. Only of the rest the
joints are compared and an assignment is sought.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from scipy.optimize import linear_sum_assignment

from engine.core.tracking._eye import Eyes
from engine.core.tracking._misfit import MOST_MISFIT, UNKNOWN_MISFIT, Pairs, misfit
from engine.core.tracking._motion import misplacement
from engine.core.tracking._sightings import Sighting
from engine.core.tracking._skeleton import SKELETON_NS, carried
from engine.core.tracking._state import TrackMemory
from engine.domain import CameraId, Floats

_GATE = 40.0  # squared Mahalanobis distance: hidden limbs make long tails
_ALONE = 26.0  # cost of a track without a person
_TENTATIVE = 4.0  # an established track is believed first
_USUAL_AREA_M4 = 1e-4  # determinant of a covariance of 10 cm each way
_OUT = 1e6
_JOINT_WEIGHT = 1.5
_SURE = 4.0  # a pairing that beats the next best by less is in doubt

Costs = dict[tuple[int, int], float]
"""By track and person: of the pairs that are near enough."""


class Pairing(msgspec.Struct, frozen=True):
    """A track and its person, by index; ``doubtful``: another pairing explains the frame about as well."""

    track: int
    sighting: int
    doubtful: bool


def associate(
    eyes: Eyes, camera_id: CameraId, tracks: Sequence[TrackMemory], sightings: Sequence[Sighting], *, t_ns: int
) -> list[Pairing]:
    """The cheapest pairing of tracks, carried on to ``t_ns`` or later, with the persons of one frame."""
    costs = _place_costs(tracks, sightings, t_ns)
    near_track = [0] * len(tracks)
    near_person = [0] * len(sightings)
    for track, person in costs:
        near_track[track] += 1
        near_person[person] += 1
    pairings = []
    contested: Costs = {}
    for (track, person), cost in costs.items():
        apart = near_track[track] == near_person[person] == 1
        if apart and cost + _JOINT_WEIGHT * MOST_MISFIT < _ALONE:
            pairings.append(Pairing(track, person, doubtful=False))
        else:
            contested[track, person] = cost
    if contested:
        _add_joint_costs(contested, eyes, camera_id, (tracks, sightings), t_ns)
        pairings += _assigned(contested, tracks)
    return pairings


def _place_costs(tracks: Sequence[TrackMemory], sightings: Sequence[Sighting], t_ns: int) -> Costs:
    costs: Costs = {}
    for row, track in enumerate(tracks):
        (x, y), (axx, axy, ayy) = track.motion.place(t_ns)
        first = 0.0 if track.confirmed else _TENTATIVE
        for column, sighting in enumerate(sightings):
            (sx, sy), (sxx, sxy, syy) = sighting.foot_m, sighting.spread
            dx, dy = sx - x, sy - y
            sxx, syy = sxx + axx, syy + ayy
            if dx * dx + dy * dy > _GATE * (sxx + syy):  # no direction is wider than the sum of both
                continue
            sxy += axy
            det = sxx * syy - sxy * sxy
            far = (syy * dx * dx - 2 * sxy * dx * dy + sxx * dy * dy) / det
            if far < _GATE:
                costs[row, column] = misplacement(far) + math.log(det / _USUAL_AREA_M4) + first
    return costs


def _add_joint_costs(
    costs: Costs,
    eyes: Eyes,
    camera_id: CameraId,
    between: tuple[Sequence[TrackMemory], Sequence[Sighting]],
    t_ns: int,
) -> None:
    """Add the errors of the tracks' last skeletons in this picture."""
    tracks, sightings = between
    pairs, bodies, sigmas, joints = [], [], [], []
    moved: dict[int, Floats] = {}
    for row, column in costs:
        track, view = tracks[row], sightings[column].view
        if track.skeleton is None or view is None or t_ns - track.skeleton.t_ns > SKELETON_NS:
            costs[row, column] += _JOINT_WEIGHT * UNKNOWN_MISFIT
            continue
        pairs.append((row, column))
        if row not in moved:
            moved[row] = carried(track.skeleton, track.motion, t_ns)
        bodies.append(moved[row])
        sigmas.append(track.skeleton.sigmas_m)
        joints.append(view.joints)
    if pairs:
        camera = np.full(len(pairs), eyes.row_of[camera_id])
        errors, _ = misfit(eyes.rows, Pairs(camera, np.array(bodies), np.array(sigmas), np.array(joints)))
        for pair, error in zip(pairs, errors.tolist(), strict=True):
            costs[pair] += _JOINT_WEIGHT * error


def _assigned(costs: Costs, tracks: Sequence[TrackMemory]) -> list[Pairing]:
    rows = sorted({row for row, _ in costs})
    columns = sorted({column for _, column in costs})
    matrix = np.full((len(rows), len(columns) + len(rows)), 2 * _OUT)
    matrix[:, : len(columns)] = _OUT
    place = {column: at for at, column in enumerate(columns)}
    for at, row in enumerate(rows):
        matrix[at, len(columns) + at] = _ALONE
        for column in columns:
            matrix[at, place[column]] = costs.get((row, column), _OUT)
    chosen = zip(*linear_sum_assignment(matrix), strict=True)
    taken = {rows[at]: columns[to] for at, to in chosen if to < len(columns) and (rows[at], columns[to]) in costs}
    rivals = [row for row in rows if tracks[row].confirmed]
    return [Pairing(row, column, _is_doubtful(costs, taken, rivals, row)) for row, column in taken.items()]


def _is_doubtful(costs: Costs, taken: dict[int, int], rivals: Sequence[int], row: int) -> bool:
    """Whether exchanging this track's person with another established track's costs next to nothing."""
    column = taken[row]
    for other in rivals:
        theirs = costs.get((other, column))
        if other == row or theirs is None:
            continue
        more = theirs - costs[row, column]
        if other in taken:
            more += min(costs.get((row, taken[other]), _OUT), _ALONE) - costs[other, taken[other]]
        if more < _SURE:
            return True
    return False
