"""Where people are and where they may be: geometry of gates and plates, and who fits which token."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engine.domain import Floats, Gate, Plate, Point2, Vector3

_UNMATCHED = 0.1
"""How likely a visit has no track (or a track no visit) against a perfect fit."""


def gate_distance_m(gate: Gate, place_m: Point2) -> float:
    """Distance of a floor point to the gate's line."""
    ax, ay = gate.left_m
    dx, dy = gate.right_m[0] - ax, gate.right_m[1] - ay
    length2 = dx * dx + dy * dy
    along = ((place_m[0] - ax) * dx + (place_m[1] - ay) * dy) / length2 if length2 > 0 else 0.0
    along = min(1.0, max(0.0, along))
    return math.hypot(place_m[0] - ax - along * dx, place_m[1] - ay - along * dy)


def gate_middle_m(gate: Gate) -> Point2:
    """The middle of the gate's line."""
    return (gate.left_m[0] + gate.right_m[0]) / 2, (gate.left_m[1] + gate.right_m[1]) / 2


def gate_inward(gate: Gate) -> Point2:
    """The direction in which one walks in, of length 1."""
    (left_x, left_y), (right_x, right_y) = gate.left_m, gate.right_m
    width_m = math.hypot(right_x - left_x, right_y - left_y)
    return (left_y - right_y) / width_m, (right_x - left_x) / width_m


def gate_inward_m(gate: Gate, place_m: Point2) -> float:
    """How far inside of the gate's line a floor point is; negative outside."""
    inward = gate_inward(gate)
    return (place_m[0] - gate.left_m[0]) * inward[0] + (place_m[1] - gate.left_m[1]) * inward[1]


def plate_distance_m(plate: Plate, point_m: Vector3) -> float:
    """Distance of a point to the space above a plate; 0 inside."""
    dx, dy = point_m[0] - plate.centre_m[0], point_m[1] - plate.centre_m[1]
    cos, sin = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
    deep = max(0.0, abs(dx * cos + dy * sin) - plate.depth_m / 2)
    wide = max(0.0, abs(dy * cos - dx * sin) - plate.width_m / 2)
    z = point_m[2] - plate.centre_m[2]
    high = max(0.0, -z, z - plate.clearance_m)
    return math.sqrt(deep * deep + wide * wide + high * high)


class PlateSpaces:
    """The spaces above P plates as arrays, to be asked about many points at once."""

    def __init__(self, plates: Sequence[Plate]) -> None:
        self.plates = tuple(plates)
        self._centres_m = np.array([plate.centre_m for plate in plates]).reshape(-1, 3)
        yaws_rad = np.array([plate.yaw_rad for plate in plates])
        self._cos, self._sin = np.cos(yaws_rad), np.sin(yaws_rad)
        sizes_m = [(plate.depth_m / 2, plate.width_m / 2, plate.clearance_m) for plate in plates]
        self._sizes_m = np.array(sizes_m).reshape(-1, 3)

    def within(self, place_m: Point2, reach_m: float) -> NDArray[np.intp]:
        """The rows of the plates whose middle is so near to a floor point."""
        apart_m = np.hypot(self._centres_m[:, 0] - place_m[0], self._centres_m[:, 1] - place_m[1])
        return np.flatnonzero(apart_m < reach_m)

    def touched(self, rows: NDArray[np.intp], points_m: Floats, within_m: float) -> list[Plate]:
        """Of the plates in these rows, those to which any of N points (N, 3) is so near, by ``plate_distance_m``."""
        centres_m, sizes_m = self._centres_m[rows], self._sizes_m[rows]
        apart_m = points_m[:, :2] - centres_m[:, None, :2]
        reach_m = np.hypot(sizes_m[:, 0], sizes_m[:, 1]) + within_m
        row, point = np.nonzero(np.einsum("rpi,rpi->rp", apart_m, apart_m) <= (reach_m * reach_m)[:, None])
        dx, dy = apart_m[row, point].T
        dz = points_m[point, 2] - centres_m[row, 2]
        cos, sin = self._cos[rows][row], self._sin[rows][row]
        half_depth, half_width, clearance = sizes_m[row].T
        deep = np.maximum(0.0, np.abs(dx * cos + dy * sin) - half_depth)
        wide = np.maximum(0.0, np.abs(dy * cos - dx * sin) - half_width)
        high = np.maximum(0.0, np.maximum(-dz, dz - clearance))
        near = np.sqrt(deep * deep + wide * wide + high * high) <= within_m
        return [self.plates[place] for place in rows[np.unique(row[near])].tolist()]


def pair_probabilities(fit: Floats) -> Floats:
    """Probability of each pair (visits, tracks), summed over all one-to-one matchings with anybody left over.

    ``fit`` is each pair's likelihood against a perfect fit, 0 to 1; both sides hold only a few (callers bound them).
    """
    visits, tracks = fit.shape
    total, marginal = 0.0, np.zeros_like(fit)
    for size in range(min(visits, tracks) + 1):
        for rows in combinations(range(visits), size):
            for columns in _arrangements(tracks, size):
                weight = _UNMATCHED ** (visits + tracks - 2 * size)
                for row, column in zip(rows, columns, strict=True):
                    weight *= float(fit[row, column])
                total += weight
                for row, column in zip(rows, columns, strict=True):
                    marginal[row, column] += weight
    return marginal / total


def _arrangements(count: int, size: int) -> Sequence[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for _ in range(size):
        found = [(*head, i) for head in found for i in range(count) if i not in head]
    return found
